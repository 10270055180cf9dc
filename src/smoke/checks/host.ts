/**
 * Check `host`: facts of the machine, the kernel and this process that decide what a run can see
 * and how fast it is. It never fails: what matters is a warning.
 */

import type { Clock } from '../../clock.ts';
import type { Files } from '../../files.ts';
import { kernelRelease } from '../../kernel/module.ts';
import { loadNative } from '../../native.ts';
import { foreseeDenial, lockdownMode } from '../../port/denied.ts';
import { PCI_DEVICES } from '../../port/pci-port.ts';
import type { Check, Means, Report } from '../check.ts';
import type { Subject } from '../subject.ts';

const CPUS = '/sys/devices/system/cpu/online';
const CLOCK_SOURCE = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
const UV = '/sys/firmware/sgi_uv';
const DMI = '/sys/class/dmi/id';

/** Name, and bit in CapEff, of the capabilities that the driver has a use for. */
const CAPABILITIES = [
  ['CAP_SYS_RAWIO', 17],
  ['CAP_SYS_ADMIN', 21],
] as const;

/** Reads of the clock are timed in batches, of which the fastest was not disturbed. */
const BATCH_READS = 100;
const BATCHES_MAX = 100;

/** An emulated processor takes seconds for all batches. */
const BATCHES_MS = 50;

/**
 * A read of the clock that takes longer is no read of memory but a system call: the driver, which
 * reads it at each look at the registers, sees a reply so much later.
 */
const SLOW_READ_NS = 1000;

const NS_PER_MS = 1e6;

/** Class of an ISA bridge, as sysfs writes it. */
const ISA_BRIDGE = '0x0601';

export const HOST: Check = {
  id: 'host',
  question: 'Which machine is this, and what does it allow?',
  risk: 'read-only',
  needs: [],
  limitSeconds: 10,
  run: ({ subject, report }: Means): Promise<void> => {
    tellMachine(subject.files, report);
    tellRights(subject, report);
    tellClock(subject, report);
    if (subject.files.exists(UV)) tellUv(subject.files, report);
    else tellBridge(subject.files, report);
    return Promise.resolve();
  },
};

function tellMachine(files: Files, report: Report): void {
  const dmi = (name: string): string => lineOf(`${DMI}/${name}`, files) ?? '';
  const machine = `${dmi('sys_vendor')} ${dmi('product_name')}`.trim();
  const firmware = [dmi('bios_vendor'), dmi('bios_version'), dmi('bios_date')].join(' ').trim();
  report.fact('machine', machine === '' ? 'unknown' : machine);
  report.fact('firmware', firmware === '' ? 'unknown' : firmware);
  report.fact('kernel', kernelRelease(files));
  report.fact('node', `${process.version} ${process.arch}`);
  const cpus = countCpus(lineOf(CPUS, files));
  report.fact('cpus', cpus ?? 'unknown');
}

