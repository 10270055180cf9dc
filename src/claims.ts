/**
 * What must be had before a register may be touched: a way to the ports, a place among the
 * processes that use the interface, and the certainty that no driver of the kernel does. What was
 * had is let go when the rest cannot be.
 */

import { portRange, registerPorts } from './bt/registers.ts';
import type { RegisterBlock } from './bt/registers.ts';
import { sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Backend } from './device.ts';
import { PciPort } from './discover/pci.ts';
import { IpmiError } from './errors.ts';
import { systemFiles } from './files.ts';
import { checkUnclaimed } from './kernel-driver.ts';
import { InterfaceLock, NO_LOCK } from './lock.ts';
import type { Lock } from './lock.ts';
import type { Log } from './log.ts';
import { loadNative } from './native.ts';
import { openPort } from './port/open-port.ts';
import type { PortIo } from './port/port.ts';
import { TakenFile } from './taken.ts';
import { Takeover } from './takeover.ts';
import type { Patience } from './takeover.ts';
import { Tenancy } from './tenancy.ts';
import { both } from './undo.ts';

/** How often a place is asked for while another process binds a driver. */
const LOOK_MS = 10;

export interface ClaimOptions extends Patience {
  readonly block: RegisterBlock;
  readonly port: 'native' | 'dev-port' | 'auto' | PortIo;
  /** The PCI device that has to be enabled while its ports are used. */
  readonly pciDevice?: string | undefined;
  readonly takeover: boolean | 'force';
  readonly clock: Clock;
  readonly log: Log;
}

/** The ports, and what keeps others away from them. */
export interface Claim {
  readonly port: PortIo;
  readonly backend: Backend;
  readonly lock: Lock;
  readonly takeover: Takeover | undefined;
  /** Lets go of the place; port and lock are their users' to close. Idempotent. */
  leave(): void;
}

export async function claimPorts(options: ClaimOptions): Promise<Claim> {
  const { block, port: wanted } = options;
  // Only who made the port knows who else can reach it.
  if (typeof wanted === 'object') {
    return { port: wanted, backend: 'custom', lock: NO_LOCK, takeover: undefined, leave: nothing };
  }
  const opened = openPort({ kind: wanted, range: portRange(block), files: systemFiles });
  let tenancy: Tenancy | undefined;
  try {
    tenancy = new Tenancy({ base: block.base });
    return { ...opened, ...(await enterAndTake(tenancy, opened.port, options)) };
  } catch (error) {
    tenancy?.close();
    opened.port.close();
    throw error;
  }
}

/** Not before its driver is unbound: the kernel enables no device that has one. */
function enable(port: PortIo, { pciDevice }: ClaimOptions): PortIo {
  return pciDevice === undefined ? port : new PciPort(port, pciDevice, systemFiles);
}

async function enterAndTake(
  tenancy: Tenancy,
  opened: PortIo,
  options: ClaimOptions,
): Promise<Omit<Claim, 'backend'>> {
  const { block } = options;
  await enter(tenancy, options);
  const takeover = await take(tenancy, options);
  try {
    checkUnclaimed(registerPorts(block), systemFiles);
    const lock = new InterfaceLock({ base: block.base });
    const port = enable(opened, options);
    return { port, lock, takeover, leave: () => tenancy.close() };
  } catch (error) {
    throw (await takeover?.abandon().catch((failure: unknown) => both(failure, error))) ?? error;
  }
}

async function enter(tenancy: Tenancy, { clock, deadlineMs, signal }: ClaimOptions): Promise<void> {
  while (!tenancy.enter()) {
    if (clock.now() >= deadlineMs) {
      const text = `${tenancy.others(systemFiles)} is giving the interface back to its driver`;
      throw new IpmiError('DEVICE_LOCKED', `${text}; wait for it`);
    }
    await sleep(clock, LOOK_MS, signal);
  }
}

async function take(tenancy: Tenancy, options: ClaimOptions): Promise<Takeover | undefined> {
  if (options.takeover === false) return undefined;
  const { block, clock, log } = options;
  const { base } = block;
  const takeover = new Takeover({
    base,
    ports: registerPorts(block),
    system: systemFiles,
    tenancy,
    taken: new TakenFile(base, systemFiles),
    load: loadNative,
    clock,
    log,
  });
  await takeover.take(options.takeover === 'force', options);
  return takeover;
}

function nothing(): void {
  // There is no place to let go of.
}
