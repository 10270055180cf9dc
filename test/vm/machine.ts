/**
 * Runs QEMU from the first instruction of the guest to its end. The machine has the BT interface
 * where UV-class servers have it, and two serial ports that write to files: the console, and what
 * the guest has to tell. Emulated throughout, because KVM cannot be counted on.
 *
 * What makes it quick, as measured: no crypto self-tests, a third of a second; RDRAND, without
 * which the random generator is not ready when node asks for it, and node waits a second; and the
 * same addresses in each process, because QEMU knows code it has translated by its address: an
 * eighth of what `ipmi-bt raw` takes.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { JUMPING_CLOCK } from '../qemu/qemu.ts';
import { deviceArgs, tableArgs } from './hardware.ts';
import type { FirmwareTables, Hardware } from './hardware.ts';
import { findTool } from './host-tool.ts';

const MACHINE = [
  ...['-machine', 'pc', '-accel', 'tcg', '-cpu', 'qemu64,+rdrand'],
  ...['-nodefaults', '-no-reboot', '-display', 'none'],
];

/** Port of BT_CTRL, and the interrupt that goes with it. */
const BASE = 0xce4;
const IRQ = 6;

/** Further interfaces lie below the first, so far apart, and have no interrupt. */
const BASE_STEP = 0x10;

/**
 * A panic or a reset ends the guest at once; `-no-reboot` then ends QEMU. No look whether the timer
 * ticks: on a busy host it comes too late, and the kernel panics.
 */
const KERNEL_LINE =
  'console=ttyS0 quiet panic=-1 reboot=t mitigations=off tsc=reliable no_timer_check ' +
  'cryptomgr.notests norandmaps';

const START_POLL_MS = 5;

/** A BMC of the test's own, such as `ExternBmc` of `test/qemu`: a client of QEMU's socket. */
export interface BmcPeer {
  start(socketPath: string): Promise<void>;
  close(): Promise<void>;
}

/** QEMU's own BMC with data of the test, behind an interface of its own. */
export interface QemuBmc {
  /** The records of its SDR repository, one behind the other. */
  readonly sdrs: Uint8Array;

  /** The inventory of its FRU. */
  readonly fru: Uint8Array;
}

export interface MachineOptions {
  readonly image: string;
  readonly initrd: string;

  /** Added to the kernel's command line. */
  readonly append: string;

  /** Images that are `/dev/vda` and so on, read-only and shared with other machines. */
  readonly disks?: readonly string[];

  /**
   * QEMU's simulated BMCs, or one of the test behind a BT interface; or several of either, each
   * behind an interface of its own (`baseOf`).
   */
  readonly bmc: Hardware | BmcPeer | readonly (BmcPeer | QemuBmc)[];

  /** In place of those that QEMU makes for its devices. */
  readonly tables?: FirmwareTables;

  readonly processors: number;

  readonly memoryMiB: number;

  /** A nanosecond is an instruction, whatever else the host does; for one processor. */
  readonly isCounted: boolean;

  /** For the files of this run. */
  readonly folder: string;

  /** From now; then QEMU is killed. */
  readonly timeoutMs: number;
}

export interface MachineRun {
  readonly console: string;

  /** What came out of the second serial port. */
  readonly results: Buffer;

  /** How QEMU ended, and what it had to say. */
  readonly ending: string;
}

/** Port of BT_CTRL of the interface before the BMC of that index. */
export function baseOf(index: number): number {
  return BASE - index * BASE_STEP;
}

/**
 * Resolves when the machine is off, however that came. One that QEMU itself has broken is run once
 * more, unless a BMC of the test has seen it.
 */
export async function runMachine(options: MachineOptions): Promise<MachineRun> {
  const run = await runOnce(options);
  const isRepeatable = !bmcsOf(options).some(isPeer);
  return isRepeatable && isEmulatorsFault(run.console) ? runOnce(options) : run;
}

/**
 * Whether the kernel has seen flags that no processor has: bits 22 to 31 of EFLAGS are always 0
 * (Intel SDM 1, 3.4.3). With two processors QEMU 7.2 once left half an address there, in the
 * kernel's own code, and the single-step trap that came of it was the end of the guest.
 */
export function isEmulatorsFault(console: string): boolean {
  return /EFLAGS: (?!00[0-3])[0-9a-f]{8}\b/.test(console);
}

