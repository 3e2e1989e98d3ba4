// What expands like a bomb is stopped with its numbers, and read on when the user says so.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { OUT, start } from './harness.mjs';

const BOMB = path.join(OUT, 'limits', 'access.log.gz');
const LINE = '192.0.2.1 - - [17/May/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n';
/** Lines of the file: 88 MB, past the 64 MiB up to which any ratio is fine, in a four-hundredth of it. */
const LINES = 1_200_000;

let browser;
before(async () => {
  browser = await start();
  await mkdir(path.dirname(BOMB), { recursive: true });
  await writeFile(BOMB, gzipSync(Buffer.from(LINE.repeat(LINES)), { level: 9 }));
});
after(() => browser.close());

test('a stopped file says so and is read whole when the user goes on', async () => {
  const visit = await browser.open();
  await visit.analyze([BOMB]);
  const [stopped] = (await visit.report()).inputs;
  assert.ok(stopped.lines < LINES, `${stopped.lines} lines`);
  await visit.show('quality');
  await visit.page.getByText(/expanded to .* more than 200 for one/).waitFor();
  await visit.page.getByRole('button', { name: 'Go on anyway: read it without limits' }).click();
  await visit.readOn();
  await visit.page.waitForFunction(async (lines) => (await window.logloupe.report()).inputs[0].lines === lines, LINES);
  const { inputs } = await visit.report();
  assert.deepEqual([inputs.length, inputs[0].warnings], [1, []]);
  assert.ok(!(await visit.page.evaluate(() => localStorage.getItem('logloupe.settings'))).includes('"unlimited":true'), 'for once');
  visit.quiet();
  await visit.close();
});

test('without limits nothing is stopped', async () => {
  const visit = await browser.open();
  await visit.show('settings');
  await visit.page.getByLabel(/No limits/).check();
  await visit.page.locator('nav a[href^="#/overview"]').first().click();
  await visit.analyze([BOMB]);
  assert.equal((await visit.report()).inputs[0].lines, LINES);
  visit.quiet();
  await visit.close();
});
