// Builds the fuzz targets with the compiler's own coverage, on the stable toolchain, and runs them: each format that a sample
// shows, telling formats apart, filters. Findings are left in tests/out/fuzz and end it with 1.
//
//   node tests/fuzz/run.mjs [--seconds 20] [--jobs 2] [--only iis,look] [--seed 1] [--keep]
//
// The same seed tries the same inputs in the same order, so that a run can be repeated; `--seed 0` tries others each time.
// `--keep` writes what was learnt back into tests/fuzz/corpus, made as small as it goes: a file a target, an input a line, as
// JSON with a letter a byte. The largest inputs are left out where a target or all of them would be too large.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { tar, zip } from '../e2e/pack.mjs';

const HERE = path.dirname(new URL(import.meta.url).pathname);
const ROOT = path.resolve(HERE, '../..');
const SAMPLES = path.join(ROOT, 'tests/cases/samples');
const OUT = path.join(ROOT, 'tests/out/fuzz');
const CORPUS = path.join(HERE, 'corpus');
/** Bytes that are kept of a target, and of all. */
const KEPT = { target: 60_000, all: 1_500_000 };
const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});

/** What libFuzzer needs to see where an input leads; none of it needs an unstable compiler. */
const FLAGS = [
  '--cfg fuzzing', '-Cpasses=sancov-module', '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters', '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares', '-Ccodegen-units=1',
];

function build() {
  // An explicit target keeps the flags away from build scripts and macros.
  const host = spawnSync('rustc', ['-vV']).stdout.toString().match(/host: (.*)/)[1];
  const folder = path.join(ROOT, 'target/fuzz');
  const built = spawnSync('cargo', ['build', '--release', '--manifest-path', path.join(HERE, 'Cargo.toml'), '--target', host, '--target-dir', folder], {
    stdio: 'inherit',
    env: { ...process.env, RUSTFLAGS: FLAGS.join(' ') },
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
  return path.join(folder, host, 'release');
}

const filesIn = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const at = path.join(folder, entry.name);
  return entry.isDirectory() ? filesIn(at) : [at];
});

/** A log in what may hold it; of the compressions that this script can't write the beginning only. */
function containers(log) {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log.toString('latin1'), 'utf16le')]);
  const packed = gzipSync(log);
  const magic = ['BZh91AY&SY', '\xfd7zXZ\0', '(\xb5/\xfd', "7z\xbc\xaf'\x1c", 'Rar!\x1a\x07'].map((text) => Buffer.from(text, 'latin1'));
  const members = [{ path: 'a/b.log', bytes: log }, { path: 'c.gz', bytes: packed }];
  const [plain, locked] = [zip(members), zip([{ path: 'd.log', bytes: log, password: 'secret' }])];
  const archives = [tar(members), gzipSync(tar(members)), plain, locked, tar([{ path: 'e.zip', bytes: plain }])];
  return [packed, Buffer.concat([packed, packed]), utf16, ...archives, ...magic.map((bytes) => Buffer.concat([bytes, log]))];
}

const keptIn = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

/** Inputs as lines, the largest left out until `most` bytes are left. */
function within(lines, most) {
  const smallest = [...lines].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  let size = 0;
  return smallest.filter((line) => (size += Buffer.byteLength(line) + 1) <= most);
}

/** Writes what is in a folder into a target's file. */
function keep(folder, name) {
  const lines = filesIn(folder).map((file) => JSON.stringify(readFileSync(file, 'latin1')));
  mkdirSync(CORPUS, { recursive: true });
  writeFileSync(path.join(CORPUS, `${name}.txt`), within([...new Set(lines)], KEPT.target).map((line) => `${line}\n`).join(''));
}

