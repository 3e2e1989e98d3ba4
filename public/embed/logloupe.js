// Logloupe's engine for another page of the same site: `analyze(files)` gives the report that the command line gives.
//
// A page that nobody sees is opened in a frame; it starts its workers, reads the files, and is taken away again. Nothing of a
// log leaves the browser, and nothing is kept: neither the settings of whoever uses the page by itself are read, nor changed.
'use strict';

const PAGE = new URL('../', import.meta.url).href;
/** How often it is looked how far the reading is, in milliseconds. */
const EVERY_MS = 100;
/** After this long the page is not coming, in milliseconds. */
const START_MS = 60_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the engine is asked of a file: its path and the file. */
function entry(given) {
  const { path, file } = given instanceof Blob ? { path: given.webkitRelativePath || given.name, file: given } : given;
  if (!(file instanceof Blob) || typeof path !== 'string' || path === '') {
    throw new TypeError('logloupe: a file is a File, or { path, file } with a Blob');
  }
  return { path, file: file instanceof File ? file : new File([file], path) };
}

/** A page in a frame, once it answers. */
async function opened(page) {
  const frame = document.createElement('iframe');
  Object.assign(frame, { src: page, title: 'Logloupe', tabIndex: -1, ariaHidden: 'true' });
  // Out of sight, not hidden: browsers let a hidden frame wait.
  Object.assign(frame.style, { position: 'fixed', inset: '0 auto auto -9999px', width: '800px', height: '600px', border: '0' });
  document.body.append(frame);
  try {
    for (const end = Date.now() + START_MS; Date.now() < end; await pause(EVERY_MS)) {
      if (frame.contentWindow?.logloupe?.analyze) return frame;
      const root = frame.contentDocument?.documentElement;
      if (root?.dataset.session === 'failed') throw new Error(`logloupe: ${root.innerText.trim()}`);
    }
    throw new Error(`logloupe: ${page} did not start`);
  } catch (error) {
    frame.remove();
    throw error;
  }
}

/** The report as the text that the page saves and the command line prints. */
export async function analyzeText(files, settings, onProgress, { signal, page = PAGE } = {}) {
  const entries = [...files].map(entry);
  signal?.throwIfAborted();
  const frame = await opened(page);
  let timer;
  const stopped = new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
  try {
    const { logloupe } = frame.contentWindow;
    if (onProgress) timer = setInterval(() => onProgress({ ...logloupe.progress() }), EVERY_MS);
    const text = logloupe.analyze(entries, settings === undefined ? '' : JSON.stringify(settings));
    return await Promise.race([text, stopped]);
  } catch (error) {
    throw typeof error === 'string' ? new Error(`logloupe: ${error}`) : error;
  } finally {
    clearInterval(timer);
    frame.remove();
  }
}

/** The report. */
export async function analyze(files, settings, onProgress, options) {
  return JSON.parse(await analyzeText(files, settings, onProgress, options));
}
