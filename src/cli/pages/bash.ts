/**
 * The completion for bash: a script of its own, which neither needs the package bash-completion nor
 * starts a program. The walk over the line is in `walk.bash`; the tables are made here.
 */

import { indented, quoted, scriptHead } from './shell-text.ts';
import type { Offer, OfferedCommand, OfferedOption, Offers } from './words.ts';

const HEAD = scriptHead('# bash completion for ipmi-bt', [
  'Generated from the commands of ipmi-bt when it was built. It needs bash 4.4 or newer.',
]);

/** Returns the script; `walk` is the text of `walk.bash`, the same for all commands. */
export function bashCompletion(offers: Offers, walk: string): string {
  const { commands, families, options, taking } = offers;
  return [
    HEAD,
    `_ipmi_bt_taking=${quoted(taking.join(' '))}`,
    `_ipmi_bt_families=${quoted(families.map(({ name }) => name).join(' '))}`,
    '',
    '# The options of a command.',
    ...caseFunction('_ipmi_bt_options', '$1', [
      ...commands.map(({ name, options: own }) => arm(quoted(name), namesOf([...own, ...options]))),
      arm('*', namesOf(options)),
    ]),
    '',
    '# What the value of an option can be.',
    ...caseFunction('_ipmi_bt_value', '"$1 $2"', [
      ...commands.flatMap((command) => valueArms(command.options, quoted(command.name))),
      ...valueArms(options, '*'),
    ]),
    '',
    '# The word in a place: that of a command, or the n-th argument of one.',
    ...caseFunction('_ipmi_bt_word', '"$1 $2"', wordArms(offers)),
    '',
    walk,
  ].join('\n');
}

/** A function that sets `offer` by a case of its arguments. */
function caseFunction(name: string, word: string, arms: readonly string[]): readonly string[] {
  return [`${name}() {`, `  case ${word} in`, ...indented(arms, 4), '  esac', '}'];
}

function arm(pattern: string, offer: string): string {
  return `${pattern}) offer=${quoted(offer)} ;;`;
}

function namesOf(named: readonly { readonly name: string }[]): string {
  return named.map(({ name }) => name).join(' ');
}

function valueArms(options: readonly OfferedOption[], command: string): readonly string[] {
  return options.flatMap(({ name, value }) => {
    const offered = value === undefined ? '' : textOf(value.offer);
    return offered === '' ? [] : [arm(`${command}' ${name}'`, offered)];
  });
}

function wordArms({ commands, families, first }: Offers): readonly string[] {
  return [
    arm("' 0'", namesOf(first)),
    ...families.map(({ name, actions }) => arm(quoted(`${name} 0`), namesOf(actions))),
    ...commands.flatMap(argumentArms),
  ];
}

function argumentArms({ name, words }: OfferedCommand): readonly string[] {
  return words.flatMap(({ offer, isRepeated }, at) => {
    const offered = textOf(offer);
    if (offered === '') return [];
    return [arm(isRepeated ? `${quoted(`${name} `)}*` : quoted(`${name} ${at}`), offered)];
  });
}

function textOf(offer: Offer): string {
  switch (offer.kind) {
    case 'nothing':
      return '';
    case 'files':
    case 'folders':
      return `:${offer.kind}`;
    case 'names':
      return offer.names.join(' ');
  }
}
