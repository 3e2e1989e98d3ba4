// From hits to cases: an attack is one story with its stages, lines and rows; the first page says what to look at first.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commandLine, start, WIDTHS } from './harness.mjs';

let browser;
let folder;
before(async () => {
  browser = await start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'cases-'));
  await writeFile(path.join(folder, 'attack.log'), attack());
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Visitors, thirty addresses of a block that look for secrets, and one that tries commands until one is answered. */
function attack() {
  const lines = [];
  const line = (second, address, request, status, size, agent = 'Mozilla/5.0') => {
    const time = new Date(Date.UTC(2026, 4, 17, 10) + second * 1000).toISOString();
    const clock = `${time.slice(8, 10)}/May/2026:${time.slice(11, 19)} +0000`;
    lines.push([second, `${address} - - [${clock}] "GET ${request} HTTP/1.1" ${status} ${size} "-" "${agent}"`]);
  };
  for (let n = 0; n < 400; n++) line(n * 30, `198.51.100.${n % 40}`, `/page/${n % 7}`, 200, 5000 + (n % 7));
  for (let n = 0; n < 30; n++) line(300 + n * 60, `203.0.113.${n}`, '/.env', 404, 150);
  line(5000, '192.0.2.66', '/', 200, 5000, 'Nikto/2.5');
  for (let n = 0; n < 20; n++) line(5010 + n * 30, '192.0.2.66', `/item?id=${n}'+union+select+1,2,3--`, 403, 150);
  for (let n = 0; n < 5; n++) line(5700 + n * 60, '192.0.2.66', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', n < 3 ? 404 : 200, n < 3 ? 150 : 33);
  lines.sort((a, b) => a[0] - b[0]);
  return lines.map(([, text]) => `${text}\n`).join('');
}

test('the first page says how worried to be, and what to look at first; a click opens the case', async () => {
  const visit = await browser.open();
  await visit.analyze([path.join(folder, 'attack.log')]);
  const report = await visit.report();
  assert.equal(report.threat.level, 'critical');
  assert.equal(report.cases.length, 2);
  assert.ok(report.queue.length > 0 && report.queue.length <= 10);
  const overview = await visit.view('overview');
  await overview.getByRole('heading', { name: /threat level: critical/i }).waitFor();
  const first = overview.locator('ol.first > li').first();
  assert.match(await first.innerText(), /192\.0\.2\.66 probably got in/);
  assert.match(await first.innerText(), /Because: critical severity/);
  await first.getByRole('button', { name: /192\.0\.2\.66/ }).click();
  const findings = await visit.view('findings');
  await findings.locator(`[data-case="${report.queue[0].id}"]`).waitFor();
  visit.quiet();
  await visit.close();
});

test('a case has its story, its stages over time, its lines, and shows its rows', async () => {
  const visit = await browser.open();
  await visit.analyze([path.join(folder, 'attack.log')]);
  const root = await (await visit.show('findings'), visit.view('findings'));
  const detail = root.locator('[data-case]');
  const text = await detail.innerText();
  assert.match(text, /from probing \(1 hit\) .*exploitation/);
  assert.match(text, /Success: likely/);
  assert.match(text, /attack\.log:\d+/);
  assert.ok(await detail.locator('canvas').count() >= 1, 'the stages are drawn');
  const stages = detail.getByRole('table', { name: 'Stages of the case' });
  assert.deepEqual(await stages.locator('tbody th').allInnerTexts(), ['probing', 'exploitation']);
  // The other case: thirty addresses are one campaign.
  await root.getByRole('button', { name: /30 addresses looked for weak spots/ }).click();
  await detail.getByRole('table', { name: 'Sources of the case' }).waitFor();
  assert.match(await detail.innerText(), /Who did it: 30 sources/);
  // The techniques stand under their tactics.
  const matrix = root.getByRole('table', { name: /techniques of att&ck/i });
  assert.deepEqual((await matrix.locator('thead th').allInnerTexts())[0], 'Reconnaissance');
  await detail.getByRole('button', { name: 'Show its rows' }).click();
  await visit.view('rows');
  await visit.page.waitForFunction(async () => (await window.logloupe.report()).rows.filtered === 30);
  visit.quiet();
  await visit.close();
});

test('cases are those of the command line, and fit a telephone', async () => {
  const printed = JSON.parse(await commandLine(folder, ['attack.log']));
  for (const width of WIDTHS) {
    const visit = await browser.open({ width, fragment: `#/overview?workers=${width > 400 ? 2 : 1}` });
    await visit.analyze([path.join(folder, 'attack.log')]);
    const { cases, queue, threat, techniques } = await visit.report();
    assert.deepEqual({ cases, queue, threat, techniques }, { cases: printed.cases, queue: printed.queue, threat: printed.threat, techniques: printed.techniques });
    await visit.show('findings');
    const wider = await visit.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${wider} px wider than the window at ${width} px`);
    visit.quiet();
    await visit.close();
  }
});
