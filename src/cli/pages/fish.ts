/**
 * The completion for fish: one line for each option and each word, with the condition under which
 * it is offered. The functions that decide the conditions are in `walk.fish`.
 */

import { quoted as shellQuoted, scriptHead } from './shell-text.ts';
import type { Offer, OfferedCommand, OfferedOption, Offers } from './words.ts';

const HEAD = scriptHead('# fish completion for ipmi-bt', [
  'Generated from the commands of ipmi-bt when it was built. It needs fish 3.0 or newer.',
]);

/** Returns the script; `walk` is the text of `walk.fish`, the same for all commands. */
export function fishCompletion(offers: Offers, walk: string): string {
  const { commands, families, first, options, taking } = offers;
  const behind = (name: string): string => condition(`__ipmi_bt_at ${name}`.trim());
  const words = (name: string, of: Offers['first']): readonly string[] =>
    of.map((one) => line(behind(name), `-a ${one.name}`, one.help));
  return [
    HEAD,
    `set -g __ipmi_bt_taking ${taking.join(' ')}`,
    '',
    walk,
    ...options.map((option) => optionLine('', option)),
    ...words('', first),
    ...words(
      'help',
      first.filter(({ name }) => name !== 'help'),
    ),
    ...families.flatMap(({ name, actions }) => [
      ...words(name, actions),
      ...words(`help ${name}`, actions),
    ]),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n');
}

function commandLines({ name, options, words }: OfferedCommand): readonly string[] {
  const inside = condition(`__ipmi_bt_in ${name}`);
  return [
    ...options.map((option) => optionLine(inside, option)),
    ...words.flatMap(({ offer, isRepeated, help }, at) => {
      const offered = offerText(offer);
      const place = isRepeated ? inside : condition(`__ipmi_bt_argument ${at} ${name}`);
      return offered === '' ? [] : [line(place, offered, offer.kind === 'names' ? '' : help)];
    }),
  ];
}

function optionLine(place: string, { name, help, value }: OfferedOption): string {
  // An option with an equals sign in its name is a word of its own to fish.
  if (name.includes('=')) {
    const typed = "string match -q -- '--*' (commandline -ct)";
    return line(condition(typed), `-a ${quoted(name)}`, help);
  }
  const flag = name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
  const offered = value === undefined ? '' : valueText(value.offer);
  return line(place, [flag, offered].filter(Boolean).join(' '), help);
}

/** A value follows; no file is offered for it unless it is one. */
function valueText(offer: Offer): string {
  return `${offer.kind === 'files' ? '-r' : '-x'} ${offerText(offer)}`.trimEnd();
}

function offerText(offer: Offer): string {
  switch (offer.kind) {
    case 'nothing':
      return '';
    case 'files':
      return '-F';
    case 'folders':
      return `-a ${quoted('(__fish_complete_directories)')}`;
    case 'names':
      return `-a ${quoted(offer.names.join(' '))}`;
  }
}

function condition(test: string): string {
  return `-n ${quoted(test)}`;
}

function line(place: string, what: string, help: string): string {
  const shown = help === '' ? '' : `-d ${quoted(help)}`;
  return ['complete -c ipmi-bt', place, what, shown].filter(Boolean).join(' ');
}

/** A word in single quotes, where fish reads a backslash before a quote. */
function quoted(text: string): string {
  return text.includes("'")
    ? `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : shellQuoted(text);
}
