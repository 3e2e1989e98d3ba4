// The page over real logs, which are not part of the project: the same report as the command line, byte for byte, whatever the
// number of workers, plain and compressed. `make real` says where the logs are; this file is not part of `make test`.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { commandLine, start } from './harness.mjs';

const DATA = process.env.LOGLOUPE_DATA;
const FOLDERS = [
  'cloudwatch', 'apache_elastic', 'modern_access', 'zanbil', 'agung_attack', 'ch4n3_honeypot', 'ocatak_attack', 'zeek_brobeat',
  'iis_waikolai', 'haproxy', 'modsecurity', 'suricata_eve', 'zeek_maccdc2012', 'misc',
];
/** Has files that are compressed already. */
const PACKED = ['misc'];

let browser;
before(async () => (browser = await start()));
after(() => browser.close());

async function pageReport(folder, workers) {
  const visit = await browser.open({ fragment: `#/overview?workers=${workers}` });
  try {
    await visit.analyze(folder, { folder: true });
    const text = await visit.reportText();
    visit.quiet();
    return text;
  } finally {
    await visit.close();
  }
}

/** Gzips every file below `from` into a folder of the same name. */
async function pack(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await pack(source, target);
    else await writeFile(`${target}.gz`, gzipSync(await readFile(source)));
  }
}

/** Hashes are those of the files as they are stored. */
const withoutHashes = (report) => report.replace(/"sha256": "[0-9a-f]{64}"/g, '"sha256": ""');

for (const name of FOLDERS) {
  test(`${name}: page and command line`, { skip: DATA ? false : 'LOGLOUPE_DATA is not set' }, async () => {
    const printed = await commandLine(DATA, [name]);
    for (const workers of [1, 2, 5]) {
      assert.ok((await pageReport(path.join(DATA, name), workers)) === printed, `${name} differs with ${workers} workers`);
    }
    if (PACKED.includes(name)) return;
    const scratch = await mkdtemp(path.join(os.tmpdir(), 'packed-'));
    await pack(path.join(DATA, name), path.join(scratch, name));
    const packed = await pageReport(path.join(scratch, name), 2);
    assert.ok(withoutHashes(packed) === withoutHashes(printed), `${name} differs compressed`);
    await rm(scratch, { recursive: true });
  });
}
