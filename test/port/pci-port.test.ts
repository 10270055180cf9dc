/** Ports that answer only while their PCI device is enabled. */

import { describe, expect, test } from 'vitest';

import { PciPort } from '../../src/port/pci-port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

const DEVICE = '0000:00:02.0';
const ENABLE = `/sys/bus/pci/devices/${DEVICE}/enable`;

describe('the ports of a PCI device', () => {
  /** A port behind which the device's `enable` is written to, or refuses `refused`. */
  function bench(refused?: string) {
    const writes: string[] = [];
    const bmc = new SimBmc();
    const writeNow = (path: string, text: string): void => {
      if (text === refused) throw Object.assign(new Error(`EACCES: ${path}`), { code: 'EACCES' });
      writes.push(`${path} ${text}`);
    };
    return { writes, bmc, open: () => new PciPort(bmc, DEVICE, { writeNow }) };
  }

  test('are enabled until they are closed, and closed once', () => {
    const { writes, open } = bench();

    const port = open();
    expect(writes).toEqual([`${ENABLE} 1`]);
    port.close();
    port.close();

    expect(writes).toEqual([`${ENABLE} 1`, `${ENABLE} 0`]);
  });

  test('are those behind it', () => {
    const { bmc, open } = bench();
    const port = open();
    const frame = Uint8Array.of(3, 0x18, 1, 1);

    port.outb(bmc.base, 0x01);
    port.writeBytes(bmc.base + 1, frame, frame.length);
    port.outb(bmc.base, 0x04);
    port.outb(bmc.base, 0x40);
    port.outb(bmc.base, 0x0a);
    const reply = new Uint8Array(4);
    port.readBytes(bmc.base + 1, reply, reply.length);

    expect([...reply.subarray(1)]).toEqual([0x1c, 1, 1]);
    expect(port.inb(bmc.base) & 0x40).toBe(0x40);
  });

  test('are closed, and refused, when the device may not be enabled', () => {
    const { bmc, open } = bench('1');

    expect(open).toThrow(/^PORT_DENIED: cannot enable the PCI device 0000:00:02.0: E(PERM|ACCES)/);
    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  });

  test('close when the device has gone meanwhile', () => {
    const { bmc, open } = bench('0');

    open().close();

    expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  });
});
