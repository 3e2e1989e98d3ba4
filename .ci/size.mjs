// Says what a visitor's browser loads: each file of dist/ as it is and in Brotli, samples apart.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** The size in bytes that a host which compresses in advance would send. */
export function brotliSize(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}

/** Kilobytes (1,000 bytes) with one decimal. */
export const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? 'dist';
  const entries = await readdir(folder, { withFileTypes: true });
  let total = 0;
  for (const name of entries.filter((entry) => entry.isFile()).map((entry) => entry.name).sort()) {
    const bytes = await readFile(path.join(folder, name));
    const small = brotliSize(bytes);
    total += small;
    console.log(`${name.padEnd(20)} ${kilobytes(bytes.length).padStart(9)} kB ${kilobytes(small).padStart(8)} kB Brotli`);
  }
  console.log(`${'the page'.padEnd(20)} ${''.padStart(12)} ${kilobytes(total).padStart(8)} kB Brotli, samples apart`);
}
