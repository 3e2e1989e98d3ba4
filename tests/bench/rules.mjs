// What Sigma rules cost: the processor time of reading and judging a log without them, with the shipped ones, and with those of a
// folder too, one thread each. Prints the ratios; ends with 1 where all rules together add more than three fifths.
//
//   node tests/bench/rules.mjs [--log tests/out/bench.log] [--rules ../shared/data/sigma] [--rounds 3]
//                                                                                       (needs target/release/logloupe)
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const BINARY = process.env.LOGLOUPE_BIN ?? path.join(ROOT, 'target/release/logloupe');
const MOST = 1.6;
const { values: given } = parseArgs({
  options: {
    log: { type: 'string', default: path.join(ROOT, 'tests/out/bench.log') },
    rules: { type: 'string', default: path.join(ROOT, '../shared/data/sigma') },
    rounds: { type: 'string', default: '3' },
  },
});

const folder = mkdtempSync(path.join(tmpdir(), 'logloupe-rules-'));
const config = (name, rules) => {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify({ models: { anomaly: { enabled: false } }, allow: { rules } }));
  return ['--config', file];
};
const on = config('on.json', []);
const off = config('off.json', ['web.*', 'line.*', 'proxy.*']);
const cases = [
  ['no Sigma rule', off],
  ['the shipped rules', on],
  ...(existsSync(given.rules) ? [[`and those of ${path.relative(ROOT, given.rules)}`, [...on, '--rules', given.rules]]] : []),
];

/** Seconds of processor time, as the shell's `times` counts those of its children. */
function seconds(options) {
  const words = ['analyze', given.log, '--jobs', '1', '--progress', 'never', '--output', path.join(folder, 'report'), ...options];
  const run = spawnSync('bash', ['-c', '"$@" > /dev/null; times', 'bash', BINARY, ...words], { encoding: 'utf8' });
  if (run.status !== 0 || run.stderr) throw new Error(run.stderr || `ended with ${run.status}`);
  const [minutes, rest] = run.stdout.trim().split('\n').at(-1).split(' ')[0].split('m');
  return Number(minutes) * 60 + Number.parseFloat(rest);
}

let worst = 1;
let first;
for (const [name, options] of cases) {
  // The quickest round is the one that others disturbed least.
  const best = Math.min(...Array.from({ length: Number(given.rounds) }, () => seconds(options)));
  first ??= best;
  worst = best / first;
  console.log(`${name.padEnd(40)} ${best.toFixed(2).padStart(7)} s ${worst.toFixed(2).padStart(6)}`);
}
rmSync(folder, { recursive: true });
if (worst > MOST) {
  console.error(`rules take ${worst.toFixed(2)} times as long, more than ${MOST}`);
  process.exit(1);
}
