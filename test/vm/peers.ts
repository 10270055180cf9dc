/** FreeIPMI's programs in the guest; `ipmitool` is in every guest. */

import type { GuestFiles } from './cpio.ts';
import { findTool, runTool } from './host-tool.ts';

const PROGRAMS = [
  'bmc-device',
  'bmc-info',
  'ipmi-chassis',
  'ipmi-config',
  'ipmi-dcmi',
  'ipmi-fru',
  'ipmi-raw',
  'ipmi-sel',
  'ipmi-sensors',
] as const;

/** The programs, and the shared libraries that they need. */
export async function freeIpmiFiles(): Promise<GuestFiles> {
  return await withLibraries(PROGRAMS.map((program) => findTool(program)));
}

/** Programs of this host, by their paths, and the shared libraries that they need. */
export async function withLibraries(programs: readonly string[]): Promise<GuestFiles> {
  const lists = await Promise.all(programs.map((program) => librariesOf(program)));
  return Object.fromEntries([...programs, ...lists.flat()].map((path) => [path, path]));
}

/** Lines of ldd such as 'libm.so.6 => /lib/libm.so.6 (0x7f…)'; a script has no libraries. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const list = await runTool('ldd', [program]).catch(() => Buffer.alloc(0));
  return [...list.toString().matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

const DRIVER = '/sys/bus/platform/drivers/ipmi_si';

/**
 * Loads the kernel's driver and has it take three interfaces: of those that firmware describes it
 * takes the one with an interrupt alone, and others when they are bound anew. `/dev/ipmi0` is then
 * the first BMC of the guest, `/dev/ipmi1` the second one, and so on.
 */
export function bindAll(interfaces: number): string {
  // QEMU describes the last of its devices first; the first one has the interrupt.
  const others = Array.from({ length: interfaces - 1 }, (_, index) => {
    const name = `IPI0001:0${interfaces - 2 - index}`;
    const rebind = `echo ${name} > ${DRIVER}/unbind; echo ${name} > ${DRIVER}/bind`;
    return `${rebind}; until [ -e /dev/ipmi${index + 1} ]; do usleep 20000; done`;
  });
  const first = 'until [ -e /dev/ipmi0 ]; do usleep 20000; done';
  return ['modprobe -a ipmi_si ipmi_devintf', first, ...others].join('; ');
}

/** A program of FreeIPMI on `/dev/ipmiN`, which the kernel's driver has. */
export function freeIpmi(program: (typeof PROGRAMS)[number], device: number): string {
  return `${program} -D OPENIPMI --driver-device=/dev/ipmi${device}`;
}
