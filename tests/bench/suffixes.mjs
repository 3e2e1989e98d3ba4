// Writes src/enrich/suffixes.txt from the npm package tldts-icann (the part of the public suffix list that registries keep):
// under which names people register theirs. `make data` runs it.
//
// A line is: names with a blank between, tab, the labels below each of them that are suffixes too, with a blank between: `*` is any
// label, `!` before a label says that it is none. A name of one label is a suffix anyway, and has no line of its own.
import { readFile, writeFile } from 'node:fs/promises';
import { domainToASCII } from 'node:url';
import { brotliSize, kilobytes } from '../../.ci/size.mjs';

const FOLDER = new URL('./node_modules/tldts-icann/', import.meta.url);
const TARGET = new URL('../../src/enrich/suffixes.txt', import.meta.url);

/** When the package came out; the list in it is of that day. */
const PUBLISHED = { '7.4.16': '2026-09-27' };

const { version } = JSON.parse(await readFile(new URL('package.json', FOLDER), 'utf8'));
if (!PUBLISHED[version]) throw new Error(`tldts-icann ${version}: write here when it came out`);
const code = await readFile(new URL('dist/es6/src/data/trie.js', FOLDER), 'utf8');
const trie = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);

const places = [];
trie.edgeLength.reduce((at, length, edge) => { places[edge] = at; return at + length; }, 0);
const labels = new Map();

/** Notes the labels below a name. */
function walk(node, name, mark) {
  for (let edge = trie.edgeStart[node]; edge < trie.edgeStart[node + 1]; edge += 1) {
    const text = trie.labelText.slice(places[edge], places[edge] + trie.edgeLength[edge]);
    // What is plain already may read as a number, and then as an address.
    const label = /^[\x21-\x7e]+$/.test(text) ? text : domainToASCII(text);
    const child = trie.edgeChild[edge];
    if (trie.nodeFlags[child] & 1 && name) labels.set(name, [...(labels.get(name) ?? []), mark + label]);
    walk(child, name ? `${label}.${name}` : label, mark);
  }
}
walk(trie.rulesRoot, '', '');
walk(trie.exceptionsRoot, '', '!');

const byLabels = new Map();
for (const [name, below] of [...labels].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
  const key = below.sort().join(' ');
  byLabels.set(key, [...(byLabels.get(key) ?? []), name]);
}
const head = `# Names below which people register theirs. Source: tldts-icann ${version} (npm, MIT licence, copyright Thomas Parisot and others) of `
  + `${PUBLISHED[version]}, from the ICANN part of publicsuffix.org's list, which is under the Mozilla Public License 2.0. Made by \`make data\`: `
  + 'names, tab, the labels below them.';
const list = [head, ...[...byLabels].map(([below, names]) => `${names.join(' ')}\t${below}`)].join('\n') + '\n';
await writeFile(TARGET, list);
const count = [...labels.values()].reduce((sum, below) => sum + below.length, 0);
console.log(`suffixes: ${count} of several labels, ${kilobytes(list.length)} kB, ${kilobytes(brotliSize(Buffer.from(list)))} kB Brotli`);
