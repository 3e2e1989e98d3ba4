// Makes small archives for tests: tar, and zip as stored members, under the traditional cipher where a password is given.
import { crc32 } from 'node:zlib';

/** A tar of `{ path, bytes }`. */
export function tar(files) {
  const blocks = files.flatMap(({ path, bytes }) => {
    const header = Buffer.alloc(512);
    const field = (at, text) => header.write(text, at, 'latin1');
    field(0, path);
    field(100, '0000644\0');
    field(124, `${bytes.length.toString(8).padStart(11, '0')}\0`);
    field(136, '14000000000\0');
    field(148, '        ');
    field(156, '0');
    field(257, 'ustar\u000000');
    const sum = header.reduce((total, byte) => total + byte, 0);
    field(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip of `{ path, bytes, password }`. */
export function zip(files) {
  const members = [];
  const directory = [];
  let offset = 0;
  for (const { path, bytes, password } of files) {
    const name = Buffer.from(path);
    const sum = crc32(bytes);
    const content = password ? encrypt(bytes, password, sum >>> 24) : bytes;
    const both = Buffer.alloc(26);
    both.writeUInt16LE(20, 0);
    both.writeUInt16LE(password ? 1 : 0, 2);
    both.writeUInt16LE(0x5c21, 8);
    both.writeUInt32LE(sum, 10);
    both.writeUInt32LE(content.length, 14);
    both.writeUInt32LE(bytes.length, 18);
    both.writeUInt16LE(name.length, 22);
    const member = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), both, name, content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), both, place, name]));
    members.push(member);
    offset += member.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.reduce((total, entry) => total + entry.length, 0), 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...members, ...directory, end]);
}

/** The traditional cipher of APPNOTE.TXT, section 6.1. */
function encrypt(bytes, password, check) {
  const keys = [0x12345678, 0x23456789, 0x34567890];
  const step = (sum, byte) => {
    let value = sum ^ byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  };
  const update = (byte) => {
    keys[0] = step(keys[0], byte);
    keys[1] = (Math.imul((keys[1] + (keys[0] & 0xff)) >>> 0, 134775813) + 1) >>> 0;
    keys[2] = step(keys[2], keys[1] >>> 24);
  };
  for (const byte of Buffer.from(password)) update(byte);
  const plain = Buffer.concat([Buffer.alloc(11, 7), Buffer.from([check]), bytes]);
  return plain.map((byte) => {
    const t = (keys[2] | 2) & 0xffff;
    const out = byte ^ ((Math.imul(t, t ^ 1) >>> 8) & 0xff);
    update(byte);
    return out;
  });
}
