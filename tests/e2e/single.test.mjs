// The page as one file: opened from a disk, without a network, it gives the command line's report and asks nobody for anything.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../.ci/serve.mjs';
import { commandLine, ROOT, SHOP, startSingle } from './harness.mjs';

const FILE = process.env.LOGLOUPE_SINGLE ?? path.join(ROOT, 'single/logloupe.html');
/** What it may weigh. */
const MOST_BYTES = 3_000_000;

let browser;
before(async () => (browser = await startSingle(FILE)));
after(() => browser.close());

test('one file holds all of the page, and is small enough to send', async () => {
  const { size } = await stat(FILE);
  assert.ok(size > 100_000 && size <= MOST_BYTES, `${size} bytes`);
});

test('from a disk it reads a log as the command line does, and asks nobody', async () => {
  const visit = await browser.open();
  const first = visit.heard.requests.length;
  await visit.analyze([SHOP]);
  const printed = await commandLine(path.dirname(SHOP), [path.basename(SHOP)]);
  assert.equal((await visit.reportText()).trimEnd(), printed.trimEnd());
  for (const view of ['findings', 'rows', 'settings']) await visit.show(view);
  assert.deepEqual(visit.heard.requests.slice(first), []);
  assert.equal(first, 1, 'only the file itself is loaded');
  visit.quiet();
  await visit.close();
});

test('its policy lets it connect to nobody', async () => {
  const visit = await browser.open();
  const policy = await visit.page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  assert.match(policy, /connect-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|'self'/);
  await visit.close();
});

test('the sample and the reader of rules are inside', async () => {
  const visit = await browser.open();
  await visit.page.getByRole('button', { name: /sample/i }).click();
  await visit.session('ready');
  await visit.show('settings');
  const rule = {
    name: 'own.yml', mimeType: 'text/yaml',
    buffer: Buffer.from('title: Own\nid: 11111111-2222-4333-8444-555555555555\nlogsource:\n  category: webserver\ndetection:\n  a:\n    cs-method: GET\n  condition: a\nlevel: low\n'),
  };
  await visit.page.setInputFiles('#rule-files', rule);
  await visit.page.getByText('Own', { exact: true }).first().waitFor();
  assert.ok((await visit.report()).findings.some((finding) => finding.title === 'Own'));
  visit.quiet();
  await visit.close();
});

test('its text is right though its bytes are in windows-1252', async () => {
  const visit = await browser.open();
  assert.equal(await visit.page.evaluate(() => document.characterSet), 'windows-1252');
  assert.equal(await visit.page.title(), 'Overview · Logloupe');
  await visit.analyze([SHOP]);
  for (const view of ['overview', 'findings', 'models', 'report']) {
    await visit.show(view);
    const text = await visit.page.evaluate(() => document.body.innerText);
    assert.doesNotMatch(text, /\ufffd|â€|Ã./, view);
  }
  visit.quiet();
  await visit.close();
});

test('from a server that names another charset it says so', async () => {
  const site = await serve(path.dirname(FILE));
  const page = await browser.browser.newPage();
  await page.goto(site.url + path.basename(FILE));
  assert.match(await page.getByRole('alert').textContent(), /read as UTF-8, though it says that it is in windows-1252/);
  await page.close();
  await site.close();
});
