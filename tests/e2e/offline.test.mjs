// After one visit the page opens and works where there is no server any more; a newer one comes when it is asked for.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DIST, SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** Waits until the build is kept. */
const isKept = (visit) => visit.page.evaluate(async () => {
  while (!(await caches.match('./'))) await new Promise((resolve) => setTimeout(resolve, 100));
});

const buildOf = (visit) => visit.page.evaluate(() => document.documentElement.dataset.build);

test('a newer build is offered, and comes when it is asked for', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'logloupe-newer-'));
  await cp(DIST, folder, { recursive: true });
  const site = await start(folder);
  const visit = await site.open({ serviceWorkers: 'allow' });
  await isKept(visit);
  const build = await buildOf(visit);
  const newer = 'ffffffffffff';
  const index = path.join(folder, 'index.html');
  await writeFile(index, (await readFile(index, 'utf8')).replaceAll(build, newer));
  await visit.page.reload();
  await visit.page.getByRole('button', { name: 'Load the newer one' }).waitFor();
  assert.equal(await buildOf(visit), build, 'the build that was here stays');
  await visit.page.getByRole('button', { name: 'Not now' }).click();
  await visit.page.reload();
  assert.equal(await buildOf(visit), build);
  await visit.page.getByRole('button', { name: 'Load the newer one' }).click();
  await visit.page.waitForSelector(`html[data-build="${newer}"]`, { state: 'attached' });
  await isKept(visit);
  await visit.page.waitForFunction(async (name) => (await caches.keys()).join() === name, `logloupe?v=${newer}`);
  assert.equal(await visit.page.getByRole('button', { name: 'Load the newer one' }).count(), 0);
  visit.quiet();
  await site.close();
  await rm(folder, { recursive: true });
});

test('the page opens without its server, and reads a log', async () => {
  const visit = await browser.open({ serviceWorkers: 'allow' });
  await isKept(visit);
  await browser.stopServer();
  await visit.page.reload();
  await visit.session('empty');
  await visit.page.waitForFunction(() => window.logloupe && document.querySelector('nav a'));
  await visit.analyze([SHOP]);
  assert.ok((await visit.report()).rows.total > 1_000);
  // The reader of rules, which is loaded while the page is idle, is there too.
  await visit.show('settings');
  visit.quiet();
  await visit.close();
});
