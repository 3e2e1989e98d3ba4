// Every action by name: Ctrl+K opens the list, letters narrow it, Enter does it, and the focus returns.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

const dialog = (page) => page.getByRole('dialog', { name: 'Actions' });
const selected = (page) => page.locator('.palette [aria-selected="true"]');

/** Opens the list and types. */
async function ask(page, text) {
  await page.keyboard.press('Control+k');
  await dialog(page).waitFor({ state: 'visible' });
  await page.keyboard.type(text);
}

test('a page is reached by a few letters, and what is selected is told', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await ask(visit.page, 'go to');
  const combobox = visit.page.getByRole('combobox', { name: 'What to do' });
  assert.equal(await visit.page.evaluate(() => document.activeElement.getAttribute('role')), 'combobox');
  await visit.page.keyboard.press('ArrowDown');
  assert.equal(await combobox.getAttribute('aria-activedescendant'), await selected(visit.page).getAttribute('id'));
  assert.match(await selected(visit.page).textContent(), /Go to Quality/);
  await visit.page.keyboard.press('ArrowUp');
  await visit.page.keyboard.press('ArrowUp');
  assert.match(await selected(visit.page).textContent(), /Go to Guide/, 'the list has no end');
  await visit.page.keyboard.press('Enter');
  await visit.view('guide');
  assert.equal(await dialog(visit.page).isVisible(), false);
  visit.quiet();
  await visit.close();
});

test('a column is filtered by, the filter cleared, the theme switched', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await ask(visit.page, 'filter method');
  await visit.page.keyboard.press('Enter');
  await visit.page.keyboard.type('POST');
  await visit.page.keyboard.press('Enter');
  await visit.page.locator('.chip').first().waitFor();
  assert.equal((await visit.report()).settings.filter, 'http.request.method: POST');
  await ask(visit.page, 'clear');
  await visit.page.keyboard.press('Enter');
  await visit.page.locator('.chip').first().waitFor({ state: 'detached' });
  const theme = () => visit.page.evaluate(() => document.documentElement.dataset.theme);
  const before = await theme();
  await ask(visit.page, 'theme');
  await visit.page.keyboard.press('Enter');
  assert.notEqual(await theme(), before);
  visit.quiet();
  await visit.close();
});

test('an export is a file, and files are chosen from anywhere', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.show('traffic');
  const saved = visit.page.waitForEvent('download');
  await ask(visit.page, 'csv');
  await visit.page.keyboard.press('Enter');
  assert.equal((await saved).suggestedFilename(), 'rows.csv');
  const choosing = visit.page.waitForEvent('filechooser');
  await ask(visit.page, 'sigma');
  await visit.page.keyboard.press('Enter');
  assert.ok((await choosing).isMultiple());
  await ask(visit.page, 'close the');
  await visit.page.keyboard.press('Enter');
  await visit.session('empty');
  visit.quiet();
  await visit.close();
});

test('Escape closes the list, and the focus returns; what nobody offers is said', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.page.locator('nav a[href^="#/traffic"]').first().focus();
  await ask(visit.page, 'nothing like it');
  await visit.page.getByText('Nothing is called so.').waitFor();
  await visit.page.locator('.palette [role="status"]', { hasText: '0 actions' }).waitFor({ state: 'attached' });
  await visit.page.keyboard.press('Escape');
  await dialog(visit.page).waitFor({ state: 'hidden' });
  assert.match(await visit.page.evaluate(() => document.activeElement.getAttribute('href')), /traffic/);
  visit.quiet();
  await visit.close();
});

test('the list stays open when it is asked for while it closes', async () => {
  const visit = await browser.open();
  await ask(visit.page, 'theme');
  // Both keys in one task: the browser tells of the closing only afterwards.
  await visit.page.evaluate(() => {
    const press = (key, ctrlKey) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
    press('Enter', false);
    press('k', true);
  });
  await visit.page.waitForTimeout(200);
  assert.ok(await dialog(visit.page).isVisible());
  await visit.page.keyboard.press('Escape');
  await dialog(visit.page).waitFor({ state: 'hidden' });
  await ask(visit.page, '');
  visit.quiet();
  await visit.close();
});
