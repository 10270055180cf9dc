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

const [inExpect, isEmptyList] = [
  'CallExpression[callee.name="expect"]',
  '[arguments.0.type="ArrayExpression"][arguments.0.elements.length=0]',
];

/** Of an empty list everything is true: a test must see that there is something to look at. */
const vacuous = [
  {
    selector:
      'CallExpression[callee.object.name="Math"][callee.property.name=/^m(ax|in)$/] > SpreadElement',
    message: 'Take greatest() or least() of support/lists.ts, which refuse an empty list.',
  },
  {
    selector: `CallExpression[callee.property.name="toEqual"]${isEmptyList} > MemberExpression > ${inExpect} > CallExpression[callee.property.name="filter"]`,
    message: 'Take offenders() of support/lists.ts, which refuses an empty list.',
  },
  {
    selector: `${inExpect} > CallExpression[callee.property.name="every"]`,
    message: 'Take offenders() of support/lists.ts, which refuses an empty list.',
  },
  {
    selector: `ForOfStatement:not([right.type="ArrayExpression"]):not([right.type="TSAsExpression"]):not([right.callee.name="nonEmpty"]):has(${inExpect})`,
    message: 'Loop over nonEmpty(list), of support/lists.ts, or expect() may never run.',
  },
  {
    selector: `CatchClause ${inExpect}`,
    message: 'Take thrownBy(), or expect() may never run.',
  },
  {
    selector: `CallExpression[callee.property.name="catch"] ${inExpect}`,
    message: 'Take rejects, or expect() may never run.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(some|every)$/] Literal[value="rejected"]',
    message: 'Take failuresOf() and expect the reason: any rejection would count.',
  },
];

const chance = { object: 'Math', property: 'random', message: 'Take a seeded generator.' };

const time = [
  { object: 'Date', property: 'now', message: 'Take a Clock.' },
  { object: 'performance', property: 'now', message: 'Take a Clock.' },
];

export default tseslint.config(
  {
    ignores: [
      ...['**/dist/', 'lib/', 'prebuilds/', 'build/', 'site/', '.cache/', 'node_modules/'],
      'test/consumers/*/',
    ],
  },
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
    files: ['{src,test,packages/release}/**/*.ts', 'packages/*/{src,test}/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50 }],
      'max-len': ['error', { code: 100, ignoreStrings: true, ignoreTemplateLiterals: true }],
      'no-console': 'error',
      'no-restricted-properties': ['error', ...time],
    },
  },
  {
    files: ['src/clock.ts', 'packages/*/src/clock.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/sim/**/*.ts', 'test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', chance, ...time] },
  },
  {
    // A package without types can be described in no other way.
    files: ['native/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Tools want the default export.
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A describe() block is a list of tests, not a function to be read in one go.
    files: ['test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: [
      ...['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
      ...['test/support/conformance.ts'],
    ],
    rules: { 'no-restricted-syntax': ['error', ...erasableOnly, ...vacuous] },
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
