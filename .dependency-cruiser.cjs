/**
 * Who may import whom. The rooms of `main/` lie in the order
 *
 *   shell, cli -> engine -> watch scan plan policy queue transfer history -> s3 store -> contract
 *
 * and an import goes to the right only. The rooms of the middle know one another through types alone: `engine` is the
 * one place that joins them. `practice` stands for itself, as a server from elsewhere would.
 */
'use strict';

const MIDDLE = ['watch', 'scan', 'plan', 'policy', 'queue', 'transfer', 'history'];
const STORES = ['s3', 'store'];
const ROOMS = ['shell', 'cli', 'engine', ...MIDDLE, ...STORES, 'contract', 'practice'];

const anyOf = (rooms) => `^main/(${rooms.join('|')})/`;
const but = (...allowed) => anyOf(ROOMS.filter((room) => !allowed.includes(room)));
const TYPES_ONLY = ['type-only'];

/** Programs: each begins here, and everything is reached from one of them. */
const ENTRIES = [
  '^main/cli/main[.]ts$',
  '^main/shell/(app|engine-host|preload)[.]ts$',
  '^main/[^/]+/worker[.]ts$',
  '^renderer/main[.]ts$',
  // A tool for working on the window; it never ships.
  '^renderer/dev/look[.]ts$',
  '[.]d[.]ts$',
].join('|');

/** A package that one room alone may import. Tests and the tools of the root may import any. */
const confined = (name, packages, room) => ({
  name,
  severity: 'error',
  comment: `${packages} is imported in main/${room} alone, so that it can be replaced or faked in one place.`,
  from: { path: '^(main|renderer)/', pathNot: `^main/${room}/` },
  to: { path: `(^|/)node_modules/(${packages})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other are one idea in two places, or hide a third one.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'cannot-be-found',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-in-package-json',
      severity: 'error',
      comment: 'A package that only another package asked for can vanish with it.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'contract-knows-no-room',
      severity: 'error',
      comment: 'The contract is what all others agree on.',
      from: { path: anyOf(['contract']) },
      to: { path: but('contract') },
    },
    {
      name: 's3-and-store-know-only-the-contract',
      severity: 'error',
      comment: 'The two rooms that hold a driver know what they keep, not who asks.',
      from: { path: '^main/(s3|store)/' },
      to: { path: but('contract'), pathNot: '^main/$1/' },
    },
    {
      name: 'middle-rooms-look-down-only',
      severity: 'error',
      comment: 'The rooms of the middle do not know the engine, a program, or the practice server.',
      from: { path: anyOf(MIDDLE) },
      to: { path: anyOf(['engine', 'shell', 'cli', 'practice']) },
    },
    {
      name: 'middle-rooms-meet-in-the-engine',
      severity: 'error',
      comment: 'Between the rooms of the middle only `import type`: the engine joins them.',
      from: { path: `^main/(${MIDDLE.join('|')})/` },
      to: { path: anyOf(MIDDLE), pathNot: '^main/$1/', dependencyTypesNot: TYPES_ONLY },
    },
    {
      name: 'engine-knows-no-program',
      severity: 'error',
      comment: 'The engine does not know whether a window or a command line drives it.',
      from: { path: anyOf(['engine']) },
      to: { path: anyOf(['shell', 'cli']) },
    },
    {
      name: 'shell-and-cli-are-apart',
      severity: 'error',
      comment: 'Two programs over one engine.',
      from: { path: '^main/(shell|cli)/' },
      to: { path: anyOf(['shell', 'cli']), pathNot: '^main/$1/' },
    },
    {
      name: 'practice-stands-alone',
      severity: 'error',
      comment: 'A server that shared code with its client would share its mistakes, too.',
      from: { path: anyOf(['practice']) },
      to: { path: but('practice') },
    },
    {
      name: 'decisions-run-no-driver',
      severity: 'error',
      comment: 'plan and policy turn facts into decisions; of the rooms that reach outside they know the types.',
      from: { path: anyOf(['plan', 'policy']) },
      to: { path: anyOf(STORES), dependencyTypesNot: TYPES_ONLY },
    },
    {
      name: 'decisions-reach-nothing-outside',
      severity: 'error',
      comment: 'contract, plan and policy use no disk, network, clock or process.',
      from: { path: anyOf(['contract', 'plan', 'policy']) },
      to: {
        dependencyTypes: ['core'],
        pathNot: '^(node:)?(path|path/posix|buffer|util|url|string_decoder)$',
        dependencyTypesNot: TYPES_ONLY,
      },
    },
    {
      name: 'window-knows-only-the-contract',
      severity: 'error',
      comment: 'The window sees the rest of the house through typed calls.',
      from: { path: '^renderer/' },
      to: { path: '^main/', pathNot: '^main/contract/' },
    },
    {
      name: 'window-has-no-node',
      severity: 'error',
      comment: 'The window is sandboxed; what it imports must run in a browser.',
      from: { path: '^renderer/', pathNot: '^renderer/dev/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'window-knows-no-tool',
      severity: 'error',
      comment: 'What is in renderer/dev serves those who work on the window, and does not ship.',
      from: { path: '^renderer/', pathNot: '^renderer/dev/' },
      to: { path: '^renderer/dev/' },
    },
    {
      name: 'main-knows-no-window-and-no-test',
      severity: 'error',
      comment: 'What ships does not lean on tests, and not on how it is shown.',
      from: { path: '^main/' },
      to: { path: '^(renderer|test)/' },
    },
    {
      name: 'window-knows-no-test',
      severity: 'error',
      comment: 'What ships does not lean on tests.',
      from: { path: '^renderer/' },
      to: { path: '^test/' },
    },
    confined('electron-in-shell', 'electron', 'shell'),
    confined('aws-in-s3', '@aws-sdk/[^/]+|@smithy/[^/]+|@aws-crypto/[^/]+', 's3'),
    confined('sqlite-in-store', 'better-sqlite3|@types/better-sqlite3', 'store'),
    {
      name: 'sqlite-of-node-nowhere',
      severity: 'error',
      comment: 'One driver opens the database, in one room.',
      from: { path: '^(main|renderer)/' },
      to: { path: '^(node:)?sqlite$' },
    },
    confined('chokidar-in-watch', 'chokidar', 'watch'),
    {
      name: 'reached-by-no-program',
      severity: 'error',
      comment: 'Code that no program reaches is dead, or its entry is missing in the list above.',
      from: { path: ENTRIES },
      to: { path: '^(main|renderer)/.+[.](ts|svelte)$', pathNot: ENTRIES, reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The stand-in's default app lives inside Electron, which is no package there.
    exclude: { path: '^(dist|release|test-results|[.]cache|test/support/testbed/default-app)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'svelte', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
