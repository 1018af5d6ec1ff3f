/** Read by the build, svelte-check and the editor. Svelte 5 reads TypeScript by itself; nothing is preprocessed. */
export default {
  compilerOptions: { runes: true },
};
