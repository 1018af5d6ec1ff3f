/**
 * Loaded before every script of package.json (`node -r`). In: the Node that runs. Out: nothing, or one sentence and
 * exit code 2 where it is too old to read TypeScript and to load the database driver.
 * Plain old JavaScript on purpose: it must be readable by the very versions that it refuses.
 */
'use strict';

var need = [22, 22];
var have = process.versions.node.split('.').map(Number);

if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  console.error(
    'Cairn needs Node ' +
      need.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      '. ' +
      'On Linux and on Windows (x64) `npm ci` brings a Node 24 that the npm scripts use by themselves; ' +
      'elsewhere install Node 24 first (https://nodejs.org).',
  );
  process.exit(2);
}
