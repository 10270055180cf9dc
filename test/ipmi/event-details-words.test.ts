/** The words of event data 2 and 3, each value of each list of IPMI 2.0 table 42-3. */

import { expect, test } from 'vitest';

import { eventDetail } from '../../src/ipmi/event-details.ts';

type List = readonly [
  name: string,
  tell: (value: number) => string | undefined,
  words: readonly (string | undefined)[],
];

/** Tells an event that has data 2 alone. */
const byte2 = (type: number, offset: number) => (value: number) =>
  eventDetail(type, offset, { data2: value, data3: undefined });

/** Tells an event that has data 3 alone. */
const byte3 = (type: number, offset: number) => (value: number) =>
  eventDetail(type, offset, { data2: undefined, data3: value });

const STEPS = [
  ...[undefined, 'memory initialization', 'hard disk initialization'],
  ...['secondary processor initialization', 'user authentication', 'setup entered by the user'],
  ...['USB resource configuration', 'PCI resource configuration', 'option ROM initialization'],
  ...['video initialization', 'cache initialization', 'SMBus initialization'],
  ...['keyboard controller initialization', 'management controller initialization'],
  ...['docking station attachment', 'enabling docking station', 'docking station ejection'],
  ...['disabling docking station', 'calling the operating system wake-up vector'],
  ...['starting the operating system', 'motherboard initialization', 'code 0x15'],
  ...['floppy initialization', 'keyboard test', 'pointing device test'],
  ...['primary processor initialization', 'code 0x1a'],
];

const VERSION_CHANGES = [
  ...[undefined, 'management controller device ID', 'management controller firmware revision'],
  ...['management controller device revision', 'manufacturer ID', 'IPMI version'],
  ...['auxiliary firmware ID', 'firmware boot block', 'other firmware', 'system firmware'],
  ...['SMBIOS', 'operating system', 'OS loader', 'service partition', 'management agent'],
  ...['management application', 'management middleware', 'programmable hardware'],
  ...['board or FRU module', 'board or FRU component', 'board or FRU, same version'],
  ...['board or FRU, newer version', 'board or FRU, older version'],
  ...['board or FRU configuration', 'code 0x18'],
];

