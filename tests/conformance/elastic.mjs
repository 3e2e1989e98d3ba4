// Compares the rows of `logloupe rows --format ndjson` with what Elastic's own parsers make of the same logs, field by
// field: https://github.com/elastic/beats, `filebeat/module/*/*/test/*-expected.json`.
//
//   node tests/conformance/elastic.mjs FOLDER-OF-FILEBEAT [--module apache/error] [--differences]
//
// Environment: LOGLOUPE_BIN. Prints a table by module and each kind of difference; ends with 1 below what is wanted.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { accepted } from './accepted.mjs';

const [folder, ...options] = process.argv.slice(2);
const only = options.includes('--module') ? options[options.indexOf('--module') + 1] : '';
const wanted = { each: 0.9, all: 0.97 };
const binary = process.env.LOGLOUPE_BIN ?? 'target/debug/logloupe';

/** The fields that both know. What Elastic adds from a GeoIP database or by hashing is not in the log. */
const compared = /^(@timestamp|source\.|destination\.|http\.|url\.|user_agent\.original$|dns\.question\.|user\.name$|network\.|event\.duration$)/;
const derived = /\.(geo|as)\.|^network\.community_id$|^dns\.question\.(registered_domain|subdomain|top_level_domain)$|^url\.extension$/;

/** Elastic's test harness takes times without an offset as UTC-2, and files as written now. */
const assumed = ['--timezone', '-02:00'];

function expectedFiles(at) {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return expectedFiles(path);
    return path.endsWith('-expected.json') && existsSync(path.replace(/-expected\.json$/, '')) ? [path] : [];
  });
}

function rowsOf(path) {
  const out = execFileSync(binary, ['rows', path, '--format', 'ndjson', '--progress', 'never', ...assumed], { maxBuffer: 1 << 28 });
  return out.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** A row's value of an Elastic field: some of theirs are the same thing under two names. */
function valueOf(row, field, theirs) {
  if (row[field] !== undefined) return row[field];
  const side = field.match(/^(source|destination)\.address$/)?.[1];
  if (side) return row[`${side}.ip`] ?? row[`${side}.domain`];
  // The host that was asked is the destination of some of their parsers.
  if (field === 'destination.domain') return row['url.domain'] === theirs ? theirs : row['tls.server_name'] ?? row['url.domain'];
  if (field === 'destination.ip') return row['url.domain'];
  const port = row['url.port'] === undefined ? '' : `:${row['url.port']}`;
  if (field === 'url.original' && row['url.path'] !== undefined) {
    // We keep a target in its parts: an absolute one has its scheme, host and port again.
    const target = row['url.path'] + (row['url.query'] === undefined ? '' : `?${row['url.query']}`);
    return row['url.scheme'] && /^\w+:/.test(theirs) ? `${row['url.scheme']}://${row['url.domain']}${port}${target}` : target;
  }
  if (field === 'url.full' && row['url.scheme'] === 'sip') {
    return `sip:${row['url.username'] === undefined ? '' : `${row['url.username']}@`}${row['url.domain']}${port}`;
  }
  return undefined;
}

function same(field, ours, theirs) {
  if (field === '@timestamp') return Date.parse(ours) === Date.parse(theirs);
  const plain = (value) => (Array.isArray(value) ? value : [value]).map((item) => String(item).toLowerCase()).join(',');
  return ours === theirs || plain(ours) === plain(theirs) || (theirs !== '' && Number(ours) === Number(theirs));
}

const modules = new Map();
const kinds = new Map();
for (const path of expectedFiles(folder).sort()) {
  const module = relative(folder, path).match(/module\/([^/]+\/[^/]+)\//)[1];
  if (only && module !== only) continue;
  const log = path.replace(/-expected\.json$/, '');
  const expected = JSON.parse(readFileSync(path, 'utf8'));
  const rows = rowsOf(log);
  const tally = modules.get(module) ?? { equal: 0, different: 0, missing: 0, accepted: 0 };
  modules.set(module, tally);
  for (const [index, event] of expected.entries()) {
    const row = rows[index] ?? {};
    for (const [field, theirs] of Object.entries(event)) {
      if (!compared.test(field) || derived.test(field)) continue;
      const ours = valueOf(row, field, theirs);
      if (ours !== undefined && same(field, ours, theirs)) {
        tally.equal += 1;
        continue;
      }
      const reason = accepted(module, field, ours, theirs, event);
      if (reason) {
        tally.accepted += 1;
      } else {
        tally[ours === undefined ? 'missing' : 'different'] += 1;
      }
      const key = `${module} ${field}: ${reason || (ours === undefined ? 'missing' : 'different')}`;
      const kind = kinds.get(key) ?? { count: 0, example: `${relative(folder, log)} row ${index + 1}: ${JSON.stringify(ours)} for ${JSON.stringify(theirs)}` };
      kind.count += 1;
      kinds.set(key, kind);
    }
  }
}

const share = ({ equal, different, missing }) => equal / Math.max(1, equal + different + missing);
const total = { equal: 0, different: 0, missing: 0, accepted: 0 };
console.log(`${'module'.padEnd(28)} equal  different  missing  share   (beside: differences that are explained)`);
for (const [module, tally] of [...modules].sort()) {
  for (const key of Object.keys(total)) total[key] += tally[key];
  const numbers = [String(tally.equal).padStart(5), String(tally.different).padStart(10), String(tally.missing).padStart(8)];
  console.log(`${module.padEnd(28)} ${numbers.join(' ')}  ${(share(tally) * 100).toFixed(1).padStart(5)} %  (${tally.accepted})`);
}
console.log(`${'all'.padEnd(28)} ${String(total.equal).padStart(5)} ${String(total.different).padStart(10)} ${String(total.missing).padStart(8)}  ${(share(total) * 100).toFixed(1).padStart(5)} %  (${total.accepted})`);
console.log('\ndifferences:');
for (const [key, { count, example }] of [...kinds].sort()) console.log(`  ${String(count).padStart(4)} × ${key}\n         ${example}`);

const low = [...modules].filter(([, tally]) => share(tally) < wanted.each).map(([module]) => module);
const failed = low.length + (share(total) < wanted.all ? 1 : 0);
console.log(`\n${modules.size - low.length} passed, ${failed} failed`);
process.exitCode = failed && !only ? 1 : 0;
