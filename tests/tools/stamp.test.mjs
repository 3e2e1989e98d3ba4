// Trunk's last step: addresses that change with the build, and no inline script in what is shipped.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Stamps a page with this head and this app.js; gives what index.html became. */
async function stamp(head, { app = 'app', profile = 'release' } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stamp-'));
  try {
    await writeFile(path.join(folder, 'index.html'), `<html lang="en">${head}</html>`);
    await writeFile(path.join(folder, 'app.js'), app);
    await run('node', ['.ci/stamp.mjs'], { env: { ...process.env, TRUNK_STAGING_DIR: folder, TRUNK_PROFILE: profile } });
    return await readFile(path.join(folder, 'index.html'), 'utf8');
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

test('an inline script stops a release and becomes a file while working', async () => {
  await assert.rejects(stamp('<script>alert(1)</script>'), /inline script/);
  assert.match(await stamp('<script>alert(1)</script>', { profile: 'debug' }), /<script src="\.\/reload-0\.js/);
});

test('another host stops the build', async () => {
  await assert.rejects(stamp('<link rel="stylesheet" href="https://fonts.example/a.css">'), /another host/);
});
