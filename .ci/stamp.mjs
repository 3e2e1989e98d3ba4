// Trunk's last step: gives every file of the page an address that changes with the build, so that none goes stale.
//
// Trunk can put a hash into the names of the app's files but never of a worker's, and a page from one build with a worker
// from another must not meet. So the names stay plain and the address carries `?v=<build>`, where the build is a hash over
// all that was built. index.html's own links get it here; boot.js passes its own on; the page reads it from
// <html data-build> for its workers.
//
// The whole hash is the page's name of itself, <html data-sha256>: the SHA-256 of the list of all files but index.html, which
// carries it. SHA256SUMS is that list with index.html in it, for `sha256sum --check`; so the hash is that of
// `grep -v ' index.html$' SHA256SUMS | sha256sum`.
//
// The style sheets become one: a file per component is for people, one request is for browsers. Their order is that of their links.
//
// In `trunk serve` this also moves Trunk's inline reload script into a file, since the page allows no inline script.
import { createHash } from 'node:crypto';
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error('this is a Trunk hook: TRUNK_STAGING_DIR is not set');
const page = path.join(folder, 'index.html');

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The files of the folder as `sha256sum` lists them. */
async function listed() {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll(path.sep, '/'))
    .sort();
  return Promise.all(files.map(async (file) => `${hashOf(await readFile(path.join(folder, file)))}  ${file}\n`));
}

let html = await readFile(page, 'utf8');
const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
if (inline.length > 0 && process.env.TRUNK_PROFILE === 'release') throw new Error('index.html has an inline script');
for (const [number, [whole, text]] of inline.entries()) {
  // Trunk fills these in while serving, but only in index.html.
  const filled = text.replace("'{{__TRUNK_ADDRESS__}}'", 'window.location.host').replace("'{{__TRUNK_WS_BASE__}}'", "'/'");
  await writeFile(path.join(folder, `reload-${number}.js`), filled);
  html = html.replace(whole, () => `<script src="./reload-${number}.js"></script>`);
}
const sheets = [...html.matchAll(/<link(?=[^>]*\srel="stylesheet")(?![^>]*\smedia=)[^>]*\shref="(?:\.\/)?([^":?#]+)"[^>]*>/g)];
if (sheets.length > 0) {
  const texts = await Promise.all(sheets.map(([, name]) => readFile(path.join(folder, name), 'utf8')));
  for (const [, name] of sheets) await unlink(path.join(folder, name));
  await writeFile(path.join(folder, 'style.css'), texts.map((text) => text.trimEnd()).join('\n') + '\n');
  for (const [number, [link]] of sheets.entries()) {
    html = html.replace(link, () => (number === 0 ? '<link rel="stylesheet" href="./style.css">' : ''));
  }
}
// What the page keeps for a visit without a network: all but itself, samples, and what is for the host.
const own = ['index.html', 'service-worker.js', 'SHA256SUMS'];
const kept = (await readdir(folder, { withFileTypes: true }))
  .filter((entry) => entry.isFile() && !own.includes(entry.name) && !/^[_.]/.test(entry.name)).map((entry) => entry.name).sort();
if (kept.includes('offline.js')) {
  const offline = path.join(folder, 'offline.js');
  const text = await readFile(offline, 'utf8');
  if (!text.includes('const FILES = [];')) throw new Error('offline.js has no list to fill');
  await writeFile(offline, text.replace('const FILES = [];', () => `const FILES = ${JSON.stringify(kept)};`));
}
const all = hashOf((await listed()).filter((line) => !line.endsWith('  index.html\n')).join(''));
const build = all.slice(0, 12);
html = html
  .replace(/<html /, `<html data-build="${build}" data-sha256="${all}" `)
  // Browsers ignore it on such a link, and warn every visitor about it.
  .replace(/(<link rel="preload"[^>]*) integrity="[^"]*"/g, '$1')
  .replace(/(<(?:link|script)[^>]*\s(?:href|src)=")(?:\.\/)?([^":?#]+)(")/g, `$1./$2?v=${build}$3`);
if (/(?:href|src)="(?:https?:)?\/\//.test(html)) throw new Error('index.html names another host');
await writeFile(page, html);
await writeFile(path.join(folder, 'SHA256SUMS'), (await listed()).join(''));
