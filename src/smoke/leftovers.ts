/**
 * Looks for what a run has left on this host: open files of the interface, processes, a takeover
 * that is still on record, and a kernel driver that is not back or does not answer.
 */

import type { Clock } from '../clock.ts';
import { hex } from '../errors.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { completionText } from '../ipmi/completion.ts';
import { driverOf } from '../kernel/bus-device.ts';
import type { Owner } from '../kernel/bus-device.ts';
import { askKernel, nodesOf } from '../kernel/ipmi-device.ts';
import { readTaken } from '../kernel/takeover-record.ts';
import type { Host } from '../registry/resources.ts';
import type { Leftover } from './subject.ts';

const OPEN_FILES = '/proc/self/fd';

/** Files by which a process reaches an interface, besides those of the lock folder. */
const OF_INTERFACE = /^\/dev\/(port|uio\d+|ipmi\d+)$/;

const GET_DEVICE_ID = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };

/** Everything that the run had. */
export interface Had {
  /** Port of BT_CTRL; undefined when no interface was found. */
  readonly base: number | undefined;
  /** The kernel's device, and the driver that it was taken from. */
  readonly owner: Owner | undefined;
  /** Processes that were started and have not ended. */
  readonly pids: readonly number[];
}

export async function findLeftovers(had: Had, host: Host, clock: Clock): Promise<Leftover[]> {
  const { files, folder } = host;
  const links = files.list(OPEN_FILES).flatMap((fd) => {
    return files.linkTarget(`${OPEN_FILES}/${fd}`) ?? [];
  });
  const open = links.filter((path) => path.startsWith(`${folder}/`) || OF_INTERFACE.test(path));
  const texts = [
    ...open.map((path) => `${path} is still open in this process: a device was not closed`),
    ...had.pids.map((pid) => `the process ${pid} of this run has not ended: kill ${pid}`),
    ...stillTaken(had, host),
    ...(await kernelTrouble(had, host, clock)),
  ];
  return texts.map((text) => ({ text }));
}

function stillTaken({ base, owner }: Had, { files }: Host): readonly string[] {
  if (base === undefined || owner === undefined) return [];
  const record = readTaken(base, files);
  if (record === undefined || record.keep) return [];
  const text = `${record.device} is on record as taken from ${record.driver}`;
  return [`${text}: ipmi-bt release --base ${hex(base)}`];
}

/** The driver that had the device must have it again, and its BMC must answer through it. */
async function kernelTrouble(
  { base = 0, owner }: Had,
  { files, load }: Host,
  clock: Clock,
): Promise<readonly string[]> {
  if (owner === undefined) return [];
  const { device, driver } = owner;
  const now = driverOf(owner, files);
  if (now !== driver) {
    const who = now === '' ? 'no driver' : `the driver ${now}`;
    const text = `${device} has ${who}, and had ${driver} before the run`;
    return [`${text}: ipmi-bt release --base ${hex(base)}`];
  }
  const [node] = nodesOf(owner, files);
  // Without ipmi_devintf there is no way to ask, and there was none before.
  if (node === undefined) return [];
  try {
    const reply = await askKernel(node, GET_DEVICE_ID, { system: files, load, clock });
    if (reply === 'no way') return [];
    if (reply === 'no answer') return [`${driver} is back, and ${node} gives no answer; see dmesg`];
    if (reply.completionCode === 0) return [];
    const words = completionText(reply.completionCode);
    return [`${driver} is back, and ${node} answers Get Device ID with ${words}; see dmesg`];
  } catch (error) {
    return [`${driver} is back, and ${node} cannot be asked: ${String(error)}`];
  }
}
