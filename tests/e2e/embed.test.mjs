// Another page of the same site asks the engine with one function, and gets the command line's report.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commandLine, OUT, SHOP, start } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

/** The example page, quiet. */
async function example() {
  const context = await browser.browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${browser.url}embed/example.html`);
  return { page, errors, close: () => context.close() };
}

/** What the module gives in the page for the sample log. */
const asked = async (page, settings, more = '') => page.evaluate(async ({ text, settings, more }) => {
  const { analyzeText } = await import('./logloupe.js');
  const progress = [];
  const files = [{ path: 'shop-access.log', file: new Blob([text]) }];
  const controller = new AbortController();
  if (more === 'stop') setTimeout(() => controller.abort(new Error('stopped')), 200);
  try {
    const report = await analyzeText(more === 'nothing' ? [] : files, settings, (now) => progress.push(now), { signal: controller.signal });
    return { report, progress, frames: document.querySelectorAll('iframe').length, kept: { ...localStorage } };
  } catch (error) {
    return { error: error.message, frames: document.querySelectorAll('iframe').length };
  }
}, { text: await readFile(SHOP, 'utf8'), settings, more });

test('the example page shows what is in a log', async () => {
  const { page, errors, close } = await example();
  await page.setInputFiles('#logs', SHOP);
  await page.locator('output', { hasText: /^\d+ rows, \d+ findings$/ }).waitFor({ timeout: 60_000 });
  assert.ok(await page.locator('#findings li').count() > 0);
  assert.deepEqual(errors, []);
  await close();
});

test('the report is the command line\'s, byte for byte, and nothing is kept', async () => {
  const { page, errors, close } = await example();
  const { report, progress, frames, kept } = await asked(page, undefined);
  assert.equal(report, await commandLine(path.dirname(SHOP), [path.basename(SHOP)]));
  assert.ok(progress.some(({ stage }) => stage !== 'empty'), JSON.stringify(progress.slice(0, 3)));
  assert.equal(frames, 0);
  assert.equal(kept['logloupe.settings'], undefined);
  assert.deepEqual(errors, []);
  await close();
});

test('settings hold as in a file of the command line', async () => {
  const { page, close } = await example();
  const settings = { filter: 'http.response.status_code >= 400', allow: { addresses: ['203.0.113.7'] }, tuning: { 'web.*': { severity: 'low' } } };
  const config = path.join(OUT, 'embed-settings.json');
  await (await import('node:fs/promises')).writeFile(config, JSON.stringify(settings));
  const { report } = await asked(page, settings);
  assert.equal(report, await commandLine(path.dirname(SHOP), [path.basename(SHOP)], ['--config', config]));
  await close();
});

test('what cannot be done is an error with a sentence, and leaves no frame', async () => {
  const { page, close } = await example();
  assert.deepEqual(await asked(page, { nonsense: 1 }).then(({ error, frames }) => [/no settings file: unknown field/.test(error), frames]), [true, 0]);
  assert.deepEqual(await asked(page, undefined, 'nothing'), { error: 'logloupe: there is no log to read', frames: 0 });
  assert.deepEqual(await asked(page, undefined, 'stop'), { error: 'stopped', frames: 0 });
  await close();
});
