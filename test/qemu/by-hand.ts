/**
 * The BT registers worked by hand, without the driver: what a test needs to check QEMU itself. It
 * spells its own bit constants and trusts the device; it is not a second driver.
 */

import { onTestFinished } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { startQemu } from './qemu.ts';
import type { Qemu, QemuOptions } from './qemu.ts';

/** Bits of BT_CTRL. */
export const Ctrl = {
  CLR_WR_PTR: 0x01,
  CLR_RD_PTR: 0x02,
  H2B_ATN: 0x04,
  B2H_ATN: 0x08,
  SMS_ATN: 0x10,
  H_BUSY: 0x40,
  B_BUSY: 0x80,
} as const;

/** Bits of BT_INTMASK. */
export const IntMask = {
  B2H_IRQ_EN: 0x01,
  B2H_IRQ: 0x02,
  BMC_HWRST: 0x80,
} as const;

/** The external BMC runs in this process: milliseconds, unless the machine is very busy. */
const PATIENCE_MS = 120_000;

/** A QEMU that ends with the test. */
export async function boot(options: QemuOptions): Promise<Qemu> {
  const qemu = await startQemu(options);
  onTestFinished(() => qemu.stop());
  return qemu;
}

export function readCtrl(qemu: Qemu): number {
  return qemu.port.inb(qemu.base);
}

export function writeCtrl(qemu: Qemu, value: number): void {
  qemu.port.outb(qemu.base, value);
}

export function readFifo(qemu: Qemu, count: number): number[] {
  const bytes = new Uint8Array(count);
  qemu.port.readBytes(qemu.base + 1, bytes, count);
  return [...bytes];
}

export function writeFifo(qemu: Qemu, frame: readonly number[]): void {
  qemu.port.writeBytes(qemu.base + 1, Uint8Array.from(frame), frame.length);
}

export function writeIntMask(qemu: Qemu, value: number): void {
  qemu.port.outb(qemu.base + 2, value);
}

export function sendFrame(qemu: Qemu, frame: readonly number[]): void {
  writeCtrl(qemu, Ctrl.CLR_WR_PTR);
  writeFifo(qemu, frame);
  writeCtrl(qemu, Ctrl.H2B_ATN);
}

/** The reply that is there, without its length byte. */
export function takeReply(qemu: Qemu): number[] {
  writeCtrl(qemu, Ctrl.H_BUSY);
  writeCtrl(qemu, Ctrl.B2H_ATN);
  writeCtrl(qemu, Ctrl.CLR_RD_PTR);
  const [length = 0] = readFifo(qemu, 1);
  const reply = readFifo(qemu, length);
  writeCtrl(qemu, Ctrl.H_BUSY);
  return reply;
}

/** Lets the event loop turn, and with it the external BMC, until something is so. */
export async function until(isSo: () => boolean, describeState: () => string): Promise<void> {
  const deadlineMs = systemClock.now() + PATIENCE_MS;
  while (!isSo()) {
    if (systemClock.now() > deadlineMs) {
      throw new Error(`after ${PATIENCE_MS} ms ${describeState()}`);
    }
    await new Promise<void>((resolve) => systemClock.turn(resolve));
  }
}

export async function untilCtrl(qemu: Qemu, value: number): Promise<void> {
  await until(
    () => readCtrl(qemu) === value,
    () => `BT_CTRL is 0x${readCtrl(qemu).toString(16)}, not 0x${value.toString(16)}`,
  );
}

/** The reply of an external BMC, once it is there. */
export async function awaitReply(qemu: Qemu): Promise<number[]> {
  await untilCtrl(qemu, Ctrl.B2H_ATN);
  return takeReply(qemu);
}
