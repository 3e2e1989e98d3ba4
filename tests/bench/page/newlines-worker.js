// Reads a file as Logloupe's worker does, 16 MiB at a time, and counts line ends: what any analyser in a tab has to do at least.
const SLICE = 16 * 1024 * 1024;

self.onmessage = async ({ data: file }) => {
  let lines = 0;
  for (let start = 0; start < file.size; start += SLICE) {
    const bytes = new Uint8Array(await file.slice(start, start + SLICE).arrayBuffer());
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  }
  self.postMessage(lines);
};
