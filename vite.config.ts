/**
 * How the sources become `dist/`. In: which entries. Out: configurations for Vite, one for each kind of program:
 * the window (browser), the programs on Node (command line, shell, engine, workers) and the preload script.
 * The default export is the window's, so that `vite` alone serves the window while somebody works on it.
 */
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type InlineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Never bundled: Electron brings itself, and better-sqlite3 finds its native part beside its own files. */
const EXTERNAL = ['electron', 'better-sqlite3'];

/** What the oldest Electron that the tests run on understands: version 33 holds Node 20 and Chromium 130. */
const NODE_TARGET = 'node20';
const WINDOW_TARGET = 'chrome130';

/**
 * `import` of node:http gives a module each of its exports, and three of those are getters that load undici: 15 ms of each
 * start, and of each thread that speaks HTTP, for nothing. What is asked of it by `require` stays unloaded.
 */
function plainHttp(): Plugin {
  const name = 'node:http';
  const names = Object.keys(http).filter((one) => 'value' in (Object.getOwnPropertyDescriptor(http, one) ?? {}));
  return {
    name: 'plain-http',
    enforce: 'pre',
    resolveId: (id) => (id === name || id === 'http' ? '\0plain-http' : null),
    load: (id) =>
      id !== '\0plain-http'
        ? null
        : `import { createRequire } from 'node:module';
           const http = createRequire(import.meta.url)('${name}');
           export default http;
           export const { ${names.join(', ')} } = http;`,
  };
}

/** The window. Everything is a file of its own, since its content security policy allows nothing inline. */
export function windowConfig(): InlineConfig {
  return {
    configFile: false,
    root: `${root}renderer`,
    base: './',
    publicDir: false,
    plugins: [svelte({ configFile: `${root}svelte.config.js` })],
    server: { host: '127.0.0.1', fs: { allow: [root] } },
    build: {
      target: WINDOW_TARGET,
      outDir: `${root}dist/renderer`,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
    },
  };
}

/**
 * Programs that run on Node, as ES modules. They share chunks, and these lie flat beside them, so that
 * `new URL('./name.js', import.meta.url)` means the same from an entry and from a chunk.
 * @param entries name in `dist/` without ending -> source file.
 */
export function nodeConfig(entries: Readonly<Record<string, string>>): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    plugins: [plainHttp()],
    ssr: { target: 'node', noExternal: true, external: EXTERNAL },
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir: `${root}dist`,
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { ...entries },
        external: EXTERNAL,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
      },
    },
  };
}

/** The preload script: one CommonJS file, since a sandboxed preload can load no other file. */
export function preloadConfig(source: string): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    ssr: { target: 'node', noExternal: true, external: EXTERNAL },
    build: {
      ssr: true,
      target: NODE_TARGET,
      outDir: `${root}dist`,
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { preload: source },
        external: EXTERNAL,
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

export default defineConfig(windowConfig());
