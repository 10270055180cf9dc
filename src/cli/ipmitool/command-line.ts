/**
 * Reads the options of ipmitool, as getopt() does: they may stand anywhere, together or with their
 * value, and each takes effect in its turn.
 */

import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import { sharpHex } from './numbers.ts';
import { OPTIONS } from './option-effects.ts';
import type { Draft, Streams } from './option-effects.ts';
import type { Choices } from './session.ts';
import { unsupported } from './unsupported.ts';
import { COMMANDS, USAGE } from './usage.ts';

/** A command line that was read: a command, or the exit code of a line that ends here. */
export type CommandLine =
  | {
      readonly kind: 'ended';
      readonly exit: number;
      /** A word that begins with `--`, at which ipmitool gives up. */
      readonly refused?: string | undefined;
    }
  | { readonly kind: 'command'; readonly words: readonly string[]; readonly choices: Choices };

/** Reads the words behind `ipmitool`; what an option has to say goes to the streams at once. */
export function readCommandLine(words: readonly string[], streams: Streams): CommandLine {
  const draft: Draft = { interface: 'open', device: 0, verbose: 0, csv: false, lun: 0 };
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      rest.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const taken = readCluster(word, words[at + 1], { draft, streams });
    if (taken.exit !== undefined) {
      const refused = word.startsWith('--') ? word : undefined;
      return { kind: 'ended', exit: taken.exit, refused };
    }
    if (taken.hasNext) at += 1;
  }
  return conclude(rest, draft, streams);
}

/** The options being read, and where they say something. */
interface Reading {
  readonly draft: Draft;
  readonly streams: Streams;
}

/** Reads a word of one or more options. */
function readCluster(
  word: string,
  next: string | undefined,
  { draft, streams }: Reading,
): { readonly exit?: number | undefined; readonly hasNext?: boolean } {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const option = OPTIONS.get(letter);
    if (option === undefined) return help(`ipmitool: invalid option -- '${letter}'`, streams);
    if (!option.hasValue) {
      const exit = option.take(draft, streams, '');
      if (exit !== undefined) return { exit };
      continue;
    }
    const own = word.slice(at + 1);
    const value = own === '' ? next : own;
    if (value === undefined) {
      return help(`ipmitool: option requires an argument -- '${letter}'`, streams);
    }
    return { exit: option.take(draft, streams, value), hasNext: own === '' };
  }
  return {};
}

/** Complains of an option, and prints the help. */
function help(text: string, streams: Streams): { readonly exit: number } {
  streams.complain(`${text}\n${USAGE}\n\n${COMMANDS}`);
  return { exit: 1 };
}

/** Judges the options together. */
function conclude(words: readonly string[], draft: Draft, streams: Streams): CommandLine {
  const refuse = (text: string): CommandLine => {
    streams.complain(text);
    return { kind: 'ended', exit: 1 };
  };
  if (words.length === 0) return refuse(`No command provided!\n${COMMANDS}`);
  if (words[0] === 'help') {
    streams.complain(COMMANDS);
    return { kind: 'ended', exit: 0 };
  }
  if (draft.interface !== 'open') return refuse(unsupported(`-I ${draft.interface}`));
  const { target, transit, channel = 0, device, own: given = 0, ...others } = draft;
  const own = given === 0 ? BMC_ADDRESS : given;
  const { transitChannel = 0 } = draft;
  if (transit !== undefined && target === undefined) {
    const way = `${sharpHex(transit)}/${sharpHex(transitChannel)}`;
    return refuse(`Transit address/channel ${way} ignored. Target address must be specified!`);
  }
  if (device !== 0) {
    const paths = ['/dev/ipmi', '/dev/ipmi/', '/dev/ipmidev/'].map((path) => `${path}${device}`);
    return refuse(`Could not open device at ${paths.join(' or ')}: No such file or directory`);
  }
  const { verbose, csv, lun } = others;
  const isBmc = target === undefined || target === 0 || target === own;
  const way = transit === undefined ? undefined : { address: transit, channel: transitChannel };
  const choices: Choices = {
    ...{ verbose, logs: verbose, csv, lun, channel, transit: way },
    target: isBmc ? BMC_ADDRESS : target,
    ...{ own, hasOwn: given !== 0, asked: target ?? 0 },
    longestRequest: draft.longestRequest ?? 0,
  };
  return { kind: 'command', words, choices };
}
