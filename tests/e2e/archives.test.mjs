// Archives in the page: their members are read as by the command line, and passwords are asked for.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { commandLine, SHOP, start } from './harness.mjs';
import { tar, zip } from './pack.mjs';

let browser;
let folder;
before(async () => {
  browser = await start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'archives-'));
});
after(async () => {
  await rm(folder, { recursive: true });
  await browser.close();
});

const put = async (name, bytes) => {
  await writeFile(path.join(folder, name), bytes);
  return path.join(folder, name);
};

test('members are files, with the report of the command line', async () => {
  const bytes = await readFile(SHOP);
  const half = bytes.indexOf('\n', bytes.length / 2) + 1;
  const [first, second] = [bytes.subarray(0, half), bytes.subarray(half)];
  const inner = zip([{ path: 'deep/b.log', bytes: second }, { path: 'empty.log', bytes: Buffer.alloc(0) }]);
  await put('a.tar.gz', gzipSync(tar([{ path: 'var/a.log', bytes: first }, { path: 'var/inner.zip', bytes: inner }])));
  await put('c.zip', zip([{ path: 'x/a.log', bytes: first }, { path: 'x/b.log.gz', bytes: gzipSync(second) }]));
  await put('plain.log', first);
  for (const workers of [1, 3]) {
    const visit = await browser.open({ fragment: `#/overview?workers=${workers}` });
    const names = ['plain.log', 'c.zip', 'a.tar.gz'];
    await visit.analyze(names.map((name) => path.join(folder, name)));
    const printed = await commandLine(folder, names);
    assert.deepEqual(await visit.report(), JSON.parse(printed));
    assert.equal((await visit.reportText()).trimEnd(), printed.trimEnd());
    const report = JSON.parse(printed);
    assert.deepEqual(report.inputs.map((input) => input.path), [
      'a.tar.gz/var/a.log', 'a.tar.gz/var/inner.zip/deep/b.log', 'c.zip/x/a.log', 'c.zip/x/b.log', 'plain.log',
    ]);
    assert.equal(report.inputs[0].sha256.length, 64);
    await visit.show('quality');
    const root = await visit.view('quality');
    await root.getByText('Not read out of archives').waitFor();
    visit.quiet();
    await visit.close();
  }
});

test('a password is asked for until it fits, and stays out of the report', async () => {
  const bytes = await readFile(SHOP);
  const file = await put('secret.zip', zip([{ path: 'open.log', bytes }, { path: 'shop.log', bytes, password: 'sesame' }]));
  const visit = await browser.open();
  await visit.drop([file]);
  const dialog = visit.page.getByRole('dialog', { name: 'An archive is encrypted' });
  await dialog.getByLabel('Password').fill('simsalabim');
  await dialog.getByRole('button', { name: 'Open' }).click();
  await dialog.getByText('This password does not fit.').waitFor();
  await dialog.getByLabel('Password').fill('sesame');
  await dialog.getByRole('button', { name: 'Open' }).click();
  await visit.session('ready');
  const text = await visit.reportText();
  assert.deepEqual(JSON.parse(text).inputs.map((input) => input.path), ['secret.zip/open.log', 'secret.zip/shop.log']);
  assert.ok(!text.includes('sesame'));
  visit.quiet();
  await visit.close();
});

test('an encrypted archive is read without its secrets when Escape is pressed', async () => {
  const bytes = await readFile(SHOP);
  const file = await put('half.zip', zip([{ path: 'open.log', bytes }, { path: 'shop.log', bytes, password: 'sesame' }]));
  const visit = await browser.open();
  await visit.drop([file]);
  await visit.page.getByRole('dialog', { name: 'An archive is encrypted' }).getByLabel('Password').press('Escape');
  await visit.session('ready');
  const report = await visit.report();
  assert.deepEqual(report.inputs.map((input) => input.path), ['half.zip/open.log']);
  assert.equal(report.archives[0].skipped[0].reason, 'encrypted: it needs a password');
  visit.quiet();
  await visit.close();
});
