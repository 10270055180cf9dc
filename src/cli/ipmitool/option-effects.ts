/** The options of ipmitool, and what each does. */

import { troubleReading } from './c-files.ts';
import { unsupported } from './unsupported.ts';
import { cByte, cInt, cShort, cUint } from './numbers.ts';
import { COMMANDS, OEM_HELP, USAGE } from './usage.ts';

/** Where a command prints, as `Session` has it. */
export interface Streams {
  print(text: string): void;
  complain(text: string): void;
}

/** The options, as far as they are read. */
export interface Draft {
  interface: string;
  device: number;
  verbose: number;
  csv: boolean;
  lun: number;
  target?: number;
  channel?: number;
  transit?: number;
  transitChannel?: number;
  /** `-m`: the own slave address. */
  own?: number;
  /** `-z`: bytes of the longest request. */
  longestRequest?: number;
}

/** Takes an option, and its value; returns the exit code if the line ends with it. */
type Take = (draft: Draft, streams: Streams, value: string) => number | undefined;

/** An option of one letter. */
export interface OptionEffect {
  readonly hasValue: boolean;
  readonly take: Take;
}

/** A logical unit has two bits (IPMI 2.0 §7.2). */
const LUN_MASK = 3;

/** The interfaces of ipmitool, by its own help. */
const INTERFACES = [...USAGE.matchAll(/^\t([\w-]+) /gm)].map(([, name]) => name);

/** The boards of `-o`; none changes anything between this program and the BMC. */
const BOARDS = [...OEM_HELP.matchAll(/^\t(\w+) /gm)].map(([, name]) => name);

const VERSION = 'ipmitool version 1.8.19';
const VERSION_VERBOSE = 2;

const PORT_MAX = 65_535;
const USER_CHARS_MAX = 16;

/** Longest key of RMCP+, bytes (IPMI 2.0 §13.33). */
const KEY_BYTES_MAX = 20;

const PRIVILEGES = ['callback', 'user', 'operator', 'administrator', 'oem', 'no access'];

const flag = (take: Take): OptionEffect => ({ hasValue: false, take });
const valued = (take: Take): OptionEffect => ({ hasValue: true, take });

const ignored = (): undefined => undefined;

/** Changes the options; the line goes on. */
function set(change: () => unknown): undefined {
  change();
}

/** Complains, and ends the line. */
function end(streams: Streams, text: string, exit = 1): number {
  streams.complain(text);
  return exit;
}

const refused =
  (letter: string): Take =>
  (_, streams) =>
    end(streams, unsupported(`-${letter}`));

/** The use of a number. */
type Use = (draft: Draft, value: number, streams: Streams) => number | undefined;

/** An option with a number: how it is read, and what becomes of it. */
function numeric(
  letter: string,
  read: (text: string) => number | undefined,
  use: Use = ignored,
): OptionEffect {
  return valued((draft, streams, text) => {
    const value = read(text);
    if (value !== undefined) return use(draft, value, streams);
    const problem = `Invalid parameter given or out of range for '-${letter}'.`;
    // It ends with success for this one letter.
    return end(streams, problem, letter === 'l' ? 0 : 1);
  });
}

/** The second one says which version it is. */
function takeVerbose(draft: Draft, streams: Streams): undefined {
  draft.verbose += 1;
  if (draft.verbose === VERSION_VERBOSE) streams.complain(`${VERSION}\n`);
}

function takeKey(streams: Streams, text: string): number | undefined {
  if (text.length % 2 !== 0) return end(streams, 'Number of Kg key characters is not even');
  if (text.length > 2 * KEY_BYTES_MAX) return end(streams, 'Kg key is too long', 0);
  if (/^[0-9a-f]*$/i.test(text)) return undefined;
  return end(streams, 'Kg key is not hexadecimal number');
}

function takeInterface(draft: Draft, streams: Streams, name: string): number | undefined {
  draft.interface = name;
  if (INTERFACES.includes(name)) return undefined;
  return end(streams, `Error loading interface ${name}`);
}

function takeBoard(streams: Streams, name: string): number | undefined {
  if (name === 'list') return end(streams, OEM_HELP, 0);
  return BOARDS.includes(name) ? undefined : end(streams, `OEM setup for "${name}" failed`);
}

