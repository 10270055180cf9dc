/**
 * `ipmi-bt version`, which is also `ipmi-bt --version --verbose`: the program and its build, and
 * what it can use on this host, or why it cannot. Files are read, and no port is touched.
 */

import { CONFIG_FILE, readConfig } from '../../discover/config.ts';
import { IpmiError, hex } from '../../errors.ts';
import { systemFiles } from '../../files.ts';
import type { Files } from '../../files.ts';
import { BUSES } from '../../kernel/bus-device.ts';
import { readIoPorts } from '../../kernel/io-ports.ts';
import { hasModule, isLoaded, kernelRelease } from '../../kernel/module.ts';
import { UIO_DRIVERS } from '../../kernel/uio-drivers.ts';
import { loadNative } from '../../native.ts';
import { foreseeDenial, lockdownMode } from '../../port/denied.ts';
import type { PortBackend } from '../../port/denied.ts';
import { DEV_PORT } from '../../port/dev-port.ts';
import { checkPresent } from '../../serve/cuse/node.ts';
import { checkedItem, findingOf, itemRow } from '../findings.ts';
import type { CheckedItem, Need } from '../findings.ts';
import { table } from '../format.ts';
import { command, readGlobals, refuseRecord } from '../globals.ts';
import { stdout } from '../output.ts';
import { VERSION_SCHEMA } from '../schemas/version.ts';
import { schemaLine } from '../schemas/schema.ts';
import { BUILD, VERSION } from '../version.ts';

/** The host, as far as it matters here. */
export interface VersionHost {
  readonly files: Files;
  readonly load: typeof loadNative;
}

const THIS_HOST: VersionHost = { files: systemFiles, load: loadNative };

export const VERSION_COMMAND = command({
  name: 'version',
  device: 'none',
  help: 'print version, build and kernel, and what can be used here or why not',
  notes: `--version --verbose is the same. It reads files and touches no port.
ipmi-bt locate --explain tells which interface there is.`,
  examples: [
    { line: 'version', help: 'print a table, for a report of a fault' },
    { line: '--json version', help: 'print it as JSON' },
  ],
  exitCodes: { 0: 'it was printed, whatever can be used' },
  run: ({ globals: values }) => {
    refuseRecord(values, 'version');
    const { json } = readGlobals(values);
    stdout.write(json ? versionJson(THIS_HOST) : versionText(THIS_HOST));
    return Promise.resolve(0);
  },
});

/** Returns the table. */
export function versionText(host: VersionHost): string {
  const { files } = host;
  const { commit, date } = BUILD;
  const build = [commit, date].filter((part) => part !== '').join(', ');
  return table([
    ['ipmi-bt', VERSION],
    ['Build', build === '' ? 'unknown' : build],
    ['Node', `${process.version} ${process.arch}`],
    ['Kernel', kernelRelease(files)],
    ['Kernel lockdown', lockdownMode(files) ?? 'unknown'],
    ['Port backend', backendOf(host) ?? 'none'],
    ...checksOf(host).map(itemRow),
  ]);
}

/** Returns the same as JSON. */
export function versionJson(host: VersionHost): string {
  const { files } = host;
  return schemaLine(VERSION_SCHEMA, {
    program_version: VERSION,
    commit: BUILD.commit || null,
    build_date: BUILD.date || null,
    node: process.version,
    architecture: process.arch,
    kernel: kernelRelease(files),
    lockdown: lockdownMode(files) ?? null,
    backend: backendOf(host) ?? null,
    checks: [...checksOf(host)],
  });
}

/** The way to the ports that is taken unless the command line names one. */
function backendOf({ files, load }: VersionHost): PortBackend | undefined {
  if (load().kind === 'loaded') return 'native';
  return files.exists(DEV_PORT) ? 'dev-port' : undefined;
}

function checksOf(host: VersionHost): readonly CheckedItem[] {
  const { files } = host;
  const needs: readonly Need[] = [
    { item: 'Addon', check: () => addon(host) },
    { item: 'Port file', check: () => devPort(files) },
    { item: 'Right to use ports', check: () => portRight(host) },
    { item: 'Owners of ports', check: () => portOwners(files) },
    { item: 'Interrupts', check: () => interrupts(files) },
    { item: 'Device file of serve', check: () => deviceFile(files) },
    { item: 'Config file', check: () => configFile(files) },
  ];
  return needs.map((need) => checkedItem(findingOf(need)));
}

function addon({ load }: VersionHost): string {
  const native = load();
  if (native.kind === 'loaded') return 'loaded';
  throw new IpmiError('PORT_UNSUPPORTED', `${native.reason}: ${native.remedy}`);
}

function devPort(files: Files): string {
  if (files.exists(DEV_PORT)) return DEV_PORT;
  throw new IpmiError('PORT_UNSUPPORTED', `there is no ${DEV_PORT}`);
}

function portRight(host: VersionHost): string {
  const denial = foreseeDenial(host.files, backendOf(host) ?? 'native');
  if (denial !== undefined) throw denial;
  return 'nothing forbids it, as far as files tell';
}

function portOwners(files: Files): string {
  const known = readIoPorts(files);
  if (known.kind === 'read') return 'can be seen in /proc/ioports';
  const remedy = 'ports that a kernel driver may have are refused; run as root';
  throw new IpmiError('PORT_CLAIMED', `${known.reason}: ${remedy}`);
}

function interrupts(files: Files): string {
  const found = UIO_DRIVERS.filter(
    (driver) => hasModule(driver, files) || BUSES.some((bus) => isLoaded(bus, driver, files)),
  );
  if (found.length > 0) return `by ${found.join(' or ')}`;
  const text = `this kernel has none of ${UIO_DRIVERS.join(', ')}`;
  throw new IpmiError('PORT_UNSUPPORTED', `${text}; the interface is polled`);
}

function deviceFile(files: Files): string {
  checkPresent(files);
  return 'CUSE is there';
}

function configFile(files: Files): string {
  const config = readConfig(files);
  return config === undefined ? 'none' : `${CONFIG_FILE}: the interface at ${hex(config.base)}`;
}
