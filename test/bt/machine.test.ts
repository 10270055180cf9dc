/** The machine: every edge of its table, what it writes to the registers, and its deadlines. */

import { expect, test } from 'vitest';

import { EDGES } from '../../src/bt/edges.ts';
import type { Attempt } from '../../src/driver/machine.ts';
import type { PortIo } from '../../src/port/port.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID, echo, request, rig } from '../support/rig.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const ATTEMPT: Attempt = { request: echo(1), seq: 9, startByMs: 1000, replyWithinMs: 500 };
const STALE = [0x1c, 8, 0x01, 0x00, 0xaa];
const CTRL = 0xce4;

/** Keeps B2H_ATN reading 1, as a BMC does that will not be cleared. */
function sticky(port: PortIo): PortIo {
  return new BentPort(port, (at, value) => (at === CTRL ? value | 0x08 : value));
}

/** For every edge, the least that makes the machine take it. */
const SCENARIOS: Readonly<Record<string, () => string[]>> = {
  'idle -> waitReady'() {
    const { machine, edges } = rig();
    machine.start(ATTEMPT);
    return edges;
  },
  'idle -> waitClear'() {
    const { machine, edges, bmc } = rig();
    bmc.leaveResponse(STALE);
    expect(machine.poll(0)).toEqual({ kind: 'idle', rung: false, stale: true });
    return edges;
  },
  'waitReady -> waitReply'() {
    const { machine, edges } = rig({ responseMs: 10 });
    machine.start(ATTEMPT);
    expect(machine.poll(0)).toEqual({ kind: 'wait', rung: true, stale: false, untilMs: 0 });
    expect(machine.isOnWire).toBe(true);
    return edges;
  },
  'waitReady -> waitClear'() {
    const { machine, edges, bmc } = rig();
    bmc.leaveResponse(STALE);
    machine.start(ATTEMPT);
    expect(machine.poll(0)).toEqual({ kind: 'wait', rung: false, stale: true, untilMs: 0 });
    return edges;
  },
  'waitReady -> idle'() {
    const { machine, edges, bmc } = rig();
    machine.start(ATTEMPT);
    expect(machine.poll(1000)).toEqual({
      ...{ kind: 'failed', rung: false, stale: false, reason: 'notReady' },
      seen: 'BT_CTRL reads 0x0',
    });
    expect(bmc.writes).toBe(0);
    return edges;
  },
  'waitReply -> waitClear'() {
    const { machine, edges } = rig();
    machine.start(ATTEMPT);
    expect(machine.poll(0)).toMatchObject({ kind: 'done', reply: { completionCode: 0 } });
    return edges;
  },
  'waitReply -> idle'() {
    const { machine, edges } = rig({ responseMs: 10_000 });
    machine.start(ATTEMPT);
    machine.poll(0);
    expect(machine.poll(0)).toMatchObject({ kind: 'wait', untilMs: 0 });
    expect(machine.poll(499)).toMatchObject({ kind: 'wait', untilMs: 500 });
    expect(machine.poll(500)).toEqual({
      ...{ kind: 'failed', rung: true, stale: false, reason: 'timeout' },
      seen: 'BT_CTRL reads 0x80 B_BUSY',
    });
    return edges;
  },
  'waitClear -> waitReady'() {
    const { machine, edges, bmc } = rig();
    bmc.leaveResponse(STALE);
    machine.start(ATTEMPT);
    machine.poll(0);
    expect(machine.state).toBe('waitReady');
    return edges;
  },
  'waitClear -> waitReply'() {
    const { machine, edges, bmc } = rig({ responseMs: 10_000 });
    machine.start(ATTEMPT);
    machine.poll(0);
    bmc.leaveResponse(STALE);
    expect(machine.poll(2)).toEqual({ kind: 'wait', rung: true, stale: true, untilMs: 2 });
    return edges;
  },
  'waitClear -> idle'() {
    const { machine, edges } = rig();
    machine.start(ATTEMPT);
    machine.poll(0);
    expect(machine.state).toBe('idle');
    return edges;
  },
};

const ALL_EDGES = Object.entries(EDGES).flatMap(([from, to]) =>
  Object.keys(to).map((name) => `${from} -> ${name}`),
);

