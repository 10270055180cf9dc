// Lint rules: the ⚙ rules of CONTRIBUTING.md are the ones spelt out below.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const erasableOnly = [
  { selector: 'TSEnumDeclaration', message: 'Use an `as const` object.' },
  { selector: 'TSModuleDeclaration', message: 'Use a module.' },
  { selector: 'TSParameterProperty', message: 'Declare the field.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'ExportAllDeclaration', message: 'No barrel files.' },
];

const chance = { object: 'Math', property: 'random', message: 'Take a seeded generator.' };

const time = [
  { object: 'Date', property: 'now', message: 'Take a Clock.' },
  { object: 'performance', property: 'now', message: 'Take a Clock.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'build/', '.cache/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-params': ['error', 3],
      'no-restricted-syntax': ['error', ...erasableOnly],
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50 }],
      'max-len': ['error', { code: 100, ignoreStrings: true, ignoreTemplateLiterals: true }],
      'no-console': 'error',
      'no-restricted-properties': ['error', ...time],
    },
  },
  {
    files: ['src/clock.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/sim/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', chance, ...time] },
  },
  {
    // Tools want the default export.
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A describe() block is a list of tests, not a function to be read in one go.
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { 'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }] },
  },
);
