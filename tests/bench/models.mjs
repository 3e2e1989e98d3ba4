// How long models take in the page, beside the same work of the command line with one thread, in one run: forests that are grown,
// rows that are scored, the slider and the form that answer. Prints ratios; nothing is asserted.
//
//   node tests/bench/models.mjs [--log tests/out/bench.log] [--dist dist] [--rounds 2]     (needs target/release/logloupe)
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from '../../.ci/serve.mjs';
import { random } from './random.mjs';

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const BINARY = process.env.LOGLOUPE_BIN ?? path.join(ROOT, 'target/release/logloupe');
const { values: given } = parseArgs({
  options: {
    log: { type: 'string', default: path.join(ROOT, 'tests/out/bench.log') },
    dist: { type: 'string', default: path.join(ROOT, 'dist') },
    rounds: { type: 'string', default: '2' },
  },
});
const folder = mkdtempSync(path.join(tmpdir(), 'logloupe-models-'));
const run = promisify(execFile);
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'];
const LONG = 300_000;

/** 50,000 rows of ten numbers, of which three decide the class, and noise. */
function numbers() {
  const { next } = random(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const names = Array.from({ length: 10 }, (_, at) => `x${at}`);
  const row = () => {
    const values = names.map(normal);
    const label = values[0] + values[1] * values[2] + normal() > 0 ? 'yes' : 'no';
    return [...values.map((value) => value.toFixed(6)), label].join(',');
  };
  return write('numbers.csv', [[...names, 'label'].join(','), ...Array.from({ length: 50_000 }, row)]);
}

/** 20,000 texts of twelve out of 2,000 words. */
function words() {
  const { skewed } = random(7);
  const row = () => {
    const text = Array.from({ length: 12 }, () => skewed(2_000));
    return `${text.map((word) => `word${word}`).join('/')},${text.filter((word) => word % 7 === 0).length >= 4 ? 'yes' : 'no'}`;
  };
  return write('words.csv', ['text,label', ...Array.from({ length: 20_000 }, row)]);
}

function write(name, lines) {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Seconds that the command line says a step took. */
async function native(step, words) {
  const { stderr } = await run(BINARY, ['model', ...words, '--jobs', '1', '--timing', '--progress', 'never', '--output', '/dev/null'], { maxBuffer: 1 << 30 });
  const steps = Object.fromEntries(stderr.trim().split('\n').map((line) => line.match(/^(\w+): ([\d.]+) s$/)?.slice(1)).filter(Boolean));
  return step.reduce((sum, name) => sum + Number(steps[name]), 0);
}

/** The page with a file open, at its models. */
async function opened(site, file, workers, work) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => console.error(`  ${error.message}`));
    await page.goto(`${site.url}#/overview?workers=${workers}`);
    await page.waitForLoadState('networkidle');
    await page.setInputFiles('#files', file);
    await page.waitForSelector('html[data-session="ready"], .preview-head button.primary', { state: 'attached', timeout: LONG });
    const read = page.locator('.preview-head button.primary');
    if (await read.count() > 0) await read.click();
    await page.waitForSelector('html[data-session="ready"]', { state: 'attached', timeout: LONG });
    await page.locator('nav a[href^="#/models"]:visible').first().click();
    await page.waitForFunction(() => document.querySelector('section.card .form') && !document.querySelector('.run'), null, { timeout: LONG });
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** Seconds from a click on a button to the end of the run that it begins. */
async function timed(page, name) {
  await page.evaluate(() => {
    const seen = (window.benchRun = {});
    const observer = new MutationObserver(() => {
      const runs = document.querySelector('.run') !== null;
      if (runs) seen.began ??= performance.now();
      if (!runs && seen.began && !seen.ended) seen.ended = performance.now();
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole('button', { name, exact: true }).first().click();
  await page.waitForFunction(() => window.benchRun.ended, null, { timeout: LONG });
  const { began, ended } = await page.evaluate(() => window.benchRun);
  return (ended - began) / 1000;
}

/** Seconds that 99 more trees take to train: what comes before and after is left out. */
async function grown(page, set) {
  await set(page);
  const take = async (trees) => {
    const input = page.locator('section.card', { hasText: 'A classifier, trained on a part' }).locator('label.field', { hasText: 'n_estimators' }).locator('input');
    await input.fill(String(trees));
    await input.press('Tab');
    return timed(page, 'Train');
  };
  await take(1);
  const one = await take(1);
  return (await take(100)) - one;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
async function repeated(work) {
  const all = [];
  for (let round = 0; round < Number(given.rounds); round++) all.push(await work());
  return median(all);
}
const told = (name, seconds, beside) => console.log(`${name.padEnd(44)} ${seconds.toFixed(3).padStart(8)} s${beside ? `  ${beside}` : ''}`);

const site = await serve(given.dist);
try {
  for (const [name, file, more] of [
    ['random forest, 50,000 × 10', numbers(), []],
    ['random forest, 20,000 × 2,000 words', words(), ['--prepare', 'max_words=2000', '--prepare', 'min_support=1']],
  ]) {
    const train = (trees) => native(['trained'], ['train', file, '--set', `n_estimators=${trees}`, '--set', 'max_depth=10', '--label', 'csv.label', '--save', path.join(folder, 'model.json'), ...more]);
    const alone = await repeated(async () => (await train(100)) - (await train(1)));
    told(`${name}, command line`, alone);
    const choose = async (page) => {
      const card = page.locator('section.card', { hasText: 'A classifier, trained on a part' });
      await card.locator('label.field', { hasText: 'What to learn' }).locator('select').selectOption('column csv.label');
      await card.locator('label.field', { hasText: 'Rows to test on' }).locator('select').selectOption('rows');
      await card.locator('summary').click();
      for (const [label, value] of [['max_words', '2000'], ['min_support', '1']]) {
        const input = card.locator('label.field', { hasText: label }).locator('input');
        await input.fill(value);
        await input.press('Tab');
      }
    };
    const one = await repeated(() => opened(site, file, 1, (page) => grown(page, choose)));
    told(`${name}, page, one worker`, one, `${(one / alone).toFixed(2)} × the command line`);
    const two = await repeated(() => opened(site, file, 2, (page) => grown(page, choose)));
    told(`${name}, page, two workers`, two, `one worker takes ${(one / two).toFixed(2)} times as long`);
  }

  const ranks = ['train', given.log, '--model', 'isolation-forest', '--save', path.join(folder, 'forest.json')];
  const fit = await repeated(async () => (await native(['sampled', 'trained'], ranks)) + (await native(['applied'], ['predict', given.log, '--with', path.join(folder, 'forest.json')])));
  told('isolation forest, 1 million rows, command line', fit);
  for (const workers of [1, 2]) {
    await opened(site, given.log, workers, async (page) => {
      const seconds = await repeated(() => timed(page, 'Run'));
      told(`the same, page, ${workers} worker${workers > 1 ? 's' : ''}`, seconds, `${(seconds / fit).toFixed(2)} × the command line`);
      if (workers > 1) return;
      // From the slider's event to the changed title.
      const marks = await page.evaluate(async () => {
        const slider = document.querySelector('section.card input[type="range"]');
        const title = () => [...document.querySelectorAll('.card h2, .card h3')].map((element) => element.textContent).find((text) => / marked$/.test(text));
        const times = [];
        for (const value of [1, 2, 10, 20, 30, 40, 3, 15, 25, 7]) {
          const before = title();
          const begin = performance.now();
          slider.value = value;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          while (title() === before && performance.now() - begin < 5000) await new Promise((done) => setTimeout(done, 0));
          times.push(performance.now() - begin);
        }
        return times;
      });
      told('contamination slider, 1 million rows', median(marks) / 1000, `longest ${Math.max(...marks).toFixed(0)} ms`);
    });
  }

  await opened(site, path.join(ROOT, 'public/sample/shop-access.log'), 1, async (page) => {
    await timed(page, 'Train');
    const times = await page.evaluate(async () => {
      const said = () => document.querySelector('[data-predicted]').textContent;
      while (!document.querySelector('[data-predicted] table')) await new Promise((done) => setTimeout(done, 5));
      const input = [...document.querySelectorAll('.predict label.field')].find((label) => label.textContent.startsWith('path')).querySelector('input');
      const times = [];
      for (let at = 0; at < 20; at++) {
        const before = said();
        const begin = performance.now();
        input.value = at % 2 === 0 ? '/wp-login.php/../../etc/passwd?id=1%20union%20select' : '/products/12';
        input.dispatchEvent(new Event('input', { bubbles: true }));
        while (said() === before && performance.now() - begin < 2000) await new Promise((done) => setTimeout(done, 0));
        times.push(performance.now() - begin);
      }
      return times;
    });
    told('prediction form, an answer', median(times) / 1000, `longest ${Math.max(...times).toFixed(0)} ms`);
  });
} finally {
  await site.close();
  rmSync(folder, { recursive: true });
}
