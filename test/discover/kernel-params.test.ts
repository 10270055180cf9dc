/** The interfaces of the kernel's own driver, as a source of discovery. */

import { expect, test } from 'vitest';

import { readKernelParams } from '../../src/discover/kernel-params.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { captured } from '../support/hosts.ts';

const FILE = '/sys/bus/platform/drivers/ipmi_si/dmi-ipmi-si.0/params';

function records(text: string) {
  return readKernelParams(fakeFiles({ [FILE]: text })).records;
}

test.each([
  ['isa-bt-bound', { type: 'bt', address: 0xce4, irq: 6 }],
  ['pci-bt-bound', { type: 'bt', address: 0xc010, irq: 10 }],
] as const)('Linux says where its interface is: %s', (name, expected) => {
  expect(readKernelParams(fakeFiles(captured(name))).records).toMatchObject([expected]);
});

test('without ipmi_si there is nothing to say', () => {
  expect(readKernelParams(fakeFiles(captured('isa-bt'))).records).toEqual([]);
});

test.each([
  ['kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32\n', { type: 'kcs', irq: undefined }],
  ['bt,i/o,0xce4,rsp=16,rsi=1,rsh=0,irq=6,ipmb=32\n', { type: 'bt', spacing: 16 }],
  ['smic,mem,0xfed00000,rsp=4,rsi=4,rsh=0,irq=6,ipmb=0\n', { type: 'smic', space: 'memory' }],
  ['later,i/o,0xe4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=0\n', { type: 'unknown' }],
  ['constructor,i/o,0xe4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=0\n', { type: 'unknown' }],
])('%j is read', (text, expected) => {
  expect(records(text)).toMatchObject([expected]);
});

test.each(['', 'bt', 'bt,i/o,ce4,rsp=1,irq=6', 'bt,i/o,0xfffffffffffffff,rsp=1,irq=6'])(
  '%j is not understood',
  (text) => {
    const { records: none, problems } = readKernelParams(fakeFiles({ [FILE]: text }));

    expect(none).toEqual([]);
    expect(problems).toEqual([`${FILE}: not understood`]);
  },
);
