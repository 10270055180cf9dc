/**
 * Two BT interfaces given the same accesses, one after the other: every read must give both the
 * same. Where one does not, the fewest accesses that still tell them apart are looked for.
 */

import type { PortIo } from '../../src/port/port.ts';
import { Rng } from '../../src/sim/rng.ts';
import { harmless, sequenceOf } from './register-sequences.ts';
import type { Operation } from './register-sequences.ts';

/** A run is `SEQUENCES` sequences, each from a fresh start, of at least so many accesses. */
const SEQUENCES = 30;
const SEQUENCE_ACCESSES = 300;
const ACCESSES_SHOWN = 40;
const REGISTERS = ['BT_CTRL', 'FIFO', 'BT_INTMASK', '(none)'];

/** A BT interface in its first state. */
export interface Side {
  readonly name: string;
  readonly port: Pick<PortIo, 'inb' | 'outb'>;
  /** Port of BT_CTRL. */
  readonly base: number;
}

/** Both interfaces, each like new. */
export type Start = () => readonly [Side, Side];

interface Difference {
  /** How many accesses it took. */
  readonly step: number;
  /** The last of them, with what both gave. */
  readonly lines: readonly string[];
}

/** Thrown where two interfaces differ. */
export class DifferenceError extends Error {
  override readonly name = 'DifferenceError';
  /** Accesses since the start of the run. */
  readonly step: number;

  constructor(message: string, step: number) {
    super(message);
    this.step = step;
  }
}

/** Makes all accesses of the seed and says how many; throws at the first difference. */
export function runSeed(seed: number, start: Start): number {
  const rng = new Rng(seed);
  let before = 0;
  for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
    const operations = sequenceOf(rng, SEQUENCE_ACCESSES);
    const found = compare(operations, start());
    if (found !== undefined) {
      const step = before + found.step;
      const fewest = shrink(operations.slice(0, found.step), start);
      throw new DifferenceError(explain({ seed, step, found, fewest }, start), step);
    }
    before += operations.length;
  }
  return before;
}

/** Where the first read differs, if one does. */
function compare(
  operations: readonly Operation[],
  [one, other]: readonly [Side, Side],
): Difference | undefined {
  const lines: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const values = [access(one, operation), access(other, operation)];
    lines.push(describeAccess(operation, values));
    if (lines.length > ACCESSES_SHOWN) lines.shift();
    if (values[0] !== values[1]) return { step: index + 1, lines };
  }
  return undefined;
}

/** What a read gives; undefined for a write. */
function access({ port, base }: Side, operation: Operation): number | undefined {
  const at = base + operation.offset;
  if (operation.kind === 'read') return port.inb(at);
  port.outb(at, operation.value);
  return undefined;
}

/** As few of the accesses as still make a difference: halves, quarters, ... are left out. */
function shrink(operations: readonly Operation[], start: Start): readonly Operation[] {
  const differs = (fewer: readonly Operation[]): boolean =>
    compare(harmless(fewer), start()) !== undefined;
  let fewest = operations;
  for (let size = operations.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < fewest.length;) {
      const fewer = fewest.toSpliced(at, size);
      if (differs(fewer)) fewest = fewer;
      else at += size;
    }
  }
  return harmless(fewest);
}

interface Finding {
  readonly seed: number;
  readonly step: number;
  readonly found: Difference;
  readonly fewest: readonly Operation[];
}

function explain({ seed, step, found, fewest }: Finding, start: Start): string {
  const sides = start();
  const shrunk = compare(fewest, sides);
  return [
    `SEED=${seed}, step ${step}: ${sides.map(({ name }) => name).join(' and ')} differ`,
    ...[`the last accesses:`, ...found.lines],
    ...[`the fewest that differ, ${fewest.length}:`, ...(shrunk?.lines ?? ['(only at times)'])],
  ].join('\n  ');
}

function describeAccess(operation: Operation, values: readonly (number | undefined)[]): string {
  const register = REGISTERS[operation.offset] ?? '?';
  if (operation.kind === 'write') return `out ${register.padEnd(10)} ${hex(operation.value)}`;
  const [one, other] = values.map((value) => hex(value ?? NaN));
  return `in  ${register.padEnd(10)} ${one}${one === other ? '' : ` and ${other}`}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
