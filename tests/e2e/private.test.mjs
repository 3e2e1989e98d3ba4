// Nothing leaves the machine: from the drop to the last view the page asks nobody for anything, and its policy would not let it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DIST, SHOP, start, VIEWS } from './harness.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

test('from the drop to the last view there is no request', async () => {
  const visit = await browser.open();
  await visit.settle();
  await visit.analyze([SHOP]);
  for (const view of VIEWS) await visit.show(view);
  await visit.report();
  await visit.page.waitForLoadState('networkidle');
  assert.deepEqual(visit.since(), []);
  visit.quiet();
  await visit.close();
});

test('log content goes neither into the address nor into storage', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  for (const view of VIEWS) await visit.show(view);
  const kept = await visit.page.evaluate(async () => JSON.stringify({
    address: location.href, title: document.title, local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie,
    databases: (await indexedDB.databases()).map((database) => database.name), caches: await caches.keys(),
  }));
  for (const content of ['203.0.113.7', '/wp-login.php', 'sqlmap', 'shop.example', 'anna']) {
    assert.ok(!kept.includes(content), `${content} is kept: ${kept}`);
  }
  await visit.close();
});

test('the policy stops what would take a log away', async () => {
  const visit = await browser.open();
  const outcome = await visit.page.evaluate(async () => {
    const tried = {};
    const attempt = async (name, action) => {
      try {
        tried[name] = await action();
      } catch {
        tried[name] = 'stopped';
      }
    };
    const loads = (element) => new Promise((resolve) => {
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('stopped');
      document.head.append(element);
    });
    await attempt('fetch', async () => (await fetch('https://elsewhere.example/')).status);
    await attempt('beacon', () => new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => event.blockedURI.includes('beacon') && resolve('stopped'));
      navigator.sendBeacon('https://elsewhere.example/beacon', 'x');
    }));
    await attempt('image', () => loads(Object.assign(new Image(), { src: 'https://elsewhere.example/pixel.png' })));
    await attempt('script', () => loads(Object.assign(document.createElement('script'), { src: 'https://elsewhere.example/a.js' })));
    await attempt('style', () => loads(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'https://elsewhere.example/a.css' })));
    await attempt('inline script', () => {
      document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.inlineRan = true' }));
      return window.inlineRan ? 'ran' : 'stopped';
    });
    await attempt('form', () => new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => event.effectiveDirective === 'form-action' && resolve('stopped'));
      const form = Object.assign(document.createElement('form'), { action: 'https://elsewhere.example/' });
      document.body.append(form);
      form.submit();
    }));
    await attempt('base', () => {
      document.head.append(Object.assign(document.createElement('base'), { href: 'https://elsewhere.example/' }));
      return document.baseURI.includes('elsewhere') ? 'set' : 'stopped';
    });
    return tried;
  });
  for (const [name, result] of Object.entries(outcome)) assert.equal(result, 'stopped', name);
  assert.equal(Object.keys(outcome).length, 8);
  await visit.close();
});

test('the shield counts, names the policy that holds, and the build by the hash of its files', async () => {
  const visit = await browser.open();
  await visit.settle();
  await visit.analyze([SHOP]);
  const shield = visit.page.locator('.shield');
  assert.equal(await shield.locator('[data-requests]').textContent(), '0 requests');
  await shield.locator('> summary').click();
  await shield.getByText('The policy, word by word').click();
  const policy = await visit.page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  await shield.getByText(policy, { exact: true }).waitFor();
  const list = await readFile(path.join(DIST, 'SHA256SUMS'), 'utf8');
  const lines = list.split(/(?<=\n)/).filter((line) => !line.endsWith(' index.html\n'));
  const hash = createHash('sha256').update(lines.join('')).digest('hex');
  assert.equal(await shield.locator('[data-build-hash]').textContent(), hash);
  for (const line of list.trimEnd().split('\n')) {
    const [expected, name] = line.split('  ');
    assert.equal(createHash('sha256').update(await readFile(path.join(DIST, name))).digest('hex'), expected, name);
  }
  assert.deepEqual(visit.since(), []);
  visit.quiet();
  await visit.close();
});
