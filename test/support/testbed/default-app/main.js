/**
 * What an Electron without an app of its own runs first. In: the command line. Out: the app that it names, started
 * as the official Electron would start it: `-r FILE` is required before, the first word that is no switch is the app.
 */
import { app } from 'electron';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const words = process.argv.slice(1);
const required = [];
let named;
for (let at = 0; at < words.length && named === undefined; at += 1) {
  if (words[at] === '-r' || words[at] === '--require') {
    at += 1;
    required.push(resolve(words[at]));
  } else if (!words[at].startsWith('-')) {
    named = resolve(words[at]);
  }
}

if (named === undefined) {
  console.error('Name the folder of an app, or its main file.');
  process.exit(2);
}

const require = createRequire(join(process.cwd(), 'nothing.js'));
for (const file of required) require(file);

const folder = statSync(named).isDirectory() ? named : dirname(named);
let main = named;
try {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (named === folder) main = join(folder, about.main ?? 'index.js');
  app.setName(about.productName ?? about.name ?? app.getName());
  app.setVersion(about.version ?? app.getVersion());
  app.setPath('userData', join(app.getPath('appData'), app.getName()));
} catch (error) {
  if (named === folder) throw error;
}
app.setAppPath(folder);
await import(pathToFileURL(main).href);
