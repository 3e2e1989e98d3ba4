// What every browser test needs: the built page under a sub-path, a real Chromium, and an ear on everything that the page does.
//
// Only the page's stable hooks are used: html[data-session], #files, #folder, [data-view=name], window.logloupe.report() and
// reportText(), the address #/view?filter=…&workers=n, and the names that a screen reader would say.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from '../../.ci/serve.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SAMPLES = path.join(ROOT, 'tests/cases/samples');
export const SHOP = path.join(ROOT, 'public/sample/shop-access.log');
export const OUT = path.join(ROOT, 'tests/out');
export const DIST = process.env.LOGLOUPE_DIST ?? path.join(ROOT, 'dist');

/** The views that show a session, in the order of the rail. `start` is the page before one. */
export const VIEWS = ['overview', 'quality', 'traffic', 'visitors', 'network', 'findings', 'models', 'rows', 'report', 'settings', 'guide'];
export const THEMES = ['light', 'dark'];
export const WIDTHS = [1440, 390];

/** The longest that a drop of a test's files may take. */
const READY_MS = 60_000;

/** Starts server and browser for a file of tests, of the built page or of another folder; `close` ends both. */
export async function start(folder = DIST) {
  await mkdir(OUT, { recursive: true });
  const asked = [];
  const site = await serve(folder, { prefix: '/any/sub-path/', onRequest: (request) => asked.push(request.url) });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: await chromiumArguments() });
  const open = (options) => openPage(browser, site.url, asked, options);
  return { url: site.url, browser, open, stopServer: () => site.close(), close: async () => { await browser.close(); await site.close(); } };
}

/** The page as one file, opened from the disk by a browser that has no network. */
export async function startSingle(file) {
  await mkdir(OUT, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: await chromiumArguments() });
  const open = (options) => openPage(browser, pathToFileURL(file).href, [], { ...options, offline: true });
  return { browser, open, close: () => browser.close() };
}

/** The same switches as the wasm tests, but those that Playwright sets itself. */
async function chromiumArguments() {
  const capabilities = JSON.parse(await readFile(path.join(ROOT, 'webdriver.json'), 'utf8'));
  return capabilities['goog:chromeOptions'].args.filter((argument) => argument !== '--headless');
}

/** A fresh visit: nothing stored, one window. */
async function openPage(browser, url, asked, { width = 1440, height = 900, theme = 'light', fragment = '', offline = false, serviceWorkers = 'block' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', serviceWorkers, acceptDownloads: true, offline,
    timezoneId: 'Europe/Berlin', locale: 'en-GB',
  });
  const page = await context.newPage();
  const heard = { requests: [], errors: [], violations: [], peers: 0, longTasks: [] };
  context.on('request', (request) => {
    // A blob: or data: address names memory of the page itself.
    if (!/^(blob|data):/.test(request.url())) heard.requests.push(request.url());
  });
  page.on('websocket', (socket) => heard.requests.push(socket.url()));
  page.on('pageerror', (error) => heard.errors.push(`uncaught: ${error.message}`));
  page.on('crash', () => heard.errors.push('the page crashed'));
  page.on('console', (message) => {
    if (message.type() === 'error') heard.errors.push(message.text());
  });
  await page.exposeFunction('heardViolation', (text) => heard.violations.push(text));
  await page.exposeFunction('heardPeer', () => heard.peers++);
  await page.exposeFunction('heardLongTask', (task) => heard.longTasks.push(task));
  await page.addInitScript(listen);
  await page.goto(url + fragment);
  const visit = new Visit(page, heard, asked);
  // The document says `empty` before the app is there, and a key that is pressed then goes nowhere.
  await page.waitForFunction(() => window.logloupe && document.querySelector('nav a'), null, { timeout: READY_MS });
  await visit.session('empty', 'preview', 'reading', 'analyzing', 'ready');
  return visit;
}

