// How fast each format is read, beside the access log: a log of its own for each, made from the project's sample by varying
// addresses, times and paths, read natively by one thread. Prints rows and bytes by second of processor time, so other work of
// the machine shows little, and their ratios. Ends with 1 where a format reads less than a fifth of the access log's rows, unless
// its rows are long: then it has to read half of the access log's bytes.
//
//   node tests/bench/formats.mjs [--megabytes 200] [--rounds 3] [--only iis,squid]      (needs target/release/logloupe)
import { execFileSync, spawnSync } from 'node:child_process';
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

/** Seconds of processor time that a run takes. */
function processorTime(args) {
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%3U %3S"; time "$@" > /dev/null', 'bash', BINARY, ...args]);
  if (timed.status !== 0) throw new Error(timed.stderr.toString());
  const [user, system] = timed.stderr.toString().trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

/** Bytes of a row, by the sample. */
function bytesOfRow(sample) {
  const rows = execFileSync(BINARY, ['rows', sample, '--format', 'ndjson', '--progress', 'never'], { maxBuffer: 1 << 28 });
  return statSync(sample).size / rows.toString().split('\n').filter(Boolean).length;
}

function measure(sample) {
  const log = generate(sample, Number(given.megabytes));
  const bytes = statSync(log).size;
  const args = ['rows', log, '--filter', 'event.dataset: none-of-these', '--jobs', '1', '--progress', 'never'];
  const times = Array.from({ length: Number(given.rounds) }, () => processorTime(args));
  rmSync(log);
  // What else runs only makes it slower.
  const rate = bytes / Math.min(...times);
  return { byteRate: rate, rowRate: rate / bytesOfRow(sample) };
}

/** Why a format may read fewer rows, or that it may not. */
function reason({ byteRate, rowRate }, access) {
  if (rowRate >= access.rowRate / 5) return '';
  const longer = (byteRate / rowRate / (access.byteRate / access.rowRate)).toFixed(1);
  return byteRate >= access.byteRate / 2 ? `rows are ${longer} times as long` : 'TOO SLOW';
}

mkdirSync(OUT, { recursive: true });
const wanted = given.only.split(',').filter(Boolean);
const samples = [ACCESS, ...filesIn(SAMPLES).filter((sample) => !/no-log/.test(sample)).sort()];
let access;
let failed = 0;
console.log(`${'sample'.padEnd(44)} ${'MB/s'.padStart(6)} ${'rows/s'.padStart(10)} of the access log's rows, bytes`);
for (const sample of samples) {
  const name = path.relative(sample === ACCESS ? path.join(ROOT, 'public/sample') : SAMPLES, sample);
  if (sample !== ACCESS && wanted.length && !wanted.some((part) => name.includes(part))) continue;
  const found = measure(sample);
  access ??= found;
  const why = reason(found, access);
  failed += why === 'TOO SLOW' ? 1 : 0;
  const ratio = (value) => value.toFixed(2).padStart(6);
  const rates = `${(found.byteRate / 1e6).toFixed(0).padStart(6)} ${Math.round(found.rowRate).toLocaleString('en').padStart(10)}`;
  console.log(`${name.padEnd(44)} ${rates} ${ratio(found.rowRate / access.rowRate)} ${ratio(found.byteRate / access.byteRate)}  ${why}`);
}
rmSync(OUT, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
