/** `DevPort` against a plain file: there, as in /dev/port, the position is the port. */

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { type DevPort, openDevPort } from '../../src/port/dev-port.ts';
import type { PortIo } from '../../src/port/port.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { nonEmpty } from '../support/lists.ts';
import { tempFolder } from '../support/temp-folder.ts';

const RANGE = { base: 0xce4, count: 3 };
const NO_FILES = fakeFiles({});

interface Rig {
  readonly port: DevPort;
  readonly path: string;
  /** The bytes of ports 0xce3..0xce7, the neighbours included. */
  readonly bytes: () => readonly number[];
}

/** A file in which each port reads as its own low byte. */
function rig(length = 0x10000): Rig {
  const path = join(tempFolder(), 'port');
  writeFileSync(
    path,
    Uint8Array.from({ length }, (_, port) => port),
  );
  const bytes = (): readonly number[] => [...readFileSync(path).subarray(0xce3, 0xce8)];
  const port = openDevPort(RANGE, NO_FILES, path);
  onTestFinished(() => {
    port.close();
  });
  return { port, path, bytes };
}

const UNTOUCHED = [0xe3, 0xe4, 0xe5, 0xe6, 0xe7];

function accesses(port: PortIo, number: number): readonly (() => unknown)[] {
  const bytes = new Uint8Array(2);
  return [
    () => port.inb(number),
    () => {
      port.outb(number, 1);
    },
    () => {
      port.readBytes(number, bytes, 2);
    },
    () => {
      port.writeBytes(number, bytes, 2);
    },
  ];
}

test('the position in the file is the port', () => {
  const { port, bytes } = rig();

  expect([port.inb(0xce4), port.inb(0xce6)]).toEqual([0xe4, 0xe6]);
  port.outb(0xce5, 0x11);
  port.outb(0xce6, 0xff);

  expect(bytes()).toEqual([0xe3, 0xe4, 0x11, 0xff, 0xe7]);
});

test('block calls stay on the one port', () => {
  const { port, bytes } = rig();
  const target = new Uint8Array(4);

  port.readBytes(0xce5, target, 3);
  port.writeBytes(0xce4, Uint8Array.of(1, 2, 3, 4), 3);

  expect(target).toEqual(Uint8Array.of(0xe5, 0xe5, 0xe5, 0));
  expect(bytes()).toEqual([0xe3, 3, 0xe5, 0xe6, 0xe7]);
});

test.each([0xce3, 0xce7, 0, -1, Number.NaN, 0xce4 + 2 ** 32])(
  'port %s is outside the range and not touched',
  (number) => {
    const { port, bytes } = rig();

    for (const access of nonEmpty(accesses(port, number)))
      expect(access).toThrow('is outside 0xce4+3');

    expect(bytes()).toEqual(UNTOUCHED);
  },
);

test('a block longer than its array moves no byte', () => {
  const { port, bytes } = rig();
  const target = new Uint8Array(2);

  expect(() => {
    port.readBytes(0xce5, target, 3);
  }).toThrow('3 bytes do not fit 2');
  expect(() => {
    port.writeBytes(0xce5, Uint8Array.of(1, 2), 3);
  }).toThrow('3 bytes do not fit 2');

  expect(target).toEqual(new Uint8Array(2));
  expect(bytes()).toEqual(UNTOUCHED);
});

test('close() is idempotent, and no access reaches the next file of that descriptor', () => {
  const { port, path, bytes } = rig();
  port.close();
  const next = openSync(path, 'r+');

  port.close();

  for (const access of nonEmpty(accesses(port, 0xce4))) expect(access).toThrow('after close()');
  expect(bytes()).toEqual(UNTOUCHED);
  closeSync(next);
});

test('a port that reads as nothing is an error and not a zero', () => {
  const { port } = rig(0xce5);

  expect(port.inb(0xce4)).toBe(0xe4);
  expect(() => port.inb(0xce5)).toThrow('read of port 0xce5 returned nothing');
});

test('a kernel without the file is PORT_UNSUPPORTED', () => {
  const open = (): unknown => openDevPort(RANGE, NO_FILES, '/nowhere/port');

  expect(open).toThrow('PORT_UNSUPPORTED: open /nowhere/port: No such file or directory (');
});

test('a range that does not exist is refused', () => {
  const { path } = rig();

  expect(() => openDevPort({ base: 0xffff, count: 2 }, NO_FILES, path)).toThrow(RangeError);
});
