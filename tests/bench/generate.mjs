// Makes the log that `make bench` measures with: one million lines (about 240 MB) out of the ten thousand of a real one, by varying
// addresses, paths and times. Always the same bytes from the same source: the seed decides.
//
//   node tests/bench/generate.mjs [--data ../shared/data] [--lines 1000000] [--out tests/out/bench.log]
//
// Each line of the source is used in turn. Its address becomes one of 100 that belong to it and its path one of 420, small numbers
// far more often than large ones, so that a few visitors and pages lead and a long tail follows, as in any log: about 100,000
// addresses and 150,000 paths. Agents, referrers, statuses and sizes stay the source's. Times run on over three weeks, busier by
// day than by night. Without the real log the made-up sample is the source.
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { random } from './random.mjs';

const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(ROOT, '../shared/data') },
    lines: { type: 'string', default: '1000000' },
    out: { type: 'string', default: path.join(ROOT, 'tests/out/bench.log') },
  },
});
const ADDRESSES = 100;
const PATHS = 420;
const DAYS = 26;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const real = path.join(values.data, 'apache_elastic/apache_logs');
const source = existsSync(real) ? real : path.join(ROOT, 'public/sample/shop-access.log');
const RECORD = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+)([^"]*)" (.*)$/;
const records = (await readFile(source, 'utf8')).split('\n').map((line) => RECORD.exec(line)).filter(Boolean);
const count = Number(values.lines);

const { next, skewed } = random(1_000_000);

/** Spreads a number over 32 bits (the finaliser of MurmurHash3, Austin Appleby). */
function mix(value) {
  let word = value >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

function hash(text) {
  let word = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) word = Math.imul(word ^ text.charCodeAt(at), 0x01000193);
  return mix(word);
}

function address(original, variant) {
  if (variant === 0) return original;
  const word = mix(hash(original) + variant);
  return `${1 + ((word >>> 24) % 222)}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** `/a/b.png?x` becomes `/a/b-17.png?x`. */
function varied(original, variant) {
  if (variant === 0) return original;
  const query = original.indexOf('?');
  const plain = query < 0 ? original : original.slice(0, query);
  const dot = plain.lastIndexOf('.');
  const at = dot > plain.lastIndexOf('/') ? dot : plain.length;
  return `${original.slice(0, at)}-${variant}${original.slice(at)}`;
}

const two = (number) => String(number).padStart(2, '0');
function clock(seconds) {
  const at = new Date(seconds * 1000);
  return `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
    + `:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

await mkdir(path.dirname(values.out), { recursive: true });
const out = createWriteStream(values.out);
const mean = (DAYS * 86_400) / count;
let seconds = Date.UTC(2015, 4, 1) / 1000;
let [stamp, stamped] = ['', -1];
let batch = [];
let bytes = 0;
const distinct = { addresses: new Set(), paths: new Set() };
for (let number = 0; number < count; number++) {
  const [, host, ident, user, , method, target, protocol, rest] = records[number % records.length];
  const hour = Math.floor(seconds / 3600) % 24;
  seconds += 2 * next() * mean * (1 - 0.6 * Math.sin(((hour - 8) / 24) * 2 * Math.PI));
  const whole = Math.floor(seconds);
  if (whole !== stamped) [stamp, stamped] = [clock(whole), whole];
  const from = address(host, skewed(ADDRESSES));
  const asked = varied(target, skewed(PATHS));
  distinct.addresses.add(from);
  distinct.paths.add(asked);
  batch.push(`${from} ${ident} ${user} [${stamp}] "${method} ${asked}${protocol}" ${rest}\n`);
  if (batch.length === 20_000 || number === count - 1) {
    const text = batch.join('');
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
    batch = [];
  }
}
out.end();
await once(out, 'finish');
console.log(`${values.out}: ${count} lines, ${(bytes / 1e6).toFixed(1)} MB, ${distinct.addresses.size} addresses, `
  + `${distinct.paths.size} paths, from ${path.basename(source)}`);
