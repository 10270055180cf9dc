/**
 * Starts QEMU with an `isa-ipmi-bt` for tests that drive its registers over qtest: no guest, no
 * root. The processor executes one HLT for ever, so that QEMU costs nothing and its virtual clock,
 * which times the BMC out, nevertheless runs (`-S` would stop it). A test stops what it started;
 * if the test process ends instead, however it does, QEMU is killed with it, by way of `setpriv`.
 */

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { programPath } from '../support/program-path.ts';
import type { ExternBmc } from './extern-bmc.ts';
import { QtestPort } from './qtest-port.ts';

export const QEMU = 'qemu-system-x86_64';

/** Where UV-class servers have their BT interface, and the interrupt they give it. */
const BASE = 0xce4;
const IRQ = 6;

/** The smallest ROM the `pc` machine takes; it ends where the processor starts. */
const ROM_BYTES = 65_536;
const RESET_VECTOR = ROM_BYTES - 16;

/** CLI, HLT, and back to the HLT. */
const HALT = Uint8Array.of(0xfa, 0xf4, 0xeb, 0xfd);

export interface QemuOptions {
  /** QEMU's own simulated BMC, or one of the test's, which is then started and closed with it. */
  readonly bmc: 'sim' | ExternBmc;

  /** Port of BT_CTRL, and the interrupt, 0 for none; by default those of UV-class servers. */
  readonly base?: number;
  readonly irq?: number;

  /** More arguments, such as `-global ipmi-bmc-sim.guid=...` or `JUMPING_CLOCK`. */
  readonly args?: readonly string[];
}

/**
 * Arguments for a virtual clock that jumps to the next timer, so that an `ExternBmc` that does not
 * answer is given up at once and not after 4 s. One that would answer has no time to, either, and
 * QEMU takes a whole processor meanwhile, so that accesses are slow: for short tests.
 */
export const JUMPING_CLOCK: readonly string[] = ['-icount', 'shift=0,sleep=off'];

/** A running QEMU whose registers answer; the caller owes it a `stop()`. */
export async function startQemu(options: QemuOptions): Promise<Qemu> {
  const binary = programPath(QEMU);
  if (binary === undefined) throw new Error(`${QEMU} is not installed`);
  const qemu = new Qemu(binary, options);
  try {
    qemu.port.handshake();
    if (options.bmc !== 'sim') await options.bmc.start(qemu.bmcPath);
  } catch (error) {
    await qemu.stop();
    throw error;
  }
  return qemu;
}

/** Made by `startQemu`. */
export class Qemu {
  readonly base: number;
  readonly irq: number;
  readonly port: QtestPort;

  /** Where an `ExternBmc` that was closed can be started again. */
  readonly bmcPath: string;

  readonly #bmc: 'sim' | ExternBmc;
  readonly #folder = fs.mkdtempSync(join(tmpdir(), 'ipmi-bt-qemu-'));
  readonly #child: ChildProcess;

  constructor(binary: string, options: QemuOptions) {
    const { O_RDONLY, O_NONBLOCK } = fs.constants;
    this.#bmc = options.bmc;
    this.base = options.base ?? BASE;
    this.irq = options.irq ?? IRQ;
    this.bmcPath = this.#file('bmc');
    const [input, output] = [this.#file('in'), this.#file('out')];
    execFileSync('mkfifo', [input, output]);
    fs.writeFileSync(this.#file('rom'), haltRom());
    // A FIFO opened at both ends does not wait for the other side, and then neither do our ends.
    const stdio = [fs.openSync(input, 'r+'), fs.openSync(output, 'r+')];
    this.port = new QtestPort({
      requestFd: fs.openSync(input, 'w'),
      answerFd: fs.openSync(output, O_RDONLY | O_NONBLOCK),
      lastWords: () => this.#lastWords(),
    });
    stdio.push(fs.openSync(this.#file('errors'), 'w'));
    const command = [binary, ...this.#machineArgs(), ...this.#bmcArgs(), ...(options.args ?? [])];
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio });
    // Nothing to do: the end of file that follows is what the port reports.
    this.#child.on('error', () => undefined);
    for (const fd of stdio) fs.closeSync(fd);
    process.once('exit', this.#end);
  }

  /** Ends QEMU, closes the port and the BMC and removes the files. Idempotent. */
  async stop(): Promise<void> {
    process.off('exit', this.#end);
    if (this.#bmc !== 'sim') await this.#bmc.close();
    const exited = this.#isOver() ? undefined : once(this.#child, 'exit');
    this.#end();
    await exited;
  }

  /** Kills QEMU and nothing else, as a crash would. */
  kill(): void {
    // Node would take the missing pid of a failed spawn for 0: our own process group.
    if (!this.#isOver()) this.#child.kill('SIGKILL');
  }

  /** The part of `stop()` that an exit handler can run. */
  readonly #end = (): void => {
    this.kill();
    this.port.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  };

  #machineArgs(): string[] {
    // The timer chip would report its interrupt 18 times a second.
    const machine = ['-machine', 'pc,pit=off', '-accel', 'tcg', '-nodefaults', '-display', 'none'];
    const qtest = ['-qtest', 'stdio', '-qtest-log', '/dev/null'];
    return [...machine, ...qtest, '-bios', this.#file('rom')];
  }

  #bmcArgs(): string[] {
    const bt = ['-device', `isa-ipmi-bt,bmc=b,ioport=${this.base},irq=${this.irq}`];
    if (this.#bmc === 'sim') return ['-device', 'ipmi-bmc-sim,id=b', ...bt];
    const chardev = `socket,id=c,path=${this.bmcPath},server=on,wait=off`;
    return ['-chardev', chardev, '-device', 'ipmi-bmc-extern,id=b,chardev=c', ...bt];
  }

  #isOver(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  #lastWords(): string {
    if (this.#child.pid === undefined) return 'setpriv (of util-linux) cannot be run';
    return fs.readFileSync(this.#file('errors'), 'utf8').trim();
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

function haltRom(): Uint8Array {
  const rom = new Uint8Array(ROM_BYTES);
  rom.set(HALT, RESET_VECTOR);
  return rom;
}
