// The guide is part of the page: it is there before a log, asks for nothing after a drop, and its links lead on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHOP, start, THEMES, WIDTHS } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

test('the guide opens after a drop without a request, by its link, its key and the palette', async () => {
  const visit = await browser.open();
  await visit.settle();
  await visit.analyze([SHOP]);
  await visit.show('guide');
  await visit.page.getByRole('heading', { name: 'Models and their limits' }).waitFor();
  await visit.show('overview');
  await visit.page.keyboard.press('g');
  await visit.page.keyboard.press('h');
  await visit.view('guide');
  await visit.show('overview');
  await visit.page.keyboard.press('Control+k');
  await visit.page.keyboard.type('guide');
  await visit.page.keyboard.press('Enter');
  await visit.view('guide');
  assert.deepEqual(visit.since(), []);
  visit.quiet();
  await visit.close();
});

test('every chapter is reached from the list, and every page that is named exists', async () => {
  const visit = await browser.open({ fragment: '#/guide' });
  const root = await visit.view('guide');
  const chapters = await root.locator('nav a').all();
  assert.ok(chapters.length >= 10);
  for (const chapter of chapters) {
    const [title, id] = [await chapter.textContent(), (await chapter.getAttribute('href')).slice(1)];
    await chapter.click();
    assert.equal(await visit.page.evaluate(() => document.activeElement.id), id);
    assert.equal(await root.locator(`#${id}`).textContent(), title);
    assert.equal(await visit.page.evaluate(() => location.hash), '#/guide');
  }
  for (const href of await root.locator('section a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
    assert.equal(await visit.page.locator(`nav.rail a[href="${href}"]`).count() > 0, true, href);
  }
  visit.quiet();
  await visit.close();
});

test('it fits wide and narrow windows, light and dark', async () => {
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      const visit = await browser.open({ width, theme, fragment: '#/guide' });
      await visit.view('guide');
      const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} of ${width} pixels`);
      await visit.screenshot(`guide-${width}-${theme}`);
      await visit.page.locator('.shield > summary').click();
      await visit.page.screenshot({ path: `tests/out/shield-${width}-${theme}.png` });
      await visit.close();
    }
  }
});
