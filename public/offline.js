// Keeps this build of the page in the browser, so that it opens without a network; takes the files that an installed page is
// opened with from the desktop. Asks for nothing once a log is open.

// The files of the page; .ci/stamp.mjs writes them here.
const FILES = [];

const isIdle = () => document.documentElement.dataset.session === 'empty';

/** Keeps what is not there yet, then forgets older builds. */
async function keep(build) {
  await navigator.serviceWorker.register(`./service-worker.js${build}`);
  await navigator.serviceWorker.ready;
  const name = `logloupe${build}`;
  const cache = await caches.open(name);
  for (const file of FILES.map((file) => `./${file}${build}`)) {
    if (!isIdle()) return;
    if (!(await cache.match(file))) await cache.add(file);
  }
  if (!isIdle()) return;
  const page = await fetch('./', { cache: 'no-cache' });
  // A newer build may have come meanwhile: its page has other files.
  if (!(await page.clone().text()).includes(`data-build="${document.documentElement.dataset.build}"`)) return;
  await cache.put('./', page);
  const older = (await caches.keys()).filter((known) => known.startsWith('logloupe?') && known !== name);
  await Promise.all(older.map((known) => caches.delete(known)));
}

/** Gives files to the page as if they had been chosen. */
async function open({ files }) {
  const all = new DataTransfer();
  for (const file of await Promise.all(files.map((handle) => handle.getFile()))) all.items.add(file);
  const input = document.querySelector('#files');
  if (!input || all.files.length === 0) return;
  input.files = all.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

export function start(build) {
  if ('launchQueue' in window) window.launchQueue.setConsumer(open);
  if (!('serviceWorker' in navigator)) return;
  // Without it the page works as before, only not without a network.
  keep(build).catch((error) => console.info(`Logloupe will not open without a network: ${error.message}`));
}
