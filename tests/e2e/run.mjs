// Runs the browser tests, a file after the other. On a machine that is busy with other things a browser may be slower than
// any patience: where CI is set, a file that fails is run once more, alone, and it is said so. What fails twice, fails.
//
//   node tests/e2e/run.mjs [FILE…]
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const HERE = path.dirname(new URL(import.meta.url).pathname);
const asked = process.argv.slice(2);
const all = readdirSync(HERE).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => path.join(HERE, name));
const passes = (file) => spawnSync('node', ['--test', '--test-concurrency=1', file], { stdio: 'inherit' }).status === 0;

const failed = (asked.length > 0 ? asked : all).filter((file) => !passes(file));
const again = process.env.CI ? failed.filter((file) => {
  console.log(`\n== ${path.basename(file)} failed; once more\n`);
  return !passes(file);
}) : failed;
const name = (file) => path.basename(file);
for (const file of failed.filter((file) => !again.includes(file))) console.log(`== passed only the second time: ${name(file)}`);
for (const file of again) console.log(`== failed: ${name(file)}`);
process.exitCode = again.length > 0 ? 1 : 0;
