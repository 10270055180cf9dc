/**
 * OpenIPMI's `ipmi_sim` as the BMC: what it was configured with is what the command line and a
 * program get from it. SDRs are compared with the bytes of OpenIPMI's own compiler for them.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import * as setup from './ipmi-sim-setup.ts';
import { IpmiSim, compileSdrs } from './ipmi-sim.ts';
import { programFiles } from './project.ts';
import { sideBySide, stepsOf } from './steps.ts';

/** How many requests the program sends, and where the parts of an SDR are that others ask for. */
const REQUESTS = 200;
const OFFSETS = [0, 12, 24, 36];
const PART_BYTES = 8;

/** Commands that run at once, on a busy host, wait for each other longer than by default. */
const PATIENT = 'ipmi-bt --timeout 150';

/** Less than this BMC has room for in a reply. */
const PIECE_BYTES = 30;

/** A record of an OEM's, whose bytes are all the host's; and an event, which the BMC dates. */
const OEM_RECORD = [0xe0, 0xa0, 0xa1, 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xff];
const EVENT_RECORD = [0x02, 0, 0, 0, 0, 0x41, 0, 0x04, 0x12, 0x99, 0x6f, 0x01, 0xff, 0xff];

const SEL: Readonly<Record<string, string>> = {
  'SEL info': 'raw 0x0a 0x40',
  'reserve SEL': 'raw 0x0a 0x42',
  'add OEM record': `raw 0x0a 0x44 0 0 ${OEM_RECORD.join(' ')}`,
  'add event': `raw 0x0a 0x44 0 0 ${EVENT_RECORD.join(' ')}`,
  'OEM record': 'raw 0x0a 0x43 0 0 1 0 0 0xff',
  event: 'raw 0x0a 0x43 0 0 2 0 0 0xff',
  'delete event': 'raw 0x0a 0x46 1 0 2 0',
  'deleted event': 'raw 0x0a 0x43 0 0 2 0 0 0xff',
};

const SENSORS: Readonly<Record<string, string>> = {
  temperature: 'raw 4 0x2d 1',
  voltage: 'raw 4 0x2d 2',
  'power supply': 'raw 4 0x2d 3',
  thresholds: 'raw 4 0x27 1',
  'device SDR info': 'raw 4 0x20',
  'whole SDR': 'raw 0x0a 0x23 0 0 1 0 0 0xff',
  'reserve SDRs': 'raw 0x0a 0x22',
  'first piece': `raw 0x0a 0x23 1 0 1 0 0 ${PIECE_BYTES}`,
  'second piece': `raw 0x0a 0x23 1 0 1 0 ${PIECE_BYTES} 24`,
};

/** Get Device SDR, parts of the first. */
const PARTS: Readonly<Record<string, string>> = Object.fromEntries(
  OFFSETS.map((offset) => [`from ${offset}`, `raw 4 0x21 0 0 1 0 ${offset} ${PART_BYTES}`]),
);

const UNTIL_LISTENING = `until ipmi-bt raw 6 0x2f | grep -q ' 0c'; do usleep 50000; done`;

/** Get Device ID to the other controller by Send Message; the answer comes to LUN 2. */
const SEND_MESSAGE = 'raw 6 0x34 0 0x30 0x18 0xb8 0x20 0x0a 1 0xd5';

/** The watchdog runs out in 256 s, with a message 255 s before that. */
const SET_WATCHDOG = 'raw 6 0x24 4 0x31 255 0 0 0x0a';
const START_WATCHDOG = 'raw 6 0x22';
const STOP_WATCHDOG = 'raw 6 0x24 4 0 0 0 0 0x0a';

/** What is done for something to be told, and how much is told then: the BMC keeps one event. */
const CAUSES: readonly (readonly [words: string, told: number])[] = [
  ['raw 4 0x26 1 0x08 0 0 0 0x60 0 0', 1],
  ['raw 4 0x26 1 0x08 0 0 0 0x70 0 0', 2],
  [SEND_MESSAGE, 3],
  [SET_WATCHDOG, 3],
  [START_WATCHDOG, 5],
];

let sdrs: readonly Uint8Array[];
let guest: GuestResult;

