// The smallest use of the engine: files in, what was found out.
import { analyze } from './logloupe.js';

const [logs, progress, said, findings] = ['logs', 'progress', 'said', 'findings'].map((id) => document.getElementById(id));

logs.addEventListener('change', async () => {
  findings.replaceChildren();
  said.textContent = 'Reading …';
  progress.hidden = false;
  try {
    const settings = { allow: { paths: ['/health*'] } };
    const report = await analyze(logs.files, settings, ({ bytes, total }) => {
      progress.value = total > 0 ? bytes / total : 0;
    });
    said.textContent = `${report.rows.total} rows, ${report.findings.length} findings`;
    // Log content is only ever text.
    findings.append(...report.findings.map(({ severity, title, count }) => {
      const item = document.createElement('li');
      item.textContent = `${severity}: ${title} (${count})`;
      return item;
    }));
  } catch (error) {
    said.textContent = error.message;
  } finally {
    progress.hidden = true;
  }
});
