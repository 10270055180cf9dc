/**
 * Users of an interface through the kernel's driver, which lose the BMC when it is taken: processes
 * that have its character device open, the BMC's watchdog, which would no longer be reset, and
 * modules of the kernel.
 */

import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { watchdogState } from '../ipmi/watchdog.ts';
import type { Files } from '../files.ts';
import { shownName } from '../shown.ts';
import type { BusDevice } from './bus-device.ts';
import { askKernel, nodesOf } from './ipmi-device.ts';
import type { KernelIpmi } from './ipmi-device.ts';

/** The link /proc/self/ns/pid where all processes of the host are seen (PROC_PID_INIT_INO). */
const ALL_PROCESSES = 'pid:[4026531836]';

/** Modules that use the BMC through the kernel's driver, and what stops while it is away. */
const KERNEL_USERS = [
  ['acpi_power_meter', 'ACPI power metering'],
  ['acpi_ipmi', 'ACPI firmware that talks to the BMC'],
  ['ipmi_poweroff', 'power-off through the BMC'],
  ['ipmi_watchdog', '/dev/watchdog of the BMC'],
] as const;

/** Get Watchdog Timer, whether asked through the kernel or at the registers. */
export const WATCHDOG_QUESTION = { netFn: NetFn.APP, cmd: AppCmd.GET_WATCHDOG_TIMER };

/** The BMC's watchdog, or `unasked` when the kernel gives no way to ask. */
export type Watchdog = 'running' | 'stopped' | 'unknown' | 'unasked';

/** Describes the processes that have one of `nodes` open, or says why that is unknown. */
export function findOpeners(nodes: readonly string[], files: Files): readonly string[] {
  if (nodes.length === 0) return [];
  const processes = files.look('/proc');
  if (processes.kind !== 'read')
    return ['/proc cannot be read: the processes that have it open are unknown'];
  if (files.linkTarget('/proc/self/ns/pid') !== ALL_PROCESSES) {
    return ['not all processes can be seen from inside a container'];
  }
  const pids = processes.names.filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => openedBy(pid, nodes, files));
}

function openedBy(pid: string, nodes: readonly string[], files: Files): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  const fds = files.look(folder);
  switch (fds.kind) {
    case 'gone':
      return [];
    case 'denied':
      return [`the open files of pid ${pid} cannot be read (${fds.reason})`];
    case 'read': {
      const links = new Set(fds.names.map((fd) => files.linkTarget(`${folder}/${fd}`)));
      const command = files.readText(`/proc/${pid}/comm`)?.trimEnd() ?? 'gone';
      const opened = nodes.filter((node) => links.has(node));
      return opened.map((node) => `pid ${pid} (${shownName(command)}) has ${node} open`);
    }
  }
}

/** Asks the BMC through the kernel, which still has it. */
export async function askWatchdog(device: BusDevice, kernel: KernelIpmi): Promise<Watchdog> {
  const [node] = nodesOf(device, kernel.system);
  if (node === undefined) return 'unasked';
  try {
    const reply = await askKernel(node, WATCHDOG_QUESTION, kernel);
    if (reply === 'no way') return 'unasked';
    if (reply === 'no answer') return 'unknown';
    return watchdogState(reply.completionCode, reply.data);
  } catch {
    // The device would not be opened, or not take the question.
    return 'unknown';
  }
}

/** Describes a watchdog that runs, or may run; none for one that does not. */
export function watchdogText(state: Watchdog): readonly string[] {
  switch (state) {
    case 'running':
      return ['the BMC watchdog is running and would no longer be reset'];
    case 'unknown':
      return ['the state of the BMC watchdog is unknown: Get Watchdog Timer failed'];
    case 'stopped':
    case 'unasked':
      return [];
  }
}

/** Describes the modules of the kernel that lose the BMC. */
export function findKernelUsers(files: Files): readonly string[] {
  const loaded = KERNEL_USERS.filter(([module]) => files.exists(`/sys/module/${module}`));
  return loaded.map(
    ([module, what]) => `${what} (${module}) loses the BMC until the interface is given back`,
  );
}
