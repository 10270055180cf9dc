/**
 * One test a quirk of real BMCs, named as the mark in the source. The peer is a script: the cycles
 * the driver must make, in order, with what each read returns; it has to be used up.
 */

import { describe, expect, test } from 'vitest';

import { BtMachine } from '../../src/bt/machine.ts';
import type { Quirk } from '../../src/bt/quirks.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import type { PortIo } from '../../src/port/port.ts';
import { GET_DEVICE_ID } from '../support/rig.ts';

const BASE = 0xce4;

/** `['in', register, value]` is read, `['out', register, value]` must be written. */
type Cycle = readonly ['in' | 'out', register: 0 | 1 | 2, value: number];

class ScriptedPort implements PortIo {
  readonly #script: readonly Cycle[];
  #at = 0;

  constructor(script: readonly Cycle[]) {
    this.#script = script;
  }

  get left(): number {
    return this.#script.length - this.#at;
  }

  inb(port: number): number {
    const [direction, register, value] = this.#next();
    expect(['in', port - BASE]).toEqual([direction, register]);
    return value;
  }

  outb(port: number, value: number): void {
    expect(['out', port - BASE, value]).toEqual(this.#next());
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  close(): void {
    this.#at = this.#script.length;
  }

  #next(): Cycle {
    const cycle = this.#script[this.#at];
    if (cycle === undefined) throw new Error('the script is used up');
    this.#at += 1;
    return cycle;
  }
}

function bytes(direction: 'in' | 'out', ...values: number[]): Cycle[] {
  return values.map((value) => [direction, 1, value]);
}

/** Get Device ID is written and rung. */
const WRITTEN: readonly Cycle[] = [
  ['out', 0, 0x01],
  ...bytes('out', 0x03, 0x18, 0x05, 0x01),
  ['out', 0, 0x04],
];

/** Its answer is taken out of the buffer, once B2H_ATN reads 0. */
const TAKEN: readonly Cycle[] = [
  ['in', 0, 0x40],
  ['out', 0, 0x02],
  ...bytes('in', 0x05, 0x1c, 0x05, 0x01, 0x00, 0x20),
  ['in', 0, 0x40],
  ['out', 0, 0x40],
  ['in', 0, 0x00],
];

test('sticky-b2h: B2H_ATN is hit again until it reads 0, and only then the response is read', () => {
  const port = new ScriptedPort([
    ['in', 0, 0x00],
    ...WRITTEN,
    ['in', 0, 0x08],
    ['out', 0, 0x40],
    ['out', 0, 0x08],
    ['in', 0, 0x48],
    ['out', 0, 0x08],
    ['in', 0, 0x48],
    ['out', 0, 0x08],
    ...TAKEN,
  ]);
  const machine = machineOf(port, []);
  machine.start({ request: GET_DEVICE_ID, seq: 5, startByMs: 1, replyWithinMs: 1 });

  expect(machine.poll(0)).toEqual({
    ...{ kind: 'done', rung: true, stale: false },
    reply: { completionCode: 0, data: Uint8Array.of(0x20) },
    more: false,
  });
  expect(port.left).toBe(0);
});

describe('write-under-busy', () => {
  const stuck = (): Cycle[] => [['in', 0, 0x80]];
  const attempt = { request: GET_DEVICE_ID, seq: 5, startByMs: 5000, replyWithinMs: 1 };

  test('write-under-busy: a frame is written when B_BUSY has been set for a second', () => {
    const port = new ScriptedPort([
      ...[...stuck(), ...stuck(), ...stuck()],
      ...WRITTEN,
      ['in', 0, 0x08],
      ['out', 0, 0x40],
      ['out', 0, 0x08],
      ...TAKEN,
    ]);
    const machine = machineOf(port, ['write-under-busy']);
    machine.start(attempt);

    expect([100, 1099].map((nowMs) => machine.poll(nowMs).kind)).toEqual(['wait', 'wait']);
    expect(machine.poll(1100).kind).toBe('done');
    expect(port.left).toBe(0);
  });

  test('nothing is written while H2B_ATN is set, or nothing decodes', () => {
    const port = new ScriptedPort([
      ['in', 0, 0x80],
      ['in', 0, 0x84],
      ['in', 0, 0xff],
    ]);
    const machine = machineOf(port, ['write-under-busy']);
    machine.start(attempt);

    const kinds = [0, 2000, 3000].map((nowMs) => machine.poll(nowMs).kind);
    expect(kinds).toEqual(['wait', 'wait', 'wait']);
  });

  test('it is off unless it is asked for', () => {
    const port = new ScriptedPort([...stuck(), ...stuck()]);
    const machine = machineOf(port, []);
    machine.start(attempt);

    expect([0, 4999].map((nowMs) => machine.poll(nowMs).kind)).toEqual(['wait', 'wait']);
  });
});

describe('lun-zero-replies', () => {
  /** Get Device ID to LUN 1 is written and rung, and a response with LUN 0 is taken. */
  const answered = (): Cycle[] => [
    ['in', 0, 0x00],
    ['out', 0, 0x01],
    ...bytes('out', 0x03, 0x19, 0x05, 0x01),
    ['out', 0, 0x04],
    ['in', 0, 0x08],
    ['out', 0, 0x40],
    ['out', 0, 0x08],
    ...TAKEN,
  ];
  const attempt = {
    request: { ...GET_DEVICE_ID, lun: 1 },
    ...{ seq: 5, startByMs: 1, replyWithinMs: 100 },
  };

  test('lun-zero-replies: a reply with LUN 0 answers a request to LUN 1', () => {
    const port = new ScriptedPort(answered());
    const machine = machineOf(port, ['lun-zero-replies']);
    machine.start(attempt);

    expect(machine.poll(0)).toMatchObject({
      kind: 'done',
      reply: { completionCode: 0, data: Uint8Array.of(0x20) },
    });
    expect(port.left).toBe(0);
  });

  test('it is off unless it is asked for, and the error of such a reply names it', () => {
    const port = new ScriptedPort([...answered(), ['in', 0, 0x00]]);
    const machine = machineOf(port, []);
    machine.start(attempt);

    const text = 'NetFn/LUN 0x1c instead of 0x1d, which the quirk lun-zero-replies takes';
    expect(machine.poll(0)).toMatchObject({ kind: 'wait', stale: true });
    expect(machine.misfit).toBe(text);
  });
});

function machineOf(port: PortIo, quirks: readonly Quirk[]): BtMachine {
  const registers = new BtRegisters(port, { base: BASE, spacing: 1 });
  return new BtMachine(registers, { quirks });
}
