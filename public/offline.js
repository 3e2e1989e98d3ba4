// Keeps this build of the page in the browser, so that it opens without a network, and says when there is a newer one; takes
// the files that an installed page is opened with from the desktop. Asks for nothing once a log is open.

// The files of the page; .ci/stamp.mjs writes them here.
const FILES = [];

const root = document.documentElement;
const isIdle = () => root.dataset.session === 'empty';
const cacheOf = (build) => `logloupe?v=${build}`;

/** The page that the host has now, past what is kept, and its build. */
async function hosted() {
  const page = await fetch('./?newest', { cache: 'no-cache' });
  const build = page.ok ? /data-build="([0-9a-f]+)"/.exec(await page.clone().text())?.[1] : undefined;
  return { page, build };
}

/** Keeps what is not there yet, then forgets older builds. */
async function keep(build) {
  await navigator.serviceWorker.register(`./service-worker.js${build}`);
  await navigator.serviceWorker.ready;
  const own = cacheOf(root.dataset.build);
  const cache = await caches.open(own);
  for (const file of FILES.map((file) => `./${file}${build}`)) {
    if (!isIdle()) return;
    if (!(await cache.match(file))) await cache.add(file);
  }
  if (!isIdle()) return;
  const newest = await hosted();
  if (newest.build === root.dataset.build) {
    await cache.put('./', newest.page);
    await forget((name) => name !== own);
  } else if (newest.build) {
    offer(newest);
  }
}

async function forget(isOld) {
  const known = (await caches.keys()).filter((name) => name.startsWith('logloupe?') && isOld(name));
  await Promise.all(known.map((name) => caches.delete(name)));
}

/** Says that there is a newer build; the one that is here stays until somebody asks for the other. */
function offer({ page, build }) {
  const said = document.createElement('p');
  said.className = 'newer';
  said.setAttribute('role', 'status');
  const button = (text, act) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = text;
    element.addEventListener('click', act);
    return element;
  };
  const take = async () => {
    await (await caches.open(cacheOf(build))).put('./', page);
    await forget((name) => name !== cacheOf(build));
    location.reload();
  };
  said.append('There is a newer Logloupe. This one goes on until you want the other. ',
    button('Load the newer one', take), ' ', button('Not now', () => said.remove()));
  // Loading it would close a log.
  new MutationObserver(() => isIdle() || said.remove()).observe(root, { attributeFilter: ['data-session'] });
  document.body.append(said);
}

/** Keeps nothing any more. */
async function letGo() {
  await Promise.all((await navigator.serviceWorker.getRegistrations()).map((worker) => worker.unregister()));
  await forget(() => true);
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
  // In another page's frame nothing is kept: that page does not ask for it.
  if (!('serviceWorker' in navigator) || window.parent !== window) return;
  // `trunk serve` shows each change at once.
  if (document.querySelector('script[src*="reload-"]')) return void letGo();
  // Without it the page works as before, only not without a network.
  keep(build).catch((error) => console.info(`Logloupe will not open without a network: ${error.message}`));
}