const LISTS: readonly List[] = [
  [
    'errors of POST',
    byte2(0x0f, 0),
    [
      ...[undefined, 'no memory installed', 'no usable memory', 'unrecoverable disk failure'],
      ...['unrecoverable system board failure', 'unrecoverable diskette failure'],
      ...['unrecoverable disk controller failure', 'unrecoverable keyboard failure'],
      ...['removable boot medium not found', 'unrecoverable video controller failure'],
      ...['no video device', 'firmware ROM corrupted', 'processor voltage mismatch'],
      ...['processor speed mismatch', 'code 0x0e', 'code 0x0f'],
    ],
  ],
  ...[1, 2].map((offset): List => [`steps of POST, offset ${offset}`, byte2(0x0f, offset), STEPS]),
  [
    'errors of power supplies',
    byte3(0x08, 6),
    [
      ...['vendor mismatch', 'revision mismatch', 'processor missing', 'power rating mismatch'],
      ...['voltage rating mismatch', 'code 0x05'],
    ],
  ],
  [
    'actions on an auxiliary log',
    (value) => eventDetail(0x12, 3, { data2: value << 4, data3: undefined }),
    [
      'entry added, MCA log',
      'entry added for an event without a standard form, MCA log',
      'entry added beside entries of the SEL, MCA log',
      ...['log cleared, MCA log', 'log disabled, MCA log', 'log enabled, MCA log'],
      'code 0x06, MCA log',
    ],
  ],
  [
    'auxiliary logs',
    byte2(0x12, 3),
    [
      ...['entry added, MCA log', 'entry added, OEM log 1', 'entry added, OEM log 2'],
      'entry added, code 0x03',
    ],
  ],
  [
    'actions of PEF, a bit each',
    (bit) => eventDetail(0x12, 4, { data2: 1 << bit, data3: undefined }),
    [
      ...['alert', 'power off', 'reset', 'power cycle', 'OEM action', 'diagnostic interrupt'],
      ...[undefined, undefined],
    ],
  ],
  [
    'clocks',
    byte2(0x12, 5),
    ['SEL clock, first of a pair', 'SDR clock, first of a pair', 'code 0x02, first of a pair'],
  ],
  [
    'states of power',
    byte3(0x19, 0),
    [
      ...['state S0/G0', 'state S1', 'state S2', 'state S3', 'state S4', 'state S5/G2'],
      ...['state S4/S5', 'state G3', 'state sleeping in S1 to S3', 'state G1'],
      ...['state S5 by override', 'state legacy on', 'state legacy off', undefined],
      'state code 0x0e',
    ],
  ],
  [
    'causes of a restart',
    byte2(0x1d, 7),
    [
      ...[undefined, 'chassis control command', 'reset button', 'power button', 'watchdog', 'OEM'],
      ...['always powered up', 'power restored', 'PEF reset', 'PEF power cycle', 'soft reset'],
      ...['real-time clock', 'code 0x0c'],
    ],
  ],
  [
    'kinds of slots',
    byte2(0x21, 0),
    [
      ...['PCI', 'drive array', 'peripheral connector', 'docking', 'internal expansion'],
      ...['slot of the entity', 'AdvancedTCA', 'memory device', 'fan', 'PCI Express', 'SCSI'],
      ...['SATA or SAS', 'USB', 'code 0x0d'],
    ],
  ],
  [
    'interrupts of the watchdog',
    (value) => eventDetail(0x23, 0, { data2: (value << 4) | 0x0f, data3: undefined }),
    [undefined, 'SMI', 'NMI', 'messaging interrupt', 'code 0x04'],
  ],
  [
    'uses of the watchdog',
    (value) => eventDetail(0x23, 0, { data2: 0xf0 | value, data3: undefined }),
    [undefined, 'BIOS FRB2', 'BIOS POST', 'OS load', 'SMS or OS', 'OEM', 'code 0x06'],
  ],
  [
    'ends of a session',
    (value) => eventDetail(0x2a, 1, { data2: undefined, data3: value << 4 }),
    [
      ...['channel 0', 'channel 0, by Close Session', 'channel 0, by timeout'],
      'channel 0, by a configuration change',
    ],
  ],
  ['changes of a version', byte2(0x2b, 0), VERSION_CHANGES],
  [
    'causes of a change of state',
    (value) => eventDetail(0x2c, 0, { data2: value << 4, data3: undefined }),
    [
      ...['normal', 'commanded by software', 'handle latch', 'hot-swap button', 'FRU action'],
      ...['communication lost', 'communication lost by local failure', 'unexpected extraction'],
      ...['operator', 'IPMB address unknown', 'unexpected deactivation', 'code 0x0b'],
    ].map((cause) => `before: M0, ${cause}`),
  ],
];

test.each(LISTS)('%s', (_, tell, words) => {
  expect(words.map((_word, value) => tell(value))).toEqual(words);
});

const PERCENT = (value: number) => eventDetail(0x10, 5, { data2: undefined, data3: value });

test('the log is full up to 100 %, and more is no percentage', () => {
  expect([0, 99, 100, 101].map(PERCENT)).toEqual([
    '0 % full',
    '99 % full',
    '100 % full',
    'code 0x65',
  ]);
});

test.each([
  [undefined, 'processor instance 4'],
  [0x7f, 'processor instance 4'],
  [0x80, "processor 4 by the vendor's number"],
  [0xfe, "processor 4 by the vendor's number"],
  [0xff, 'processor instance 4'],
])("the number of a processor is the vendor's by bit 7 of data 3: %s", (data3, text) => {
  expect(eventDetail(0x10, 6, { data2: 4, data3 })).toBe(text);
});
