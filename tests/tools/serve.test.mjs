// The static server of `make run`: what it gives, and what it must never give.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../.ci/serve.mjs';

let top, site, running;

before(async () => {
  top = await mkdtemp(path.join(os.tmpdir(), 'serve-'));
  site = path.join(top, 'site');
  await mkdir(path.join(site, 'sample'), { recursive: true });
  await writeFile(path.join(top, 'secret.txt'), 'secret');
  await writeFile(path.join(site, 'index.html'), '<p>page');
  await writeFile(path.join(site, 'app.wasm'), 'wasm');
  await writeFile(path.join(site, 'a b.log'), 'log');
  await symlink(path.join(top, 'secret.txt'), path.join(site, 'link.txt'));
  running = await serve(site);
});

after(async () => {
  await running.close();
  await rm(top, { recursive: true });
});

/** Asks with the path exactly as written: fetch would tidy it up. */
function get(name, { method = 'GET', host = '127.0.0.1' } = {}) {
  return new Promise((resolve, reject) => {
    const { port } = running.server.address();
    const request = http.request({ host: '127.0.0.1', port, path: name, method, headers: { Host: host } }, (response) => {
      let body = '';
      response.on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
    request.on('error', reject).end();
  });
}

test('gives files with the type that browsers insist on', async () => {
  assert.deepEqual(await get('/'), { status: 200, type: 'text/html; charset=utf-8', body: '<p>page' });
  assert.equal((await get('/app.wasm?v=1')).type, 'application/wasm');
  assert.equal((await get('/a%20b.log')).body, 'log');
  assert.deepEqual(await get('/', { method: 'HEAD' }), { status: 200, type: 'text/html; charset=utf-8', body: '' });
});

test('gives nothing from outside its folder', async () => {
  for (const name of ['/../secret.txt', '/..%2fsecret.txt', '/sample/../../secret.txt', '/%2e%2e/secret.txt', '/link.txt',
    '//secret.txt', '/%00', '/%', '/sample', '/sample/', '/missing']) {
    assert.equal((await get(name)).status, 404, name);
  }
});

test('answers only reading, and only by the name of this machine', async () => {
  assert.equal((await get('/', { method: 'POST' })).status, 405);
  assert.equal((await get('/', { host: 'rebound.example' })).status, 421);
});

test('takes the next port when one is taken', async () => {
  const { port } = running.server.address();
  const second = await serve(site, { port });
  assert.ok(second.server.address().port > port);
  assert.equal(second.server.address().address, '127.0.0.1');
  await second.close();
});

test('serves under a sub-path', async () => {
  const nested = await serve(site, { prefix: '/deep/er/' });
  assert.equal(await (await fetch(nested.url)).text(), '<p>page');
  assert.equal((await fetch(new URL('/index.html', nested.url))).status, 404);
  await nested.close();
});
