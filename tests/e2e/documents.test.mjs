// Reports and rows as files: page and command line write the same bytes, and no byte is asked for while they do.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { commandLineBytes, SHOP, start } from './harness.mjs';

const FORMATS = [['PDF', 'pdf'], ['HTML', 'html'], ['Markdown', 'markdown'], ['JSON', 'json'], ['zip', 'zip']];

let browser;
let visit;
let root;
before(async () => {
  browser = await start();
  visit = await browser.open();
  await visit.settle();
  await visit.analyze([SHOP]);
  await visit.show('report');
  root = await visit.view('report');
});
after(() => browser.close());

/** The bytes that a button of the page gives. */
async function saved(label) {
  const [download] = await Promise.all([visit.page.waitForEvent('download'), root.getByRole('button', { name: label, exact: false }).click()]);
  return readFile(await download.path());
}

const written = (given) => commandLineBytes(path.dirname(SHOP), [given[0], path.basename(SHOP), ...given.slice(1)]);

for (const redacted of [false, true]) {
  for (const [word, format] of FORMATS) {
    test(`a report as ${word}${redacted ? ', redacted' : ''}`, async () => {
      const box = root.getByRole('checkbox');
      await box.setChecked(redacted);
      if (redacted) {
        // What is left out is said before.
        await root.getByRole('heading', { name: 'What is left out' }).waitFor();
        await root.getByText(/addresses: each keeps its beginning/).waitFor();
      }
      const [ours, theirs] = [await saved(`(${word})`), await written(['report', '--format', format, ...(redacted ? ['--redact'] : [])])];
      assert.ok(theirs.length > 10_000);
      assert.ok(ours.equals(theirs), `${ours.length} bytes of the page, ${theirs.length} of the command line`);
    });
  }
}

for (const [word, format] of [['CSV', 'csv'], ['NDJSON', 'ndjson'], ['Parquet', 'parquet']]) {
  test(`rows as ${word}`, async () => {
    const [ours, theirs] = [await saved(`Rows (${word})`), await written(['rows', '--format', format])];
    assert.ok(ours.equals(theirs), `${ours.length} bytes of the page, ${theirs.length} of the command line`);
  });
}

test('none of it asked for anything', () => {
  assert.deepEqual(visit.since(), []);
  visit.quiet();
});
