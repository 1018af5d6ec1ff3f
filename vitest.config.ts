/** The kinds of tests, one project each. Each runs in Node; `npm test` runs them one kind after the other. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const second = 1000;

/**
 * Stories about this computer, its homes, commands and processes: what the store is makes no difference to them, so they
 * are told on one, and not on radosgw again.
 */
const ABOUT_THIS_COMPUTER = ['bad-home', 'bad-input', 'home', 'key-stdin', 'links', 'many-hands', 'queue', 'thaw'].map(
  (name) => `test/scenarios/${name}.test.ts`,
);
/** Faults whose outcome hangs on how a store lists and dates its versions: a few of their runs are made on radosgw too. */
const OF_EVERY_STORE = ['test/faults/timemachine.test.ts'];
const isOnRadosgw = process.env['CAIRN_TEST_STORE'] === 'radosgw';

export default defineConfig({
  plugins: [svelte()],
  test: {
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Of its own accord vitest leaves one core free, which of two is half; and watchers and timers wait a lot.
          maxWorkers: 3,
          testTimeout: 20 * second,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          maxWorkers: 3,
          testTimeout: 60 * second,
        },
      },
      {
        extends: true,
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts', ...(isOnRadosgw ? OF_EVERY_STORE : [])],
          exclude: isOnRadosgw ? ABOUT_THIS_COMPUTER : [],
          // Most of their time is waiting, so one more than the cores of a small machine gains.
          maxWorkers: 3,
          testTimeout: 300 * second,
          hookTimeout: 60 * second,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 300 * second,
          hookTimeout: 60 * second,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120 * second,
          hookTimeout: 120 * second,
          // One display and one tray: two apps at once would stand in each other's pictures.
          maxWorkers: 1,
        },
      },
    ],
  },
});
