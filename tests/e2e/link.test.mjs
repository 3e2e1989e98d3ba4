// Settings go from one page to another in a link, are seen there before they hold, and give the same report; what is no such
// link changes nothing and says so. The same settings go to the command line in a file.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { commandLine, SHOP, start, WIDTHS } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** The settings that are set by hand here, and what the page then has of them. */
async function setByHand(visit) {
  await visit.show('settings');
  const { page } = visit;
  await page.getByLabel('Allowed addresses').fill('203.0.113.7');
  await page.locator('#list-rules').fill('web.* = critical, 2');
  await page.getByLabel('Banned hosts').fill('one.example\nтест.example');
  await page.getByLabel('Look-ups').fill('shop = shop"\\');
  await page.getByLabel('Formats', { exact: true }).fill('own = $remote_addr $request');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('The settings are applied').waitFor();
}

/** The link that the settings page makes. */
async function linkOf(visit) {
  await visit.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await visit.page.getByRole('button', { name: 'Copy a link with these settings' }).click();
  const link = await visit.page.getByLabel('The link').inputValue();
  assert.equal(await visit.page.evaluate(() => navigator.clipboard.readText()), link);
  return link;
}

const dialog = (visit) => visit.page.getByRole('dialog', { name: 'The link brings settings' });
const settingsOf = async (visit) => (await visit.report()).settings;
const packed = (value) => `1z.${deflateRawSync(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')}`;

test('the same settings come out of a link, after a look at them', async () => {
  const first = await browser.open();
  await first.analyze([SHOP]);
  await setByHand(first);
  const link = await linkOf(first);
  assert.match(link, /#\/overview\?settings=1z\.[A-Za-z0-9_-]+$/);
  const expected = await first.reportText();
  await first.close();

  const second = await browser.open({ fragment: new URL(link).hash });
  const text = await dialog(second).innerText();
  for (const part of ['What the checks leave alone: addresses', '203.0.113.7', 'Lists that checks compare with: banned hosts', 'тест.example', 'How rules speak: web.*: severity']) {
    assert.ok(text.includes(part), `${part} is not in: ${text}`);
  }
  assert.equal(await second.page.evaluate(() => localStorage.getItem('logloupe.settings')?.includes('203.0.113.7') ?? false), false, 'nothing holds yet');
  await dialog(second).getByRole('button', { name: 'Apply' }).click();
  await second.page.waitForFunction(() => location.hash === '#/overview');
  await second.analyze([SHOP]);
  assert.equal(await second.reportText(), expected);
  // All of it can be taken back.
  await second.page.getByRole('group', { name: 'What was just done' }).getByRole('button', { name: 'Undo' }).click();
  await second.show('settings');
  await second.page.waitForFunction(() => document.querySelector('#list-allowed-addresses').value === '');
  assert.equal(await second.page.getByLabel('Banned hosts').inputValue(), 'sharq1.com\nlinguaflair.de');
  second.quiet();
  await second.close();
});

test('whoever does not want the settings keeps their own', async () => {
  const visit = await browser.open({ fragment: `#/rows?filter=source.ip:*&settings=${packed({ unlimited: false, lists: { banned_ports: [4444] } })}` });
  await dialog(visit).getByText('It also filters by: source.ip:*').waitFor();
  await dialog(visit).getByRole('button', { name: 'Leave mine as they are' }).click();
  await dialog(visit).waitFor({ state: 'hidden' });
  assert.equal(await visit.page.evaluate(() => location.hash), '#/rows?filter=source.ip:*');
  await visit.analyze([SHOP]);
  assert.deepEqual((await settingsOf(visit)).lists.banned_ports, []);
  visit.quiet();
  await visit.close();
});

test('what is no link of settings changes nothing, in a sentence', async () => {
  for (const [parameter, expected] of [
    ['settings=nonsense', /made by another version/],
    ['settings=2.e30', /made by another version/],
    [`tuning=${encodeURIComponent('{"allow":{}}')}`, /made by another version/],
    [`settings=${packed({ lists: { banned_ports: [1] } }).slice(0, -6)}`, /missing|was changed|cannot be read/],
    [`settings=1z.${'A'.repeat(40_000)}`, /longer than the 32768 characters/],
    [`settings=${packed(' '.repeat(20_000_000))}`, /too long/],
    [`settings=${packed({ allow: { paths: ['*'] } })}`, /would leave out every row/],
    [`settings=${packed({ models: { anomaly: { n_estimators: 4e9 } } })}`, /out of its range/],
    [`settings=${packed({ unlimited: true })}`, /lift a limit/],
    [`settings=${packed({ lookups: [{ name: '\u202egnp.exe', pattern: 'x' }] })}`, /not seen/],
    [`settings=${packed({ later: 1 })}`, /unknown field/],
    [`settings=${packed({ '<img src=x onerror=alert(1)>': 1 })}`, /unknown field `<img src=x onerror=alert\(1\)>`/],
  ]) {
    const visit = await browser.open({ fragment: `#/overview?${parameter}` });
    await dialog(visit).waitFor();
    const text = await dialog(visit).innerText();
    assert.match(text, /Nothing was changed/, parameter.slice(0, 60));
    assert.match(text, expected, parameter.slice(0, 60));
    assert.equal(await dialog(visit).getByRole('button', { name: 'Apply' }).count(), 0);
    await dialog(visit).getByRole('button', { name: 'Close' }).click();
    await visit.page.waitForFunction(() => location.hash === '#/overview');
    visit.quiet();
    await visit.close();
  }
});

test('the dialog stays within the window', async () => {
  const settings = { lists: { bad_addresses: Array.from({ length: 400 }, (_, n) => `192.0.2.${n % 256}`) }, user_agent_prefixes: ['x'.repeat(900)] };
  for (const width of WIDTHS) {
    for (const theme of ['light', 'dark']) {
      const visit = await browser.open({ width, theme, fragment: `#/overview?settings=${packed(settings)}` });
      const box = await dialog(visit).boundingBox();
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= 900, JSON.stringify(box));
      await visit.screenshot(`link-${width}-${theme}`);
      await visit.close();
    }
  }
});

test('the command line reads the settings that the page saves, and reports the same', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await setByHand(visit);
  await visit.page.evaluate(() => { location.hash = '#/settings?filter=http.response.status_code%20%3E=%20400'; });
  const save = visit.page.getByRole('button', { name: 'Save for the command line (TOML)' });
  const [saved] = await Promise.all([visit.page.waitForEvent('download'), save.click()]);
  const config = path.join(path.dirname(await saved.path()), 'logloupe.toml');
  await saved.saveAs(config);
  const printed = await commandLine(path.dirname(SHOP), [path.basename(SHOP)], ['--config', config]);
  await visit.page.waitForFunction(async () => (await window.logloupe.report()).settings.filter !== '');
  assert.equal(await visit.reportText(), printed);
  visit.quiet();
  await visit.close();
});
