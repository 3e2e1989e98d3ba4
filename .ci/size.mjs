// Says what a visitor's browser loads: each file of dist/ as it is and in Brotli, samples apart; what the first view needs
// and what is only fetched ahead while the page is idle, each with its sum.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** Parts that are loaded while the page is idle: all files of these workers. */
const LATE = ['rules', 'documents'];

/** The size in bytes that a host which compresses in advance would send. */
export function brotliSize(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}

/** Kilobytes (1,000 bytes) with one decimal. */
export const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** Whether a file belongs to a part that is loaded while the page is idle. */
export const isLate = (name) => LATE.some((part) => [`${part}.js`, `${part}_bg.wasm`].includes(name));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? 'dist';
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
  const line = (name, plain, small) => console.log(`${name.padEnd(34)} ${plain.padStart(9)}    ${kilobytes(small).padStart(8)} kB Brotli`);
  let all = 0;
  for (const [about, late] of [['before a drop: needed', false], ['before a drop: prefetched while idle', true]]) {
    let sum = 0;
    for (const name of names.filter((name) => isLate(name) === late)) {
      const bytes = await readFile(path.join(folder, name));
      const small = brotliSize(bytes);
      sum += small;
      line(name, `${kilobytes(bytes.length)} kB`, small);
    }
    line(about, '', sum);
    all += sum;
  }
  line('the page, samples apart', '', all);
}
