// The page and the command line give the same report for the same files.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commandLine, SAMPLES, SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** Compares page and command line for files (or one folder) inside `folder`; gives the open page and the text that both gave. */
async function same(folder, names, { asFolder = false, fragment = '', more = [] } = {}) {
  const visit = await browser.open({ fragment });
  const paths = names.map((name) => path.join(folder, name));
  await visit.analyze(asFolder ? paths[0] : paths, { folder: asFolder });
  const printed = await commandLine(folder, names, more);
  // First by value, which says where they differ; then the same bytes.
  assert.deepEqual(await visit.report(), JSON.parse(printed));
  assert.equal((await visit.reportText()).trimEnd(), printed.trimEnd());
  visit.quiet();
  return { visit, printed };
}

/** The same, when nothing more is to be looked at. */
async function check(folder, names, options) {
  const { visit } = await same(folder, names, options);
  await visit.close();
}

test('an access log, and the file that the page saves', async () => {
  const { visit, printed } = await same(path.dirname(SHOP), [path.basename(SHOP)]);
  await visit.show('report');
  const root = await visit.view('report');
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    root.getByRole('button', { name: /json/i }).or(root.getByRole('link', { name: /json/i })).first().click(),
  ]);
  assert.equal((await readFile(await download.path(), 'utf8')).trimEnd(), printed.trimEnd());
  await visit.close();
});

test('a folder of Zeek logs', () => check(SAMPLES, ['zeek'], { asFolder: true }));

test('a CSV', () => check(SAMPLES, ['cloud-waf.csv']));

for (const workers of [1, 3]) {
  const fragment = `#/overview?workers=${workers}`;
  test(`an access log and a CSV, read by ${workers} of the page's workers`, async () => {
    // The page knows dropped files by their names alone, so the command line is given names alone, too.
    const folder = await mkdtemp(path.join(os.tmpdir(), 'report-'));
    await copyFile(SHOP, path.join(folder, 'shop.log'));
    await copyFile(path.join(SAMPLES, 'cloud-waf.csv'), path.join(folder, 'cloud-waf.csv'));
    await check(folder, ['shop.log', 'cloud-waf.csv'], { fragment });
    await rm(folder, { recursive: true });
  });
}

test('a filter', () => check(path.dirname(SHOP), [path.basename(SHOP)], {
  fragment: '#/overview?filter=http.response.status_code%3A404', more: ['--filter', 'http.response.status_code:404'],
}));

test('an hour of the week filters to the rows that its cell counts', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  const { hours } = (await visit.report()).traffic;
  const weekday = hours.findIndex((day) => day.some((count) => count > 0));
  const hour = hours[weekday].findIndex((count) => count > 0);
  await visit.page.evaluate((filter) => { location.hash = `#/rows?filter=${encodeURIComponent(filter)}`; }, `event.weekday: ${weekday + 1} and event.hour: ${hour}`);
  await visit.page.waitForFunction(async (count) => (await window.logloupe.report()).rows.filtered === count, hours[weekday][hour]);
  visit.quiet();
  await visit.close();
});
