// Gets its worker ready, then measures from a file's arrival to its count of lines.
window.newlines = {
  prepare() {
    this.worker = new Worker('./newlines-worker.js');
  },
  async measure(file) {
    const begin = performance.now();
    const lines = await new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => resolve(data);
      this.worker.onerror = reject;
      this.worker.postMessage(file);
    });
    return { ms: performance.now() - begin, rows: lines };
  },
};
