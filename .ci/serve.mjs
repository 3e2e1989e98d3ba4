// Serves one folder on 127.0.0.1 and nothing else: `node .ci/serve.mjs dist [--port 8080]`.
// Files as they are, with their media types; no listing, no way out of the folder, nothing but GET and HEAD.
// A port that is taken makes it try the next. The tests import `serve`.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** The file that a request's path names inside `root`, or null; symbolic links may not lead out either. */
export async function fileOf(root, requestUrl) {
  let name;
  try {
    name = decodeURIComponent(requestUrl.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  if (!name.startsWith('/') || name.includes('\0')) return null;
  if (name.endsWith('/')) name += 'index.html';
  try {
    const base = await realpath(root);
    const file = await realpath(path.join(base, name));
    const found = await stat(file);
    return file.startsWith(base + path.sep) && found.isFile() ? { file, size: found.size } : null;
  } catch {
    return null;
  }
}

/** Starts a server for `root` on `port` (0: any free one; otherwise the first free one from there up) and gives its address. */
export async function serve(root, { port = 0, prefix = '/', onRequest = () => {} } = {}) {
  const server = createServer(async (request, response) => {
    onRequest(request);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Cache-Control', 'no-cache');
    const answer = (status, text) => response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'only GET and HEAD\n');
    // A name that is not ours in Host is a page elsewhere that has pointed its name at this machine.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return answer(421, 'wrong host\n');
    if (!request.url.startsWith(prefix)) return answer(404, 'not found\n');
    const found = await fileOf(root, '/' + request.url.slice(prefix.length));
    if (!found) return answer(404, 'not found\n');
    response.writeHead(200, {
      'Content-Type': MEDIA_TYPES[path.extname(found.file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
  });
  await listen(server, port);
  return { url: `http://127.0.0.1:${server.address().port}${prefix}`, server, close: () => closed(server) };
}

async function listen(server, port) {
  const last = port === 0 ? 0 : port + 100;
  for (let candidate = port; ; candidate++) {
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(candidate, '127.0.0.1', () => resolve(server.off('error', reject)));
      });
      return;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || candidate >= last) throw error;
    }
  }
}

function closed(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root = 'dist', , port = '8080'] = process.argv.slice(2);
  const { url } = await serve(root, { port: Number(port) });
  console.log(`\nLogloupe is at ${url}  (this machine only; Ctrl+C ends it)`);
}
