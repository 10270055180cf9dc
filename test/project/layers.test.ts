/**
 * The layers of `src/`: its folders stand in one order, low to high, and the files of a folder
 * stand in one order as well. A file imports only what stands before it, so that no import leads
 * upward and none runs in a circle. The lists are kept by hand: a new file gets its place on
 * purpose.
 */

import { describe, expect, test } from 'vitest';

import { LAYERS } from '../support/layers.ts';
import { OUTSIDE } from '../support/outside.ts';
import { offenders } from '../support/lists.ts';
import { filesIn, importsOf, namesIn } from '../support/source-code.ts';
import type { Import } from '../support/source-code.ts';

const ORDER = LAYERS.flatMap(([folder, files]) => files.map((file) => nameIn(folder, file)));

/** Layers without promises, timers and event-loop turns: what they do is done when they return. */
const SYNCHRONOUS = ['port', 'ipmi', 'bt'];

/** Files of `driver/` that are as synchronous: the rules, and what they go by. */
const SYNCHRONOUS_FILES = [
  ...['driver/poll-policy', 'driver/interrupt', 'driver/machine', 'driver/statistics'],
  ...['driver/limits', 'driver/failure', 'driver/linked-list', 'driver/retry'],
];

/** The interfaces between the driver and hardware, real or simulated. */
const WAISTS = ['port/port', 'port/irq-line'];

/** The one file above `bt/` that puts an interface together. */
const BUILDS_INTERFACE = 'registry/register';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'process.nextTick'];
const TIME = ['performance', 'Date', 'process.hrtime'];
const OUTPUT = ['console', 'process.stdout', 'process.stderr'];
const EXIT = ['process.exit', 'process.exitCode', 'process.kill', 'process.abort'];
const ADDON = ['createRequire', 'require', 'process.dlopen'];
const ASYNC = ['async', 'Promise', 'queueMicrotask'];

const IPMITOOL_TIMES = ['time-zone', 'bmc-times', 'sel-time'].map((name) => `cli/ipmitool/${name}`);

const CLI = ORDER.filter((name) => folderOf(name) === 'cli' || name === 'cli');

/** Names that only some files may use. */
const RESERVED: readonly (readonly [what: string, names: readonly string[], users: string[]])[] = [
  // A virtual clock jumps when all promises have settled, which takes a turn of the event loop.
  ['a timer', TIMERS, ['clock', 'sim/virtual-clock', 'cli/startup/compile']],
  // The others make text of times that they are given, or times of text.
  ['the time', TIME, ['clock', 'cli/bmc-date', ...IPMITOOL_TIMES]],
  ['the terminal', OUTPUT, CLI],
  ['the end of the process', EXIT, [...CLI, 'signals']],
  // The others load a part of Node itself, and only when it is needed; or the command's program.
  [
    'the addon',
    ADDON,
    [
      ...['native', 'child', 'share/flock', 'kernel/module'],
      ...['cli/startup/optimizer', 'cli/startup/start', 'cli/startup/compile'],
    ],
  ],
];

function nameIn(folder: string, file: string): string {
  return folder === '.' ? file : `${folder}/${file}`;
}

function folderOf(name: string): string {
  return name.includes('/') ? name.replace(/\/.*/, '') : '.';
}

function importedBy(name: string): readonly string[] {
  return importsOf(name).map(({ from }) => from);
}

test('every file of src/ has its place, once', () => {
  const paths = ORDER.map((name) => `src/${name}.ts`);

  expect(paths.sort()).toEqual(filesIn('src'));
});

describe('imports only what stands before it:', () => {
  test.each(ORDER)('%s', (name) => {
    const [place, imported] = [ORDER.indexOf(name), importedBy(name)];

    expect(offenders(ORDER, (one, at) => at >= place && imported.includes(one))).toEqual([]);
  });
});

test('src/ipmi/ is pure data: it imports nothing but its like', () => {
  const ipmi = ORDER.filter((name) => folderOf(name) === 'ipmi');
  const others = ipmi.flatMap((name) => importedBy(name).filter((from) => !ipmi.includes(from)));

  expect(others).toEqual([]);
});

