/** `ipmi-bt sel`: the system event log and its clock. */

import { timestamp } from '../../clock.ts';
import { sensorLookup } from '../../commands/index.ts';
import type { SelStatus } from '../../commands/index.ts';
import { SINCE_START_MAX_S, TIME_UNSPECIFIED } from '../../ipmi/bmc-time.ts';
import { hex } from '../../errors.ts';
import { UsageError, parseNumber } from '../args.ts';
import { isoDate, secondsOf, timeText } from '../bmc-date.ts';
import type { DateStyle } from '../bmc-date.ts';
import { runChange } from '../change.ts';
import { YES_OPTION } from '../confirm.ts';
import { ANSWERED, EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { NotFoundError } from '../not-found.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { SEL_INFO_SCHEMA, SEL_TIME_SCHEMA } from '../schemas/sel.ts';
import { CACHE_OPTION, cacheOf } from '../sdr-cache-file.ts';
import { schemaLine } from '../schemas/schema.ts';
import { selJson, selLine } from '../sel-lines.ts';
import { CLEAR, DRAIN } from './sel-clear.ts';

const REFUSED = 'the BMC refused the command';

/** Dates of a BMC (IPMI 2.0 §37.1), less a day for its difference to UTC. */
const SET_LEAST_S = SINCE_START_MAX_S + 2 * 86_400;
const SET_MOST_S = TIME_UNSPECIFIED - 2 * 86_400;

const INFO = command({
  name: 'sel info',
  canBridge: true,
  help: 'print the size of the system event log, its overflow and its times',
  examples: [{ line: '--sim sel info', help: 'print those of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, info),
});

/** Numbers of entries; 0xffff would be the last one (IPMI 2.0 §31.5). */
const ENTRY_MAX = 0xfffe;

const LIST_OPTIONS = {
  local: { help: 'print times in the time zone of this host, instead of UTC' },
  names: { help: 'name the sensors and convert their values: reads their records first' },
  ...CACHE_OPTION,
} as const;

const LIST = command({
  name: 'sel list',
  canBridge: true,
  help: 'print the entries of the system event log, one per line',
  options: LIST_OPTIONS,
  examples: [
    { line: '--sim sel list', help: 'print the entries of the simulated BMC' },
    { line: '--sim --json sel list', help: 'print them as JSON Lines' },
  ],
  exitCodes: { 0: 'all entries were read', 1: `an entry could not be read, or ${REFUSED}` },
  run: ({ globals, options }) => runOperation(globals, list(options)),
});

const GET = command({
  name: 'sel get',
  canBridge: true,
  help: 'print entries of the system event log by their numbers',
  words: [{ name: '<id...>', help: 'numbers as sel list prints them, such as 0x12' }],
  options: LIST_OPTIONS,
  examples: [{ line: '--sim sel get 0x1', help: 'print the first entry of the simulated BMC' }],
  exitCodes: { 0: 'all of them were read', 1: `one is not there, or ${REFUSED}` },
  run: ({ globals, options, words }) => {
    const ids = words.map((word) => parseNumber(word, 'the number of an entry', ENTRY_MAX));
    return runOperation(globals, get(ids, options));
  },
});

const TIME = command({
  name: 'sel time',
  canBridge: true,
  help: 'print the clock of the system event log, or set it',
  options: {
    set: { value: 'time', help: 'set it: now, or a time such as 2026-01-31T12:00:00Z' },
    yes: YES_OPTION,
  },
  examples: [
    { line: '--sim sel time', help: 'print the clock of the simulated BMC' },
    { line: '--sim sel time --set now --yes', help: 'set it to the time of this host' },
  ],
  exitCodes: { 0: 'the BMC answered, or nothing was to be done', 1: REFUSED },
  run: async ({ globals, options }) => {
    const { set, yes } = options;
    if (set === undefined) return await runOperation(globals, time);
    parseTime(set);
    const question = 'sel time will set the clock of the system event log';
    return await runChange(globals, { question, yes }, setTime(set));
  },
});

/** The commands, in the order of the help. */
export const SEL_COMMANDS: readonly AnyCommand[] = [
  anyCommand(INFO),
  anyCommand(LIST),
  anyCommand(GET),
  anyCommand(DRAIN),
  anyCommand(CLEAR),
  anyCommand(TIME),
];

const info: Operation = async ({ sel }, { globals, stdout }) => {
  const answer = await sel.info();
  const style = { isLocal: false, utcOffsetMinutes: await sel.utcOffset() };
  const json = () => schemaLine(SEL_INFO_SCHEMA, fields(answer, style));
  stdout.write(globals.json ? json() : text(answer, style));
  return 0;
};

/** The options of `sel list`. */
interface ListOptions {
  readonly local: boolean;
  readonly names: boolean;
  readonly cache: string | undefined;
}

function list({ local: isLocal, names, cache: folder }: ListOptions): Operation {
  return async ({ sdr, sel }, { globals, stdout }) => {
    const cache = cacheOf(folder, globals);
    const sensors = names ? await sensorLookup(sdr.records({ cache })) : undefined;
    const style = { isLocal, utcOffsetMinutes: await sel.utcOffset() };
    let exit = 0;
    for await (const item of sel.entries({ sensors })) {
      if (item.kind === 'error') exit = EXIT_COMPLETION_CODE;
      stdout.write(globals.json ? selJson(item, style) : selLine(item, style));
      if (stdout.isClosed) break;
    }
    return exit;
  };
}

function get(ids: readonly number[], { local: isLocal, names, cache: folder }: ListOptions) {
  const operation: Operation = async ({ sdr, sel }, { globals, stdout }) => {
    const cache = cacheOf(folder, globals);
    const sensors = names ? await sensorLookup(sdr.records({ cache })) : undefined;
    const style = { isLocal, utcOffsetMinutes: await sel.utcOffset() };
    for (const id of ids) {
      const { value: item } = await sel.entries({ sensors, from: id }).next();
      // Where it is gone, a BMC may give another one, or none.
      if (item?.id !== id) throw new NotFoundError(`there is no entry ${hex(id)}`, undefined);
      if (item.kind === 'error') throw item.error;
      stdout.write(globals.json ? selJson(item, style) : selLine(item, style));
    }
    return 0;
  };
  return operation;
}

const time: Operation = async ({ sel }, { globals, stdout }) => {
  const [now, utcOffsetMinutes] = [await sel.time(), await sel.utcOffset()];
  const style = { isLocal: false, utcOffsetMinutes };
  const minutes = utcOffsetMinutes ?? null;
  const fields = {
    time: isoDate(now, style) ?? null,
    timestamp_seconds: now.kind === 'date' ? now.seconds : null,
    seconds_since_start: now.kind === 'since-start' ? now.seconds : null,
    utc_offset_minutes: minutes,
  };
  const rows = [
    ['SEL Time', timeText(now, style)],
    ['UTC Offset', minutes === null ? 'unspecified' : `${minutes} minutes`],
  ] as const;
  stdout.write(globals.json ? schemaLine(SEL_TIME_SCHEMA, fields) : table(rows));
  return 0;
};

/** Sets the clock to UTC and the difference to UTC that the BMC has; prints it then. */
function setTime(wanted: string): Operation {
  return async (bmc, session) => {
    const offset = (await bmc.sel.utcOffset()) ?? 0;
    await bmc.sel.setTime(parseTime(wanted) + offset * 60);
    return await time(bmc, session);
  };
}

/** Seconds since 1970, UTC. */
function parseTime(wanted: string): number {
  const seconds = secondsOf(wanted === 'now' ? timestamp() : wanted) ?? 0;
  if (seconds >= SET_LEAST_S && seconds <= SET_MOST_S) return seconds;
  throw new UsageError(
    '--set is not now or a time from 1987 to 2106-02-05 such as 2026-01-31T12:00:00Z',
  );
}

/** Names of the optional commands that the SEL has, as `ipmitool` has them. */
function supported({ support }: SelStatus): readonly string[] {
  const all = {
    Delete: support.canDelete,
    'Partial Add': support.canAddPartially,
    Reserve: support.canReserve,
    'Get Alloc Info': support.hasAllocationInfo,
  };
  return Object.entries(all).flatMap(([name, has]) => (has ? [name] : []));
}

/** The digits are swapped: 0x51 is 1.5. */
function versionOf({ version }: SelStatus): string {
  return `${version & 0x0f}.${version >> 4}`;
}

function fields(answer: SelStatus, style: DateStyle) {
  const { allocation } = answer;
  return {
    sel_version: versionOf(answer),
    entries: answer.entries,
    free_bytes: answer.freeBytes,
    last_add: isoDate(answer.lastAdd, style) ?? null,
    last_erase: isoDate(answer.lastErase, style) ?? null,
    overflow: answer.support.isOverflown,
    supported: [...supported(answer)],
    allocation_units: allocation?.units ?? null,
    allocation_unit_bytes: allocation?.unitBytes ?? null,
    free_units: allocation?.freeUnits ?? null,
    largest_free_block_units: allocation?.largestFreeUnits ?? null,
    record_units_max: allocation?.recordUnitsMax ?? null,
  };
}

function text(answer: SelStatus, style: DateStyle): string {
  const { allocation, freeBytes } = answer;
  const rows: [string, string][] = [
    ['Version', versionOf(answer)],
    ['Entries', String(answer.entries)],
    ['Free Space', `${freeBytes} bytes${freeBytes === 0xffff ? ' or more' : ''}`],
    ['Last Add Time', timeText(answer.lastAdd, style)],
    ['Last Del Time', timeText(answer.lastErase, style)],
    ['Overflow', String(answer.support.isOverflown)],
    ['Supported Cmds', supported(answer).join(', ')],
  ];
  if (allocation !== undefined) {
    rows.push(
      ['# of Alloc Units', String(allocation.units)],
      ['Alloc Unit Size', String(allocation.unitBytes)],
      ['# Free Units', String(allocation.freeUnits)],
      ['Largest Free Blk', String(allocation.largestFreeUnits)],
      ['Max Record Size', String(allocation.recordUnitsMax)],
    );
  }
  return table(rows);
}
