import importSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

const PURE = 'Pure code takes this from a port.';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.esbuild/',
      'dist/',
      '.serverless/',
      '.dinghy/',
      '.mutants/',
      'coverage/',
      'test/vectors/',
      'examples/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    // Packages, then our own files, without a blank line between them.
    plugins: { 'simple-import-sort': importSort },
    rules: { 'simple-import-sort/imports': ['error', { groups: [['^node:', '^@?\\w', '^', '^\\.']] }] },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Bugs
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-binary-expression': 'error',
      'no-fallthrough': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'off',
      'no-unreachable-loop': 'error',
      'no-unsafe-finally': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'preserve-caught-error': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowNullableString: true, allowNullableBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An async function without an await turns a throw into a rejection: wanted where a port asks for a promise.
      '@typescript-eslint/require-await': 'off',
      // Ports and stores are objects of functions that use no `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],

      // Shape
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // A function that returns an object of functions counts as one: hence not the 40 we aim at.
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 4],
      complexity: ['error', 15],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },

  {
    // The inner rooms: no clock, no chance, no process, no network of their own.
    files: ['lib/domain/**/*.ts', 'lib/usecases/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({
          name,
          message: PURE,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: PURE },
        { object: 'Math', property: 'random', message: PURE },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: PURE },
      ],
    },
  },

  {
    files: ['lib/http/**/*.ts', 'lib/app.ts', 'lib/adapters/**/*.ts', 'handlers/**/*.ts'],
    // Log lines have one writer; whoever writes it says so with a disable comment.
    rules: { 'no-console': 'error' },
  },

  {
    // Stories and tables are long, and look at what types call impossible.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },

  { files: ['*.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  {
    // Printing is what these are for.
    files: ['lib/adapters/log.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['test/reporter.ts'], rules: { 'no-restricted-exports': 'off' } },
);
