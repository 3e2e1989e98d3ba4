// What hosts are told: every example has the same headers, and the embedded module the version of the engine.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const HEADERS = {
  'Content-Security-Policy': "frame-ancestors 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const pairs = (text, pattern) => Object.fromEntries([...text.matchAll(pattern)].map(([, name, value]) => [name, value]));

for (const [file, pattern] of [
  ['_headers', /^ {2}([A-Za-z-]+): (.*)$/gm],
  ['hosting/apache.htaccess', /Header always set ([A-Za-z-]+) "(.*)"/g],
  ['hosting/nginx.conf', /add_header ([A-Za-z-]+) "?([^;"]*)"? always;/g],
]) {
  test(`${file} has every header`, async () => {
    const { 'Cache-Control': _, ...found } = pairs(await readFile(`public/${file}`, 'utf8'), pattern);
    assert.deepEqual(found, HEADERS);
  });
}

test('CloudFront has every header', async () => {
  const policy = JSON.parse(await readFile('public/hosting/cloudfront-headers.json', 'utf8'));
  const { ContentSecurityPolicy, ReferrerPolicy, ContentTypeOptions } = policy.SecurityHeadersConfig;
  const custom = policy.CustomHeadersConfig;
  assert.equal(custom.Quantity, custom.Items.length);
  const found = Object.fromEntries(custom.Items.map(({ Header, Value }) => [Header, Value]));
  assert.deepEqual({
    'Content-Security-Policy': ContentSecurityPolicy.ContentSecurityPolicy,
    'Referrer-Policy': ReferrerPolicy.ReferrerPolicy,
    'X-Content-Type-Options': ContentTypeOptions && 'nosniff',
    ...found, 'Cache-Control': undefined,
  }, { ...HEADERS, 'Cache-Control': undefined });
});

test('the module has the version of the engine', async () => {
  const { version } = JSON.parse(await readFile('public/embed/package.json', 'utf8'));
  assert.equal(version, /^version = "(.*)"$/m.exec(await readFile('Cargo.toml', 'utf8'))[1]);
});
