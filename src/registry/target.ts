/**
 * Where to open: at the base the caller names, or where the best interface is found. Discovery is
 * loaded when it is needed; who says where the interface is does not wait for it.
 */

import { btBlock } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';

/** Where an interface is, and how to get there. */
export interface Place {
  readonly block: RegisterBlock;
  /** The PCI device that has to be enabled for it. */
  readonly pciDevice: string | undefined;
  /** The way to the ports that the config file names. */
  readonly port: 'native' | 'dev-port' | undefined;
  /** Firmware says that there is a BMC. */
  readonly isAnnounced: boolean;
}

/** Opens at a place, or rejects. */
export type OpenAt<T> = (place: Place) => Promise<T>;

/** A place of which nobody but the caller knows. */
export function placeAt(block: RegisterBlock): Place {
  return { block, pciDevice: undefined, port: undefined, isAnnounced: false };
}

/** Opens the best interface that is there. */
export async function openFound<T>(openAt: OpenAt<T>): Promise<T> {
  const { tryFound } = await import('../discover/attempts.ts');
  return tryFound(systemFiles, ({ base, spacing, pciDevice }, approach) =>
    openAt({ block: btBlock(base, spacing), pciDevice, ...approach }),
  );
}

/**
 * Opens at `block` and nowhere else. Where nothing answers, firmware is asked: the BMC may restart,
 * or its PCI device be disabled.
 */
export async function openNamed<T>(block: RegisterBlock, openAt: OpenAt<T>): Promise<T> {
  try {
    return await openAt(placeAt(block));
  } catch (error) {
    if (!(error instanceof IpmiError) || error.code !== 'DEVICE_ABSENT') throw error;
    const { findAnnounced } = await import('../discover/attempts.ts');
    const found = findAnnounced(systemFiles, block);
    if (found === undefined) throw error;
    return openAt({ ...placeAt(block), pciDevice: found.pciDevice, isAnnounced: true });
  }
}
