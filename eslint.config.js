import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import {defineConfig, globalIgnores} from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Who may import whom (ARCHITECTURE.md); every folder may import itself. The first match names a file. */
const folders = {
  quant: {pattern: 'src/quant/**', imports: []},
  ops: {pattern: 'src/ops.ts', imports: []},
  graph: {pattern: 'src/graph/**', imports: ['quant', 'ops']},
  layers: {pattern: 'src/layers/**', imports: ['graph', 'quant', 'ops']},
  statistics: {pattern: 'src/statistics/**', imports: ['graph', 'quant', 'ops']},
  passInterface: {
    pattern: 'src/passes/{pass,plan}.ts',
    imports: ['statistics', 'graph', 'quant', 'ops'],
  },
  pipeline: {
    pattern: 'src/passes/pipeline.ts',
    imports: ['passes', 'passInterface', 'statistics', 'graph', 'quant', 'ops'],
  },
  passes: {
    pattern: 'src/passes/**',
    imports: ['passInterface', 'statistics', 'graph', 'quant', 'ops'],
  },
  report: {
    pattern: 'src/report/**',
    imports: ['pipeline', 'passInterface', 'statistics', 'graph', 'quant', 'ops'],
  },
  export: {pattern: 'src/export/**', imports: ['graph', 'quant', 'ops']},
  api: {
    pattern: 'src/*.ts',
    imports: [
      ...['pipeline', 'passInterface', 'statistics', 'report', 'export', 'layers'],
      ...['graph', 'quant', 'ops', 'backend'],
    ],
  },
  assembly: {pattern: 'backend/assembly/*.ts', imports: []},
  backend: {pattern: 'backend/**', imports: ['quant', 'ops']},
  node: {pattern: 'node/**', imports: ['api', 'backend']},
  plots: {pattern: 'plots/**', imports: ['report']},
};
const library = Object.keys(folders);
Object.assign(folders, {
  cli: {pattern: 'cli/**', imports: library},
  models: {pattern: 'models/**', imports: [...library, 'cli']},
  scripts: {pattern: 'scripts/**', imports: [...library, 'cli', 'models']},
  bench: {pattern: 'bench/**', imports: [...library, 'cli', 'models', 'scripts']},
  demo: {pattern: 'demo/**', imports: [...library, 'models']},
  test: {
    pattern: 'test/**',
    imports: [...library, 'cli', 'models', 'scripts', 'bench', 'demo'],
  },
});

const policy = (category, imports) => ({
  from: {file: {categories: category}},
  allow: {to: {file: {categories: {anyOf: [category, ...imports]}}}},
});

const files = Object.entries(folders).map(([category, {pattern}]) => ({category, pattern}));
const policies = Object.entries(folders).map(([category, {imports}]) => policy(category, imports));

/** What the library must not reach for: it runs in browsers, in workers and in Node alike. */
const hostGlobals = ['console', 'process', 'window', 'document', 'require', 'Buffer', 'navigator'];

export default defineConfig(
  globalIgnores([
    'dist/',
    '**/build/',
    'coverage/',
    'backend/generated/',
    'test/package/{apps,consumer}/',
  ]),
  {linterOptions: {noInlineConfig: true}},
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    plugins: {boundaries},
    settings: {
      'import/resolver': {typescript: {project: 'tsconfig.json'}},
      'boundaries/elements': [],
      'boundaries/files': files,
      'boundaries/files-single-match': true,
    },
    rules: {
      'boundaries/dependencies': ['error', {default: 'disallow', policies}],
      'boundaries/no-unknown-files': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', {fixStyle: 'inline-type-imports'}],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {allowNumber: true, allowBoolean: true, allowArray: true},
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {considerDefaultExhaustiveForUnions: true},
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_'},
      ],
      // Interfaces of tfjs are asynchronous where we need no await.
      '@typescript-eslint/require-await': 'off',
      // Interfaces such as PassContext are records of functions: destructured, and without this.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: ['error', 'always', {null: 'ignore'}],
      'max-lines': ['error', 400],
      'no-warning-comments': 'error',
      'no-undef': 'off', // the compiler's work
    },
  },
  {
    files: ['src/**/*.ts', 'backend/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...hostGlobals],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(node:|fs$|fs/|path$|os$|url$|worker_threads$)',
              message: 'src and backend run in browsers too; this belongs into node/ or cli/',
            },
          ],
        },
      ],
    },
  },
  {
    // Compiled with the types of the DOM, for the sake of plots; there is none.
    files: ['node/**/*.ts', 'cli/**/*.ts'],
    rules: {'no-restricted-globals': ['error', 'window', 'document', 'navigator', 'location']},
  },
  {
    files: ['plots/**/*.ts'],
    rules: {'no-restricted-globals': ['error', ...hostGlobals], 'no-console': 'error'},
  },
  {
    // AssemblyScript: the syntax of TypeScript, not its types.
    files: ['backend/assembly/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {parserOptions: {projectService: false}},
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off', // its imports have no kinds
      eqeqeq: 'off', // and its === compares identities
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  {
    // Copied as they are; service workers.
    files: ['demo/public/*.js'],
    languageOptions: {
      globals: {self: 'readonly', fetch: 'readonly', Headers: 'readonly', Response: 'readonly'},
    },
  },
);
