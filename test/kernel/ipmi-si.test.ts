/** The interfaces of `ipmi_si`, as their parameters say. */

import { expect, test } from 'vitest';

import { findSiDevices } from '../../src/kernel/ipmi-si.ts';
import { fakeFiles } from '../support/fake-files.ts';

const FOLDER = '/sys/bus/platform/drivers/ipmi_si';
const FILE = `${FOLDER}/dmi-ipmi-si.0/params`;

function parametersOf(text: string) {
  return findSiDevices(fakeFiles({ [FILE]: text })).map(({ parameters }) => parameters);
}

test('are found on both buses, and files of the driver itself are none', () => {
  const text = 'bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32\n';
  const pci = '/sys/bus/pci/drivers/ipmi_si/0000:00:02.0/params';

  const devices = findSiDevices(fakeFiles({ [FILE]: text, [`${FOLDER}/bind`]: '', [pci]: text }));

  expect(devices.map(({ bus, device, path }) => [bus, device, path])).toEqual([
    ['platform', 'dmi-ipmi-si.0', FILE],
    ['pci', '0000:00:02.0', pci],
  ]);
});

const BT = { type: 'bt', space: 'io', address: 0xce4, spacing: 1, irq: 6 };

test.each([
  ['bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32\n', BT],
  ['bt,i/o,0xce4,rsp=16,rsi=1,rsh=0,irq=0,ipmb=32\n', { ...BT, spacing: 16, irq: undefined }],
  ['smic,mem,0xfed00000,rsp=4,rsi=4,rsh=0,irq=6,ipmb=0\n', { space: 'memory', spacing: 4 }],
  ['bt,i/o,0xce4,rsp=1\n', { ...BT, irq: undefined }],
])('%j is read', (text, expected) => {
  expect(parametersOf(text)).toMatchObject([expected]);
});

test.each(['', 'bt', 'bt,i/o,ce4,rsp=1,irq=6', 'bt,i/o,0xfffffffffffffff,rsp=1,irq=6'])(
  '%j is not understood',
  (text) => {
    expect(parametersOf(text)).toEqual([undefined]);
  },
);
