// Starts one worker of the engine. The page compiles the engine once and posts it, so a worker compiles nothing:
// the first message is { module: WebAssembly.Module }; all later ones go to the handler that the engine installs as
// self.onmessage. Messages that come in between wait.
//
// Two ways in: as a file of the site (worker.js is then read from beside it, of the same build), or as text behind the
// text of worker.js in one Blob, which lets the page start a worker again without asking anybody for anything.
'use strict';

if (typeof wasm_bindgen === 'undefined') importScripts(`./worker.js${self.location.search}`);

self.onmessage = ({ data }) => {
  self.onmessage = null;
  wasm_bindgen.initSync({ module: data.module });
};
