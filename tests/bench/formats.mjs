// How fast each format is read, beside the access log: a log of its own for each, made from the project's sample by varying
// addresses, times and paths, read natively by one thread. Prints lines per second and the ratio; asserts nothing.
//
//   node tests/bench/formats.mjs [--megabytes 200] [--rounds 3] [--only iis,squid]      (needs target/release/logloupe)
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const SAMPLES = path.join(ROOT, 'tests/cases/samples');
const OUT = path.join(ROOT, 'tests/out/formats');
const BINARY = process.env.LOGLOUPE_BIN ?? path.join(ROOT, 'target/release/logloupe');
const { values: given } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});
const ACCESS = path.join(ROOT, 'public/sample/shop-access.log');

const filesIn = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const at = path.join(folder, entry.name);
  return entry.isDirectory() ? filesIn(at) : [at];
});

/** A generator of numbers below `n`, the same each time. */
function random(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** The sample again, with other addresses, times of day and paths. */
function varied(text, next) {
  return text
    .replace(/\b(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}\b(?!\.)/g, (_, net) => `${net}.${next(256)}.${next(256)}`)
    .replace(/\b([01]\d|2[0-3]):[0-5]\d:[0-5]\d\b/g, () => [next(24), next(60), next(60)].map((n) => String(n).padStart(2, '0')).join(':'))
    .replace(/(GET |POST |"\/|\/)([a-z]{4,})(?=[ /?"])/g, (whole, before, word) => (next(4) ? whole : `${before}${word}${next(50000)}`));
}

function generate(sample, megabytes) {
  const text = readFileSync(sample, 'latin1');
  const unit = text.endsWith('\n') ? text : `${text}\n`;
  const next = random(7);
  const log = path.join(OUT, 'log');
  const file = openSync(log, 'w');
  // A few hundred varied pieces, repeated in an order of chance: writing stays quicker than reading.
  const pieces = Array.from({ length: Math.min(400, Math.ceil(6e6 / unit.length)) }, () => varied(unit, next));
  for (let size = 0; size < megabytes * 1e6; ) {
    let block = '';
    while (block.length < 4e6) block += pieces[next(pieces.length)];
    const bytes = Buffer.from(block, 'latin1');
    writeSync(file, bytes);
    size += bytes.length;
  }
  closeSync(file);
  return log;
}

function measure(sample) {
  const log = generate(sample, Number(given.megabytes));
  const bytes = statSync(log).size;
  const args = ['--jobs', '1', '--progress', 'never'];
  const times = [];
  for (let round = 0; round < Number(given.rounds); round += 1) {
    const begin = process.hrtime.bigint();
    execFileSync(BINARY, ['rows', log, '--filter', 'event.dataset: none-of-these', ...args], { maxBuffer: 1 << 20 });
    times.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  const lines = Number(execFileSync('wc', ['-l', log]).toString().split(' ')[0]);
  rmSync(log);
  times.sort((a, b) => a - b);
  return { bytes, lines, seconds: times[Math.floor(times.length / 2)] };
}

mkdirSync(OUT, { recursive: true });
const wanted = given.only.split(',').filter(Boolean);
const samples = [ACCESS, ...filesIn(SAMPLES).filter((sample) => !/no-log/.test(sample)).sort()];
let access = 0;
console.log(`${'sample'.padEnd(44)} ${'MB/s'.padStart(6)} ${'lines/s'.padStart(10)} of the access log's lines, bytes`);
for (const sample of samples) {
  const name = path.relative(sample === ACCESS ? path.join(ROOT, 'public/sample') : SAMPLES, sample);
  if (sample !== ACCESS && wanted.length && !wanted.some((part) => name.includes(part))) continue;
  const { bytes, lines, seconds } = measure(sample);
  const [lineRate, byteRate] = [lines / seconds, bytes / seconds];
  access ||= { lineRate, byteRate };
  const ratio = (value) => value.toFixed(2).padStart(6);
  console.log(`${name.padEnd(44)} ${(byteRate / 1e6).toFixed(0).padStart(6)} ${Math.round(lineRate).toLocaleString('en').padStart(10)} ${ratio(lineRate / access.lineRate)} ${ratio(byteRate / access.byteRate)}`);
}
rmSync(OUT, { recursive: true, force: true });
