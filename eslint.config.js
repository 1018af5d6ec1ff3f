/** The rules of the language. Who may import whom is the business of `.dependency-cruiser.cjs`. */
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Decisions are functions of what they are given: the same facts give the same answer today and in a test. */
const PURE = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'The time is handed in.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'The time is handed in.' },
  { selector: 'MemberExpression[object.name="performance"]', message: 'The time is handed in.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Chance is handed in.' },
];

export default defineConfig(
  globalIgnores(['dist/', 'release/', 'test-results/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type A }` would leave an import behind at run time, and with it a tie between rooms.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Spreading a string gives its code points, which is what S3 counts in.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // A name of an underscore alone says that the value is of no interest.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A type parameter that ties a name to its own input and output is used once, and is the point of it.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig },
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      // The parser gives the parameters of a generic component's snippet no type; svelte-check sees the true ones.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    // Maps are kept in $state.raw and replaced as a whole: cheaper for long lists than watching each entry.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  { files: ['renderer/**/*.ts'], languageOptions: { globals: globals.browser } },
  { files: ['main/plan/**/*.ts', 'main/policy/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...PURE] } },
  // TypeScript knows every name; the rule of plain JavaScript does not know the types of the browser and of Node.
  { files: ['**/*.ts', '**/*.svelte'], rules: { 'no-undef': 'off' } },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  prettier,
  svelte.configs.prettier,
);
