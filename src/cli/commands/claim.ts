/**
 * `ipmi-bt claim` and `ipmi-bt release`: take the interface from the kernel's driver for more than
 * one command, and give back what a command was killed with. With `--persistent`, for the boots to
 * come as well.
 */

import { discover } from '../../discover/discover.ts';
import { IpmiError, hex } from '../../errors.ts';
import { fileTrouble } from '../../file-trouble.ts';
import { systemFiles } from '../../files.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { devicePath, driverOf } from '../../kernel/bus-device.ts';
import { leavesPorts } from '../../kernel/uio-drivers.ts';
import { MODPROBE_FILE, endPersistent, makePersistent } from '../../kernel/blacklist.ts';
import { findTaken } from '../../kernel/left-behind.ts';
import { TakeoverRecordFile } from '../../kernel/takeover-record.ts';
import type { TakeoverRecord } from '../../kernel/takeover-record.ts';
import { haveFirst } from '../../kernel/takeover.ts';
import { UsageError } from '../args.ts';
import { EXIT_TRY_LATER } from '../exit-codes.ts';
import { jsonLine } from '../format.ts';
import { command, readTaking } from '../globals.ts';
import type { Globals } from '../globals.ts';
import { stdout, tellUser } from '../output.ts';
import { namedBlock, runSession } from '../session.ts';

export const CLAIM_COMMAND = command({
  name: 'claim',
  device: 'own',
  help: 'unbind ipmi_si from the interface and leave it unbound, for several commands',
  options: { persistent: { help: 'also keep ipmi_si from being loaded at the next boot' } },
  examples: [{ line: 'claim --base 0xce4', help: 'take the interface at 0xce4 from ipmi_si' }],
  exitCodes: {
    0: 'the interface is free, or ipmi_si did not have it',
    69: 'it is in use, and --force takes it nevertheless; or there is none',
  },
  run: ({ options, globals }) => claim(readTaking(globals), options.persistent),
});

export const RELEASE_COMMAND = command({
  name: 'release',
  device: 'own',
  help: 'bind ipmi_si again to the interface that was taken from it',
  options: { persistent: { help: 'also let ipmi_si be loaded again at the next boot' } },
  examples: [{ line: 'release', help: 'give the interface back' }],
  exitCodes: {
    0: 'the interface is given back, or it was not taken',
    69: 'another driver has the interface; or nothing was taken, and there is none',
    75: 'the BMC does not answer, and the interface stays unbound',
  },
  run: ({ options, globals }) => release(readTaking(globals), options.persistent),
});

const LOSSES = `Without ipmi_si these do not work: /dev/ipmi*, the open interface of ipmitool, ACPI power
metering, ipmi_watchdog.
`;

const INITRAMFS = `An initramfs may hold ipmi_si and no such file: update-initramfs -u, or dracut -f.
`;

/** Unbinds the driver and leaves it so. */
export async function claim(globals: Globals, persistent: boolean): Promise<number> {
  // What may well fail comes first: then nothing has changed, and the driver has its device.
  const undo = persistent ? persistence(() => makePersistent(systemFiles)) : undefined;
  try {
    return await unbind(globals, persistent);
  } catch (error) {
    if (undo !== undefined) persistence(undo);
    throw error;
  }
}

function unbind(globals: Globals, persistent: boolean): Promise<number> {
  return runSession(globals, 'lazy', ({ device }) => {
    const file = new TakeoverRecordFile(device.base, systemFiles);
    const record = file.read();
    if (record !== undefined) file.write({ ...record, keep: true });
    const text = `${claimText(device.base, record)}${persistent ? persistentText(device.base) : ''}${LOSSES}`;
    tell(globals, text, fields('claim', device.base, { record, persistent }));
    return Promise.resolve(0);
  });
}

/** Binds back what was taken, and says so when nothing was. */
export async function release(named: Globals, persistent: boolean): Promise<number> {
  const globals = withBase(named);
  const { base } = globals;
  const removed = persistent && persistence(() => endPersistent(systemFiles));
  const record = new TakeoverRecordFile(base, systemFiles).read();
  const exit = record === undefined ? 0 : await giveBack(globals, base, record);
  if (exit !== 0) return exit;
  const file = removed ? `${MODPROBE_FILE} is removed; modprobe ipmi_si loads it again\n` : '';
  const left = persistent && !removed ? `there is no ${MODPROBE_FILE}\n` : '';
  tell(
    globals,
    `${releaseText(base, record)}${file}${left}`,
    fields('release', base, { record, persistent: false }),
  );
  return 0;
}

