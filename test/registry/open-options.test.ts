/** The options of `open()`: what each may be, and the error for what it may not. */

import { describe, expect, test } from 'vitest';

import type { IrqLine } from '../../src/port/irq-line.ts';
import { systemClock } from '../../src/clock.ts';
import { checkListOptions, checkOptions } from '../../src/registry/open-options.ts';
import type { OpenOptions } from '../../src/registry/open-options.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { thrownBy } from '../support/thrown-by.ts';

const BASE = 0xce4;
const PORT = new SimBmc();
const OWN = { base: BASE, port: PORT };
const LINE: IrqLine = {
  path: 'test',
  ownsMask: false,
  watch: () => undefined,
  rearm: () => undefined,
  enable: () => undefined,
  close: () => undefined,
};

const TAKEOVER = 'TypeError: takeover must be true, false or force, not';
const IRQ = 'TypeError: irq must be off, auto or a device file such as /dev/uio0, not';
const THIS_HOST = 'works only with ports of this host, not with a PortIo object';

/** What is wrong with these options: programs in JavaScript can pass anything. */
function errorOf(options: object): string {
  return String(thrownBy(() => checkOptions(options)));
}

test.each<OpenOptions>([
  { timeoutMs: 0.5 },
  { lockTimeoutMs: 1 },
  { attemptTimeoutMs: 0x7fffffff },
  { takeover: false },
  { takeover: true },
  { takeover: 'force' },
  { irq: 'off' },
  { irq: 'auto' },
  { irq: '/dev/uio0' },
  { irq: '/dev/uio12' },
  { pollMs: 0 },
  { pollMs: 1000 },
  { quirks: [] },
  { quirks: ['write-under-busy'] },
  { queueMax: 1 },
  { queueMax: 65_536 },
  { port: 'native' },
  { port: 'dev-port' },
])('%j is right, and names no block', (options) => {
  expect(checkOptions(options)).toBeUndefined();
});

test('options that are undefined are absent', () => {
  const names = ['base', 'spacing', 'port', 'timeoutMs', 'lockTimeoutMs', 'attemptTimeoutMs'];
  const others = ['takeover', 'irq', 'pollMs', 'quirks', 'queueMax'];
  const entries = [...names, ...others].map((name) => [name, undefined]);

  expect(checkOptions(Object.fromEntries(entries) as OpenOptions)).toBeUndefined();
});

describe('base and spacing', () => {
  test.each<[OpenOptions, number]>([
    [{ base: 1 }, 1],
    [{ base: 65_533 }, 1],
    [{ base: BASE, spacing: 1 }, 1],
    [{ base: 65_527, spacing: 4 }, 4],
    [{ base: 65_503, spacing: 16 }, 16],
  ])('%j name a block', (options, spacing) => {
    expect(checkOptions(options)).toEqual({ base: options.base, spacing, count: 3 });
  });

  test.each([
    [{ base: 0 }, 'RangeError: base must be an integer from 1 to 65533, not 0'],
    [{ base: 65_534 }, 'RangeError: base must be an integer from 1 to 65533, not 65534'],
    [
      { base: 65_528, spacing: 4 },
      'RangeError: base must be an integer from 1 to 65527, not 65528',
    ],
    [
      { base: 65_504, spacing: 16 },
      'RangeError: base must be an integer from 1 to 65503, not 65504',
    ],
    [{ base: 1.5 }, 'RangeError: base must be an integer from 1 to 65533, not 1.5'],
    [{ base: '0xce4' }, 'TypeError: base must be a number, not "0xce4"'],
    [{ base: BASE, spacing: 2 }, 'RangeError: spacing must be 1, 4 or 16, not 2'],
    [{ base: BASE, spacing: '4' }, 'TypeError: spacing must be a number, not "4"'],
    [{ base: BASE, spacing: null }, 'TypeError: spacing must be a number, not null'],
    [{ spacing: 4 }, 'TypeError: spacing works only with base'],
    [{ port: PORT }, 'TypeError: a PortIo object needs base, such as 0xce4'],
    [{ port: PORT, spacing: 4 }, 'TypeError: a PortIo object needs base, such as 0xce4'],
  ])('%# are wrong: %s', (options, error) => {
    expect(errorOf(options)).toBe(error);
  });
});