/** Runs in the page before its own scripts. */
function listen() {
  addEventListener('securitypolicyviolation', (event) => {
    globalThis.heardViolation(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
  // A policy's connect-src does not reach WebRTC, so count who makes one.
  const Peer = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = function (...given) {
    globalThis.heardPeer();
    return new Peer(...given);
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) globalThis.heardLongTask({ startTime, duration });
  }).observe({ type: 'longtask' });
}

class Visit {
  constructor(page, heard, asked) {
    Object.assign(this, { page, heard, asked });
  }

  /** Waits until the life cycle stands at one of these; gives which. */
  async session(...states) {
    const one = states.map((state) => `html[data-session="${state}"]`).join(',');
    try {
      await this.page.waitForSelector(one, { state: 'attached', timeout: READY_MS });
    } catch (error) {
      const now = await this.state();
      throw new Error(`the session stands at "${now}", not at ${states.join(' or ')}; heard: ${JSON.stringify(this.heard.errors)}`, { cause: error });
    }
    return this.state();
  }

  state() {
    return this.page.evaluate(() => document.documentElement.dataset.session);
  }

  /** Waits until nothing more is fetched ahead, and marks that moment: `since` counts from it. */
  async settle() {
    await this.page.waitForSelector('#files', { state: 'attached' });
    await this.page.waitForLoadState('networkidle');
    this.mark = { requests: this.heard.requests.length, asked: this.asked.length };
  }

  /** Requests since `settle`, as the browser and as the server saw them. */
  since() {
    return [...this.heard.requests.slice(this.mark.requests), ...this.asked.slice(this.mark.asked)];
  }

  /** Gives files to the page; a single folder goes to the folder's input. */
  async drop(paths, { folder = false } = {}) {
    await this.page.setInputFiles(folder ? '#folder' : '#files', paths);
  }

  /** Gives files and waits for the finished first page; reads on where the preview waits. */
  async analyze(paths, options) {
    await this.drop(paths, options);
    await this.readOn();
    await this.session('ready');
  }

  /** The preview's way on, where it waits for it. */
  async readOn() {
    const read = this.page.locator('.preview-head button.primary');
    await this.page.waitForSelector('html[data-session="ready"], html[data-session="failed"], .preview-head button.primary', { state: 'attached', timeout: READY_MS });
    if (await read.count() > 0) await read.click();
  }

  report() {
    return this.page.evaluate(() => window.logloupe.report());
  }

  /** The same report as text, byte for byte what the page saves. */
  reportText() {
    return this.page.evaluate(() => window.logloupe.reportText());
  }

  /** Goes to a view as a reader does: by its link. */
  async show(view) {
    await this.page.locator(`nav a[href^="#/${view}"]:visible`).first().click();
    await this.view(view);
  }

  /** Waits until that view, and no other, is shown and has stopped loading. */
  async view(view) {
    const root = this.page.locator(`[data-view="${view}"]`);
    await root.waitFor({ state: 'visible', timeout: READY_MS });
    await this.page.waitForFunction((name) => {
      // The start page stands inside the overview: the innermost view counts.
      const shown = [...document.querySelectorAll('[data-view]')].filter((element) => element.checkVisibility() && !element.querySelector('[data-view]'));
      return shown.length === 1 && shown[0].dataset.view === name && !shown[0].querySelector('[aria-busy="true"]');
    }, view, { timeout: READY_MS });
    return root;
  }

  async screenshot(name) {
    await this.page.screenshot({ path: path.join(OUT, `${name}.png`), fullPage: true });
  }

  /** Fails on anything that a visitor would see in the console, and on any breach of the policy. */
  quiet() {
    assert.deepEqual(this.heard.errors, [], 'errors in the console');
    assert.deepEqual(this.heard.violations, [], 'breaches of the content security policy');
    assert.equal(this.heard.peers, 0, 'WebRTC connections');
  }

  close() {
    return this.page.context().close();
  }
}

/** What the command line prints for the same files: the report's text. It ends with 1 where there are findings. */
export async function commandLine(folder, paths, more = []) {
  return (await commandLineBytes(folder, ['analyze', ...paths, '--format', 'json', ...more])).toString();
}

/** The bytes that the command line writes. */
export async function commandLineBytes(folder, given) {
  const [program, first] = process.env.LOGLOUPE_BIN
    ? [process.env.LOGLOUPE_BIN, []]
    : ['cargo', ['run', '--quiet', '--release', '--manifest-path', path.join(ROOT, 'Cargo.toml'), '--bin', 'logloupe', '--']];
  try {
    return (await promisify(execFile)(program, [...first, ...given], { cwd: folder, maxBuffer: 1 << 30, encoding: 'buffer' })).stdout;
  } catch (error) {
    if (error.code === 1 && error.stdout) return error.stdout;
    throw error;
  }
}
