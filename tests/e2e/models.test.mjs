// Models that are trained in the page: the command line's, bit for bit; judged, saved, opened again, asked, compared.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { OUT, ROOT, SHOP, start } from './harness.mjs';

const FOLDER = path.join(OUT, 'models');
/** A training takes a while where the page was built without optimisation. */
const TRAINED_MS = 240_000;

let browser;
before(async () => {
  browser = await start();
  await mkdir(FOLDER, { recursive: true });
});
after(() => browser.close());

/** `logloupe model …` in the sample's folder. */
async function model(...given) {
  const [program, first] = process.env.LOGLOUPE_BIN
    ? [process.env.LOGLOUPE_BIN, []]
    : ['cargo', ['run', '--quiet', '--release', '--manifest-path', path.join(ROOT, 'Cargo.toml'), '--bin', 'logloupe', '--']];
  const options = { cwd: path.dirname(SHOP), maxBuffer: 1 << 30 };
  return (await promisify(execFile)(program, [...first, 'model', ...given], options)).stdout;
}

/** The page with the sample, at its models, and the card of the classifiers. */
async function opened() {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.show('models');
  const card = visit.page.locator('section.card', { hasText: 'A classifier, trained on a part' });
  return { visit, card, learnt: visit.page.locator('[data-model]') };
}

/** The bytes of what a button saves. */
async function saved(page, root, name) {
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: TRAINED_MS }), root.getByRole('button', { name, exact: true }).click()]);
  return readFile(await download.path());
}

/** The input or choice under a label: what stands below a label is a part of its name for a screen reader. */
const field = (root, label) => root.locator('label.field', { has: root.page().getByText(label, { exact: true }) }).locator('input, select');

async function train(card, learnt) {
  await card.getByRole('button', { name: 'Train', exact: true }).click();
  await learnt.waitFor({ timeout: TRAINED_MS });
}

test('the page trains the command line\'s model, saves it, and lets it answer for the rows', async () => {
  const { visit, card, learnt } = await opened();
  const proposal = await field(card, 'Rows to test on').inputValue();
  assert.equal(proposal, 'source.ip');
  assert.match(await card.textContent(), /Proposed: rows of one address are much alike/);
  await field(card, 'Trees').fill('12');
  await field(card, 'Trees').press('Tab');
  await train(card, learnt);
  const file = await saved(visit.page, learnt, 'Save the model');
  const expected = path.join(FOLDER, 'expected.json');
  const settings = ['--set', 'n_estimators=12', '--set', 'max_depth=10', '--label', 'http.response.status_code', '--split', 'source.ip'];
  await model('train', 'shop-access.log', '--model', 'random-forest', ...settings, '--save', expected);
  assert.ok(file.equals(await readFile(expected)), 'the page and the command line train another model');

  const lines = await saved(visit.page, learnt, 'Predict the rows (CSV)');
  assert.equal(lines.toString(), await model('predict', 'shop-access.log', '--with', expected));
  await learnt.getByRole('button', { name: 'Compare with the open rows' }).click();
  await learnt.getByRole('heading', { name: 'The model on the rows that are open' }).waitFor({ timeout: TRAINED_MS });

  // Every figure has its own verdict and sentence; the simplest answers stand beside.
  const figures = learnt.locator('.cards[data-figures]').first();
  const rows = await figures.locator('table').first().locator('tbody tr').allTextContents();
  assert.ok(rows.length >= 4 && rows.every((row) => /(trust|careful|meaningless).+\./.test(row)), rows.join('\n'));
  await figures.getByText('always the majority').waitFor();
  await figures.getByText('one rule').waitFor();

  const record = JSON.parse(await saved(visit.page, visit.page, 'Save the record (JSON)'));
  // The isolation forest ran by itself, before.
  assert.deepEqual(record.runs.map((run) => run.model), ['isolation forest', 'random forest']);
  assert.equal(record.runs[1].settings.model.random_forest.n_estimators, 12);
  assert.ok(record.runs[1].figures.every((figure) => figure.verdict && figure.because));
  visit.quiet();
  await visit.close();
});

test('a filter is learnt, its threshold moved, its rows shown', async () => {
  const { visit, card, learnt } = await opened();
  await field(card, 'What to learn').selectOption('filter');
  await field(card, 'Rows to tell from the others').fill('http.response.status_code >= 400');
  await field(card, 'Model').selectOption('logistic_regression');
  await train(card, learnt);
  await learnt.getByRole('heading', { name: /ROC|crying wolf/ }).waitFor();
  const says = learnt.locator('.threshold-says');
  const before = await says.textContent();
  await learnt.getByRole('slider').focus();
  await visit.page.keyboard.press('ArrowRight');
  await visit.page.waitForFunction((text) => document.querySelector('.threshold-says').textContent !== text, before);
  assert.match(await says.textContent(), /called so, .* rightly .* found/);

  // A row of one's own: texts are measured, the answer follows what is typed.
  const said = learnt.locator('[data-predicted]');
  await said.locator('.predicted').waitFor();
  const plain = await said.locator('table').first().textContent();
  await field(learnt.locator('.predict'), 'path').fill('/wp-login.php/../../etc/passwd');
  await visit.page.waitForFunction((text) => document.querySelector('[data-predicted] table')?.textContent !== text, plain);
  await field(learnt.locator('.predict'), 'path length').fill('long');
  await said.getByText(/expected a number/i).waitFor();
  visit.quiet();
  await visit.close();
});

