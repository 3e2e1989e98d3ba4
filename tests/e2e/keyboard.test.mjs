// Everything by keyboard, with the focus always to be seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHOP, start, VIEWS } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** More Tab presses than any view has stops before its content begins. */
const MANY = 400;

/** What has the focus: how it is called, and whether one can see that it has it. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    // A file input may be hidden behind its label, which then shows the focus.
    const label = element.labels?.[0] && getComputedStyle(element.labels[0]);
    const shows = (look) => (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none';
    return {
      id: element.id,
      href: element.getAttribute('href'),
      name: `${element.localName}#${element.id} ${(element.ariaLabel ?? element.textContent ?? '').trim().slice(0, 40)}`,
      inPlace: box.width > 0 && box.height > 0,
      seen: shows(style) || (label && shows(label)) || Boolean(element.closest('label, [data-focus]') && shows(getComputedStyle(element.closest('label, [data-focus]')))),
    };
  });
}

/** Presses Tab until `wanted` says yes; every stop on the way must be visible. */
async function tabTo(page, what, wanted) {
  for (let presses = 0; presses < MANY; presses++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (!now) continue;
    assert.ok(now.seen, `the focus cannot be seen on ${now.name}`);
    if (wanted(now)) return now;
  }
  assert.fail(`${what} is not reached by Tab`);
}

test('files can be chosen by keyboard', async () => {
  const visit = await browser.open();
  // Listening from the start: the browser is told so in a message of its own, which a key press may overtake.
  const choosing = visit.page.waitForEvent('filechooser');
  const stop = await tabTo(visit.page, 'a way to choose files', (now) => now.id === 'files' || /choose files/i.test(now.name));
  await visit.page.keyboard.press('Enter');
  const chooser = await choosing;
  assert.ok(chooser.isMultiple(), `${stop.name} takes several files`);
  await chooser.setFiles([SHOP]);
  await visit.session('ready');
  await visit.close();
});

test('every view is reached by keyboard, and the focus leaves it again', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  for (const view of VIEWS) {
    await tabTo(visit.page, `the link to ${view}`, (now) => now.href?.startsWith(`#/${view}`));
    await visit.page.keyboard.press('Enter');
    await visit.view(view);
    // Sixty stops on there must be more than one place: nothing holds the focus.
    const places = new Set();
    for (let presses = 0; presses < 60; presses++) {
      await visit.page.keyboard.press('Tab');
      const now = await focused(visit.page);
      if (!now) continue;
      assert.ok(now.seen, `${view}: the focus cannot be seen on ${now.name}`);
      places.add(now.name);
    }
    assert.ok(places.size > 5, `${view}: the focus stays at ${[...places]}`);
  }
  visit.quiet();
  await visit.close();
});

test('the list of keys opens with ? and closes with Escape, and the focus returns', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await tabTo(visit.page, 'the link to traffic', (now) => now.href?.startsWith('#/traffic'));
  const before = await focused(visit.page);
  await visit.page.keyboard.press('?');
  const dialog = visit.page.getByRole('dialog');
  await dialog.waitFor({ state: 'visible' });
  await visit.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.deepEqual(await focused(visit.page), before);
  await visit.close();
});
