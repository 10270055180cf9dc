/** PCI devices of the IPMI class. */

import { describe, expect, test } from 'vitest';

import { readPci } from '../../src/discover/pci.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { captured } from '../support/hosts.ts';
import type { HostFiles } from '../support/hosts.ts';

const DEVICE = '0000:00:02.0';
const FOLDER = `/sys/bus/pci/devices/${DEVICE}`;

const PORTS = '0x000000000000c010 0x000000000000c017 0x0000000000040101';
const MEMORY = '0x00000000febd0000 0x00000000febd0fff 0x0000000000040200';
const NONE = '0x0000000000000000 0x0000000000000000 0x0000000000000000';

function device(resource: readonly string[], files: HostFiles = {}): HostFiles {
  const base = { [`${FOLDER}/class`]: '0x0c0702\n', [`${FOLDER}/resource`]: resource.join('\n') };
  return { ...base, ...files };
}

function read(host: HostFiles) {
  return readPci(fakeFiles(host));
}

describe('a PCI device', () => {
  test('of QEMU is BT at the ports it was given', () => {
    expect(read(captured('pci-bt'))).toEqual({
      source: 'pci',
      records: [
        {
          source: 'pci',
          where: DEVICE,
          type: 'bt',
          space: 'io',
          address: 0xc010,
          spacing: 1,
          irq: 10,
          ipmiVersion: undefined,
          pciDevice: DEVICE,
        },
      ],
      problems: [],
      unseen: [],
    });
  });

  test('of another class is none of ours', () => {
    expect(read(captured('isa-bt')).records).toEqual([]);
  });

  test.each(['__proto__', 'constructor'])('of the class %s is none of ours', (text) => {
    expect(read(device([PORTS], { [`${FOLDER}/class`]: text })).records).toEqual([]);
  });

  test.each([
    ['0x0c0700', 'smic'],
    ['0x0c0701', 'kcs'],
  ])('of class %s is %s', (text, type) => {
    const host = device([PORTS], { [`${FOLDER}/class`]: `${text}\n` });

    expect(read(host).records).toMatchObject([{ type, address: 0xc010 }]);
  });

  test.each([
    ['ports first', [PORTS, MEMORY]],
    ['ports last', [NONE, MEMORY, NONE, NONE, NONE, PORTS]],
  ])('with ports and memory has its registers at the ports: %s', (_, resource) => {
    expect(read(device(resource)).records).toMatchObject([{ space: 'io', address: 0xc010 }]);
  });

  test('with memory only has them there', () => {
    expect(read(device([NONE, MEMORY])).records).toMatchObject([
      { space: 'memory', address: 0xfebd0000, irq: undefined },
    ]);
  });

  test.each([
    ['nothing', [NONE]],
    ['a bridge window only, which is no base address', [...Array<string>(6).fill(NONE), PORTS]],
    ['an empty file', []],
    ['words', ['ports memory 0x100']],
  ])('with %s has no place', (_, resource) => {
    expect(read(device(resource))).toMatchObject({
      records: [],
      problems: [`${DEVICE}: an IPMI device without ports or memory`],
    });
  });
});
