/**
 * QEMU's BT device at the specification's own address, without interrupt, and behind a port that
 * turns its answer to Get BT Interface Capabilities into a completion code: QEMU itself answers
 * that command always.
 */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import type { PortIo } from '../../src/port/port.ts';
import { E4, REFUSAL } from '../support/profiles.ts';
import { boot } from './by-hand.ts';
import { describeWithQemu } from './describe-with-qemu.ts';
import type { Qemu } from './qemu.ts';

const GET_BT_CAPABILITIES = 0x36;

/** The bytes that a response's length byte counts when it has no data. */
const BARE = 4;

/** Where the command stands in a frame. */
const CMD = 3;

/** Takes a whole frame from QEMU at its first byte, and hands on the one that it makes of it. */
class RefusingPort implements PortIo {
  refusals = 0;
  readonly #qemu: Qemu;
  #frame: number[] = [];

  constructor(qemu: Qemu) {
    this.#qemu = qemu;
  }

  inb(port: number): number {
    const { port: qtest, base } = this.#qemu;
    return port === base + 1 ? this.#readFifo() : qtest.inb(port);
  }

  outb(port: number, value: number): void {
    if (port === this.#qemu.base) this.#frame = [];
    this.#qemu.port.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#qemu.port.writeBytes(port, source, count);
  }

  close(): void {
    // QEMU ends with the test.
  }

  #readFifo(): number {
    if (this.#frame.length === 0) this.#frame = this.#takeFrame();
    return this.#frame.shift() ?? 0xff;
  }

  #takeFrame(): number[] {
    const { port: qtest, base } = this.#qemu;
    const length = qtest.inb(base + 1);
    const rest = new Uint8Array(length);
    qtest.readBytes(base + 1, rest, length);
    const frame = [length, ...rest];
    if (frame[CMD] !== GET_BT_CAPABILITIES) return frame;
    this.refusals += 1;
    return [BARE, ...frame.slice(1, BARE), REFUSAL];
  }
}

describeWithQemu('a BMC at 0xe4 that refuses to tell its capabilities', () => {
  test('is brought up with the defaults, and polled', async () => {
    const qemu = await boot({ bmc: 'sim', base: E4.base, irq: 0 });
    const port = new RefusingPort(qemu);
    const device = await open({ base: E4.base, port });
    onTestFinished(() => device.close());

    expect(port.refusals).toBe(1);
    expect(device.capabilities).toEqual(DEFAULT_CAPABILITIES);
    expect(device.deviceId).toMatchObject({ deviceId: 0x20, ipmiVersion: '2.0' });

    for (let round = 0; round < 20; round += 1) {
      const { completionCode } = await device.request({ netFn: 0x06, cmd: 0x01 });
      expect(completionCode).toBe(0);
    }
    expect(device.statistics().interrupts).toBe(0);
  });

  test('is asked for them when a long request first needs them, and refuses that by its size', async () => {
    const qemu = await boot({ bmc: 'sim', base: E4.base, irq: 0 });
    const port = new RefusingPort(qemu);
    const device = await open({ base: E4.base, port, bringUp: 'lazy' });
    onTestFinished(() => device.close());

    const data = new Uint8Array(100);
    await expect(device.request({ netFn: 0x30, cmd: 0x01, data })).rejects.toMatchObject({
      code: 'REQUEST_TOO_LONG',
      outcome: 'not-sent',
    });
    expect(port.refusals).toBe(1);
  });
});
