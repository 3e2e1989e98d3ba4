// Puts the built page into one file: `node .ci/single.mjs dist single/logloupe.html`.
//
// The file works where there is no server, from a disk or a stick. Its policy lets it connect to nobody (connect-src 'none')
// and run nothing but its own scripts, by their hashes. What the page would fetch from beside it is inside: one LZMA stream of
// all parts, which share much, at nearly one character a byte (bytes.mjs), and a small unpacker (src/bin/unpack). `fetch` is
// replaced by a look into what was unpacked, so that the page itself does not know where it came from.
//
// The page is in windows-1252 for that; all else in it is ASCII, so that no other text can go wrong.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read, written } from './bytes.mjs';

const [dist, out] = process.argv.slice(2);
if (!dist || !out) throw new Error('usage: node .ci/single.mjs DIST FILE');
const target = process.env.CARGO_TARGET_DIR ?? 'target';

/** What the page fetches, in an order in which like lies beside like. */
const FETCHED = [
  'worker_bg.wasm', 'rules_bg.wasm', 'documents_bg.wasm', 'app_bg.wasm', 'worker.js', 'rules.js', 'documents.js', 'worker-boot.js',
  'guide.html', 'sample/shop-access.log',
];
const MEDIA_TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.log': 'text/plain', '.wasm': 'application/wasm' };

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

/** Text in which what is not ASCII stands as `escape` writes its number. */
const ascii = (text, escape) => text.replace(/[^\x00-\x7f]/gu, (letter) => escape(letter.codePointAt(0).toString(16)));

// The app itself, run as a module of the page once it is unpacked; its policy knows it by its hash.
const code = `${own}
try {
  await __wbg_init({ module_or_path: await fetch('app_bg.wasm') });
} catch (error) {
  ${sorry}
}
`;

const parts = [
  ...await Promise.all(FETCHED.map(async (name) => [name, await readFile(path.join(dist, name))])),
  ['app.js', Buffer.from(code)], ['style.css', Buffer.from(style)],
];
const packed = run('xz', ['--format=lzma', '--compress', '--stdout', '-9e'], Buffer.concat(parts.map(([, bytes]) => bytes)));
let start = 0;
const table = parts.map(([name, { length }]) => {
  start += length;
  return [name, { start: start - length, length, type: MEDIA_TYPES[path.extname(name)] }];
});

const { module, script } = await unpacker();
const begin = harmless('the page', ascii(`${script}
${read}
const bytesOf = (id) => read(document.getElementById(id).textContent);
try {
  if (document.characterSet !== 'windows-1252') {
    throw new Error(\`the file was read as \${document.characterSet}, though it says that it is in windows-1252; a server must not name another charset for it\`);
  }
  wasm_bindgen.initSync({ module: bytesOf('unpacker') });
  const all = wasm_bindgen.unpack(bytesOf('parts'));
  const table = new Map(${JSON.stringify(table)});
  const part = (name) => {
    const { start, length } = table.get(name);
    return all.subarray(start, start + length);
  };
  window.fetch = async (address) => {
    const name = String(address).replace(/^\\.\\//, '').replace(/\\?.*$/, '');
    return table.has(name)
      ? new Response(part(name), { headers: { 'content-type': table.get(name).type } })
      : new Response(null, { status: 404 });
  };
  for (const [kind, name] of [['style', 'style.css'], ['script', 'app.js']]) {
    const element = document.createElement(kind);
    if (kind === 'script') element.type = 'module';
    element.textContent = new TextDecoder().decode(part(name));
    document.head.append(element);
  }
} catch (error) {
  ${sorry}
}
`, (hex) => `\\u{${hex}}`));

const policy = [
  "default-src 'none'", `script-src ${hashOf(begin)} ${hashOf(code)} 'wasm-unsafe-eval'`, `style-src ${hashOf(style)}`, 'img-src data: blob:',
  "connect-src 'none'", 'worker-src blob:', "base-uri 'none'", "form-action 'none'",
].join('; ');
let page = await readFile(path.join(dist, 'index.html'), 'utf8');
page = page
  .replace('<meta charset="utf-8">', '<meta charset="windows-1252">')
  .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
  .replace(/<link rel="(?:stylesheet|preload|modulepreload|manifest)"[^>]*>/g, '')
  .replace(/<script\b[^>]*><\/script>/g, '');
const asked = page.match(/<(?:script|link|img)\b[^>]*\s(?:src|href)="(?!data:)[^"]*"/g);
if (asked) throw new Error(`the page still asks for ${asked.join(', ')}`);
page = ascii(page, (hex) => `&#x${hex};`);
const end = page.lastIndexOf('</body>');
if (end < 0 || !page.includes('charset="windows-1252"')) throw new Error('index.html is not as it was');
const element = (id, bytes) => [`<script type="application/octet-stream" id="${id}">`, written(bytes), '</script>\n'];
const file = Buffer.concat([
  page.slice(0, end), ...element('unpacker', module), ...element('parts', packed),
  `<script type="module">${begin}</script>\n`, page.slice(end),
].map((piece) => Buffer.from(piece)));
await mkdir(path.dirname(out), { recursive: true });
await writeFile(out, file);
console.log(`${out}: ${(file.length / 1e6).toFixed(2)} MB`);
