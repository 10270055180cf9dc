/**
 * Who may import whom. The files of `src/` stand in one order, low to high, and a file imports only
 * what stands before it. The list is kept by hand: a new file gets its place on purpose.
 */

import { describe, expect, test } from 'vitest';

import { filesIn, importsOf, namesIn } from '../support/source-code.ts';

const BASE = ['errors', 'log', 'clock', 'files'];

const PORTS = [
  'native',
  'port/port',
  'port/range',
  'port/register-block',
  'port/pci-port',
  'port/denied',
  'port/addon-port',
  'port/dev-port',
  'port/open-port',
  'port/irq-line',
  'port/uio-line',
];

/** What stands between the driver and hardware, real or simulated: interfaces. */
const WAISTS = ['port/port', 'port/irq-line'];

const PURE_DATA = [
  'ipmi/message',
  'ipmi/requester',
  'ipmi/commands',
  'ipmi/completion',
  'ipmi/device-id',
  'ipmi/guid',
  'ipmi/self-test',
  'ipmi/bt-capabilities',
  'ipmi/repeatable',
  'ipmi/secret',
  'ipmi/watchdog',
  'ipmi/message-flags',
  'ipmi/generic-events',
  'ipmi/sensor-events',
  'ipmi/event-record',
  'ipmi/bmc-event',
  'bt/bits',
  'bt/frame',
];

const PROTOCOL = [
  'bt/registers',
  'bt/trace-port',
  'driver/retry',
  'driver/latency',
  'driver/statistics',
  'driver/limits',
  'driver/poll-policy',
  'bt/edges',
  'bt/quirks',
  'driver/interrupt',
  'driver/machine',
  'bt/sms-attention',
  'bt/machine',
  'driver/failure',
  'driver/verdict',
  'bt/drain',
];

const DISCOVERY = [
  'discover/record',
  'discover/smbios',
  'discover/acpi',
  'discover/pci',
  'discover/kernel-params',
  'discover/config',
  'discover/candidate',
  'discover/ranking',
  'discover/discover',
  'discover/explain',
  'discover/attempts',
  'discover/defaults',
];

const CLI = [
  'cli/args',
  'cli/format',
  'cli/output',
  'cli/session',
  'cli/grammar',
  'cli/commands/raw',
  'cli/commands/exec-lines',
  'cli/commands/exec',
  'cli/startup/optimizer',
  'cli/commands/info',
  'cli/commands/reset',
  'cli/commands/stats',
  'cli/commands/claim',
  'cli/commands/irq',
  'cli/commands/locate',
  'cli/commands/watch',
  'cli/help',
  'cli/program',
  'cli',
  'cli/startup/code',
  'cli/startup/start',
  'cli/startup/compile',
];

const ORDER = [
  ...BASE,
  ...PORTS,
  ...PURE_DATA,
  ...PROTOCOL,
  ...['driver/wake', 'share/flock', 'share/lock-file', 'share/lock'],
  ...[
    'driver/linked-list',
    'driver/pending-request',
    'driver/queue',
    'driver/loop',
    'share/arbiter',
    'driver/entrance',
  ],
  ...['driver/in-flight', 'driver/driver', 'bmc/bring-up', 'bmc/recovery', 'bmc/knowledge'],
  ...[
    'pause',
    'bmc/global-enables',
    'bmc/event-reader',
    'bmc/attention',
    'bmc/assistance',
    'device/system-interface',
  ],
  ...[
    'device/options',
    'bmc/identity',
    'device/state',
    'kernel/give-back',
    'device/events',
    'device/device',
  ],
  ...['rollback', 'share/users'],
  ...['kernel/bus-device', 'kernel/uio-drivers', 'kernel/pci-device', 'kernel/ipmi-si'],
  ...['kernel/io-ports', 'kernel/port-owner', ...DISCOVERY],
  ...['kernel/takeover-record', 'kernel/ipmi-device', 'kernel/users-of-ipmi-si', 'kernel/takeover'],
  ...['kernel/module', 'irq/uio-device', 'irq/ways', 'irq/status', 'irq/binding'],
  ...[
    'registry/resources',
    'signals',
    'registry/target',
    'registry/open-options',
    'registry/open-devices',
    'registry/register',
    'device/bmcs',
    'registry/open',
  ],
  ...['kernel/blacklist'],
  ...['index'],
  ...CLI,
];

/** The simulator stands aside: it shares nothing with the driver that could be wrong in both. */
const SIM = [
  'sim/rng',
  'sim/restart',
  'sim/bits',
  'sim/exchange',
  'sim/commands',
  'sim/qemu-commands',
  'sim/personality',
  'sim/options',
  'sim/request-buffer',
  'sim/response-buffer',
  'sim/interrupt-mask',
  'sim/pending-answers',
  'sim/bmc',
  'sim/fault-kinds',
  'sim/distort',
  'sim/faults',
  'sim/irq-line',
  'sim/virtual-clock',
];