test.each(ALL_EDGES)('takes the edge %s', (edge) => {
  expect(SCENARIOS[edge]?.()).toContain(edge);
});

test('has no edge that the table does not know', () => {
  const { machine } = rig();
  machine.start(ATTEMPT);
  expect(() => {
    machine.start(ATTEMPT);
  }).toThrow('bug: no edge waitReady -> waitReady');
});

test('an early or repeated poll changes nothing and loses nothing', () => {
  const { machine, clock } = rig({ responseMs: 7 });
  machine.start(ATTEMPT);
  for (let ms = 0; ms < 7; ms += TURN_MS) {
    expect(machine.poll(clock.now()).kind).toBe('wait');
    expect(machine.poll(clock.now()).kind).toBe('wait');
    clock.skip(TURN_MS);
  }
  expect(machine.poll(clock.now())).toMatchObject({ kind: 'done' });
  expect(machine.poll(clock.now())).toMatchObject({ kind: 'idle' });
  expect(machine.poll(clock.now())).toMatchObject({ kind: 'idle' });
});

test('a reply that is there counts even when the process was stopped past the deadline', () => {
  const { machine, clock } = rig({ responseMs: 7 });
  machine.start(ATTEMPT);
  machine.poll(0);

  clock.skip(60_000);

  expect(machine.poll(clock.now())).toMatchObject({ kind: 'done' });
});

test('the BMC gets all its time when the process was stopped before the ring', () => {
  const { machine, clock } = rig({ responseMs: 400 });
  machine.start(ATTEMPT);
  machine.poll(0);

  // The poll that rang was handed a time that had long passed when it rang.
  clock.skip(900);

  expect(machine.poll(900)).toMatchObject({ kind: 'done' });
});

test('nothing is written once the time to start is over', () => {
  const { machine, bmc } = rig();
  machine.start({ ...ATTEMPT, startByMs: 5 });

  expect(machine.poll(5)).toMatchObject({ kind: 'failed', reason: 'notReady' });
  expect(bmc.writes).toBe(0);
});

test.each([
  ['B_BUSY', 0x80],
  ['H2B_ATN', 0x04],
  ['the bus floats', 0xff],
])('waits while %s, looking ever more rarely, until it is too late to start', (_, bits) => {
  let busy = true;
  const wrap = (port: PortIo): PortIo =>
    new BentPort(port, (at, value) => (at === CTRL && busy ? value | bits : value));
  const { machine, bmc } = rig({ wrap });
  machine.start(ATTEMPT);

  expect(machine.poll(10)).toMatchObject({ kind: 'wait', untilMs: 10 });
  expect(machine.poll(11)).toMatchObject({ kind: 'wait', untilMs: 12 });
  expect(machine.poll(510)).toMatchObject({ kind: 'wait', untilMs: 555 });
  expect(machine.poll(999.5)).toMatchObject({ kind: 'wait', untilMs: 1000 });
  expect(bmc.writes).toBe(0);
  busy = false;
  expect(machine.poll(999.75)).toMatchObject({ kind: 'done' });
});

test('puts H_BUSY right that a dead process left set, before the frame', () => {
  const { machine, bmc } = rig();
  bmc.leaveHostBusy();
  machine.start(ATTEMPT);

  expect(machine.poll(0)).toMatchObject({ kind: 'done' });
});

test.each([
  ['seq', [0xc4, 10, 0x01, 0x00]],
  ['cmd', [0xc4, 9, 0x02, 0x00]],
  ['netFn', [0x1c, 9, 0x01, 0x00]],
  ['LUN', [0xc5, 9, 0x01, 0x00]],
  ['direction', [0xc0, 9, 0x01, 0x00]],
])('drops a response with another %s within the same deadline', (_, body) => {
  const { machine, bmc } = rig({ responseMs: 10_000 });
  machine.start(ATTEMPT);
  machine.poll(0);
  machine.poll(0);
  bmc.leaveResponse(body);

  expect(machine.poll(100)).toEqual({ kind: 'wait', rung: true, stale: true, untilMs: 109 });
  expect(machine.poll(500)).toMatchObject({ kind: 'failed', reason: 'timeout' });
});

