// Bytes as the text of an element, nearly one character a byte: what the single-file page carries its parts in.
//
// The page is in windows-1252, in which every byte is a character. Only what HTML changes on its way is written as two: NUL
// and carriage return, the escape itself, and `<` where it could end the element or begin a comment.

/** Stands before a byte that is written 64 further on. */
const ESCAPE = 0x3d;
const SHIFT = 64;

/** Bytes as they stand in the file. */
export function written(bytes) {
  const out = Buffer.allocUnsafe(bytes.length * 2);
  let length = 0;
  for (const [at, byte] of bytes.entries()) {
    const next = bytes[at + 1];
    const changes = byte === 0 || byte === 0x0d || byte === ESCAPE
      || (byte === 0x3c && (next === undefined || next === 0x21 || next === 0x2f));
    if (changes) out[length++] = ESCAPE;
    out[length++] = changes ? byte + SHIFT : byte;
  }
  return out.subarray(0, length);
}

/** The bytes of such a text, as the browser has it. Stands in the page as it stands here, so it needs nothing from outside. */
export function read(text) {
  const letters = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const byteOf = new Map([...letters].map((letter, byte) => [letter.charCodeAt(0), byte]));
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bytes[length++] = code === 0x3d ? text.charCodeAt(++at) - 64 : code < 128 ? code : byteOf.get(code);
  }
  return bytes.subarray(0, length);
}
