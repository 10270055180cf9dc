/**
 * Boots a guest, runs steps in it as root and gives what each of them printed. One call is one
 * boot, some three seconds and the time of its steps; tests therefore share a boot and look at its
 * steps one by one.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { GuestFiles } from './cpio.ts';
import { writeInitramfs } from './initramfs.ts';
import { fetchKernel } from './kernel.ts';
import { runMachine } from './machine.ts';
import type { MachineOptions, MachineRun } from './machine.ts';
import { projectFiles } from './project.ts';
import { parseOutcomes, stepFiles } from './steps.ts';
import type { Step, StepBytes } from './steps.ts';

export const TIMEOUT_MS = 300_000;

/** The guest ends itself so much earlier than it would be killed, to say what it was doing. */
const LAST_WORDS_S = 8;

const CONSOLE_LINES = 60;

/** By its path, because the guest's shell prefers busybox's own setpriv, which cannot do this. */
const SETPRIV = '/usr/bin/setpriv';

/** Prefix of a command that shall run without any privilege. */
export const AS_NOBODY = `${SETPRIV} --reuid=nobody --regid=nogroup --clear-groups`;

/** Prefix of a command that shall run as root, but not touch ports. */
export const WITHOUT_RAWIO = `${SETPRIV} --bounding-set=-sys_rawio`;

/** Prefix of a command that shall run as root, but not see the addresses in /proc/ioports. */
export const WITHOUT_ADMIN = `${SETPRIV} --bounding-set=-sys_admin`;

export interface GuestOptions extends Pick<MachineOptions, 'bmc' | 'tables'> {
  /** Run in order, whether the one before succeeded or not. */
  readonly steps: readonly Step[];

  /** How many the guest has; one when absent. */
  readonly processors?: number;

  /** How much memory it has; 1,024 when absent. */
  readonly memoryMiB?: number;

  /** Its time is what it executes, a nanosecond an instruction; not when absent. */
  readonly isCounted?: boolean;

  /** Besides the project and what every guest has. */
  readonly files?: GuestFiles;

  /** Kernel modules besides `ipmi_si` and `ipmi_devintf`: Debian's, and ours (`native/uio`). */
  readonly modules?: readonly string[];

  /** Added to the kernel's command line, such as `lockdown=integrity`. */
  readonly append?: string;

  /** Leaves the project out, which then need not be built. */
  readonly withoutProject?: boolean;

  /** Debian's package whose kernel is booted. */
  readonly kernelPackage?: string;

  /** From power-on to the end of the last step. */
  readonly timeoutMs?: number;
}

/** How a step ended and what it printed. */
export interface StepResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GuestResult {
  /** What the step called `name` printed, as text. */
  step(name: string): StepResult;

  /** The same, byte for byte. */
  stepBytes(name: string): StepBytes;

  /** All that the kernel and init said. */
  readonly console: string;
}

/** Throws, with the end of the console, if the guest does not get through all steps. */
export async function bootGuest(options: GuestOptions): Promise<GuestResult> {
  const { steps } = options;
  checkNames(steps);
  return guestResult(steps, await boot(options));
}

/** Refuses steps that cannot be told apart, before anything is booted. */
export function checkNames(steps: readonly Step[]): void {
  const names = steps.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new TypeError('two steps have the same name');
}

/** The steps of a machine that has ended; throws, with the end of its console, if some have not. */
export function guestResult(steps: readonly Step[], run: MachineRun): GuestResult {
  const names = steps.map(({ name }) => name);
  const outcomes = parseOutcomes(run.results);
  if (outcomes.length < steps.length) throw new Error(describeStop(steps, outcomes.length, run));

  const stepBytes = (name: string): StepBytes => {
    const outcome = outcomes[names.indexOf(name)];
    if (outcome === undefined) throw new TypeError(`no step is called '${name}'`);
    return outcome;
  };
  const step = (name: string): StepResult => {
    const { exitCode, stdout, stderr } = stepBytes(name);
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  return { step, stepBytes, console: run.console };
}

async function boot(options: GuestOptions): Promise<MachineRun> {
  const { bmc, tables = {}, processors = 1, memoryMiB = 1024, isCounted = false } = options;
  const { steps, modules = [], append = '', timeoutMs = TIMEOUT_MS } = options;
  const kernel = await fetchKernel(options.kernelPackage);
  const project = options.withoutProject === true ? {} : projectFiles();
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-vm-'));
  try {
    const initrd = join(folder, 'initrd');
    const files = { ...project, ...options.files, ...stepFiles(steps) };
    await writeInitramfs(initrd, { kernel, modules, files });
    const line = `budget_s=${budgetOf(timeoutMs)} ${append}`;
    const hardware = { bmc, tables, processors, memoryMiB, isCounted };
    const { image } = kernel;
    return await runMachine({ image, initrd, append: line, ...hardware, folder, timeoutMs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds that a guest has of `timeoutMs` until it ends itself. */
export function budgetOf(timeoutMs: number): number {
  return Math.floor(timeoutMs / 1_000) - LAST_WORDS_S;
}

/** Everything that helps to find out why, because the guest is gone. */
function describeStop(steps: readonly Step[], ended: number, run: MachineRun): string {
  const lines = run.console.replaceAll('\r', '').trimEnd().split('\n').slice(-CONSOLE_LINES);
  return [
    `the guest stopped in step '${steps[ended]?.name}', ${ended} of ${steps.length} were done`,
    run.ending,
    `--- last ${lines.length} lines of the console:`,
    ...lines,
  ].join('\n');
}
