// The life cycle of a session: a sample, a file that is no log, a stop in the middle, a filter in the address.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { OUT, SAMPLES, SHOP, start } from './harness.mjs';

const NO_LOG = path.join(SAMPLES, 'no-log.txt');

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** The account of a report: every line is a row, not understood, or passed over. */
function accounted(report) {
  for (const input of report.inputs) {
    assert.equal(input.accepted + input.rejected + input.skipped, input.lines, input.path);
  }
}

test('the sample is one click away and shows a first page with charts', async () => {
  const visit = await browser.open();
  await visit.page.getByRole('button', { name: /sample/i }).or(visit.page.getByRole('link', { name: /sample/i })).first().click();
  await visit.session('ready');
  const root = await visit.view('overview');
  assert.ok(await root.locator('canvas').count() >= 6, 'at least six charts');
  const painted = await root.locator('canvas').evaluateAll((list) => list.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  }));
  assert.ok(painted.filter(Boolean).length >= 6, `painted: ${painted}`);
  const report = await visit.report();
  accounted(report);
  assert.ok(report.rows.total > 6_000);
  assert.equal(report.inputs[0].rejected, 3);
  visit.quiet();
  await visit.close();
});

test('a file that is no log is named, and the next one works', async () => {
  const visit = await browser.open();
  await visit.drop([NO_LOG]);
  await visit.session('failed', 'preview', 'ready');
  assert.match(await visit.page.locator('body').innerText(), /no-log\.txt/);
  visit.quiet();
  await visit.page.reload();
  await visit.session('empty');
  await visit.analyze([SHOP]);
  assert.equal((await visit.report()).inputs.length, 1);
  await visit.close();
});

test('a file that is no log does not spoil the ones beside it', async () => {
  const visit = await browser.open();
  await visit.analyze([NO_LOG, SHOP]);
  const report = await visit.report();
  assert.deepEqual(report.inputs.map((input) => input.path).sort(), ['no-log.txt', 'shop-access.log']);
  assert.ok(report.rows.total > 6_000);
  accounted(report);
  visit.quiet();
  await visit.close();
});

test('a compressed log gives the rows of the plain one', async () => {
  const packed = path.join(OUT, 'shop-access.log.gz');
  await writeFile(packed, gzipSync(await readFile(SHOP)));
  const reports = [];
  for (const file of [SHOP, packed]) {
    const visit = await browser.open();
    await visit.analyze([file]);
    const report = await visit.report();
    // Of the file as it is stored.
    assert.match(report.inputs[0].sha256, /^[0-9a-f]{64}$/);
    delete report.inputs[0].sha256;
    reports.push(report);
    await visit.close();
  }
  assert.deepEqual(reports[1], reports[0]);
  await rm(packed);
});

test('reading can be stopped, and nothing of it is left', async () => {
  const large = path.join(OUT, 'large.log');
  const text = await readFile(SHOP);
  await pipeline((function* () { for (let copy = 0; copy < 160; copy++) yield text; })(), createWriteStream(large));
  const visit = await browser.open();
  await visit.drop([large]);
  await visit.session('reading');
  await visit.page.getByRole('button', { name: /^(cancel|stop)/i }).first().click();
  await visit.session('empty');
  await visit.analyze([SHOP]);
  const after = await visit.report();
  visit.quiet();
  await visit.close();

  const fresh = await browser.open();
  await fresh.analyze([SHOP]);
  assert.deepEqual(after, await fresh.report());
  await fresh.close();
  await rm(large);
});

test('a filter in the address holds from the start, and Back brings it back', async () => {
  const expected = (await readFile(SHOP, 'utf8')).split('\n').filter((line) => /" 404 \d+ "/.test(line)).length;
  const visit = await browser.open({ fragment: '#/overview?filter=http.response.status_code%3A404' });
  await visit.analyze([SHOP]);
  const filtered = (count) =>
    visit.page.waitForFunction(async (wanted) => (await window.logloupe.report()).rows.filtered === wanted, count);
  await filtered(expected);
  await visit.page.evaluate(() => (location.hash = '#/traffic'));
  await visit.view('traffic');
  await filtered((await visit.report()).rows.total);
  await visit.page.goBack();
  await visit.view('overview');
  await filtered(expected);
  visit.quiet();
  await visit.close();
});

test('a model that is stopped leaves the one before it in place', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  const before = (await visit.report()).models.anomaly;
  await visit.show('models');
  const card = visit.page.locator('section.card', { hasText: 'Isolation forest' }).first();
  await card.getByLabel('Trees').fill('1000');
  await card.getByRole('button', { name: 'Run', exact: true }).click();
  await card.getByRole('button', { name: 'Stop' }).click();
  await card.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  // A worker does one thing after the other: when it has filtered, it is through with what it had begun of the model.
  const counted = visit.page.locator('.filter-count');
  await visit.page.evaluate(() => { location.hash = '#/models?filter=http.request.method%3A%20POST'; });
  await counted.filter({ hasText: ' of ' }).waitFor();
  assert.equal(await card.getByRole('progressbar').count(), 0);
  await visit.page.keyboard.press('x');
  await counted.filter({ hasNotText: ' of ' }).waitFor();
  assert.deepEqual((await visit.report()).models.anomaly, before);
  visit.quiet();
  await visit.close();
});
