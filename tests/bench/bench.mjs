// `make bench`: how long the main job takes, beside others that do it and beside the least that anyone must do. All in one run on
// one machine, so that the ratios mean something; medians of three rounds, the contenders in turn. Nothing is asserted.
//
//   GoAccess       the native program, the same file, its report as JSON
//   DuckDB-Wasm    the same file in a tab, loaded into typed columns, then seven group-bys
//   line ends      the same file in a tab, only read and counted
//   Logloupe       from the drop to the finished first page, with one and with two workers
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { brotliSize, kilobytes } from '../../.ci/size.mjs';
import { fileOf, serve } from '../../.ci/serve.mjs';
import { chromium } from 'playwright-core';

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const { values: given } = parseArgs({
  options: {
    log: { type: 'string', default: path.join(ROOT, 'tests/out/bench.log') },
    rounds: { type: 'string', default: '3' },
    dist: { type: 'string', default: path.join(ROOT, 'dist') },
    only: { type: 'string', default: 'goaccess,duckdb,newlines,loupe1,loupe2' },
  },
});
const run = promisify(execFile);
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'];

// ------------------------------------------------------------------------------------------------------- contenders

/** A fresh browser for each measurement: none inherits another's memory or warm code. */
async function inTab(url, work) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => console.error(`  ${error.message}`));
    await page.goto(url);
    return await work(page);
  } finally {
    await browser.close();
  }
}

async function goAccess() {
  const begin = performance.now();
  await run('goaccess', [given.log, '--log-format=COMBINED', '-o', path.join(ROOT, 'tests/out/goaccess.json'), '--no-progress']);
  const ms = performance.now() - begin;
  const { general } = JSON.parse(await readFile(path.join(ROOT, 'tests/out/goaccess.json'), 'utf8'));
  return { ms, rows: general.valid_requests };
}

const duckDb = (site, load) => inTab(`${site.url}page/`, async (page) => {
  await page.waitForFunction(() => window.duckdb?.measure);
  await page.evaluate(() => window.duckdb.prepare());
  await page.setInputFiles('#files', given.log);
  return page.evaluate((way) => window.duckdb.measure(document.querySelector('#files').files[0], way), load);
});

const newlines = (site) => inTab(`${site.url}page/`, async (page) => {
  await page.waitForFunction(() => window.newlines);
  await page.evaluate(() => window.newlines.prepare());
  await page.setInputFiles('#files', given.log);
  return page.evaluate(() => window.newlines.measure(document.querySelector('#files').files[0]));
});

/** From the drop to the finished first page. The page marks both; where it does not, the input's event and the life cycle do. */
const loupe = (site, workers) => inTab(`${site.url}#/overview?workers=${workers}`, async (page) => {
  await page.waitForSelector('#files', { state: 'attached', timeout: 20_000 });
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    const seen = (window.benchSeen = { tasks: [] });
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration }))))
      .observe({ type: 'longtask' });
    document.querySelector('#files').addEventListener('change', () => (seen.drop = performance.now()), { capture: true });
    new MutationObserver(() => {
      if (document.documentElement.dataset.session === 'ready') seen.ready ??= performance.now();
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-session'] });
  });
  await page.setInputFiles('#files', given.log);
  await page.waitForSelector('html[data-session="ready"], html[data-session="failed"]', { state: 'attached', timeout: 300_000 });
  // The page marks the frame after its first page is painted; what painted it is reported a little later still.
  await page.waitForFunction(() => performance.getEntriesByName('logloupe-ready', 'mark').length > 0, null, { timeout: 5_000 }).catch(() => {});
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  return page.evaluate(async () => {
    const marked = (name) => performance.getEntriesByName(name, 'mark').at(-1)?.startTime;
    const drop = marked('logloupe-drop') ?? window.benchSeen.drop;
    const ready = marked('logloupe-ready') ?? window.benchSeen.ready;
    const tasks = window.benchSeen.tasks.filter((task) => task.startTime + task.duration > drop).map((task) => task.duration);
    const stats = (await window.logloupe?.stats?.()) ?? {};
    const report = await window.logloupe?.report?.();
    return {
      ms: ready - drop, rows: report?.rows?.total, longestTask: Math.max(0, ...tasks), longTasks: tasks.length,
      tableBytesPerRow: stats.table_bytes / report?.rows?.total, dictionaryBytes: stats.dictionary_bytes,
      heap: performance.memory?.usedJSHeapSize,
    };
  });
});

/** What a visitor's browser loads before a drop, each file once, as a host that compresses would send it. */
async function pageSize(dist) {
  const asked = new Set();
  const site = await serve(dist, { onRequest: (request) => asked.add(request.url.split('?')[0]) });
  try {
    await inTab(site.url, async (page) => {
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(1_500); // what is fetched ahead while idle counts, too
    });
  } finally {
    await site.close();
  }
  const sizes = [];
  for (const url of asked) {
    const found = await fileOf(dist, url);
    if (found) sizes.push({ name: path.basename(found.file), bytes: brotliSize(await readFile(found.file)) });
  }
  return sizes.sort((a, b) => b.bytes - a.bytes);
}

