// Screenshots of a newcomer's path over real logs, to be looked at: `make look` leaves them in tests/out/look.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { start, THEMES, WIDTHS } from './harness.mjs';

const data = process.argv[2] ?? '../shared/data';
const PATH = ['overview', 'findings', 'models', 'rows'];

const browser = await start();
for (const name of ['modern_access', 'zeek_brobeat']) {
  const folder = path.resolve(data, name);
  if (!existsSync(folder)) {
    console.log(`${name}: not here`);
    continue;
  }
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      const visit = await browser.open({ theme, width });
      await visit.analyze(folder, { folder: true });
      for (const view of PATH) {
        await visit.show(view);
        await visit.screenshot(`look/${name}-${view}-${theme}-${width}`);
      }
      console.log(`${name}, ${theme}, ${width} px: ${visit.heard.errors.length} errors, longest task `
        + `${Math.round(Math.max(0, ...visit.heard.longTasks.map((task) => task.duration)))} ms`);
      await visit.close();
    }
  }
}
await browser.close();