describe.each(['timeoutMs', 'lockTimeoutMs', 'attemptTimeoutMs'])('%s', (name) => {
  test.each([0, -1, NaN, Infinity, 2 ** 31])('%d is out of range', (value) => {
    expect(errorOf({ [name]: value })).toBe(
      `RangeError: ${name} must be above 0 and at most 2147483647 ms, not ${value}`,
    );
  });

  test.each(['1000', null, true])('%j is of the wrong type', (value) => {
    expect(errorOf({ [name]: value })).toBe(
      `TypeError: ${name} must be a number of milliseconds, not ${JSON.stringify(value)}`,
    );
  });
});

describe.each([
  ['pollMs', '0 to 1000', [-1, 1001, 0.5, NaN, Infinity]],
  ['queueMax', '1 to 65536', [0, 65_537, 1.5, NaN, Infinity]],
] as const)('%s', (name, range, wrong) => {
  test.each(wrong)('%d is out of range', (value) => {
    expect(errorOf({ [name]: value })).toBe(
      `RangeError: ${name} must be an integer from ${range}, not ${value}`,
    );
  });

  test.each([
    ['1', '"1"'],
    [null, 'null'],
    [true, 'true'],
  ])('%j is of the wrong type', (value, shown) => {
    expect(errorOf({ [name]: value })).toBe(`TypeError: ${name} must be a number, not ${shown}`);
  });
});

test.each([
  [{ quirks: 'write-under-busy' }, 'TypeError: quirks must be an array, not "write-under-busy"'],
  [{ quirks: null }, 'TypeError: quirks must be an array, not null'],
  [
    { quirks: ['write-under-busy', 'slow'] },
    'RangeError: quirks may contain only write-under-busy, lun-zero-replies, not "slow"',
  ],
  [
    { quirks: [1] },
    'RangeError: quirks may contain only write-under-busy, lun-zero-replies, not 1',
  ],
  [
    { quirks: [undefined] },
    'RangeError: quirks may contain only write-under-busy, lun-zero-replies, not undefined',
  ],
  [{ takeover: 'yes' }, `${TAKEOVER} "yes"`],
  [{ takeover: null }, `${TAKEOVER} null`],
  [{ takeover: 1 }, `${TAKEOVER} 1`],
  [{ irq: 'on' }, `${IRQ} "on"`],
  [{ irq: '/dev/uio' }, `${IRQ} "/dev/uio"`],
  [{ irq: '/dev/uio0/' }, `${IRQ} "/dev/uio0/"`],
  [{ irq: './dev/uio0' }, `${IRQ} "./dev/uio0"`],
  [{ irq: 7 }, `${IRQ} 7`],
])('%j is wrong', (options, error) => {
  expect(errorOf(options)).toBe(error);
});

