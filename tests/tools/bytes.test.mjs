// Bytes survive as the text of an element of a page in windows-1252.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, written } from '../../.ci/bytes.mjs';

/** What a browser makes of the bytes of an element's text. */
const parsed = (bytes) => new TextDecoder('windows-1252').decode(bytes).replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd');

function check(bytes) {
  const text = written(bytes);
  assert.doesNotMatch(text.toString('latin1'), /<\/|<!|<$/);
  assert.deepEqual([...read(parsed(text))], [...bytes]);
  return text.length;
}

test('every pair of bytes comes back', () => {
  const pairs = new Uint8Array(2 * 65536);
  for (let pair = 0; pair < 65536; pair++) pairs.set([pair >> 8, pair & 255], 2 * pair);
  assert.ok(check(pairs) < 1.013 * pairs.length, 'at most 1.3 % more than the bytes');
});

test('what would end the element does not', () => {
  for (const text of ['', '<', '</script>', '<!--', '<<//!!', '\r\n\0\r', '=', '==@M}']) check(Buffer.from(text, 'latin1'));
});