const ALL = [...ORDER, ...SIM];

/** Everything from outside of `src/`, and who uses it. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['share/flock', 'kernel/module'],
  'node:events': ['device/events'],
  'node:fs': [
    'cli/startup/code',
    'cli/startup/compile',
    'cli/commands/exec',
    'cli/output',
    'cli/startup/start',
    'files',
    'share/lock-file',
    'port/dev-port',
  ],
  'node:module': ['cli/startup/optimizer', 'share/flock', 'kernel/module', 'native'],
  'node:util': ['cli/grammar', 'port/denied'],
  'node:v8': ['cli/startup/optimizer'],
  'node:vm': ['cli/startup/code'],
  pino: ['log'],
};

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'process.nextTick'];
const TIME = ['performance', 'Date', 'process.hrtime'];
const OUTPUT = ['console', 'process.stdout', 'process.stderr'];
const EXIT = ['process.exit', 'process.exitCode', 'process.kill', 'process.abort'];
const ADDON = ['createRequire', 'require', 'process.dlopen'];
const ASYNC = ['async', 'Promise', 'queueMicrotask'];

/** Names that only some files may use. */
const RESERVED: readonly (readonly [what: string, names: readonly string[], users: string[]])[] = [
  // A virtual clock jumps when all promises have settled, which takes a turn of the event loop.
  ['a timer', TIMERS, ['clock', 'sim/virtual-clock', 'cli/startup/compile']],
  ['the time', TIME, ['clock']],
  ['the terminal', OUTPUT, CLI],
  ['the end of the process', EXIT, [...CLI, 'signals']],
  // The others load a part of Node itself, and only when it is needed; or the command's program.
  [
    'the addon',
    ADDON,
    [
      'native',
      'share/flock',
      'kernel/module',
      'cli/startup/optimizer',
      'cli/startup/start',
      'cli/startup/compile',
    ],
  ],
];

function importedBy(name: string): readonly string[] {
  return importsOf(name).map(({ from }) => from);
}

test('every file of src/ has its place', () => {
  const paths = ALL.map((name) => `src/${name}.ts`);

  expect(paths.sort()).toEqual(filesIn('src'));
});

describe('imports only files before it:', () => {
  test.each(ORDER)('%s', (name) => {
    const later = ORDER.slice(ORDER.indexOf(name));

    expect(importedBy(name).filter((from) => later.includes(from))).toEqual([]);
  });
});

describe('is pure data, imports only such:', () => {
  test.each(PURE_DATA)('%s', (name) => {
    expect(importedBy(name).filter((from) => !PURE_DATA.includes(from))).toEqual([]);
  });
});

describe('knows a PortIo and an IrqLine but no clock, log, file or addon:', () => {
  const known = [...PURE_DATA, ...PROTOCOL, ...WAISTS, 'errors'];

  test.each(PROTOCOL)('%s', (name) => {
    expect(importedBy(name).filter((from) => !known.includes(from))).toEqual([]);
  });
});

test('nothing below the queue is asynchronous', () => {
  const users = [...PORTS, ...PURE_DATA, ...PROTOCOL].filter((name) => uses(name, ASYNC));

  expect(users).toEqual([]);
});

test('packages and parts of Node are used where the list says', () => {
  const users: Record<string, string[]> = {};
  for (const name of ALL) {
    for (const from of importedBy(name).filter((module) => !ALL.includes(module))) {
      (users[from] ??= []).push(name);
    }
  }
  for (const names of Object.values(users)) names.sort();

  const known = Object.entries(OUTSIDE).map(([from, names]) => [from, [...names].sort()]);
  expect(users).toEqual(Object.fromEntries(known));
});

describe('only its owners touch', () => {
  test.each(RESERVED)('%s', (_, names, owners) => {
    const users = ALL.filter((name) => uses(name, names));

    expect(users.filter((name) => !owners.includes(name))).toEqual([]);
  });
});

describe('the simulator', () => {
  test.each(SIM)(
    '%s takes from the driver the interface of a port and the type of a clock',
    (name) => {
      const known = [...SIM, ...WAISTS];
      const others = importsOf(name).filter(({ from }) => !known.includes(from));

      expect(others.filter(({ from, typeOnly }) => from !== 'clock' || !typeOnly)).toEqual([]);
    },
  );

  test('is imported for --sim and nowhere else', () => {
    const users = ORDER.filter((name) => importedBy(name).some((from) => SIM.includes(from)));

    expect(users).toEqual(['cli/session']);
  });
});

function uses(name: string, words: readonly string[]): boolean {
  const names = namesIn(name);
  return words.some((word) => names.has(word));
}
