// Packs the requests that shipped rules must match, for whoever plants them: src/rules/catalog/attacks.txt.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const cases = new URL('../cases/rules/catalog/', import.meta.url);
const families = readdirSync(cases).sort();

const fieldsOf = (row) => {
  if (typeof row !== 'string') return row;
  const at = row.indexOf('?');
  return at < 0 ? { 'url.path': row } : { 'url.path': row.slice(0, at), 'url.query': row.slice(at + 1) };
};

const lines = families.flatMap((file) =>
  JSON.parse(readFileSync(new URL(file, cases), 'utf8')).flatMap(({ must }) =>
    must
      .map(fieldsOf)
      // What has no path is no request that can be put in the place of another.
      .filter((fields) => fields['url.path'])
      .map((fields) => [file.replace('.json', ''), ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)])
      .map((cells) => cells.join('\t')),
  ),
);
const distinct = [...new Set(lines)];
if (distinct.some((line) => line.includes('\n'))) throw new Error('a request of two lines');
writeFileSync(new URL('../../src/rules/catalog/attacks.txt', import.meta.url), `${distinct.join('\n')}\n`);
console.log(`${distinct.length} requests of ${families.length} families`);