describe('an interface stands behind the contract:', () => {
  const below = ['driver', 'bmc', 'device'];

  test('driver/, bmc/ and device/ import nothing of bt/', () => {
    const users = ORDER.filter((name) => below.includes(folderOf(name))).filter((name) =>
      importedBy(name).some((from) => folderOf(from) === 'bt'),
    );

    expect(users).toEqual([]);
  });

  test('one file builds it for a device, and one for tests of the hardware below', () => {
    const users = ORDER.filter((name) => importedBy(name).includes('bt/interface'));

    expect(users).toEqual([BUILDS_INTERFACE, 'registry/door']);
  });

  test('no bit of BT is named in the code of driver/, bmc/ and device/', () => {
    const bits = ['Ctrl', 'IntMask', 'Register', 'B_BUSY', 'H_BUSY', 'H2B_ATN', 'B2H_ATN'];
    const users = ORDER.filter((name) => below.includes(folderOf(name)));

    expect(offenders(users, (name) => uses(name, [...bits, 'SMS_ATN', 'B2H_IRQ']))).toEqual([]);
  });
});

test('a machine and its rules know no clock, log, file or addon', () => {
  const unknown = ['clock', 'log', 'files', 'native', 'signals'];
  const ruled = ORDER.filter((name) => folderOf(name) === 'bt' || SYNCHRONOUS_FILES.includes(name));

  const isInformed = (name: string): boolean =>
    importedBy(name).some((from) => unknown.includes(from));
  expect(offenders(ruled, isInformed)).toEqual([]);
});

test('nothing below the queue is asynchronous', () => {
  const names = ORDER.filter((name) => SYNCHRONOUS.includes(folderOf(name)));
  // A type that says what others may do.
  const done = [...names, ...SYNCHRONOUS_FILES].filter((name) => name !== 'ipmi/requester');

  expect(offenders(done, (name) => uses(name, ASYNC))).toEqual([]);
});

test('packages and parts of Node are used where the list says', () => {
  const users: Record<string, string[]> = {};
  for (const name of ORDER) {
    for (const from of importedBy(name).filter((module) => !ORDER.includes(module))) {
      (users[from] ??= []).push(name);
    }
  }
  const used = Object.entries(users).map(([from, names]) => [from, [...new Set(names)].sort()]);

  const known = Object.entries(OUTSIDE).map(([from, names]) => [from, [...names].sort()]);
  expect(Object.fromEntries(used)).toEqual(Object.fromEntries(known));
});

describe('only its owners touch', () => {
  test.each(RESERVED)('%s', (_, names, owners) => {
    const isStranger = (name: string): boolean => uses(name, names) && !owners.includes(name);

    expect(offenders(ORDER, isStranger)).toEqual([]);
  });
});

describe('the simulator', () => {
  const sim = ORDER.filter((name) => folderOf(name) === 'sim');

  test('takes from the driver ports, the type of a clock, and the check of options', () => {
    const known = [...sim, ...WAISTS, 'option-table'];
    const imports = sim.flatMap((name) => importsOf(name));
    const isForeign = ({ from, typeOnly }: Import): boolean =>
      !known.includes(from) && !(from === 'clock' && typeOnly);

    expect(offenders(imports, isForeign)).toEqual([]);
  });

  test('is imported for --sim, to replay a recording and to prove smoke, and nowhere else', () => {
    const users = ORDER.filter((name) => folderOf(name) !== 'sim').filter((name) =>
      importedBy(name).some((from) => sim.includes(from)),
    );

    const known = [
      'trace/replay',
      'smoke/simulated',
      'smoke/faulty-machines',
      'smoke/proofs',
      'smoke/prove',
    ];
    expect(users).toEqual([...known, 'cli/session', 'cli/commands/smoke-run']);
  });
});

function uses(name: string, words: readonly string[]): boolean {
  const names = namesIn(name);
  return words.some((word) => names.has(word));
}
