// The user's own Sigma rules: told from logs by what is in them, run at once, listed with what became of each, kept or not.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { OUT, SHOP, commandLine, start } from './harness.mjs';
import { zip } from './pack.mjs';

const FOLDER = path.join(OUT, 'rules');
const HIT = `title: Made-up login page
id: 11111111-1111-4111-8111-111111111111
logsource:
  category: webserver
detection:
  selection:
    cs-uri-stem|contains: wp-login
  condition: selection
level: high
`;
const LACKING = `title: Made-up process
id: 22222222-2222-4222-8222-222222222222
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
level: medium
`;
const BROKEN = `title: Made-up mistake
id: 33333333-3333-4333-8333-333333333333
logsource:
  category: webserver
detection:
  selection:
    cs-uri-stem|nosuchmodifier: x
  condition: selection
level: low
`;

let browser;
before(async () => {
  browser = await start();
  await mkdir(path.join(FOLDER, 'rules'), { recursive: true });
  for (const [name, text] of [['hit.yml', HIT], ['lacking.yml', LACKING], ['broken.yaml', BROKEN]]) {
    await writeFile(path.join(FOLDER, 'rules', name), text);
  }
  await writeFile(path.join(FOLDER, 'rules.zip'), zip([['rules/hit.yml', HIT], ['rules/lacking.yml', LACKING], ['LICENSE', 'made up\n']].map(([name, text]) => ({ path: name, bytes: Buffer.from(text) }))));
});
after(() => browser.close());

const FILES = ['hit.yml', 'lacking.yml', 'broken.yaml'].map((name) => path.join(FOLDER, 'rules', name));

/** What the list says: [title, state] of every row. */
const listed = (page) => page.locator('.rules-box tbody tr').evaluateAll((rows) => rows.map((row) => [row.querySelector('.cell-text').textContent, row.children[2].textContent]));

/** Waits until the rules' card says `text`. */
const told = (page, text) => page.getByRole('heading', { name: text }).waitFor();

test('logs and rules that are dropped together are told apart, and the report is the command line\'s', async () => {
  const visit = await browser.open();
  await visit.settle();
  await visit.analyze([SHOP, ...FILES]);
  const report = await visit.report();
  assert.deepEqual(report.inputs.map((input) => input.path), ['shop-access.log']);
  assert.ok(report.findings.some((finding) => finding.id === 'sigma.11111111-1111-4111-8111-111111111111'));
  const expected = await commandLine(path.dirname(SHOP), ['shop-access.log'], ['--rules', path.join(FOLDER, 'rules')]);
  assert.equal(await visit.reportText(), expected);
  await visit.show('settings');
  await told(visit.page, /3 rules of your own: 1 hit, 1 not applicable, 1 not supported/);
  assert.deepEqual(await listed(visit.page), [
    ['Made-up login page', 'hit'], ['Made-up process', 'not applicable'], ['Made-up mistake', 'not supported'],
  ]);
  assert.deepEqual(visit.since(), [], 'the part that reads rules was there before the drop');
  visit.quiet();
  await visit.close();
});

test('a rule says its text, why it cannot run, and leads to its rows', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.show('settings');
  await visit.page.setInputFiles('#rule-files', FILES);
  await told(visit.page, /1 hit/);
  await visit.page.getByLabel('Search').fill('mistake');
  assert.deepEqual((await listed(visit.page)).map(([title]) => title), ['Made-up mistake']);
  await visit.page.getByRole('button', { name: 'Text' }).click();
  assert.match(await visit.page.locator('pre.rule-text').textContent(), /nosuchmodifier/);
  await visit.page.getByLabel('Search').fill('');
  await visit.page.getByLabel('State').selectOption({ label: 'hit' });
  await visit.page.locator('.rules-box').getByRole('link', { name: 'Rows' }).click();
  await visit.view('rows');
  const { rows } = await visit.report();
  assert.ok(rows.filtered > 0 && rows.filtered < rows.total, JSON.stringify(rows));
  visit.quiet();
  await visit.close();
});

test('a zip of rules is one, whatever else is in it; rules are kept until they are removed', async () => {
  const visit = await browser.open();
  await visit.drop([path.join(FOLDER, 'rules.zip')]);
  await visit.page.locator('.top-about', { hasText: '2 rules of your own' }).waitFor();
  assert.equal(await visit.state(), 'empty', 'rules open no session');
  await visit.page.reload();
  await visit.page.locator('.top-about', { hasText: '2 rules of your own' }).waitFor();
  await visit.analyze([SHOP]);
  assert.ok((await visit.report()).findings.some((finding) => finding.id.startsWith('sigma.1111')));
  const expected = await commandLine(path.dirname(SHOP), ['shop-access.log'], ['--rules', path.join(FOLDER, 'rules.zip')]);
  assert.equal(await visit.reportText(), expected);
  await visit.show('settings');
  await visit.page.getByRole('button', { name: 'Remove all rules' }).click();
  await told(visit.page, 'No rules of your own');
  await visit.page.waitForFunction(async () => !(await window.logloupe.report()).findings.some((finding) => finding.id.startsWith('sigma.1111')));
  assert.equal(await visit.page.evaluate(() => localStorage.getItem('logloupe.rules')), null);
  visit.quiet();
  await visit.close();
});

test('a pasted rule runs at once, and is not kept where it should not be', async () => {
  const visit = await browser.open();
  await visit.analyze([SHOP]);
  await visit.show('settings');
  await visit.page.getByLabel('Keep my rules in this browser').uncheck();
  await visit.page.getByRole('button', { name: 'Paste a rule' }).click();
  await visit.page.getByLabel('The rule, in YAML').fill('no rule');
  await visit.page.getByText('A Sigma rule begins with a key').waitFor();
  await visit.page.getByLabel('The rule, in YAML').fill(HIT);
  await visit.page.getByRole('button', { name: 'Add this rule' }).click();
  await told(visit.page, /1 rule of your own: 1 hit/);
  assert.equal(await visit.page.evaluate(() => localStorage.getItem('logloupe.rules')), null);
  visit.quiet();
  await visit.close();
});
