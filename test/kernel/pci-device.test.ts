/** The ports, the memory and the interrupt of a PCI device, as /sys shows them. */

import { describe, expect, test } from 'vitest';

import { pciBars, pciIrq } from '../../src/kernel/pci-device.ts';
import { fakeFiles } from '../support/fake-files.ts';

const DEVICE = '0000:00:02.0';
const FOLDER = `/sys/bus/pci/devices/${DEVICE}`;

const PORTS = '0x000000000000c010 0x000000000000c017 0x0000000000040101';
const MEMORY = '0x00000000febd0000 0x00000000febd0fff 0x0000000000040200';
const NONE = '0x0000000000000000 0x0000000000000000 0x0000000000000000';
const UNSET = '0x0000000000000000 0x0000000000000000 0x0000000000040101';

const IO_BAR = { space: 'io', start: 0xc010, end: 0xc017 };

function bars(...lines: readonly string[]) {
  return pciBars(DEVICE, fakeFiles({ [`${FOLDER}/resource`]: lines.join('\n') }));
}

describe('base address registers', () => {
  test('are those of ports and of memory, in order', () => {
    const memory = { space: 'memory', start: 0xfebd0000, end: 0xfebd0fff };

    expect(bars(NONE, MEMORY, PORTS)).toEqual([memory, IO_BAR]);
  });

  test.each([
    ['one that is not set', [UNSET, PORTS]],
    ['one beyond 2^53', [MEMORY.replaceAll('00000000f', 'ffffffff0'), PORTS]],
    ['a line of words', ['ports memory 0x100', PORTS]],
    ['the window of a bridge', [PORTS, NONE, NONE, NONE, NONE, NONE, PORTS]],
  ])('do not include %s', (_, lines) => {
    expect(bars(...lines)).toEqual([IO_BAR]);
  });

  test('are none where the file is missing', () => {
    expect(pciBars(DEVICE, fakeFiles({}))).toEqual([]);
  });
});

test.each([
  ['10\n', 10],
  ['0\n', undefined],
  ['none\n', undefined],
])('an interrupt of %j is %s', (text, irq) => {
  expect(pciIrq(DEVICE, fakeFiles({ [`${FOLDER}/irq`]: text }))).toBe(irq);
  expect(pciIrq(DEVICE, fakeFiles({}))).toBeUndefined();
});
