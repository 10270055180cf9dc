/**
 * The remains of a program that had the interface before and died: its request, its response, or
 * the registers halfway between. Worked at the registers by hand, over any port.
 */

import type { PortIo } from '../../src/index.ts';
import { Ctrl, until } from '../qemu/by-hand.ts';

/** A BT interface, by its ports. */
export interface Interface {
  readonly port: PortIo;
  /** Port of BT_CTRL. */
  readonly base: number;
}

/** The sequence number of the former owner's request, which is Get Device ID. */
export const FORMER_SEQ = 0x5a;

const GET_DEVICE_ID = Uint8Array.of(0x03, 0x18, FORMER_SEQ, 0x01);

/** The name of what is left, how many responses of his are to be dropped, and how it is left. */
export type Remains = readonly [string, number, (target: Interface) => void | Promise<void>];

export const REMAINS: readonly Remains[] = [
  ['a request still being executed', 1, ring],
  ['a response nobody took', 1, leaveResponse],
  ['a response about to be taken', 1, leaveResponseUnderHostBusy],
  ['a response half read', 0, leaveResponseHalfRead],
  ['a frame without H2B_ATN', 0, leaveFrameUnrung],
  ['H_BUSY set', 0, leaveHostBusy],
];

/** Asks, and does not wait. */
export function ring({ port, base }: Interface): void {
  port.outb(base, Ctrl.CLR_WR_PTR);
  port.writeBytes(base + 1, GET_DEVICE_ID, GET_DEVICE_ID.length);
  port.outb(base, Ctrl.H2B_ATN);
}

/** Asks, waits for the response, and does not take it. */
export async function leaveResponse(target: Interface): Promise<void> {
  const { port, base } = target;
  ring(target);
  await until(
    () => port.inb(base) === Ctrl.B2H_ATN,
    () => `BT_CTRL is 0x${port.inb(base).toString(16)}, not B2H_ATN`,
  );
}

async function leaveResponseUnderHostBusy(target: Interface): Promise<void> {
  await leaveResponse(target);
  leaveHostBusy(target);
}

async function leaveResponseHalfRead(target: Interface): Promise<void> {
  const { port, base } = target;
  await leaveResponseUnderHostBusy(target);
  port.outb(base, Ctrl.B2H_ATN);
  port.outb(base, Ctrl.CLR_RD_PTR);
  port.readBytes(base + 1, new Uint8Array(3), 3);
}

function leaveFrameUnrung({ port, base }: Interface): void {
  port.outb(base, Ctrl.CLR_WR_PTR);
  port.writeBytes(base + 1, GET_DEVICE_ID, 3);
}

function leaveHostBusy({ port, base }: Interface): void {
  port.outb(base, Ctrl.H_BUSY);
}
