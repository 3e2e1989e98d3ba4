// Files before they are read: formats are shown and overruled, described by hand, sampled; files come and go.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { commandLine, OUT, SAMPLES, SHOP, start, THEMES, WIDTHS } from './harness.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CSV = path.join(SAMPLES, 'cloud-waf.csv');
const OWN = path.join(OUT, 'own.log');
const TWO_WAYS = path.join(OUT, 'two-ways.log');

/** A service's own log, made up. */
const LINES = Array.from({ length: 200 }, (_, at) =>
  `2026-05-17 10:05:${String(at % 60).padStart(2, '0')} <192.0.2.${at % 250}> GET /shop/${at % 9}?q=${at} -> ${at % 7 ? 200 : 404} (0.${at + 100})`);

let browser;
before(async () => {
  browser = await start();
  await writeFile(OWN, `${LINES.join('\n')}\nnot a line of it\n`);
  await writeFile(TWO_WAYS, 'time;host,src_ip\n2026-01-01;a,192.0.2.1\n2026-01-02;b,192.0.2.2\n');
});
after(async () => {
  await browser.close();
  await Promise.all([OWN, TWO_WAYS].map((file) => rm(file)));
});

/** The preview, waiting for its reader. */
async function preview(visit, files) {
  await visit.drop(files);
  await visit.page.getByRole('heading', { name: 'Before it is read' }).waitFor();
  assert.equal(await visit.state(), 'preview');
}