async function runOnce(options: MachineOptions): Promise<MachineRun> {
  const { timeoutMs } = options;
  const args = await qemuArgs(options);
  // Killed with the thread that starts it, so that no machine outlives a test run cut short.
  const command = ['--pdeathsig', 'KILL', findTool('qemu-system-x86_64'), ...args];
  const child = spawn(findTool('setpriv'), command, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  try {
    const closed = once(child, 'close');
    const [lastWords] = await Promise.all([
      text(child.stderr),
      closed,
      connectBmcs(child, options),
    ]);
    const { exitCode, signalCode } = child;
    const how = signalCode === null ? `ended with code ${exitCode}` : `got ${signalCode}`;
    return {
      console: await readFile(consoleFile(options), 'utf8').catch(() => ''),
      results: await readFile(resultsFile(options)).catch(() => Buffer.alloc(0)),
      ending: `QEMU, which had ${timeoutMs} ms, ${how}. ${lastWords}`.trimEnd(),
    };
  } finally {
    child.kill('SIGKILL');
    await Promise.all(
      bmcsOf(options)
        .filter(isPeer)
        .map((bmc) => bmc.close()),
    );
  }
}

async function qemuArgs(options: MachineOptions): Promise<readonly string[]> {
  const { image, initrd, append, bmc, tables = {}, isCounted, folder } = options;
  const { disks = [] } = options;
  return [
    ...MACHINE,
    ...['-smp', String(options.processors), '-m', String(options.memoryMiB)],
    ...(isCounted ? JUMPING_CLOCK : []),
    ...['-kernel', image, '-initrd', initrd, '-append', `${KERNEL_LINE} ${append}`],
    ...disks.flatMap(diskArgs),
    ...(typeof bmc === 'string' ? deviceArgs(bmc) : []),
    ...(await Promise.all(bmcsOf(options).map((bmc, index) => bmcArgs(bmc, index, folder)))).flat(),
    ...(await tableArgs(tables, folder)),
    ...['-serial', `file:${consoleFile(options)}`, '-serial', `file:${resultsFile(options)}`],
  ];
}

function diskArgs(path: string, index: number): readonly string[] {
  const drive = `if=none,id=disk${index},file=${path},format=raw,readonly=on,file.locking=off`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=disk${index}`];
}

async function bmcArgs(bmc: BmcPeer | QemuBmc, index: number, folder: string): Promise<string[]> {
  if (!isPeer(bmc)) {
    const [sdrs, fru] = [join(folder, `sdrs${index}`), join(folder, `fru${index}`)];
    await Promise.all([writeFile(sdrs, bmc.sdrs), writeFile(fru, bmc.fru)]);
    const device = `ipmi-bmc-sim,id=bmc${index},sdrfile=${sdrs},frudatafile=${fru}`;
    return ['-device', device, ...btDevice(index)];
  }
  const socket = socketPath(folder, index);
  const chardev = `socket,id=peer${index},path=${socket},server=on,wait=off`;
  const device = `ipmi-bmc-extern,id=bmc${index},chardev=peer${index}`;
  return ['-chardev', chardev, '-device', device, ...btDevice(index)];
}

function btDevice(index: number): readonly string[] {
  const irq = index === 0 ? IRQ : 0;
  return ['-device', `isa-ipmi-bt,bmc=bmc${index},ioport=${baseOf(index)},irq=${irq}`];
}

function bmcsOf({ bmc }: MachineOptions): readonly (BmcPeer | QemuBmc)[] {
  if (typeof bmc === 'string') return [];
  return 'start' in bmc ? [bmc] : bmc;
}

function isPeer(bmc: BmcPeer | QemuBmc): bmc is BmcPeer {
  return 'start' in bmc;
}

/** Long before the guest looks for a BMC, those of the test are there. */
async function connectBmcs(child: ChildProcess, options: MachineOptions): Promise<void> {
  const bmcs = bmcsOf(options);
  if (!bmcs.some(isPeer)) return;
  // QEMU opens the serial ports after it has begun to listen on the sockets.
  while (!existsSync(resultsFile(options))) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await sleep(START_POLL_MS);
  }
  const { folder } = options;
  await Promise.all(
    bmcs.flatMap((bmc, at) => (isPeer(bmc) ? [bmc.start(socketPath(folder, at))] : [])),
  );
}

function consoleFile({ folder }: MachineOptions): string {
  return join(folder, 'console');
}

function resultsFile({ folder }: MachineOptions): string {
  return join(folder, 'results');
}

function socketPath(folder: string, index: number): string {
  return join(folder, `bmc${index}`);
}
