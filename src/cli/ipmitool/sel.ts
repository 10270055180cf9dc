/** The commands of `ipmitool sel`. */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { NetFn, StorageCmd } from '../../ipmi/commands.ts';
import { EVENT_RECORD_BYTES, SYSTEM_EVENT } from '../../ipmi/event-record.ts';
import { ADD_SEL_ENTRY, CLEAR_LETTERS, CLEAR_SEL, RESERVE_SEL } from '../../ipmi/sel.ts';
import { readInput } from './c-files.ts';
import { cByte, cInt, cNumber, cUint } from './numbers.ts';
import { ask, askFor } from './ask.ts';
import { unsupported } from './unsupported.ts';
import { say } from './sdr-search.ts';
import { entryLine, selEntry, withWords } from './sel-entry.ts';
import { showEntries } from './sel-get.ts';
import { printInfo } from './sel-info.ts';
import { EntryPrinter, listEntries } from './sel-list.ts';
import { selTime } from './sel-time.ts';
import type { Family, Session } from './session.ts';

/** The greatest number of an entry. */
const RECORD_ID_MAX = 0xffff;

/** The action of Clear SEL that begins the erasure. */
const INITIATE = 0xaa;

/** Bytes of a line of `sel add`. */
const EVENT_BYTES = 7;

/** Bytes of ipmitool's buffer of a line of `sel add`, which it prints when it has too few. */
const EVENT_BUFFER_BYTES = 8;

/** Generator of entries that are added: system management software (§5.5). */
const SOFTWARE = 0x41;

const HELP =
  'SEL Commands:  info clear delete list elist get add time save readraw writeraw interpret';

type Command = (session: Session, words: readonly string[]) => Promise<number> | number;

/** Commands by name. */
const COMMANDS: Readonly<Record<string, Command>> = {
  help: (session) => say(session, [HELP], 0),
  info: printInfo,
  list: (session, words) => list(session, words, false),
  elist: (session, words) => list(session, words, true),
  save: (session, [path]) => save(session, path, false),
  writeraw: (session, [path]) => save(session, path, true),
  readraw: (session, [path]) => readRaw(session, path, false),
  ereadraw: (session, [path]) => readRaw(session, path, true),
  add,
  clear,
  delete: remove,
  get: showEntries,
  time: selTime,
  interpret,
};

/** Runs a command. */
export const run: Family = async (session, [command = 'info', ...words]) => {
  const found = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (found === undefined) return say(session, [`Invalid SEL command: ${command}`], 1);
  return await found(session, words);
};

async function list(
  session: Session,
  words: readonly string[],
  isExtended: boolean,
): Promise<number> {
  const [first, second] = words;
  const isEnd = words.length === 2 && first === 'last';
  if (words.length === 2 && !isEnd && first !== 'first') {
    return say(session, ['Unknown sel list option'], 1);
  }
  const text = words.length === 1 ? first : words.length === 2 ? second : undefined;
  const count = text === undefined ? 0 : cInt(text);
  if (count === undefined) {
    return say(session, [`Numeric argument required; got '${text ?? ''}'`], 1);
  }
  return await listEntries(session, { count: isEnd ? -count : count, isExtended });
}

async function save(
  session: Session,
  path: string | undefined,
  isBinary: boolean,
): Promise<number> {
  const command = isBinary ? 'writeraw' : 'save';
  if (path === undefined) return say(session, [`usage: sel ${command} <filename>`], 0);
  return await listEntries(session, { count: 0, isExtended: false, saveTo: { path, isBinary } });
}

async function readRaw(
  session: Session,
  path: string | undefined,
  isExtended: boolean,
): Promise<number> {
  const command = isExtended ? 'ereadraw' : 'readraw';
  if (path === undefined) return say(session, [`usage: sel ${command} <filename>`], 0);
  const bytes = readInput(session, path);
  if (bytes === undefined) return say(session, ['ipmitool: could not open input file.'], 1);
  const printer = new EntryPrinter(session, isExtended);
  const whole = bytes.length - (bytes.length % EVENT_RECORD_BYTES);
  for (let at = 0; at < whole; at += EVENT_RECORD_BYTES) {
    await printer.print(selEntry(bytes.subarray(at, at + EVENT_RECORD_BYTES)));
  }
  if (whole === bytes.length) return 0;
  return say(session, ['ipmitool: incomplete record found in file.'], 1);
}

