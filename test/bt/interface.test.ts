/** A BT interface behind the driver's contract: how its parts are put together. */

import { describe, expect, test } from 'vitest';

import { btInterface } from '../../src/bt/interface.ts';
import type { BtInterfaceParts } from '../../src/bt/interface.ts';
import type { Attempt } from '../../src/driver/machine.ts';
import type { IrqLine } from '../../src/port/irq-line.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { echo } from '../support/rig.ts';

const BASE = 0xce4;
const ATTEMPT: Attempt = { request: echo(7), seq: 9, startByMs: 5000, replyWithinMs: 5000 };
const [B_BUSY, BUSY_WRITE] = [0x80, 0x04];

interface Bench extends Partial<BtInterfaceParts> {
  readonly sim?: SimOptions;
}

/** An interface to a simulated BMC, its register accesses, and the calls to the layer above. */
function bench({ sim = {}, ...parts }: Bench = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, base: BASE, ...sim });
  const port = new RecordingPort(bmc, BASE);
  const calls: string[] = [];
  const bt = btInterface(
    {
      ...{ port, block: { base: BASE, spacing: 1 }, quirks: [], pollMs: 0 },
      ...{ line: undefined, trace: undefined, ...parts },
    },
    {
      onAttention: () => calls.push('attention'),
      onDropped: () => calls.push('dropped'),
      onLost: () => calls.push('lost'),
      warn: (_, text) => calls.push(text),
    },
  );
  return { clock, bmc, port, calls, bt };
}

test('touches no register before it is used', () => {
  const { port, bt } = bench();

  expect(port.cycles).toEqual([]);
  expect(bt.machine.isIdle).toBe(true);
});

test('has a command for its capabilities', () => {
  expect(bench().bt.hasCapabilities).toBe(true);
});

describe('the trace', () => {
  test('receives a line for every register access', () => {
    const lines: string[] = [];
    const trace = { write: (line: string) => void lines.push(line), payload: false };
    const { bt } = bench({ trace });

    expect(bt.machine.presence().kind).toBe('present');

    expect(lines).toEqual([
      'in  BT_CTRL    0x00',
      'in  BT_INTMASK 0x00',
      'in  BT_CTRL    0x00',
      'in  BT_INTMASK 0x00',
    ]);
  });

  test('changes no access: a request is the same without it', () => {
    const trace = { write: () => undefined, payload: true };
    const [traced, plain] = [bench({ trace }), bench()];

    for (const { bt } of [traced, plain]) {
      bt.machine.start(ATTEMPT);
      expect(bt.machine.poll(0, false)).toMatchObject({ kind: 'done', rung: true });
    }

    expect(plain.port.rings()).toBe(1);
    expect(traced.port.cycles).toEqual(plain.port.cycles);
  });
});

describe('the interrupt', () => {
  test('is absent without a line', () => {
    expect(bench().bt.interrupt).toBeUndefined();
  });

  test('has the line, and is acknowledged in BT_INTMASK', () => {
    const done: string[] = [];
    const line: IrqLine = {
      path: '/dev/uio0',
      ownsMask: false,
      watch: () => done.push('watch'),
      rearm: () => done.push('rearm'),
      enable: (on) => done.push(`enable ${on}`),
      close: () => done.push('close'),
    };
    const { bt, port } = bench({ line });

    bt.interrupt?.enable();
    bt.interrupt?.acknowledge();

    expect(bt.interrupt?.line).toBe(line);
    expect(done).toEqual(['enable true', 'rearm']);
    // B2H_IRQ and B2H_IRQ_EN.
    expect(port.writes(2)).toEqual([0x03]);
  });
});

test('the rise of SMS_ATN is reported once', () => {
  const { bmc, bt, calls } = bench();
  bmc.raiseSmsAttention();

  bt.machine.poll(0, false);
  bt.machine.poll(1, false);

  expect(calls).toEqual(['attention']);
});

test('pollMs is the time to the next poll', () => {
  const { bt } = bench({ pollMs: 300, sim: { responseMs: 1000 } });
  bt.machine.start(ATTEMPT);

  expect(bt.machine.poll(0, false)).toMatchObject({ kind: 'wait', untilMs: 300 });
});

test.each([
  [[], 0],
  [['write-under-busy'] as const, 1],
])('with quirks %j a request is written under B_BUSY %i times', (quirks, times) => {
  const { port, bt } = bench({ quirks });
  const inb = port.inb.bind(port);
  port.inb = (at) => inb(at) | (at === BASE ? B_BUSY : 0);
  bt.machine.start(ATTEMPT);

  bt.machine.poll(0, false);
  bt.machine.poll(1000, false);

  expect(port.writes(0).filter((value) => value === BUSY_WRITE)).toHaveLength(times);
});

describe('a drain', () => {
  test('is over at once where nothing is on the wire', () => {
    const { bt } = bench();

    expect(bt.drain().look(false)).toBe(true);
  });

  test('waits for the command that is on the wire when it begins', async () => {
    const { clock, bt } = bench({ sim: { responseMs: 100, showsBusy: false } });
    bt.machine.start(ATTEMPT);
    bt.machine.poll(0, false);

    const drain = bt.drain();
    bt.machine.quiesce();
    const early = drain.look(false);
    const { reason } = drain;
    await clock.pass(100);

    expect([early, reason]).toEqual([false, 'a command is still in flight in the BMC']);
    expect(drain.look(false)).toBe(true);
  });

  test('does not wait for a command that was answered', () => {
    const { bt } = bench({ sim: { showsBusy: false } });
    bt.machine.start(ATTEMPT);
    bt.machine.poll(0, false);

    expect(bt.drain().look(false)).toBe(true);
  });
});