beforeAll(async () => {
  sdrs = await compileSdrs(setup.SDRS);
  const questions = Buffer.from(JSON.stringify(setup.questionsAbout(sdrs, PART_BYTES)));
  guest = await bootGuest({
    bmc: new IpmiSim({ commands: setup.commands(sdrs), guid: setup.GUID_SENT }),
    files: { ...programFiles('ask'), '/opt/ipmi-bt/questions.json': questions },
    steps: [
      ...stepsOf(cli({ locate: '--json locate', info: 'info' })),
      ...stepsOf(cli({ ...SEL, ...SENSORS })),
      ...stepsOf({ ask: `node /opt/ipmi-bt/ask.mjs ${REQUESTS}` }),
      ...sideBySide({ watch: watch(), causes: causes(), ...cli(PARTS) }),
      ...stepsOf(cli({ 'stop watchdog': STOP_WATCHDOG })),
      ...stepsOf(cli({ 'SEL info at the end': 'raw 0x0a 0x40', enables: 'raw 6 0x2f' })),
    ],
  });
});

function cli(words: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(words).map(([name, text]) => [name, `${PATIENT} ${text}`]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function watch(): string {
  const end = 'code=$?; cat /tmp/told; exit $code';
  return `${PATIENT} --json watch --count 5 > /tmp/told; ${end}`;
}

function causes(): string {
  const all = CAUSES.map(([words, told]) => {
    const untilTold = `until [ $(wc -l < /tmp/told) -ge ${told} ]; do usleep 50000; done`;
    return `${PATIENT} ${words} > /dev/null && ${untilTold}`;
  });
  return [UNTIL_LISTENING, ...all].join(' && ');
}

test('it is found by what firmware says', () => {
  const { exitCode, stdout } = guest.step('locate');

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    candidates: [{ type: 'bt', base: 0xce4, sources: ['smbios', 'acpi'], chosen: true }],
  });
});

// It has neither Get Device GUID nor Get Self Test Results; QEMU answers for the capabilities.
test('info prints what it was configured with, and no row for what it does not know', () => {
  const { exitCode, stdout, stderr } = guest.step('info');

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(`Device ID                 : 33
Device Revision           : 3
Firmware Revision         : 9.42
IPMI Version              : 2.0
Manufacturer ID           : 4753
Product ID                : 3842 (0x0f02)
Device Available          : yes
Provides Device SDRs      : yes
Additional Device Support : Sensor Device, SDR Repository Device, SEL Device, FRU Inventory Device, IPMB Event Receiver, Chassis Device
Aux Firmware Rev Info     : 0x00 0x00 0x00 0x00
System GUID               : ${setup.GUID}
BT Outstanding Requests   : 1
BT Input Buffer Size      : 255 bytes
BT Output Buffer Size     : 255 bytes
BT Response Time          : 10 seconds
BT Recommended Retries    : 0
BT Base Address           : 0xce4
Port Backend              : native
`);
});