test.each([0, 1, 2, 3])('a response of %i bytes is no reply: garbled at the deadline', (length) => {
  const { machine, bmc } = rig({ responseMs: 10_000 });
  machine.start(ATTEMPT);
  machine.poll(0);
  machine.poll(0);
  bmc.leaveResponse([0xc4, 9, 0x01].slice(0, length));

  expect(machine.poll(100).kind).toBe('wait');
  expect(machine.poll(500)).toMatchObject({ kind: 'failed', reason: 'garbled' });
});

test('B2H_ATN that never clears fails the attempt at its deadline and leaves H_BUSY 0', () => {
  const { machine, bmc } = rig({ wrap: sticky });
  machine.start({ ...ATTEMPT, startByMs: 50 });

  expect(machine.poll(0)).toMatchObject({ kind: 'wait', untilMs: 1 });
  expect(machine.state).toBe('waitClear');
  expect(machine.poll(49.5)).toMatchObject({ kind: 'wait', untilMs: 50 });
  expect(machine.poll(50)).toEqual({
    ...{ kind: 'failed', rung: false, stale: false, reason: 'notReady' },
    seen: 'BT_CTRL reads 0x48 B2H_ATN H_BUSY',
  });
  bmc.assertQuiet();
});

test('cancel() drops what was not written and leaves alone what was', () => {
  const { machine, bmc } = rig({ responseMs: 10 });
  machine.start(ATTEMPT);
  expect(machine.cancel()).toBe(true);
  expect(machine.state).toBe('idle');
  expect(bmc.writes).toBe(0);

  machine.start(ATTEMPT);
  machine.poll(0);
  expect(machine.cancel()).toBe(false);
  expect(machine.state).toBe('waitReply');
});

test('cancel() during a stale response takes it out to the end, for nobody', () => {
  let stuck = true;
  const wrap = (port: PortIo): PortIo =>
    new BentPort(port, (at, value) => (at === CTRL && stuck ? value | 0x08 : value));
  const { machine } = rig({ wrap });
  machine.start(ATTEMPT);
  machine.poll(0);

  expect(machine.cancel()).toBe(true);
  stuck = false;

  expect(machine.poll(1)).toMatchObject({ kind: 'idle' });
  expect(machine.state).toBe('idle');
});

test('counts SMS_ATN once a rise and does not clear it', () => {
  const { machine, bmc, registers, statistics } = rig();
  bmc.raiseSmsAttention();

  machine.start(ATTEMPT);
  machine.poll(0);
  machine.start({ ...ATTEMPT, request: GET_DEVICE_ID });
  machine.poll(0);

  expect(statistics.attentions).toBe(1);
  expect(registers.status() & 0x10).toBe(0x10);
});

test('says when another response already waits behind the reply', () => {
  const { machine, bmc } = rig({
    // The BMC puts the next one up as soon as H_BUSY is gone.
    wrap: (port) =>
      new CyclePort(port, (cycle) => {
        if (cycle === 13) bmc.leaveResponse(STALE);
      }),
  });
  machine.start({ ...ATTEMPT, request: request(0x06, 0x04) });

  expect(machine.poll(0)).toMatchObject({ kind: 'done', more: true });
  expect(machine.poll(0)).toMatchObject({ kind: 'idle' });
});

test.each([
  ['before H2B_ATN', false, 0],
  ['after H2B_ATN', true, 1],
])('ports that fail %s are a result, and no throw', (_, rung, atRing) => {
  const cause = new Error('EIO');
  const { machine, bmc } = rig({
    responseMs: 10,
    wrap: (port) =>
      new CyclePort(port, () => {
        if (bmc.executed.length === atRing && machine.state !== 'idle') throw cause;
      }),
  });
  machine.start(ATTEMPT);

  expect(machine.poll(0)).toEqual({ kind: 'broken', rung, stale: false, cause });
});

test('a look at SMS_ATN says what there is, and counts as a look', () => {
  let floats = false;
  const wrap = (port: PortIo): PortIo => new BentPort(port, (_, value) => (floats ? 0xff : value));
  const { machine, bmc, statistics } = rig({ wrap });
  expect(machine.attention()).toBe('nothing');
  bmc.raiseSmsAttention();
  expect([machine.attention(), machine.attention()]).toEqual(['attention', 'attention']);
  floats = true;
  expect(machine.attention()).toBe('absent');
  floats = false;

  expect(statistics.attentions).toBe(1);
});
