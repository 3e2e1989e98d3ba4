// Starts the page. Its own address ends in ?v=<build>; everything that belongs to the same build is asked for with it.
const build = new URL(import.meta.url).search;

try {
  const { default: init } = await import(`./app.js${build}`);
  await init({ module_or_path: new URL(`./app_bg.wasm${build}`, import.meta.url) });
} catch (error) {
  // An old browser, or a host that serves .wasm wrongly: say it in words instead of an empty page.
  document.documentElement.dataset.session = 'failed';
  const said = document.createElement('p');
  said.setAttribute('role', 'alert');
  said.textContent =
    'Logloupe could not start in this browser. It needs WebAssembly with vector instructions: Chrome 91, Firefox 89, ' +
    `Safari 16.4 or later. The browser said: ${error instanceof Error ? error.message : error}`;
  document.body.append(said);
  throw error;
}
const { start } = await import(`./offline.js${build}`);
start(build);
