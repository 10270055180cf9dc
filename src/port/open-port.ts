/**
 * Chooses the way to the ports. The addon is the fast one; /dev/port serves where the addon was not
 * built or the kernel has no ioperm(2). A refusal is no reason to try the other way: it is meant
 * for the ports, and its reason would be lost.
 */

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { loadNative } from '../native.ts';
import { openAddonPort } from './addon-port.ts';
import type { PortBackend } from './denied.ts';
import { DEV_PORT, openDevPort } from './dev-port.ts';
import type { PortIo, PortRange } from './port.ts';

/** Which way to take; `auto` is native, or dev-port where there is no native. */
export type PortKind = 'auto' | PortBackend;

/** Options of {@link openPort}. */
export interface OpenPortOptions {
  readonly kind: PortKind;
  readonly range: PortRange;
  readonly files: Files;
  /** Loads the addon; only tests bring their own. */
  readonly load?: typeof loadNative;
  /** Path of /dev/port; only tests bring their own. */
  readonly devPort?: string;
}

/** A port that is open, and the way that was taken. */
export interface OpenedPort {
  readonly port: PortIo;
  readonly backend: PortBackend;
  /** The reason that the addon is not used, where `auto` has tried it in vain. */
  readonly instead?: string;
}

/** Opens the ports of `range`, or throws an {@link IpmiError} that says what to do about it. */
export function openPort(options: OpenPortOptions): OpenedPort {
  switch (options.kind) {
    case 'native':
      return openNative(options);
    case 'dev-port':
      return openFile(options);
    case 'auto':
      return openEither(options);
  }
}

function openNative({ range, files, load = loadNative }: OpenPortOptions): OpenedPort {
  return { port: openAddonPort(range, files, load), backend: 'native' };
}

function openFile({ range, files, devPort = DEV_PORT }: OpenPortOptions): OpenedPort {
  return { port: openDevPort(range, files, devPort), backend: 'dev-port' };
}

function openEither(options: OpenPortOptions): OpenedPort {
  try {
    return openNative(options);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    return openInstead(options, error);
  }
}

function openInstead(options: OpenPortOptions, native: IpmiError): OpenedPort {
  try {
    return { ...openFile(options), instead: native.message };
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    // Each names the other as a way out.
    const [first, second] = [native, error].map(({ message }) =>
      message
        .replace(/^\w+: /, '')
        .replace(/, or use the port type dev-port|; the port .*none/, ''),
    );
    const text = `${first}; ${second}`;
    const cause = new AggregateError([native, error]);
    throw new IpmiError('PORT_UNSUPPORTED', text, { cause });
  }
}

function isUnsupported(error: unknown): error is IpmiError {
  return error instanceof IpmiError && error.code === 'PORT_UNSUPPORTED';
}