/** Counts the processors of a list such as `0-3,8`; undefined when it is none. */
function countCpus(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return undefined;
  const counts = text.split(',').map((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return last - first + 1;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function tellRights({ files, isSimulated }: Subject, report: Report): void {
  const lockdown = lockdownMode(files) ?? 'unknown';
  report.fact('lockdown', lockdown);
  const held = capabilitiesOf(files);
  report.fact('capabilities', held === undefined ? 'unknown' : held.join(' ') || 'none');
  report.fact('backend', isSimulated ? 'simulated' : foreseenBackend(files, report));
  if (isSimulated) return;
  const refusal = foreseeDenial(files);
  if (refusal !== undefined) report.warn('host-limits', refusal.message);
  if (held?.includes('CAP_SYS_ADMIN') === false) {
    const text = 'without CAP_SYS_ADMIN /proc/ioports hides the addresses';
    report.warn('host-limits', `${text}: ports that a driver may have are refused; run as root`);
  }
}

function capabilitiesOf(files: Files): readonly string[] | undefined {
  const [, mask] = /^CapEff:\s*([\da-f]+)$/m.exec(files.readText('/proc/self/status') ?? '') ?? [];
  if (mask === undefined) return undefined;
  const bits = BigInt(`0x${mask}`);
  return CAPABILITIES.flatMap(([name, bit]) => (((bits >> BigInt(bit)) & 1n) === 1n ? [name] : []));
}

/** The way to the ports that is taken unless the command line names one. */
function foreseenBackend(files: Files, report: Report): string {
  const native = loadNative();
  if (native.kind === 'loaded') return 'native';
  const what = `the addon cannot be loaded: ${native.reason}`;
  report.warn('host-limits', `${what}; each byte costs a system call (${native.remedy})`);
  return files.exists('/dev/port') ? 'dev-port' : 'none';
}

function tellClock({ clock, files }: Subject, report: Report): void {
  const source = lineOf(CLOCK_SOURCE, files) ?? 'unknown';
  report.fact('clocksource', source);
  const cost = readCostNs(clock);
  report.measure({ name: 'clock-read', value: cost, unit: 'ns' });
  if (cost <= SLOW_READ_NS) return;
  const text = `a read of the clock takes ${cost} ns (clocksource ${source})`;
  const limit = `more than ${SLOW_READ_NS} ns is a system call at each look at the registers`;
  const remedy = 'see why the kernel does not use tsc: dmesg | grep -i -e tsc -e clocksource';
  report.warn('host-limits', `${text}: ${limit}, and latencies include it; ${remedy}`);
}

function readCostNs(clock: Clock): number {
  const endMs = clock.now() + BATCHES_MS;
  let leastMs = Infinity;
  let nowMs = clock.now();
  for (let batch = 0; batch < BATCHES_MAX && nowMs < endMs; batch += 1) {
    const startMs = nowMs;
    for (let reads = 0; reads < BATCH_READS; reads += 1) nowMs = clock.now();
    leastMs = Math.min(leastMs, nowMs - startMs);
  }
  return Math.round((leastMs * NS_PER_MS) / BATCH_READS);
}

/** UV shows which of its buses carries the BMC; the driver of that is `uv_sysfs`. */
function tellUv(files: Files, report: Report): void {
  for (const [fact, file] of [
    ['uv-type', 'uv_type'],
    ['uv-archtype', 'archtype'],
    ['uv-hub-type', 'hub_type'],
    ['uv-partition', 'partition_id'],
  ] as const) {
    report.fact(fact, lineOf(`${UV}/${file}`, files) ?? 'unknown');
  }
  const buses = files.list(`${UV}/pcibuses`).filter((bus) => {
    return lineOf(`${UV}/pcibuses/${bus}/type`, files) === 'BASE IO';
  });
  const [first] = buses;
  report.fact('base-io-bus', buses.length === 0 ? 'none' : buses.map(busName).join(' '));
  if (first === undefined) {
    const text = `${UV}/pcibuses has no bus of the type BASE IO`;
    report.warn('host-limits', `${text}: the node that carries the BMC is not known`);
    return;
  }
  const location = lineOf(`${UV}/pcibuses/${first}/location`, files);
  if (location !== undefined) report.fact('base-io-location', location);
  const device = files.list(PCI_DEVICES).find((name) => name.startsWith(`${busName(first)}:`));
  report.fact('numa-node', nodeOf(device, files));
}

function busName(folder: string): string {
  return folder.replace(/^pcibus_/, '');
}

/** On any other machine the ports of a BMC lie behind the ISA bridge. */
function tellBridge(files: Files, report: Report): void {
  const bridge = files.list(PCI_DEVICES).find((device) => {
    return files.readText(`${PCI_DEVICES}/${device}/class`)?.startsWith(ISA_BRIDGE) === true;
  });
  report.fact('isa-bridge', bridge ?? 'none');
  report.fact('numa-node', nodeOf(bridge, files));
}

/** The NUMA node of a PCI device; the kernel writes -1 where there is none. */
function nodeOf(device: string | undefined, files: Files): number | string {
  const text =
    device === undefined ? undefined : lineOf(`${PCI_DEVICES}/${device}/numa_node`, files);
  if (text === undefined || !/^-?\d+$/.test(text)) return 'unknown';
  return text === '-1' ? 'none' : Number(text);
}

/** The first line of a file; undefined when it cannot be read. */
function lineOf(path: string, files: Files): string | undefined {
  return files.readText(path)?.split('\n', 1)[0]?.trim();
}
