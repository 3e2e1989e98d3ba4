// Every view in both themes and both widths against WCAG 2.2 AA, as far as axe-core can tell. Leaves screenshots in tests/out.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { SHOP, start, THEMES, VIEWS, WIDTHS } from './harness.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** What axe finds on the page now, a line each. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), STANDARD);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
}

/** Whether the page is wider than its window: a reader would have to scroll sideways. */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Fails with the findings, a line each. */
function none(found) {
  assert.ok(found.length === 0, `${found.length} findings\n${found.join('\n')}`);
}

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test(`the page before a log, ${theme}, ${width} px wide`, async () => {
      const visit = await browser.open({ theme, width });
      await visit.view('start');
      await visit.screenshot(`start-${theme}-${width}`);
      none(await findings(visit.page));
      assert.ok(await overflow(visit.page) <= 0, 'wider than the window');
      await visit.close();
    });

    test(`every view, ${theme}, ${width} px wide`, async () => {
      const visit = await browser.open({ theme, width });
      await visit.analyze([SHOP]);
      const found = [];
      for (const view of VIEWS) {
        await visit.show(view);
        await visit.screenshot(`${view}-${theme}-${width}`);
        found.push(...(await findings(visit.page)).map((finding) => `${view}: ${finding}`));
        if (await overflow(visit.page) > 0) found.push(`${view}: wider than the window`);
      }
      none(found);
      visit.quiet();
      await visit.close();
    });
  }
}
