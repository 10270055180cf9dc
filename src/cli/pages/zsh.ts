/**
 * The completion for zsh, for its function `_arguments`: the options of the program, then the
 * command, then what belongs to that command.
 */

import { indented, quoted, scriptHead } from './shell-text.ts';
import type { Named, Offer, OfferedCommand, OfferedOption, Offers } from './words.ts';

const HEAD = scriptHead('#compdef ipmi-bt', [
  'zsh completion for ipmi-bt. Generated from its commands when it was built.',
]);

/** The option that stands for a word in brackets or behind a colon must not end there. */
const SPECIAL = /[[\]:\\]/g;

/** Returns the script. */
export function zshCompletion(offers: Offers): string {
  const { commands, families, first, options } = offers;
  const single = commands.filter(({ name }) => !name.includes(' '));
  return [
    HEAD,
    'typeset -ga _ipmi_bt_options=(',
    ...indented(options.map(optionSpec), 2),
    ')',
    '',
    ...namesFunction('_ipmi_bt_first', first),
    ...families.flatMap(({ name, actions }) => namesFunction(familyFunction(name), actions)),
    ...familyCases(
      '_ipmi_bt_help_action',
      families.map(({ name }) => [name, familyFunction(name)]),
    ),
    ...levelFunction('_ipmi_bt', '_ipmi_bt_first', [
      ...families.map(({ name }) => `${name}) ${familyFunction(name)}_level ;;`),
      'help) _arguments -S "1:command:_ipmi_bt_first" "2: :_ipmi_bt_help_action" ;;',
      ...single.map(commandCase),
    ]),
    ...families.flatMap(({ name }) =>
      levelFunction(
        `${familyFunction(name)}_level`,
        familyFunction(name),
        commands.filter((one) => one.name.startsWith(`${name} `)).map(commandCase),
      ),
    ),
    '_ipmi_bt "$@"',
    '',
  ].join('\n');
}

function familyFunction(name: string): string {
  return `_ipmi_bt_of_${name}`;
}

/** A function that offers names with their meaning. */
function namesFunction(name: string, named: readonly Named[]): readonly string[] {
  const rows = named.map((one) => quoted(`${one.name}:${one.help.replace(/:/g, '\\:')}`));
  return [
    `${name}() {`,
    '  local -a names=(',
    ...indented(rows, 4),
    '  )',
    "  _describe -t commands 'command' names",
    '}',
    '',
  ];
}

/** A function that calls another by the word before. */
function familyCases(
  name: string,
  cases: readonly (readonly [word: string, called: string])[],
): readonly string[] {
  return [
    `${name}() {`,
    '  case $words[CURRENT-1] in',
    ...cases.map(([word, called]) => `    ${word}) ${called} ;;`),
    '  esac',
    '}',
    '',
  ];
}

/** A function for a line whose next word is a name: offers the names, or goes on behind one. */
function levelFunction(name: string, offered: string, arms: readonly string[]): readonly string[] {
  return [
    `${name}() {`,
    '  local context state state_descr line curcontext=$curcontext ret=1',
    '  local -A opt_args',
    "  _arguments -C -S $_ipmi_bt_options '(-): :->name' '(-)*:: :->behind' && ret=0",
    '  case $state in',
    `    name) ${offered} && ret=0 ;;`,
    '    behind)',
    '      case $words[1] in',
    ...indented(arms, 8),
    '      esac && ret=0',
    '      ;;',
    '  esac',
    '  return ret',
    '}',
    '',
  ];
}

function commandCase({ name, options, words }: OfferedCommand): string {
  const places = words.map((word, at) =>
    quoted(`${word.isRepeated ? '*' : at + 1}:${plain(word.name)}:${action(word.offer)}`),
  );
  const specs = [...options.map(optionSpec), ...places].join(' ');
  const word = name.split(' ').at(-1) ?? name;
  return `${word}) _arguments -S $_ipmi_bt_options ${specs}`.trimEnd() + ' ;;';
}

/** An option as `_arguments` takes it: `'--base=[help]:port: '`. */
function optionSpec({ name, help, value }: OfferedOption): string {
  const shown = `[${plain(help)}]`;
  if (value === undefined) return quoted(`${name.replace('=', '\\=')}${shown}`);
  return quoted(`${name}=${shown}:${plain(value.name)}:${action(value.offer)}`);
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case 'nothing':
      return ' ';
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'names':
      return `(${offer.names.join(' ')})`;
  }
}

function plain(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}
