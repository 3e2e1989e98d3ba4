// Writes src/enrich/crawlers.txt from the npm package crawler-user-agents: regular expressions become plain text, so that the
// engine recognises a crawler without any. `make data` runs it.
//
// A line is: text that the user agent contains, a tab, the crawler's name, a tab, its kind. A text that begins with ^ stands at
// the beginning of the user agent, one that ends with $ at its end. The first line that matches wins: longer texts come first.
import { readFile, writeFile } from 'node:fs/promises';
import { brotliSize, kilobytes } from '../../.ci/size.mjs';

const FOLDER = new URL('./node_modules/crawler-user-agents/', import.meta.url);
const TARGET = new URL('../../src/enrich/crawlers.txt', import.meta.url);

/** All plain texts that `pattern` stands for; what cannot be one gives its longest plain part. */
export function literals(pattern) {
  const whole = alternatives(pattern);
  return [...new Set(whole.map((text) => text.split('\0').reduce((a, b) => (b.length > a.length ? b : a))))];
}

/** Splits at `|` outside brackets, then expands each side; \0 stands for what has no plain text. */
function alternatives(pattern) {
  const sides = [''];
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === '\\') sides[sides.length - 1] += sign + pattern[++at];
    else if (sign === '|' && depth === 0) sides.push('');
    else {
      depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
      sides[sides.length - 1] += sign;
    }
  }
  return sides.flatMap(sequence);
}

function sequence(pattern) {
  let texts = [''];
  const append = (choices) => (texts = texts.flatMap((text) => choices.map((choice) => text + choice)));
  for (let at = 0; at < pattern.length; ) {
    let end = at + 1;
    let choices = [pattern[at]];
    if (pattern[at] === '\\') {
      end = at + 2;
      choices = [/[a-z]/i.test(pattern[at + 1]) ? '\0' : pattern[at + 1]];
    } else if (pattern[at] === '[') {
      end = pattern.indexOf(']', at) + 1;
      const inside = pattern.slice(at + 1, end - 1);
      choices = /^[a-z]{2,4}$/i.test(inside) ? [...inside] : ['\0'];
    } else if (pattern[at] === '(') {
      end = pattern.indexOf(')', at) + 1;
      // `(^| )` and `([^-]|$)` only say that a word begins or ends here.
      const inside = pattern.slice(at + 1, end - 1);
      choices = /[\^$]/.test(inside) ? [''] : alternatives(inside);
    } else if (pattern[at] === '.') choices = ['\0'];
    if (pattern[end] === '*' || pattern[end] === '?' || pattern[end] === '+') {
      end++;
      choices = ['\0'];
    }
    append(choices);
    at = end;
  }
  return texts;
}

/** What people call it: the text without the punctuation that only served to find it. */
function nameOf(text) {
  return text.replace(/[\^$]/g, '').replace(/^[\s/;(:,+]+/, '').replace(/^https?:\/\/(www\.)?/, '').replace(/\/(v?\d.*)?$/, '')
    .replace(/[\s/;():,.\-+]+$/, '');
}

/** Whether `line`'s text is found in `userAgent`, as the engine does it. */
export function matches(text, userAgent) {
  const begins = text.startsWith('^');
  const ends = text.endsWith('$');
  const plain = text.slice(begins ? 1 : 0, ends ? -1 : undefined);
  if (begins) return userAgent.startsWith(plain);
  return ends ? userAgent.endsWith(plain) : userAgent.includes(plain);
}

const { version, license } = JSON.parse(await readFile(new URL('package.json', FOLDER), 'utf8'));
const entries = JSON.parse(await readFile(new URL('crawler-user-agents.json', FOLDER), 'utf8'));
const kinds = new Map();
for (const { pattern, tags = [] } of entries) {
  for (const text of literals(pattern)) {
    if (text.length >= 3 && !kinds.has(text)) kinds.set(text, tags[0] ?? 'other');
  }
}
const order = [...kinds.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
const head = `# Crawlers by their user agents. Source: crawler-user-agents ${version} (npm), ${license} licence, `
  + 'copyright Martin Monperrus and others. Made by `make data`: text, tab, name, tab, kind.';
const list = [head, ...order.map((text) => `${text}\t${nameOf(text)}\t${kinds.get(text)}`)].join('\n') + '\n';
await writeFile(TARGET, list);

const samples = entries.flatMap((entry) => entry.instances ?? []);
const missed = samples.filter((userAgent) => !order.some((text) => matches(text, userAgent)));
console.log(`crawlers: ${order.length} texts, ${kilobytes(brotliSize(Buffer.from(list)))} kB Brotli; `
  + `${samples.length - missed.length} of the source's ${samples.length} sample user agents are recognised`);
if (missed.length > samples.length / 200) throw new Error(`too many missed:\n${missed.join('\n')}`);
for (const userAgent of missed) console.log(`  missed: ${userAgent}`);
