/**
 * The interface to open: the one at the base that the caller names, or the best that is found.
 * Discovery is loaded only when it is needed, so that a caller that names the base does not wait
 * for it.
 */

import { btBlock } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';

/** An interface to be opened. */
export interface Target {
  readonly block: RegisterBlock;
  /** The PCI device that has to be enabled for it. */
  readonly pciDevice: string | undefined;
  /** The kind of port that the config file names. */
  readonly port: 'native' | 'dev-port' | undefined;
  /** Firmware lists a BMC there. */
  readonly isAnnounced: boolean;
}

/** Opens a target, or rejects. */
export type OpenTarget<T> = (target: Target) => Promise<T>;

/** Makes the target of a caller that names the block. */
export function targetAt(block: RegisterBlock): Target {
  return { block, pciDevice: undefined, port: undefined, isAnnounced: false };
}

/** Opens the best interface that is there. */
export async function openFound<T>(openTarget: OpenTarget<T>): Promise<T> {
  const { tryFound } = await import('../discover/attempts.ts');
  return tryFound(systemFiles, ({ base, spacing, pciDevice }, approach) =>
    openTarget({ block: btBlock(base, spacing), pciDevice, ...approach }),
  );
}

/**
 * Opens the interface at `block` and no other. If it is absent, firmware's tables are read: the BMC
 * may be restarting, or its PCI device may be disabled.
 */
export async function openNamed<T>(block: RegisterBlock, openTarget: OpenTarget<T>): Promise<T> {
  try {
    return await openTarget(targetAt(block));
  } catch (error) {
    if (!(error instanceof IpmiError) || error.code !== 'DEVICE_ABSENT') throw error;
    const { findAnnounced } = await import('../discover/attempts.ts');
    const found = findAnnounced(systemFiles, block);
    if (found === undefined) throw error;
    return openTarget({ ...targetAt(block), pciDevice: found.pciDevice, isAnnounced: true });
  }
}