// -------------------------------------------------------------------------------------------------------------- table

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const seconds = (ms) => (ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`);

function countLines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function printRatios(times, extra) {
  const ratio = (name, top, bottom, target) => {
    if (!times[top] || !times[bottom]) return;
    const value = times[top] / times[bottom];
    const verdict = target === undefined ? '' : value <= target ? `reached (${target})` : `NOT reached (${target})`;
    console.log(`  ${name.padEnd(42)} ${value.toFixed(3).padStart(8)}  ${verdict}`);
  };
  console.log('\nratios');
  ratio('Logloupe, 1 worker / GoAccess', 'Logloupe, 1 worker', 'GoAccess', 0.1);
  ratio('Logloupe, 1 worker / DuckDB-Wasm', 'Logloupe, 1 worker', 'DuckDB-Wasm', 0.6);
  ratio('Logloupe, 2 workers / DuckDB-Wasm', 'Logloupe, 2 workers', 'DuckDB-Wasm', 0.4);
  ratio('Logloupe, 1 worker / line ends', 'Logloupe, 1 worker', 'line ends');
  ratio('DuckDB-Wasm / line ends', 'DuckDB-Wasm', 'line ends');
  ratio('GoAccess / line ends', 'GoAccess', 'line ends');
  for (const line of extra) console.log(`  ${line}`);
}

const size = (await stat(given.log)).size;
const lines = countLines(await readFile(given.log)); // which also brings the file into the machine's cache, for everybody
const wanted = new Set(given.only.split(','));
const page = await serve(path.dirname(new URL(import.meta.url).pathname));
const contenders = [];
if (wanted.has('goaccess')) {
  const { stdout } = await run('goaccess', ['--version']).catch(() => ({}));
  if (stdout) contenders.push(['GoAccess', goAccess]);
  else console.log('GoAccess is not installed (apt-get install goaccess): left out');
}
if (wanted.has('duckdb')) {
  // Once each way, then the faster one in every round.
  const ways = await inTab(`${page.url}page/`, async (tab) => (await tab.waitForFunction(() => window.duckdbLoads), tab.evaluate(() => window.duckdbLoads)));
  const tried = [];
  for (const way of ways) {
    try {
      const result = await duckDb(page, way);
      console.log(`DuckDB-Wasm by ${way}: ${seconds(result.ms)} (${seconds(result.loadMs)} of it loading), ${result.rows} rows, ${result.times} with a time`);
      if (result.times >= 0.999 * result.rows && result.rows >= 0.999 * lines) tried.push([result.ms, way]);
      else console.log('  which loses lines: left out');
    } catch (error) {
      console.log(`DuckDB-Wasm by ${way}: ${error.message.split('\n')[0]}`);
    }
  }
  const [best] = tried.sort(([a], [b]) => a - b);
  if (best) contenders.push(['DuckDB-Wasm', () => duckDb(page, best[1])]);
}
if (wanted.has('newlines')) contenders.push(['line ends', () => newlines(page)]);
const built = existsSync(path.join(given.dist, 'index.html'));
const site = built && (await serve(given.dist));
for (const workers of [1, 2]) {
  if (built && wanted.has(`loupe${workers}`)) contenders.push([`Logloupe, ${workers} worker${workers > 1 ? 's' : ''}`, () => loupe(site, workers)]);
}

const results = Object.fromEntries(contenders.map(([name]) => [name, []]));
for (let round = 1; round <= Number(given.rounds); round++) {
  for (const [name, measure] of contenders) {
    try {
      const result = await measure();
      results[name].push(result);
      console.log(`round ${round}  ${name.padEnd(20)} ${seconds(result.ms).padStart(9)}`);
    } catch (error) {
      console.log(`round ${round}  ${name.padEnd(20)} failed: ${error.message.split('\n')[0]}`);
    }
  }
}

const times = {};
console.log(`\n${path.basename(given.log)}: ${(size / 1e6).toFixed(1)} MB; medians of ${given.rounds}`);
for (const [name, list] of Object.entries(results)) {
  if (list.length === 0) continue;
  times[name] = median(list.map((result) => result.ms));
  const rows = list[0].rows;
  console.log(`  ${name.padEnd(20)} ${seconds(times[name]).padStart(9)} ${String(Math.round(size / 1e3 / times[name])).padStart(6)} MB/s ${String(rows ?? '?').padStart(9)} rows`);
}
const extra = [];
for (const [name, list] of Object.entries(results).filter(([name, list]) => name.startsWith('Logloupe') && list.length > 0)) {
  const longest = median(list.map((result) => result.longestTask));
  const row = median(list.map((result) => result.tableBytesPerRow));
  extra.push(`${`${name}: longest task of the page`.padEnd(42)} ${`${Math.round(longest)} ms`.padStart(8)}  ${longest <= 50 ? 'reached (50 ms)' : 'NOT reached (50 ms)'}`);
  if (Number.isFinite(row)) extra.push(`${`${name}: table a row`.padEnd(42)} ${`${row.toFixed(1)} B`.padStart(8)}  ${row <= 48 ? 'reached (48)' : 'NOT reached (48)'}`);
}
if (built) {
  const sizes = await pageSize(given.dist);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  extra.push(`${'loaded before a drop, Brotli'.padEnd(42)} ${`${kilobytes(total)} kB`.padStart(8)}  ${total <= 450_000 ? 'reached (450 kB)' : 'NOT reached (450 kB)'}`);
  for (const { name, bytes } of sizes) extra.push(`    ${name.padEnd(38)} ${`${kilobytes(bytes)} kB`.padStart(8)}`);
}
printRatios(times, extra);
await writeFile(path.join(ROOT, 'tests/out/bench.json'), JSON.stringify({ size, times, results }, null, 1));
await page.close();
if (site) await site.close();
