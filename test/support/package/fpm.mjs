#!/usr/bin/env node
/**
 * Stands in for the program `fpm`, which electron-builder calls for a Debian package and would download. For networks
 * that refuse that, and for tests alone. In: the words that electron-builder gives to fpm. Out: the package that they
 * describe, put together by `dpkg-deb`. A word that it does not know ends it, so that nothing is left out unseen.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const LISTS = { '-d': 'Depends', '--deb-recommends': 'Recommends' };
const FIELDS = {
  '--name': 'Package',
  '--version': 'Version',
  '--architecture': 'Architecture',
  '--maintainer': 'Maintainer',
  '--url': 'Homepage',
  '--deb-priority': 'Priority',
  '--description': 'Description',
};
const SCRIPTS = { '--after-install': 'postinst', '--after-remove': 'postrm' };
/** They say nothing in a control file of Debian's, or what is so in any case. */
const IGNORED = ['-s', '--vendor', '--license', '-t'];

const control = { Section: 'utils' };
const lists = { Depends: [], Recommends: [] };
const scripts = {};
const copies = [];
let target = '';
let compression = 'xz';

const words = process.argv.slice(2);
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '--force') continue;
  if (!word.startsWith('-')) {
    const cut = word.lastIndexOf('=');
    copies.push({ from: word.slice(0, cut), to: word.slice(cut + 1) });
    continue;
  }
  const value = words.shift();
  if (word in LISTS) lists[LISTS[word]].push(value);
  else if (word in FIELDS) control[FIELDS[word]] = value;
  else if (word in SCRIPTS) scripts[SCRIPTS[word]] = value;
  else if (word === '--package') target = value;
  else if (word === '--deb-compression') compression = value;
  else if (!IGNORED.includes(word) || (word === '-t' && value !== 'deb') || (word === '-s' && value !== 'dir')) {
    console.error(`fpm.mjs does not know ${word} ${value}`);
    process.exit(2);
  }
}

const tree = mkdtempSync(join(tmpdir(), 'cairn-deb-'));
try {
  chmodSync(tree, 0o755);
  for (const { from, to } of copies) {
    const place = join(tree, to);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(from, place, { recursive: true, verbatimSymlinks: true });
  }
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
  const kibibytes = files.reduce((sum, file) => sum + Math.ceil(statSync(file).size / 1024), 0);
  const sums = files.map(
    (file) => `${createHash('md5').update(readFileSync(file)).digest('hex')}  ${relative(tree, file)}\n`,
  );

  const { Description: description, ...fields } = control;
  const lines = Object.entries({ ...fields, 'Installed-Size': String(kibibytes) });
  for (const [name, values] of Object.entries(lists)) if (values.length > 0) lines.push([name, values.join(', ')]);
  lines.push(['Description', description.trim().replaceAll(/\n(?! )/g, '\n ')]);
  const about = join(tree, 'DEBIAN');
  mkdirSync(about, { mode: 0o755 });
  writeFileSync(join(about, 'control'), lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  writeFileSync(join(about, 'md5sums'), sums.join(''));
  for (const [name, file] of Object.entries(scripts)) {
    writeFileSync(join(about, name), readFileSync(file), { mode: 0o755 });
  }

  // The quickest level: nobody downloads what this makes.
  const pressed = compression === 'gz' ? ['-Zgzip', '-z1'] : [`-Z${compression}`];
  const ended = spawnSync('dpkg-deb', ['--root-owner-group', ...pressed, '--build', tree, target], {
    stdio: 'inherit',
  });
  process.exitCode = ended.status ?? 1;
} finally {
  rmSync(tree, { recursive: true, force: true });
}
