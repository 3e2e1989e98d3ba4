// After one visit the page opens and works where there is no server any more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

test('the page opens without its server, and reads a log', async () => {
  const visit = await browser.open({ serviceWorkers: 'allow' });
  await visit.page.evaluate(async () => {
    while (!(await caches.match('./'))) await new Promise((resolve) => setTimeout(resolve, 100));
  });
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
