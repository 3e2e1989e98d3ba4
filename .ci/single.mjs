// Puts the built page into one file: `node .ci/single.mjs dist single/logloupe.html`.
//
// The file works where there is no server, from a disk or a stick. Its policy lets it connect to nobody (connect-src 'none')
// and run nothing but its own scripts, by their hashes. What the page would fetch from beside it is inside: one LZMA stream of
// all parts, which share much, written as Base64, and a small unpacker (src/bin/unpack). `fetch` is replaced by a look into
// what was unpacked, so that the page itself does not know where it came from.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [dist, out] = process.argv.slice(2);
if (!dist || !out) throw new Error('usage: node .ci/single.mjs DIST FILE');
const target = process.env.CARGO_TARGET_DIR ?? 'target';

/** What the page fetches, in an order in which like lies beside like. */
const PARTS = [
  'worker_bg.wasm', 'rules_bg.wasm', 'documents_bg.wasm', 'app_bg.wasm', 'worker.js', 'rules.js', 'documents.js', 'worker-boot.js', 'sample/shop-access.log',
];
const MEDIA_TYPES = { '.js': 'text/javascript', '.log': 'text/plain', '.wasm': 'application/wasm' };

function run(program, words, input) {
  const done = spawnSync(program, words, { input, maxBuffer: 1 << 28 });
  if (done.error?.code === 'ENOENT') throw new Error(`${program} is missing (Debian: xz-utils has xz; .ci/setup.sh test installs all)`);
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
  return done.stdout;
}

/** The unpacker: its module and its script. */
async function unpacker() {
  const folder = await mkdtemp(path.join(tmpdir(), 'logloupe-single-'));
  try {
    const built = path.join(target, 'wasm32-unknown-unknown/page/unpack.wasm');
    run('wasm-bindgen', ['--target', 'no-modules', '--no-typescript', '--out-dir', folder, built]);
    const small = path.join(folder, 'small.wasm');
    run('wasm-opt', ['-Oz', '--output', small, path.join(folder, 'unpack_bg.wasm')]);
    return { module: await readFile(small), script: await readFile(path.join(folder, 'unpack.js'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Text that ends no script element and begins no comment that hides its end. */
function harmless(name, text) {
  if (/<\/script|<!--/i.test(text)) throw new Error(`${name} has text in it that would end its element`);
  return text;
}

const bytes = await Promise.all(PARTS.map((name) => readFile(path.join(dist, name))));
const packed = run('xz', ['--format=lzma', '--compress', '--stdout', '-9e'], Buffer.concat(bytes));
let start = 0;
const table = PARTS.map((name, at) => {
  const length = bytes[at].length;
  start += length;
  return [name, { start: start - length, length, type: MEDIA_TYPES[path.extname(name)] }];
});

const { module, script } = await unpacker();
const app = await readFile(path.join(dist, 'app.js'), 'utf8');
const style = await readFile(path.join(dist, 'style.css'), 'utf8');
const boot = await readFile(path.join(dist, 'boot.js'), 'utf8');
// The app's script is a module whose exports nobody imports here.
const own = app
  .replace(/^export \{[^}]*\};?\s*$/m, '')
  .replace(/^export (class|function|async function)/gm, '$1');
if (/^\s*(import|export)[\s{*]/m.test(own)) throw new Error('app.js imports or exports something that is not known here');
// What the page says where it can't start.
const sorry = /document\.documentElement\.dataset\.session[\s\S]*throw error;/.exec(boot)?.[0];
if (!sorry) throw new Error('boot.js no longer says why the page could not start');

const code = harmless('the page', `${script}
${own}
const decoded = (id) => {
  const text = document.getElementById(id).textContent;
  return Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
};
try {
  wasm_bindgen.initSync({ module: decoded('unpacker') });
  const all = wasm_bindgen.unpack(decoded('parts'));
  const table = new Map(${JSON.stringify(table)});
  const part = (name) => {
    const { start, length, type } = table.get(name);
    return new Response(all.subarray(start, start + length), { headers: { 'content-type': type } });
  };
  window.fetch = async (address) => {
    const name = String(address).replace(/^\\.\\//, '').replace(/\\?.*$/, '');
    return table.has(name) ? part(name) : new Response(null, { status: 404 });
  };
  await __wbg_init({ module_or_path: part('app_bg.wasm') });
} catch (error) {
  ${sorry}
}
`);

const policy = [
  "default-src 'none'", `script-src ${hashOf(code)} 'wasm-unsafe-eval'`, `style-src ${hashOf(style)}`, 'img-src data: blob:',
  "connect-src 'none'", 'worker-src blob:', "base-uri 'none'", "form-action 'none'",
].join('; ');
let page = await readFile(path.join(dist, 'index.html'), 'utf8');
page = page
  .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
  .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
  .replace(/<link rel="(?:preload|modulepreload|manifest)"[^>]*>/g, '')
  .replace(/<script\b[^>]*><\/script>/g, '')
  .replace('</body>', () => `<script type="application/octet-stream" id="unpacker">${module.toString('base64')}</script>
<script type="application/octet-stream" id="parts">${packed.toString('base64')}</script>
<script type="module">${code}</script>
</body>`);
const asked = page.match(/<(?:script|link|img)\b[^>]*\s(?:src|href)="(?!data:)[^"]*"/g);
if (asked) throw new Error(`the page still asks for ${asked.join(', ')}`);
await mkdir(path.dirname(out), { recursive: true });
await writeFile(out, page);
console.log(`${out}: ${(page.length / 1e6).toFixed(2)} MB`);