describe('the SEL', () => {
  test('has room for the 50 entries it was given, and none yet', () => {
    expect(bytesOf('SEL info')).toEqual([
      0x51,
      0,
      0,
      0x20,
      0x03,
      ...Array<number>(8).fill(0),
      0x0a,
    ]);
    expect(bytesOf('reserve SEL')).toEqual([1, 0]);
  });

  test('gives an entry back byte for byte', () => {
    expect(bytesOf('add OEM record')).toEqual([1, 0]);
    expect(bytesOf('OEM record')).toEqual([2, 0, 1, 0, ...OEM_RECORD]);
  });

  test('gives an event back with a time of the BMC', () => {
    expect(bytesOf('add event')).toEqual([2, 0]);
    const [type, ...told] = EVENT_RECORD;
    const bytes = bytesOf('event');

    expect(bytes.slice(0, 5)).toEqual([0xff, 0xff, 2, 0, type]);
    expect(bytes.slice(5, 9)).not.toEqual([0, 0, 0, 0]);
    expect(bytes.slice(9)).toEqual(told.slice(4));
  });

  test('has a deleted entry no longer', () => {
    expect(bytesOf('delete event')).toEqual([2, 0]);
    expect(guest.step('deleted event')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(guest.step('deleted event').stderr).toContain('rsp=0xcb');
  });

  test('has the entry that is left, and the events that were told, at the end', () => {
    expect(bytesOf('SEL info at the end').slice(0, 5)).toEqual([0x51, 4, 0, 0xe0, 0x02]);
  });
});

describe('the sensors', () => {
  test.each([
    ['temperature', setup.TEMPERATURE],
    ['voltage', setup.VOLTAGE],
    ['power supply', setup.POWER_SUPPLY],
    ['thresholds', setup.THRESHOLDS],
  ])('have the values they were given: %s', (name, bytes) => {
    expect(bytesOf(name)).toEqual(bytes);
  });

  test('are two with an SDR, on LUN 0', () => {
    expect(bytesOf('device SDR info')).toEqual([2, 1]);
  });

  test('have an SDR that is too long for a reply, and comes in two pieces', () => {
    expect(guest.step('whole SDR')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(guest.step('whole SDR').stderr).toContain('rsp=0xca');
    expect(bytesOf('reserve SDRs')).toEqual([1, 0]);
    const [first, second] = [bytesOf('first piece'), bytesOf('second piece')];

    expect([first.slice(0, 2), second.slice(0, 2)]).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect([...first.slice(2), ...second.slice(2)]).toEqual([...(sdrs[0] ?? [])]);
  });
});

test(`a program sends ${REQUESTS} requests and gets the reply to each`, () => {
  const { exitCode, stdout, stderr } = guest.step('ask');

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const statistics = { retries: 0, staleReplies: 0, longTimeouts: 0 };
  expect(JSON.parse(stdout)).toEqual({ right: REQUESTS, wrong: [], statistics });
});

test.each(OFFSETS)('of several commands at once each gets its own reply: from %i', (offset) => {
  const part = sdrs[0]?.slice(offset, offset + PART_BYTES) ?? [];

  expect(bytesOf(`from ${offset}`)).toEqual([2, 0, ...part]);
});

describe('while somebody watches', () => {
  const crossed = {
    kind: 'event',
    sensor_type_text: 'Temperature',
    sensor_number: 1,
    event_text: 'upper non-critical, going high',
    reading_raw: 0x60,
  };

  test('thresholds, a message and the watchdog are told as they come, each once', () => {
    expect(guest.step('causes')).toEqual(printed(''));
    expect(told()).toMatchObject([
      { ...crossed, direction: 'asserted', severity: 'warning', threshold_raw: 0x60 },
      { ...crossed, direction: 'deasserted', severity: 'information', threshold_raw: 0x70 },
      { kind: 'message', channel: 0 },
      { kind: 'watchdog_pretimeout', severity: 'critical' },
      {
        kind: 'event',
        sensor_type_text: 'Watchdog 2',
        event_text: 'about to expire: messaging interrupt',
      },
    ]);
  });

  test('the message has what the other controller says of itself', () => {
    const { data = [] } = told()[2] ?? {};
    const netFnLun = (0x07 << 2) | 2;

    // Its checksums, the second byte and the last, are not what IPMB has there.
    expect(data[0]).toBe(netFnLun);
    expect(data.slice(2, -1)).toEqual([0x30, 2 << 2, 0x01, 0x00, ...setup.OTHER_ID]);
  });

  test('Global Enables are as found afterwards', () => {
    expect(guest.step('enables')).toEqual(printed(' 08\n'));
  });
});

// Set Watchdog Timer is answered with all of the BMC's buffer.
test('a reply that is longer than the command has any is an answer', () => {
  expect(bytesOf('stop watchdog')).toHaveLength(35);
});

interface Told {
  readonly kind: string;
  readonly data?: readonly number[];
}

function told(): readonly Told[] {
  const { exitCode, stdout, stderr } = guest.step('watch');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

/** What `raw` printed, when that was an answer. */
function bytesOf(name: string): number[] {
  const { exitCode, stdout, stderr } = guest.step(name);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const words = stdout.trim().split(/\s+/);
  return words.map((word) => Number.parseInt(word, 16));
}