test('parameters are tried, fewer rows are tried, and the rows of a cell are shown', async () => {
  const { visit, card, learnt } = await opened();
  const typed = async (label, value) => {
    const input = card.locator('label.field', { hasText: label }).locator('input').first();
    await input.fill(value);
    await input.press('Tab');
  };
  await field(card, 'What to learn').selectOption('column http.request.method');
  await field(card, 'Rows to test on').selectOption('pattern');
  await card.locator('summary').click();
  await typed('Folds', '2');
  await typed('Trees to try', '3, 6');
  await typed('Fillings of gaps to try', 'mean, zero');
  await typed('Draw so many', '3');
  await typed('Sizes of the learning curve', '2');
  await train(card, learnt);
  const tried = learnt.locator('section.card', { hasText: 'What was tried on folds' }).locator('tbody tr');
  const texts = await tried.allTextContents();
  assert.ok(texts.length === 3 && texts.every((text) => /^[36] trees, depth 10.*gaps: (the mean|0)/.test(text)), texts.join('\n'));
  await learnt.getByRole('heading', { name: 'Whether more rows would help' }).waitFor();
  const file = path.join(FOLDER, 'searched.json');
  await model('train', 'shop-access.log', '--model', 'random-forest', '--set', 'n_estimators=100', '--set', 'max_depth=10', '--label', 'http.request.method', '--split', 'pattern',
    '--folds', '2', '--learning-curve', '2', '--grid', '{"n_estimators":[3,6],"imputation":["mean",{"constant":0.0}],"n_iter":3}', '--save', file);
  assert.ok((await saved(visit.page, learnt, 'Save the model')).equals(await readFile(file)), 'the page and the command line search another way');

  // The first cell of the matrix: rows that are of the first class and called so.
  const matrix = learnt.locator('section.card', { hasText: 'what rows are, and what they are called' }).first();
  await matrix.getByRole('application').focus();
  await visit.page.keyboard.press('ArrowRight');
  await visit.page.keyboard.press('Enter');
  const cell = learnt.locator('[data-cell]').first();
  await cell.waitFor({ timeout: TRAINED_MS });
  assert.match(await cell.textContent(), /of the open log, those that trained among them, (is|are) \S+ and called \S+/);
  visit.quiet();
  await visit.close();
});

test('a saved model is opened again, and what is none is refused in words', async () => {
  const { visit, card, learnt } = await opened();
  const file = path.join(FOLDER, 'boosting.json');
  await model('train', 'shop-access.log', '--model', 'gradient-boosting', '--set', 'n_estimators=5', '--label', 'http.request.method', '--save', file);
  const other = path.join(FOLDER, 'other.json');
  await writeFile(other, '{"schema":"another"}');
  await visit.page.setInputFiles('#model-file', other);
  await card.getByText(/expected logloupe\.model\.v1/).waitFor();
  // Dropped where logs are, it is told from them by what is in it.
  await visit.page.setInputFiles('#add-files', [file]);
  await learnt.waitFor();
  assert.deepEqual((await visit.report()).inputs.map((input) => input.path), ['shop-access.log']);
  await visit.page.setInputFiles('#model-file', file);
  assert.equal(await learnt.getAttribute('data-model'), 'gradient boosting');
  assert.ok((await saved(visit.page, learnt, 'Save the model')).equals(await readFile(file)));
  visit.quiet();
  await visit.close();
});

test('columns are looked at: what they are, which go together', async () => {
  const { visit } = await opened();
  await visit.page.getByRole('button', { name: 'Look at the columns' }).click();
  const survey = visit.page.locator('[data-survey]');
  await survey.waitFor({ timeout: TRAINED_MS });
  assert.match(await survey.textContent(), /path length.*number/);
  for (const list of ['positive', 'negative', 'by rank', 'categories']) {
    const rows = visit.page.locator(`[data-pairs="${list}"] tbody tr`);
    const pairs = await rows.evaluateAll((all) => all.map((row) => [row.children[0].textContent, row.children[1].textContent]));
    assert.ok(pairs.length <= 10 && pairs.every(([a, b]) => a !== b), `${list}: ${pairs}`);
  }
  // The second cell of the first row: no column is compared with itself.
  const heat = visit.page.locator('[data-heat]');
  const canvas = heat.locator('canvas').last();
  await canvas.scrollIntoViewIfNeeded();
  const { width, height } = await canvas.boundingBox();
  await canvas.click({ position: { x: width * 0.95, y: height * 0.3 } });
  await heat.locator('[data-pair]', { hasText: 'Pearson' }).waitFor();
  visit.quiet();
  await visit.close();
});

test('another share of rows is marked without growing the forest anew, and a row says why', async () => {
  const { visit } = await opened();
  const card = visit.page.locator('section.card', { hasText: 'Isolation forest' }).first();
  const share = card.getByRole('slider');
  const before = (await visit.report()).models.anomaly;
  await share.fill('20');
  await visit.page.waitForFunction(async (count) => (await window.logloupe.report()).models.anomaly.anomalies > count, before.anomalies);
  const after = (await visit.report()).models.anomaly;
  assert.deepEqual(after.scores, before.scores);
  assert.ok(after.threshold > before.threshold);
  // The same as a forest that was grown to mark so many.
  await card.getByRole('button', { name: 'Run', exact: true }).click();
  await card.getByRole('progressbar').waitFor({ state: 'detached', timeout: TRAINED_MS });
  assert.deepEqual((await visit.report()).models.anomaly, after);
  const why = visit.page.locator('[data-why]');
  await why.locator('tbody tr').first().waitFor();
  visit.quiet();
  await visit.close();
});
