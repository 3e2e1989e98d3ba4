// Trunk's last step: addresses that change with the build, and no inline script in what is shipped.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Stamps a page with this head and these files; gives what index.html became, or another file. */
async function stamp(head, { app = 'app', profile = 'release', files = {}, result = 'index.html' } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stamp-'));
  try {
    await writeFile(path.join(folder, 'index.html'), `<html lang="en">${head}</html>`);
    for (const [name, text] of Object.entries({ 'app.js': app, ...files })) await writeFile(path.join(folder, name), text);
    await run('node', ['.ci/stamp.mjs'], { env: { ...process.env, TRUNK_STAGING_DIR: folder, TRUNK_PROFILE: profile } });
    return await readFile(path.join(folder, result), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('every link gets the build, and the page knows it', async () => {
  const html = await stamp('<link rel="icon" href="./icon.svg"><script type="module" src="./boot.js"></script>');
  const [, build] = html.match(/data-build="([0-9a-f]{12})"/);
  assert.match(html, new RegExp(`href="./icon.svg\\?v=${build}"`));
  assert.match(html, new RegExp(`src="./boot.js\\?v=${build}"`));
});

test('the same content gives the same build, other content another', async () => {
  assert.equal(await stamp(''), await stamp(''));
  assert.notEqual(await stamp(''), await stamp('', { app: 'changed' }));
});

test('the hash of all is that of the list, which has every file', async () => {
  const files = { 'a.txt': 'a\n', 'index.css': '' };
  const [html, sums] = await Promise.all(['index.html', 'SHA256SUMS'].map((result) => stamp('', { files, result })));
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const lines = sums.split(/(?<=\n)/);
  assert.deepEqual(lines.map((line) => line.slice(66)), ['a.txt\n', 'app.js\n', 'index.css\n', 'index.html\n']);
  assert.equal(lines[0], `${sha256('a\n')}  a.txt\n`);
  assert.equal(lines[3], `${sha256(html)}  index.html\n`);
  assert.match(html, new RegExp(`data-sha256="${sha256(lines.filter((line) => !line.includes('index.html')).join(''))}"`));
});

test('an inline script stops a release and becomes a file while working', async () => {
  await assert.rejects(stamp('<script>alert(1)</script>'), /inline script/);
  assert.match(await stamp('<script>alert(1)</script>', { profile: 'debug' }), /<script src="\.\/reload-0\.js/);
});

test('another host stops the build', async () => {
  await assert.rejects(stamp('<link rel="stylesheet" href="https://fonts.example/a.css">'), /another host/);
});

test('style sheets become one, in the order of their links', async () => {
  const head = '<link rel="stylesheet" href="./b.css" integrity="sha384-x"/>\n<link rel="stylesheet" href="./a.css">';
  const files = { 'a.css': 'a {}\n', 'b.css': '@layer x;\n' };
  const html = await stamp(head, { files });
  assert.equal(html.match(/stylesheet/g).length, 1);
  assert.match(html, /href="\.\/style\.css\?v=[0-9a-f]{12}"/);
  assert.equal(await stamp(head, { files, result: 'style.css' }), '@layer x;\na {}\n');
});

test('what a visit without a network needs is listed: all but the page itself and what answers for it', async () => {
  const head = '<link rel="stylesheet" href="./a.css">';
  const files = { 'a.css': 'a {}\n', 'offline.js': 'const FILES = [];\n', 'service-worker.js': '', _headers: '', '.htaccess': '' };
  const text = await stamp(head, { files, result: 'offline.js' });
  assert.equal(text, 'const FILES = ["app.js","offline.js","style.css"];\n');
  await assert.rejects(stamp(head, { files: { ...files, 'offline.js': '' } }), /no list/);
});
