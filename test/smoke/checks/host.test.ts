/** Facts of machines: a UV, an ordinary one, and those that limit what a run can do. */

import { describe, expect, test } from 'vitest';

import { HOST } from '../../../src/smoke/checks/host.ts';
import { DENIED } from '../../support/fake-files.ts';
import type { FakeTable } from '../../support/fake-files.ts';
import { FakeSubject, runCheck, slugsOf } from '../../support/fake-subject.ts';

const UV = '/sys/firmware/sgi_uv';
const PCI = '/sys/bus/pci/devices';

const ROOT: FakeTable = {
  '/proc/self/status': 'Uid:\t0\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  '/proc/sys/kernel/osrelease': '6.12.1\n',
  '/sys/devices/system/cpu/online': '0-3\n',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  '/dev/port': '',
};

const BRIDGE: FakeTable = {
  [`${PCI}/0000:00:1f.0/class`]: '0x060100\n',
  [`${PCI}/0000:00:1f.0/numa_node`]: '0\n',
};

const UV_SYSFS: FakeTable = {
  [`${UV}/uv_type`]: '7.0\n',
  [`${UV}/archtype`]: 'SGI4\n',
  [`${UV}/hub_type`]: '4\n',
  [`${UV}/partition_id`]: '3\n',
  [`${UV}/pcibuses/pcibus_0000:40/type`]: 'PCIe\n',
  [`${UV}/pcibuses/pcibus_0001:02/type`]: 'BASE IO\n',
  [`${UV}/pcibuses/pcibus_0001:02/location`]: 'r001i01b00\n',
  [`${PCI}/0000:40:00.0/numa_node`]: '1\n',
  [`${PCI}/0001:02:00.0/numa_node`]: '5\n',
};

async function facts(table: FakeTable) {
  const told = await runCheck(HOST, new FakeSubject({ table, isSimulated: true }));
  expect(told.thrown).toBeUndefined();
  return told;
}

test('an ordinary machine: the ISA bridge tells the node', async () => {
  const told = await facts({ ...ROOT, ...BRIDGE, '/sys/class/dmi/id/sys_vendor': 'HPE\n' });

  expect(told.findings).toEqual([]);
  expect(told.facts).toEqual({
    ...{ machine: 'HPE', firmware: 'unknown', kernel: '6.12.1', cpus: 4, clocksource: 'tsc' },
    ...{ node: `${process.version} ${process.arch}`, lockdown: 'none', backend: 'simulated' },
    ...{ capabilities: 'CAP_SYS_RAWIO CAP_SYS_ADMIN', 'isa-bridge': '0000:00:1f.0' },
    'numa-node': 0,
  });
  expect(told.measured).toEqual({ 'clock-read': 0 });
});

test('a UV: the bus of the type BASE IO tells the node', async () => {
  const told = await facts({ ...ROOT, ...BRIDGE, ...UV_SYSFS });

  expect(told.findings).toEqual([]);
  expect(told.facts).toMatchObject({
    ...{ 'uv-type': '7.0', 'uv-archtype': 'SGI4', 'uv-partition': '3', 'uv-hub-type': '4' },
    ...{ 'base-io-bus': '0001:02', 'base-io-location': 'r001i01b00', 'numa-node': 5 },
  });
  expect(told.facts).not.toHaveProperty('isa-bridge');
});

test('a UV that shows no such bus is a warning', async () => {
  const told = await facts({ ...ROOT, [`${UV}/uv_type`]: '9.0\n' });

  expect(slugsOf(told)).toEqual(['warning host-limits']);
  expect(told.facts).toMatchObject({ 'base-io-bus': 'none', 'uv-partition': 'unknown' });
});

test.each([
  ['0\n', 1],
  ['0-1791\n', 1792],
  ['0-3,8,10-11\n', 7],
  ['all\n', 'unknown'],
  ['', 'unknown'],
])('processors %j: %s', async (text, cpus) => {
  const told = await facts({ '/sys/devices/system/cpu/online': text });

  expect(told.facts['cpus']).toBe(cpus);
});

test.each([
  ['-1\n', 'none'],
  ['2\n', 2],
  ['?\n', 'unknown'],
])('NUMA node %j: %s', async (text, node) => {
  const told = await facts({ ...BRIDGE, [`${PCI}/0000:00:1f.0/numa_node`]: text });

  expect(told.facts['numa-node']).toBe(node);
});

test('a machine of which nothing can be read has facts nevertheless', async () => {
  const denied = Object.fromEntries(Object.keys(ROOT).map((path) => [path, DENIED]));

  const told = await facts(denied);

  expect(told.findings).toEqual([]);
  expect(told.facts).toMatchObject({
    ...{ kernel: 'unknown', cpus: 'unknown', clocksource: 'unknown', lockdown: 'unknown' },
    ...{ capabilities: 'unknown', 'isa-bridge': 'none', 'numa-node': 'unknown' },
  });
});

test('a clock whose reads are system calls is a warning', async () => {
  const subject = new FakeSubject({ table: ROOT, isSimulated: true });
  const now = subject.clock.now.bind(subject.clock);
  subject.clock.now = () => {
    subject.clock.skip(0.002);
    return now();
  };

  const told = await runCheck(HOST, subject);

  expect(told.measured['clock-read']).toBe(2000);
  expect(told.findings).toEqual([
    expect.stringMatching(
      /^warning host-limits: a read of the clock takes 2000 ns \(clocksource tsc\)/,
    ),
  ]);
});

test('of the reads the fastest hundred count, and they are over in 50 ms', async () => {
  const subject = new FakeSubject({ table: ROOT, isSimulated: true });
  const now = subject.clock.now.bind(subject.clock);
  let reads = 0;
  subject.clock.now = () => {
    reads += 1;
    subject.clock.skip(reads < 150 ? 0.2 : 0.03125);
    return now();
  };

  expect((await runCheck(HOST, subject)).measured).toEqual({ 'clock-read': 31_250 });
  expect(reads).toBeLessThan(1000);
});

describe('what keeps a run from the ports of a real machine is a warning:', () => {
  const warnings = async (table: FakeTable) => {
    const told = await runCheck(HOST, new FakeSubject({ table: { ...ROOT, ...table } }));
    expect(told.thrown).toBeUndefined();
    return told.findings.filter((text) => !text.includes('the addon'));
  };

  test('none', async () => {
    expect(await warnings({})).toEqual([]);
  });

  test('lockdown', async () => {
    const table = { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' };

    expect(await warnings(table)).toEqual([expect.stringMatching(/host-limits: .*"integrity"/)]);
  });

  test('no capability', async () => {
    const table = { '/proc/self/status': 'Uid:\t1000\nCapEff:\t0000000000000000\n' };

    expect(await warnings(table)).toEqual([
      expect.stringMatching(/host-limits: PORT_DENIED: .*CAP_SYS_RAWIO/),
      expect.stringMatching(/host-limits: without CAP_SYS_ADMIN/),
    ]);
  });
});
