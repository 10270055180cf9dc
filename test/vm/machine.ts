/**
 * Runs QEMU from the first instruction of the guest to its end. The machine has the BT interface
 * where UV-class servers have it, and two serial ports that write to files: the console, and what
 * the guest has to tell. Emulated throughout, because KVM cannot be counted on.
 *
 * What makes it quick, as measured: no crypto self-tests, a third of a second; and RDRAND, without
 * which the random generator is not ready when node asks for it, and node waits a second.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { deviceArgs, tableArgs } from './hardware.ts';
import type { FirmwareTables, Hardware } from './hardware.ts';
import { findTool } from './host-tool.ts';

const MACHINE = [
  ...['-machine', 'pc', '-accel', 'tcg', '-cpu', 'qemu64,+rdrand', '-m', '1024'],
  ...['-nodefaults', '-no-reboot', '-display', 'none'],
];

const BT_DEVICE = ['-device', 'isa-ipmi-bt,bmc=bmc,ioport=0xce4,irq=6'];

/** A panic or a reset ends the guest at once; `-no-reboot` then ends QEMU. */
const KERNEL_LINE =
  'console=ttyS0 quiet panic=-1 reboot=t mitigations=off tsc=reliable cryptomgr.notests';

const START_POLL_MS = 5;

/** A BMC of the test's own, such as `ExternBmc` of `test/qemu`: a client of QEMU's socket. */
export interface BmcPeer {
  start(socketPath: string): Promise<void>;
  close(): Promise<void>;
}

export interface MachineOptions {
  readonly image: string;
  readonly initrd: string;

  /** Added to the kernel's command line. */
  readonly append: string;

  /** QEMU's simulated BMCs, or one of the test behind a BT interface. */
  readonly bmc: Hardware | BmcPeer;

  /** In place of those that QEMU makes for its devices. */
  readonly tables?: FirmwareTables;

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

/** Resolves when the machine is off, however that came. */
export async function runMachine(options: MachineOptions): Promise<MachineRun> {
  const { bmc, timeoutMs } = options;
  // Killed with the thread that starts it, so that no machine outlives a test run cut short.
  const command = [
    '--pdeathsig',
    'KILL',
    findTool('qemu-system-x86_64'),
    ...(await qemuArgs(options)),
  ];
  const child = spawn(findTool('setpriv'), command, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  try {
    const closed = once(child, 'close');
    const [lastWords] = await Promise.all([text(child.stderr), closed, connectBmc(child, options)]);
    const { exitCode, signalCode } = child;
    const how = signalCode === null ? `ended with code ${exitCode}` : `got ${signalCode}`;
    return {
      console: await readFile(consoleFile(options), 'utf8').catch(() => ''),
      results: await readFile(resultsFile(options)).catch(() => Buffer.alloc(0)),
      ending: `QEMU, which had ${timeoutMs} ms, ${how}. ${lastWords}`.trimEnd(),
    };
  } finally {
    child.kill('SIGKILL');
    if (typeof bmc !== 'string') await bmc.close();
  }
}

async function qemuArgs(options: MachineOptions): Promise<readonly string[]> {
  const { image, initrd, append, bmc, tables = {}, folder } = options;
  return [
    ...MACHINE,
    ...['-kernel', image, '-initrd', initrd, '-append', `${KERNEL_LINE} ${append}`],
    ...bmcArgs(bmc, socketPath(options)),
    ...(await tableArgs(tables, folder)),
    ...['-serial', `file:${consoleFile(options)}`, '-serial', `file:${resultsFile(options)}`],
  ];
}

function bmcArgs(bmc: MachineOptions['bmc'], socket: string): readonly string[] {
  if (typeof bmc === 'string') return deviceArgs(bmc);
  const chardev = `socket,id=peer,path=${socket},server=on,wait=off`;
  return ['-chardev', chardev, '-device', 'ipmi-bmc-extern,id=bmc,chardev=peer', ...BT_DEVICE];
}

/** Long before the guest looks for a BMC, the one of the test is there. */
async function connectBmc(child: ChildProcess, options: MachineOptions): Promise<void> {
  if (typeof options.bmc === 'string') return;
  // QEMU opens the serial ports after it has begun to listen on the socket.
  while (!existsSync(resultsFile(options))) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await sleep(START_POLL_MS);
  }
  await options.bmc.start(socketPath(options));
}

function consoleFile({ folder }: MachineOptions): string {
  return join(folder, 'console');
}

function resultsFile({ folder }: MachineOptions): string {
  return join(folder, 'results');
}

function socketPath({ folder }: MachineOptions): string {
  return join(folder, 'bmc');
}