describe('an option of a JavaScript program that is', () => {
  const controller = new AbortController();
  const metered = { inb: String, outb: String, readBytes: String };

  test.each<[string, unknown, string | RegExp]>([
    ['a number', 0xce4, 'TypeError: open() takes an object such as { base: 0xce4 }, not 3300'],
    ['null', null, 'TypeError: open() takes an object such as { base: 0xce4 }, not null'],
    ['an array', [], 'TypeError: open() takes an object such as { base: 0xce4 }, not an array'],
    [
      'misspelt',
      { timeOutMs: 5 },
      'TypeError: open() has no option "timeOutMs"; did you mean timeoutMs?',
    ],
    [
      'cut off',
      { timeout: 5 },
      'TypeError: open() has no option "timeout"; did you mean timeoutMs?',
    ],
    [
      'another word',
      { speed: 5 },
      /^TypeError: open\(\) has no option "speed"; it has base, spacing,/,
    ],
    ['a name of Object', { toString: 5 }, /^TypeError: open\(\) has no option "toString"; it has/],
    [
      'a controller',
      { signal: controller },
      'TypeError: signal must be an AbortSignal, not an AbortController; pass its signal',
    ],
    ['no signal', { signal: {} }, 'TypeError: signal must be an AbortSignal, not an object'],
    [
      'half a port',
      { base: BASE, port: metered },
      'TypeError: port must be native, dev-port or a PortIo object ' +
        '(with inb, outb, readBytes, writeBytes, close), not an object that lacks writeBytes, close',
    ],
    [
      'no port',
      { port: {} },
      /^TypeError: port must be native, dev-port or .*, not an object that lacks inb,/,
    ],
    [
      'an unknown port',
      { port: '/dev/mem' },
      /^TypeError: port must be native, .*, not "\/dev\/mem"$/,
    ],
    [
      'no sink',
      { trace: true },
      /^TypeError: trace must be an object such as \{ write: .*, not true$/,
    ],
    [
      'a misspelt payload',
      { trace: { write: String, payLoad: true } },
      'TypeError: trace has no property "payLoad"; did you mean payload?',
    ],
    [
      'a wrong payload',
      { trace: { write: String, payload: 'ALL' } },
      'TypeError: trace.payload must be true, false or all, not "ALL"',
    ],
    [
      'no sink of a recording',
      { record: true },
      /^TypeError: record must be an object such as \{ write: .*, not true$/,
    ],
    [
      'a misspelt program',
      { record: { write: String, programm: 'a' } },
      'TypeError: record has no property "programm"; did you mean program?',
    ],
    [
      'a program that is no text',
      { record: { write: String, program: 1 } },
      'TypeError: record.program must be a text, not 1',
    ],
    [
      'no logger',
      { logger: String },
      /^TypeError: logger must be a logger such as .*, not a function$/,
    ],
    ['a mute logger', { logger: { info: String } }, /that lacks debug, warn, error$/],
    [
      'a time',
      { clock: Date },
      /^TypeError: clock must be a Clock \(with now, turn, timer\), not a f/,
    ],
    ['no mode', { bringUp: 'quick' }, 'TypeError: bringUp must be full or lazy, not "quick"'],
    [
      'no line',
      { base: BASE, port: PORT, irq: {} },
      /^TypeError: irq must be an IrqLine object .* lacks/,
    ],
    ['null for a line', { irq: null }, `${IRQ} null`],
  ])('%s is refused by name', (_, options, message) => {
    const error = errorOf(options as object);

    if (typeof message === 'string') expect(error).toBe(message);
    else expect(error).toMatch(message);
  });

  test('right is taken, console and signals of other realms among it', () => {
    const logger = console;
    const foreign = { aborted: false, addEventListener: String, removeEventListener: String };

    const payload = { write: String };
    for (const options of [
      { logger, signal: foreign, bringUp: 'lazy', clock: systemClock },
      { signal: controller.signal, trace: payload },
    ]) {
      expect(checkOptions(options as unknown as OpenOptions)).toBeUndefined();
    }
  });
});

test('a quirk that JSON has no word for is named', () => {
  const quirks = [1n] as unknown as readonly [];
  expect(() => checkOptions({ quirks })).toThrow(
    'may contain only write-under-busy, lun-zero-replies, not 1n',
  );
});

test('list() takes base and spacing, and no other option', () => {
  const refusal = (options: object): string => String(thrownBy(() => checkListOptions(options)));

  expect(checkListOptions({ base: BASE })).toEqual({ base: BASE, spacing: 1, count: 3 });
  expect(refusal({ timeoutMs: 5 })).toBe(
    'TypeError: list() has no option "timeoutMs"; it has base, spacing',
  );
});

describe('with a PortIo object', () => {
  test.each([{}, { takeover: false }, { irq: 'off' }, { irq: LINE }] as readonly OpenOptions[])(
    'option set %# is right',
    (options) => {
      expect(checkOptions({ ...OWN, ...options })).toEqual({ base: BASE, spacing: 1, count: 3 });
    },
  );

  test.each([
    [{ takeover: true }, `TypeError: takeover ${THIS_HOST}`],
    [{ takeover: 'force' }, `TypeError: takeover ${THIS_HOST}`],
    [{ takeover: 'yes' }, `${TAKEOVER} "yes"`],
    [{ irq: 'auto' }, `TypeError: irq auto ${THIS_HOST}`],
    [{ irq: '/dev/uio3' }, `TypeError: irq /dev/uio3 ${THIS_HOST}`],
    [{ irq: 'on' }, `${IRQ} "on"`],
  ])('%j is wrong', (options, error) => {
    expect(errorOf({ ...OWN, ...options })).toBe(error);
  });
});

test.each([{}, { port: 'native' }, { port: 'dev-port' }])(
  'an IrqLine object needs a PortIo object: %j',
  (options) => {
    expect(errorOf({ base: BASE, irq: LINE, ...options })).toBe(
      'TypeError: an IrqLine object works only with a PortIo object',
    );
  },
);