/** What axe finds on the page now. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
}

test('a doubted format waits, is overruled, and is read as the reader says', async () => {
  const visit = await browser.open();
  await preview(visit, [TWO_WAYS]);
  await visit.page.getByText(/may as well be/i).waitFor();
  await visit.page.getByLabel('Read as').selectOption('csv.semicolon');
  await visit.page.getByText(/^Chosen by you/).waitFor();
  await visit.page.getByRole('button', { name: /^Read/ }).click();
  await visit.session('ready');
  const report = await visit.report();
  assert.equal(report.inputs[0].format, 'semicolon-separated with a header');
  assert.match(report.inputs[0].format_evidence, /^chosen by you/);
  visit.quiet();
  await visit.close();
});

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test(`a format is described by one line, ${theme}, ${width} px wide`, async () => {
      const visit = await browser.open({ theme, width });
      await preview(visit, [OWN]);
      const pieces = visit.page.getByRole('list', { name: 'Pieces of the format' });
      await pieces.waitFor();
      await visit.page.getByText('200 of the first 201 lines understood').waitFor();
      await visit.screenshot(`preview-${theme}-${width}`);
      assert.deepEqual(await findings(visit.page), []);
      const overflow = await visit.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, 'wider than the window');
      visit.quiet();
      await visit.close();
    });
  }
}

test('a format is overruled by keyboard, and the focus stays', async () => {
  const visit = await browser.open();
  await preview(visit, [TWO_WAYS]);
  await visit.page.getByLabel('Read as').focus();
  for (const evidence of [/^Chosen by you; a header of 2 columns/, /^A header of 2 columns/]) {
    await visit.page.keyboard.press(evidence.source.startsWith('^Chosen') ? 'ArrowDown' : 'ArrowUp');
    await visit.page.getByText(evidence).waitFor();
    await visit.page.waitForFunction(() => document.activeElement?.id === 'read-as-0');
  }
  await visit.page.keyboard.press('Shift+Tab');
  assert.equal(await visit.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'The first rows');
  visit.quiet();
  await visit.close();
});

test('a described format is used, kept, and gives the rows of the command line', async () => {
  const visit = await browser.open();
  await preview(visit, [OWN]);
  const duration = visit.page.getByLabel('Meaning of 0.100');
  await duration.selectOption({ label: 'Duration in milliseconds' });
  await visit.page.getByText('200 of the first 201 lines understood').waitFor();
  await visit.page.getByLabel('Name').fill('ours');
  await visit.page.getByRole('button', { name: 'Use this format' }).click();
  await visit.page.getByText(/^Chosen by you/).waitFor();
  await visit.page.getByRole('button', { name: /^Read/ }).click();
  await visit.session('ready');
  const report = await visit.report();
  assert.deepEqual(report.inputs.map((input) => [input.format, input.accepted, input.rejected]), [['ours', 200, 1]]);
  const settings = path.join(OUT, 'own-settings.json');
  await writeFile(settings, JSON.stringify(report.settings));
  const printed = await commandLine(OUT, ['own.log'], ['--config', settings]);
  assert.ok(printed === await visit.reportText(), 'page and command line differ');
  await rm(settings);

  const saved = visit.page.waitForEvent('download');
  await visit.show('quality');
  await visit.page.getByRole('button', { name: 'Lines not understood (NDJSON)' }).click();
  const text = await readFile(await (await saved).path(), 'utf8');
  assert.deepEqual(JSON.parse(text), { file: 'own.log', line: 201, byte: LINES.join('\n').length + 1, reason: JSON.parse(text).reason, text: 'not a line of it' });
  visit.quiet();
  await visit.close();
});

test('a format string says where it is wrong', async () => {
  const visit = await browser.open();
  await preview(visit, [OWN]);
  const text = visit.page.getByLabel(/^A line of it/);
  await text.fill('$remote_addr$status');
  await visit.page.getByText(/^Column 13: /).waitFor();
  await text.fill('%h|%x');
  await visit.page.getByText(/expected a directive of Apache/).waitFor();
  await visit.close();
});

test('files come and go without reading the others again, and the report is as if they had come together', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.page.setInputFiles('#add-files', [CSV]);
  await visit.page.waitForFunction(async () => document.documentElement.dataset.session === 'ready' && (await window.logloupe.report()).inputs.length === 2);
  const both = await visit.reportText();
  const fresh = await browser.open();
  await fresh.analyze([SHOP, CSV]);
  assert.ok(both === await fresh.reportText(), 'added differs from together');
  await fresh.close();

  const alone = await browser.open();
  await alone.analyze([SHOP]);
  await visit.show('quality');
  await visit.page.locator('details.file', { hasText: 'cloud-waf.csv' }).locator('summary').first().click();
  await visit.page.getByRole('button', { name: 'Leave this file out' }).click();
  await visit.page.waitForFunction(async () => document.documentElement.dataset.session === 'ready' && (await window.logloupe.report()).inputs.length === 1);
  assert.ok(await visit.reportText() === await alone.reportText(), 'left out differs from never there');
  visit.quiet();
  await visit.close();
  await alone.close();
});

test('one file is read again in another way, the others stay', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP, CSV]);
  const before = await visit.report();
  await visit.show('quality');
  const file = visit.page.locator('details.file', { hasText: 'cloud-waf.csv' });
  await file.locator('summary').first().click();
  await file.getByLabel('Read as').selectOption('unknown');
  await visit.page.waitForFunction(async () => document.documentElement.dataset.session === 'ready' && (await window.logloupe.report()).inputs[0].accepted === 0);
  const after = await visit.report();
  assert.deepEqual(after.inputs[1], before.inputs[1]);
  assert.equal(after.rows.total, before.inputs[1].accepted);
  assert.match(after.inputs[0].format_evidence, /^chosen by you/);
  visit.quiet();
  await visit.close();
});

test('a log of 50 GB is previewed by its beginning alone', async () => {
  const huge = path.join(OUT, 'huge.log');
  await writeFile(huge, await readFile(SHOP));
  await truncate(huge, 50 * 2 ** 30);
  const visit = await browser.open();
  await visit.settle();
  const before = performance.now();
  await preview(visit, [huge]);
  console.log(`preview of 50 GB after ${Math.round(performance.now() - before)} ms`);
  await visit.page.getByText(/about \d[\d,]+ rows, about/).waitFor();
  await visit.page.getByText(/this tab has room for about/).waitFor();
  await visit.page.getByRole('button', { name: /^Take a sample/ }).waitFor();
  visit.quiet();
  await visit.close();
  await rm(huge);
});

test('a sample is read, and every page says so', async () => {
  const large = path.join(OUT, 'large-sample.log');
  const text = await readFile(SHOP);
  await pipeline((function* () { for (let copy = 0; copy < 190; copy++) yield text; })(), createWriteStream(large));
  const visit = await browser.open();
  await preview(visit, [large]);
  await visit.page.getByLabel(/^How much to read/).selectOption('8');
  await visit.page.getByRole('button', { name: 'Read one of 8 parts' }).click();
  await visit.session('ready');
  const report = await visit.report();
  assert.equal(report.inputs[0].every, 8);
  assert.ok(report.rows.total > 6_000 * 20 && report.rows.total < 6_700 * 40, `${report.rows.total} rows`);
  for (const view of ['overview', 'rows', 'settings']) {
    await visit.show(view);
    assert.match(await visit.page.locator('.top-about').innerText(), /a sample: one of 8 parts/);
  }
  assert.match(report.text[0].body, /Only a sample was read/);
  const printed = await commandLine(OUT, ['large-sample.log'], ['--sample', '8']);
  assert.ok(printed === await visit.reportText(), 'page and command line differ');
  visit.quiet();
  await visit.close();
  await rm(large);
});
