// Allow lists act at once and can be taken back; a row says why not; a finding is written for another program.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** The page with the sample log, at a view. */
async function at(view, options) {
  const visit = await browser.open(options);
  await visit.analyze([SHOP]);
  await visit.show(view);
  return visit;
}

/** The way back from what was just done; the filter has one of its own. */
const undo = (page) => page.getByRole('group', { name: 'What was just done' }).getByRole('button', { name: 'Undo' });

/** Waits until the report is as it should be. */
async function until(visit, holds) {
  for (let tries = 0; tries < 100; tries++) {
    if (holds(await visit.report())) return;
    await visit.page.waitForTimeout(100);
  }
  assert.fail(`the report never was so: ${holds}`);
}

test('a rule is let be from its finding, and that is taken back', async () => {
  const visit = await at('findings');
  const { page } = visit;
  const root = await visit.view('findings');
  const id = (await visit.report()).findings[0].id;
  await root.getByRole('button', { name: 'Never report this check' }).click();
  await until(visit, (report) => !report.findings.some((finding) => finding.id === id));
  const state = (await visit.report()).rules.not_applicable.find((rule) => rule.id === id);
  assert.equal(state.note, 'it is switched off in the settings');
  await undo(page).click();
  await until(visit, (report) => report.findings.some((finding) => finding.id === id));
  assert.equal(await undo(page).count(), 0);
  visit.quiet();
  await visit.close();
});

test('an address is let be from its menu, and the findings say how many rows that leaves out', async () => {
  const visit = await at('findings');
  const { page } = visit;
  const root = await visit.view('findings');
  await root.getByRole('button', { name: /Files that hold secrets were asked for/ }).click();
  await root.getByText('203.0.113.7', { exact: true }).first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Never report this address' }).click();
  await until(visit, (report) => report.left_out.rows > 0);
  await root.getByText(/Your allow lists leave .* rows out of the checks: 203\.0\.113\.7/).waitFor();
  await visit.show('settings');
  assert.equal(await page.getByLabel('Allowed addresses').inputValue(), '203.0.113.7');
  visit.quiet();
  await visit.close();
});

test('severities are set on the settings page, and what does not hold is told', async () => {
  const visit = await at('settings');
  const { page } = visit;
  await page.locator('#list-rules').fill('web.* = critical\nnonsense');
  await page.getByLabel('Allowed paths').fill('/robots.txt\n*');
  assert.match(await page.locator('#list-allowed-paths ~ [role=alert]').textContent(), /would leave out every row/);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('but for 2 entries that do not hold').waitFor();
  await until(visit, (report) => report.findings.filter((finding) => finding.id.startsWith('web.')).every((finding) => finding.severity === 'critical'));
  visit.quiet();
  await visit.close();
});

test('a row says which checks fired and which nearly did', async () => {
  const visit = await at('overview');
  const { page } = visit;
  await page.evaluate(() => { location.hash = '#/rows?filter=url.path:%20%22/.env%22'; });
  await visit.view('rows');
  await page.getByText('/.env', { exact: true }).first().waitFor();
  await page.locator('#rows-list').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Which checks fired, and which nearly did?' }).click();
  await page.getByRole('heading', { name: 'Checks that fired' }).waitFor();
  const said = await page.locator('.why-not').textContent();
  assert.match(said, /web\.secret_file/);
  assert.match(said, /Checks that nearly fired.*web\.secret_file_served.*404/s);
  visit.quiet();
  await visit.close();
});

test('a finding is written for another program, with a dry run', async () => {
  const visit = await at('findings');
  const { page } = visit;
  const root = await visit.view('findings');
  await root.getByRole('button', { name: /Files that hold secrets were asked for/ }).click();
  await root.getByRole('button', { name: 'Export a fix' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export a fix' });
  await dialog.getByText('deny 203.0.113.7;').waitFor();
  await dialog.getByText(/It would have stopped \d+ of \d+ rows/).waitFor();
  await dialog.getByLabel('Format').selectOption({ label: 'STIX 2.1 indicators' });
  const [saved] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(JSON.parse(await readFile(await saved.path(), 'utf8')).type, 'bundle');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  visit.quiet();
  await visit.close();
});