/** Leaves the largest inputs of all targets out until all of them fit. */
function keepWithin(most) {
  const files = existsSync(CORPUS) ? filesIn(CORPUS) : [];
  const all = files.flatMap((file) => keptIn(file));
  const kept = within(all, most);
  if (kept.length === all.length) return;
  const longest = kept.at(-1)?.length ?? 0;
  for (const file of files) writeFileSync(file, keptIn(file).filter((line) => line.length < longest).map((line) => `${line}\n`).join(''));
}

/** Each target: the program, its sample if it has one, and what to begin with. */
function targets() {
  const samples = filesIn(SAMPLES).sort();
  const named = (sample) => path.relative(SAMPLES, sample).replace(/\.[a-z]+$/, '').replaceAll(path.sep, '-');
  const formats = samples.map((sample) => ({ name: named(sample), program: 'read', sample, seeds: [readFileSync(sample)] }));
  const all = samples.map((sample) => readFileSync(sample));
  const filters = ['source.ip: 10.0.0.0/8 and http.response.status_code >= 400', 'not url.path: "*a b*" or (x: 1)'];
  const others = [
    { name: 'look', program: 'look', seeds: all },
    { name: 'container', program: 'container', seeds: containers(all[0].subarray(0, 300)) },
    { name: 'filter', program: 'filter', seeds: filters.map((text) => Buffer.from(text)) },
  ];
  const wanted = given.only.split(',').filter(Boolean);
  return [...formats, ...others].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

function run(programs, { name, program, sample, seeds }) {
  const work = path.join(OUT, name);
  const [corpus, found] = [path.join(work, 'corpus'), path.join(work, 'found/')];
  rmSync(work, { recursive: true, force: true });
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  keptIn(path.join(CORPUS, `${name}.txt`)).forEach((line, at) => writeFileSync(path.join(corpus, `kept-${at}`), JSON.parse(line), 'latin1'));
  seeds.forEach((seed, index) => {
    // A line each, and the first lines together: short inputs are mutated quicker.
    const lines = seed.toString('latin1').split('\n');
    lines.slice(0, 12).forEach((line, at) => writeFileSync(path.join(corpus, `seed-${index}-${at}`), Buffer.from(`${line}\n`, 'latin1')));
    writeFileSync(path.join(corpus, `seed-${index}`), seed.subarray(0, 4096));
  });
  const env = { ...process.env, LOGLOUPE_FUZZ_SAMPLE: sample ?? '' };
  const limits = ['-max_len=4096', '-timeout=10', '-rss_limit_mb=1500', '-malloc_limit_mb=600', `-artifact_prefix=${found}`];
  const begin = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = spawn(path.join(programs, program), [corpus, `-max_total_time=${given.seconds}`, `-seed=${given.seed}`, '-print_final_stats=1', ...limits], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said = (said + text).slice(-8000)));
    child.on('close', (code) => {
      const number = (label) => Number(said.match(new RegExp(`${label}:\\s+(\\d+)`))?.[1] ?? 0);
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      if (code === 0 && given.keep) {
        const merged = path.join(work, 'merged');
        mkdirSync(merged);
        spawnSync(path.join(programs, program), ['-merge=1', merged, corpus, ...limits], { env });
        keep(merged, name);
      }
      resolve({ name, code, said, seconds, runs: number('stat::number_of_executed_units'), memory: number('stat::peak_rss_mb') });
    });
  });
}

const programs = build();
const waiting = targets();
let failed = 0;
let passed = 0;
async function lane() {
  for (let target = waiting.shift(); target; target = waiting.shift()) {
    const { name, code, said, seconds, runs, memory } = await run(programs, target);
    console.log(`${name.padEnd(32)} ${String(runs).padStart(9)} runs ${seconds.toFixed(0).padStart(4)} s ${String(memory).padStart(5)} MB  ${code === 0 ? 'nothing found' : 'FOUND'}`);
    if (code === 0) {
      passed += 1;
    } else {
      failed += 1;
      console.log(said);
    }
  }
}
await Promise.all(Array.from({ length: Number(given.jobs) }, lane));
if (given.keep) keepWithin(KEPT.all);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
