// Requests as lines of an access log: what a data set has as raw requests or bare strings is read as a server would log it.

/** The requests of a file of raw HTTP; a body stands in the target as its query. */
export function* requests(text) {
  for (const raw of text.replaceAll('\r\n', '\n').split(/^(?=(?:GET|POST|PUT) http)/m)) {
    if (raw.trim() === '') continue;
    const [head, ...rest] = raw.split('\n\n');
    const [first, ...headers] = head.split('\n');
    const [method, url] = first.split(' ');
    const body = rest.join('\n\n').trim();
    const bare = url.replace(/^https?:\/\/[^/]*/, '');
    const target = body === '' ? bare : `${bare}${bare.includes('?') ? '&' : '?'}${body}`;
    const agent = headers.find((line) => line.startsWith('User-Agent: '))?.slice(12);
    yield { method, target, agent };
  }
}

/** A request as a line in Apache's combined format; every line has an address of its own, so that only it decides. */
export function accessLine({ method, target, agent }, number = 0) {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const minutes = String(Math.floor(number / 60) % 60).padStart(2, '0');
  const time = `01/Jan/2026:${String(Math.floor(number / 3600) % 24).padStart(2, '0')}:${minutes}:${String(number % 60).padStart(2, '0')} +0000`;
  const escaped = target.replace(/[\x00-\x20"\x7f-\uffff]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${address} - - [${time}] "${method} ${escaped} HTTP/1.1" - 512 "-" "${(agent ?? 'Mozilla/5.0').replaceAll('"', "'")}"`;
}

/** A string as a browser would send it as a value: what is percent-encoded already stays as it is. */
export function asValue(value) {
  const sent = /%[0-9a-f]{2}|[\w\-.~!*'();:@,/?+=$[\]|]|[^]/gi;
  const encoded = (piece) => (piece.length > 1 || /[\w\-.~!*'();:@,/?+=$[\]|]/.test(piece) ? piece : `%${piece.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return value.replace(sent, encoded);
}