async function add(session: Session, [path]: readonly string[]): Promise<number> {
  if (path === undefined) return say(session, ['usage: sel add <filename>'], 0);
  const text = readInput(session, path);
  if (text === undefined) return 1;
  // A line that is no event leaves bytes behind for the next one to show.
  const buffer = Array<number>(EVENT_BUFFER_BYTES).fill(0);
  for (const line of text.toString('latin1').split('\n')) {
    const [words = ''] = line.split('#');
    const numbers = words.trim().split(/ +/).filter(Boolean).slice(0, EVENT_BYTES);
    if (numbers.length === 0) continue;
    const isEvent = fill(buffer, numbers);
    if (!isEvent) {
      session.complain(`Invalid Event: ${Buffer.from(buffer).toString('hex')}`);
    } else if (!(await addEntry(session, buffer.slice(0, EVENT_BYTES)))) return 1;
  }
  return 0;
}

/** Reads numbers up to one that is none; true for as many as an event has. */
function fill(buffer: number[], words: readonly string[]): boolean {
  for (const [index, word] of words.entries()) {
    const value = cByte(word);
    buffer[index] = value ?? 0;
    // ipmitool counts a number before it reads it.
    if (value === undefined) return index + 1 >= EVENT_BYTES;
  }
  return words.length >= EVENT_BYTES;
}

async function addEntry(session: Session, event: readonly number[]): Promise<boolean> {
  const data = [0, 0, SYSTEM_EVENT, 0, 0, 0, 0, SOFTWARE, 0, ...event];
  const entry = await withWords(session, selEntry(Uint8Array.from(data)));
  session.print(entryLine(entry, session.choices.csv));
  const { netFn, cmd } = ADD_SEL_ENTRY;
  const failing = { text: 'Add SEL Entry failed' };
  return (await askFor(session, { netFn, cmd, data }, failing)) !== undefined;
}

/** A reservation; undefined, with a complaint, where there is none. */
async function reserve(session: Session): Promise<readonly number[] | undefined> {
  const { netFn, cmd } = RESERVE_SEL;
  const reply = await ask(session, { netFn, cmd });
  if (reply?.completionCode === Completion.OK) {
    const [low = 0, high = 0] = reply.data;
    return (low | high) === 0 ? undefined : [low, high];
  }
  if (reply === undefined) session.complain('Unable to reserve SEL');
  else session.print(`Unable to reserve SEL: ${completionText(reply.completionCode)}`);
  return undefined;
}

async function clear(session: Session): Promise<number> {
  const reservation = await reserve(session);
  if (reservation === undefined) return 1;
  const { netFn, cmd } = CLEAR_SEL;
  const data = [...reservation, ...CLEAR_LETTERS, INITIATE];
  const failing = { text: 'Unable to clear SEL' };
  if ((await askFor(session, { netFn, cmd, data }, failing)) === undefined) return 1;
  session.print('Clearing SEL.  Please allow a few seconds to erase.\n');
  return 0;
}

/** Deletes entries, the last one first. */
async function remove(session: Session, words: readonly string[]): Promise<number> {
  const [first] = words;
  if (first === undefined) return say(session, ['usage: sel delete <id>...<id>'], 0);
  if (first === 'help') return say(session, ['usage: delete <id>...<id>\n'], 1);
  const reservation = await reserve(session);
  if (reservation === undefined) return 1;
  let exit = 0;
  for (const word of [...words].reverse()) {
    const id = cNumber(word, 0, RECORD_ID_MAX);
    if (id === undefined) session.complain(`Given SEL ID '${word}' is invalid.`);
    const isDone = id !== undefined && (await removeOne(session, reservation, id));
    if (!isDone) exit = 1;
  }
  return exit;
}

async function removeOne(
  session: Session,
  reservation: readonly number[],
  id: number,
): Promise<boolean> {
  const data = [...reservation, id & 0xff, id >> 8];
  const question = { netFn: NetFn.STORAGE, cmd: StorageCmd.DELETE_SEL_ENTRY, data };
  const failing = { text: `Unable to delete entry ${id}` };
  if ((await askFor(session, question, failing)) === undefined) return false;
  session.print(`Deleted entry ${id}\n`);
  return true;
}

/** Reading the logs of shelf managers is left to ipmitool. */
function interpret(session: Session, words: readonly string[]): number {
  const [iana, path, format] = words;
  if (iana === undefined || path === undefined || format === undefined) {
    return say(session, ['usage: sel interpret iana filename format(pps)'], 0);
  }
  if (cUint(iana) === undefined) {
    return say(session, [`Given IANA '${iana}' is invalid.`], 1);
  }
  if (format === 'pps') return say(session, [unsupported('sel interpret')], 1);
  return say(session, [`Given format '${format}' is unknown.`], 1);
}
