// Measures the shipped rules on real attacks, and on real traffic without.
//
//   node tests/conformance/attacks.mjs DATA [crowdsec|scan|honeypot|csic|strings|ordinary …]
//
// Environment: LOGLOUPE_BIN. Prints tables; ends with 1 where a reach is not held.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accessLine, asValue, requests } from './requests.mjs';
import { answeredTrue, commands, notAttacks } from './truth.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const binary = process.env.LOGLOUPE_BIN ?? join(root, 'target/debug/logloupe');
const [data, ...wanted] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'logloupe-attacks-'));
const failures = [];

/** The report of a file or folder, with these rules off. */
function report(path, off = []) {
  const config = join(folder, 'settings.json');
  const tuning = Object.fromEntries(off.map((id) => [id, { off: true }]));
  writeFileSync(config, JSON.stringify({ models: { anomaly: { enabled: false } }, tuning }));
  const run = ['analyze', path, '--format', 'json', '--config', config];
  return JSON.parse(execFileSync(binary, run, { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** The report of log lines. */
function reportOf(name, lines) {
  const path = join(folder, `${name}.log`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return report(path);
}

const share = (part, whole) => (whole === 0 ? 0 : part / whole);
const percent = (value) => `${(100 * value).toFixed(2)} %`;
const rank = ['informational', 'low', 'medium', 'high', 'critical'];
const isAtLeast = (level) => (finding) => rank.indexOf(finding.severity) >= rank.indexOf(level);
const rowsOf = (read) => read.inputs.reduce((sum, input) => sum + input.accepted, 0);

function table(head, rows) {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => row.map((cell, at) => cell.padEnd(widths[at])).join('  ').trimEnd();
  console.log([line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.slice(1).map(line)].join('\n'));
}

function hold(name, isHeld, figure) {
  console.log(`${isHeld ? 'held' : 'NOT HELD'}: ${name}: ${figure}\n`);
  if (!isHeld) failures.push(`${name}: ${figure}`);
}

/** Each scenario of CrowdSec's tests: is it reported, and by what. */
function crowdsec() {
  const scenarios = readdirSync(join(data, 'crowdsec')).sort();
  const rows = [];
  let [found, counted] = [0, 0];
  for (const name of scenarios) {
    const reason = notAttacks[name];
    const { findings } = report(join(data, 'crowdsec', name));
    const ids = findings.map((finding) => `${finding.id} (${finding.severity})`);
    if (reason === undefined) {
      counted += 1;
      found += ids.length > 0;
    }
    rows.push([reason === undefined ? (ids.length > 0 ? 'found' : 'MISSED') : 'apart', name, reason ?? ids.slice(0, 5).join(', ')]);
  }
  table(['', 'scenario', 'findings, or why it does not count'], rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)));
  hold('scenarios of CrowdSec, 90 % reported', share(found, counted) >= 0.9, `${found} of ${counted}, ${percent(share(found, counted))}`);
}

/** A scan with Acunetix: every row is attack. */
function scan() {
  const read = report(join(data, 'ocatak_attack/acunetix.txt'));
  const rows = rowsOf(read);
  const flagged = share(read.flagged_rows.medium, rows);
  table(['finding', 'level', 'rows'], read.findings.filter(isAtLeast('low')).map((f) => [f.id, f.severity, f.count]));
  const named = read.findings.some((f) => f.entities.some((e) => e.field === 'source.ip' && e.value.includes('192.168.4.25')));
  const { flagged_rows: without } = report(join(data, 'ocatak_attack/acunetix.txt'), ['web.disguised_scanner']);
  console.log(`without the name that this scanner gives itself: ${percent(share(without.medium, rows))}; the rest posts what no log has`);
  hold('rows of the scan in a finding of level medium or above, 90 %', flagged >= 0.9, `${percent(flagged)} of ${rows}`);
  hold("the scan's source address is named", named, named ? 'named' : 'not named');
}

/** A honeypot: every address that sent a command is named. */
function honeypot() {
  const place = join(data, 'ch4n3_honeypot/honeypot1');
  const lines = readdirSync(place).sort().flatMap((name) => readFileSync(join(place, name), 'latin1').split('\n'));
  const sent = new Set(lines.filter((line) => commands.some((c) => c.test(line))).map((line) => line.split(' ')[0]));
  const { findings } = report(place);
  const named = (level) => new Set(findings.filter(isAtLeast(level)).flatMap((f) => f.entities.filter((e) => e.field === 'source.ip').map((e) => e.value)));
  const all = named('medium');
  const missed = [...sent].filter((address) => !all.has(address));
  table(['finding', 'level', 'rows'], findings.filter(isAtLeast('medium')).map((f) => [f.id, f.severity, f.count]));
  hold('addresses that sent a command to the honeypot are named', missed.length === 0, `${sent.size - missed.length} of ${sent.size}${missed.length > 0 ? `; not ${missed.join(', ')}` : ''}`);
}

/** CSIC 2010: recall and false alarms, by rule. */
function csic() {
  const read = (name) => {
    const text = readFileSync(join(data, `csic2010/${name}TrafficTest.first-half.txt`), 'latin1');
    const lines = [...requests(text)].map(accessLine);
    return [reportOf(name, lines), lines.length];
  };
  const [normal, n] = read('normal');
  const [anomalous, m] = read('anomalous');
  const counts = (r, id) => r.findings.find((f) => f.id === id)?.count ?? 0;
  const ids = [...new Set([...anomalous.findings, ...normal.findings].map((f) => `${f.severity} ${f.id}`))];
  const shown = ids.map((id) => id.split(' ')).map(([level, id]) => [id, level, counts(anomalous, id), counts(normal, id)]);
  table(['finding', 'level', `of ${m} anomalous`, `of ${n} normal`], shown.sort((a, b) => b[2] - a[2]));
  const [recall, alarms] = [share(anomalous.flagged_rows.medium, m), share(normal.flagged_rows.medium, n)];
  console.log(`recall at level low or above: ${percent(share(anomalous.flagged_rows.low, m))}, false alarms ${percent(share(normal.flagged_rows.low, n))}`);
  console.log('published: OWASP Core Rule Set 2.2.9: recall 34.3 %, false alarms 23.93 % (github.com/SpiderLabs/owasp-modsecurity-crs/issues/1016)');
  hold('CSIC 2010 at level medium or above: false alarms at most 0.2 %', alarms <= 0.002, `${percent(alarms)}; recall ${percent(recall)} (most anomalous requests are typing errors and renamed parameters)`);
}

/** libinjection's strings as the value of a parameter. */
function strings() {
  const place = join(data, 'libinjection');
  const rows = [];
  let alarms = 0;
  const sums = { sqli: [0, 0], xss: [0, 0] };
  for (const name of readdirSync(place).filter((n) => n.endsWith('.txt')).sort()) {
    const values = readFileSync(join(place, name), 'latin1').split('\n').map((v) => v.replace(/\r$/, '')).filter((v) => v !== '' && !v.startsWith('#'));
    const read = reportOf(name.replace(/[^a-z0-9]/gi, '-'), values.map((value, at) => accessLine({ method: 'GET', target: `/find?q=${asValue(value)}` }, at)));
    const found = read.flagged_rows.medium;
    if (name === 'false_positives.txt') alarms = found;
    const sum = sums[name.split('-')[0]];
    if (sum) [sum[0], sum[1]] = [sum[0] + found, sum[1] + values.length];
    rows.push([name, values.length, found, percent(share(found, values.length))]);
  }
  table(['file', 'strings', 'found', 'share'], rows);
  for (const [kind, [found, all]] of Object.entries(sums)) console.log(`${kind}: ${found} of ${all}, ${percent(share(found, all))}`);
  hold("none of libinjection's false positives is found", alarms === 0, `${alarms} found`);
}

/** Ordinary traffic: every row in a finding of level medium or above must be one that is known to be true. */
function ordinary() {
  for (const name of ['apache_elastic', 'zanbil', 'modern_access']) {
    const read = report(join(data, name));
    const rows = rowsOf(read);
    const shown = read.findings.filter(isAtLeast('medium')).map((f) => [f.id, f.severity, f.count, answeredTrue[name]?.[f.id] ?? 'not known to be true']);
    table([`${name}: finding`, 'level', 'rows', 'looked at'], shown);
    const wrong = shown.filter(([id]) => answeredTrue[name]?.[id] === undefined).reduce((sum, [, , count]) => sum + count, 0);
    hold(`${name}: at most 1 false row of 10,000 at level medium or above`, share(wrong, rows) <= 0.0001, `${wrong} of ${rows}`);
  }
}

const chapters = { crowdsec, scan, honeypot, csic, strings, ordinary };
if (data === undefined || !existsSync(data)) {
  console.log(`real attacks: not here (${data}); this check did not run`);
} else {
  try {
    for (const [name, run] of Object.entries(chapters)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      console.log(`== ${name}`);
      run();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  failures.forEach((failure) => console.error(failure));
  process.exitCode = failures.length > 0 ? 1 : 0;
}