/** Reads the password of a session over a network, and needs it for nothing. */
function takePasswordFile(streams: Streams, path: string): undefined {
  const trouble = troubleReading(path);
  if (trouble === undefined) return;
  if (trouble === 'ENOENT') streams.complain(`File ${path} does not exist`);
  const unread = `Unable to read password from file ${path}`;
  streams.complain(trouble === 'EISDIR' ? unread : `Unable to open password file ${path}`);
  streams.complain(unread);
}

function takePort(value: number, streams: Streams): number | undefined {
  if (value >= 0 && value <= PORT_MAX) return undefined;
  return end(streams, `Port number ${value} is out of range.`);
}

/** True for the name of a privilege level, in any case. */
export function isPrivilege(name: string): boolean {
  return PRIVILEGES.includes(name.toLowerCase());
}

function takeLevel(streams: Streams, name: string): undefined {
  if (isPrivilege(name.replace(/\+$/, ''))) return;
  streams.complain(`Invalid privilege level ${name}`);
}

/** A value that is looked for in the environment. */
function fromEnvironment(what: string, names: readonly string[]): OptionEffect {
  return flag((_, streams) => {
    const isThere = names.some((name) => process.env[name] !== undefined);
    if (!isThere) streams.complain(`Unable to read ${what} from environment`);
    return undefined;
  });
}

/** Every option that getopt() is told of. */
export const OPTIONS: ReadonlyMap<string, OptionEffect> = new Map([
  ['h', flag((_, streams) => end(streams, `${USAGE}\n\n${COMMANDS}`, 0))],
  [
    'V',
    flag((_, streams) => {
      streams.print(`${VERSION}\n`);
      return 0;
    }),
  ],
  ['v', flag(takeVerbose)],
  ['c', flag((draft) => set(() => (draft.csv = true)))],
  // The zone whose name stands behind the times of gmtime().
  ['Z', flag(() => set(() => (process.env['TZ'] = 'GMT0')))],
  ['I', valued(takeInterface)],
  [
    'd',
    numeric('d', cInt, (draft, value, streams) => {
      draft.device = value;
      return value < 0 ? end(streams, `Device number ${value} is out of range.`) : undefined;
    }),
  ],
  ['l', numeric('l', cByte, (draft, value) => set(() => (draft.lun = value & LUN_MASK)))],
  ['b', numeric('b', cByte, (draft, value) => set(() => (draft.channel = value)))],
  ['t', numeric('t', cByte, (draft, value) => set(() => (draft.target = value)))],
  ['B', numeric('B', cByte, (draft, value) => set(() => (draft.transitChannel = value)))],
  ['T', numeric('T', cByte, (draft, value) => set(() => (draft.transit = value)))],
  ['m', numeric('m', cByte, (draft, value) => set(() => (draft.own = value)))],
  ['N', numeric('N', cUint)],
  ['R', numeric('R', cUint)],
  ['p', numeric('p', cInt, (_, value, streams) => takePort(value, streams))],
  [
    'C',
    valued((_, streams, text) => {
      if (cByte(text) !== undefined) return undefined;
      return end(streams, "Invalid parameter given or out of range [0-255] for '-C'.");
    }),
  ],
  [
    'U',
    valued((_, streams, text) => {
      if (text.length <= USER_CHARS_MAX) return undefined;
      return end(streams, 'Username is too long (> 16 bytes)');
    }),
  ],
  ['L', valued((_, streams, text) => takeLevel(streams, text))],
  ['y', valued((_, streams, text) => takeKey(streams, text))],
  ['o', valued((_, streams, text) => takeBoard(streams, text))],
  ['E', fromEnvironment('password', ['IPMITOOL_PASSWORD', 'IPMI_PASSWORD'])],
  ['K', fromEnvironment('kgkey', ['IPMI_KGKEY'])],
  // Sessions over a network have them, and ipmitool does not look at them otherwise.
  ...['P', 'A', 'e', 'k'].map((letter) => [letter, valued(ignored)] as const),
  ...['4', '6', 'g', 's'].map((letter) => [letter, flag(ignored)] as const),
  // A serial device, which the interface to the driver does not have.
  ['D', valued(ignored)],
  ['f', valued((_, streams, path) => takePasswordFile(streams, path))],
  ['z', numeric('z', cShort, (draft, value) => set(() => (draft.longestRequest = value)))],
  ...['H', 'S', 'O'].map((letter) => [letter, valued(refused(letter))] as const),
  ...['a', 'Y'].map((letter) => [letter, flag(refused(letter))] as const),
]);