/** The globals of an interface: the one that is named, that was taken, or that would be used. */
function withBase(globals: Globals): Globals & { readonly base: number } {
  const named = namedBlock(globals);
  if (named !== undefined) return { ...globals, base: named.base };
  const taken = findTaken(systemFiles);
  if (taken.length > 1) {
    const commands = taken.map(({ base }) => `ipmi-bt release --base ${hex(base)}`);
    throw new UsageError(`several interfaces were taken: ${commands.join(', ')}`);
  }
  const { candidates } = discover({ files: systemFiles, named: undefined });
  const [first] = taken;
  if (first === undefined) {
    const best = candidates.find(({ rank }) => rank !== undefined);
    if (best !== undefined) return { ...globals, base: best.base };
    throw new IpmiError(
      'DEVICE_ABSENT',
      'nothing was taken, and no BT interface is found; if there is one, give --base',
    );
  }
  const spacing = candidates.find(({ base }) => base === first.base)?.spacing;
  const known = spacing === 4 || spacing === 16 ? spacing : 1;
  return { ...globals, base: first.base, spacing: globals.spacing ?? known };
}

async function giveBack(globals: Globals, base: number, record: TakeoverRecord): Promise<number> {
  const file = new TakeoverRecordFile(base, systemFiles);
  const driver = driverOf(record, systemFiles);
  if (leavesPorts(driver)) {
    const text = `${record.device} is not given back to ${record.driver}`;
    throw new IpmiError('PORT_CLAIMED', `${text}: ${haveFirst(driver, base)}`);
  }
  if (driver === '') {
    file.write({ ...record, keep: false });
    const exit = await runSession(globals, 'lazy', async ({ device, signal, leftMs }) => {
      // A BMC that answers is one that the driver will find, and what a killed process has left
      // is out of the way.
      const command = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };
      await device.request(command, { timeoutMs: leftMs(), signal });
      return 0;
    });
    if (exit !== 0 || file.read() === undefined) return exit;
    tellUser(`another process borrows ${record.device}, and gives it back when it ends`);
    return EXIT_TRY_LATER;
  }
  // It was bound by hand.
  file.remove();
  return 0;
}

function claimText(base: number, record: TakeoverRecord | undefined): string {
  if (record === undefined) return `no driver of the kernel has ${hex(base)}\n`;
  const { device, driver } = record;
  return `${device} is unbound from ${driver}, until: ipmi-bt release --base ${hex(base)}\n`;
}

function releaseText(base: number, record: TakeoverRecord | undefined): string {
  if (record === undefined) return `nothing was taken at ${hex(base)}\n`;
  const { device, driver } = record;
  if (driverOf(record, systemFiles) === driver) return `${device} is given back to ${driver}\n`;
  if (!systemFiles.exists(devicePath(record))) return `the kernel has no ${device} any more\n`;
  return `${driver} is not loaded; it takes ${device} by itself when it is\n`;
}

function persistentText(base: number): string {
  const undo = `ipmi-bt release --base ${hex(base)}`;
  return `${MODPROBE_FILE} keeps ipmi_si from being loaded, until: ${undo} --persistent
${INITRAMFS}`;
}

function fields(
  schema: 'claim' | 'release',
  base: number,
  {
    record,
    persistent,
  }: { readonly record: TakeoverRecord | undefined; readonly persistent: boolean },
): string {
  return jsonLine(schema, {
    base,
    device: record?.device ?? null,
    driver: record?.driver ?? null,
    persistent_file: persistent ? MODPROBE_FILE : null,
  });
}

function tell({ json }: Globals, text: string, line: string): void {
  stdout.write(json ? line : text);
}

function persistence<T>(change: () => T): T {
  try {
    return change();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    // The system's own errors have a code; a file that is not ours is a mistake of the caller.
    if (!(cause instanceof Error && 'code' in cause)) throw new UsageError(`--persistent: ${text}`);
    throw fileTrouble('--persistent', cause) as Error;
  }
}
