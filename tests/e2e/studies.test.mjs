// Questions to the models that are asked one at a time: the page says what the command line says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, SHOP, start } from './harness.mjs';

/** A study takes a while where the page was built without optimisation. */
const STUDIED_MS = 240_000;

let browser;
before(async () => {
  browser = await start();
});
after(() => browser.close());

/** What `logloupe model …` says of the sample. */
async function said(...given) {
  const [program, first] = process.env.LOGLOUPE_BIN
    ? [process.env.LOGLOUPE_BIN, []]
    : ['cargo', ['run', '--quiet', '--release', '--manifest-path', path.join(ROOT, 'Cargo.toml'), '--bin', 'logloupe', '--']];
  const { stdout } = await promisify(execFile)(program, [...first, 'model', ...given, SHOP, '--format', 'json'], { maxBuffer: 1 << 30 });
  return JSON.parse(stdout);
}

/** The digits of a cell. */
const number = async (cell) => Number((await cell.textContent()).replace(/\D/g, ''));

test('the page forecasts, plants attacks and groups rows as the command line does', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.show('models');
  const ask = async (button, found) => {
    await visit.page.getByRole('button', { name: button, exact: true }).click();
    const root = visit.page.locator(found);
    await root.waitFor({ timeout: STUDIED_MS });
    return root;
  };

  const map = await ask('Group the rows', '[data-map]');
  const groups = (await said('map')).groups.map(({ rows }) => rows);
  const cells = map.locator('tbody tr td:nth-child(2), tbody tr th + td');
  assert.deepEqual(await Promise.all((await cells.all()).slice(0, groups.length).map(number)), groups);

  const planted = await ask('Plant attacks', '[data-planted]');
  const expected = await said('plant');
  assert.match(await planted.textContent(), new RegExp(`all that was planted${expected.all.rows.toLocaleString('en')}`));

  const forecast = await ask('Forecast', '[data-forecast]');
  const { refused, trust } = await said('forecast');
  assert.equal(await forecast.locator('[data-verdict]').getAttribute('data-verdict'), trust.verdict);
  assert.equal(await forecast.locator('table').count(), refused ? 0 : 1);
});
