/**
 * A device file that this process serves, from the first check to its removal.
 */

import { limitWarnings, silentLog } from '../../log.ts';
import type { Log } from '../../log.ts';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { systemFiles } from '../../files.ts';
import { loadNative } from '../../native.ts';
import type { Owner } from '../../whole-file.ts';
import type { CharacterDevice } from '../character-device.ts';
import { nodePool, openChannel } from './channel.ts';
import type { ChannelHost, CuseChannel } from './channel.ts';
import { CuseDevice } from './device.ts';
import type { CuseStatistics } from './device.ts';
import { checkBefore, checkMade, checkName, describingFolder } from './node.ts';
import { giveAccess, openTrouble } from './node.ts';

export interface CuseOptions {
  /** Of the file in /dev, such as `ipmi0` or `ipmidev/0`. */
  readonly name: string;
  readonly device: CharacterDevice;
  /** Root's alone when absent, as the file of the kernel's driver is. */
  readonly access?: Owner;
  /** Is called once if the device ends otherwise than by `close()`. */
  readonly onEnd: (cause: Error) => void;
  readonly log?: Log;
}

/** The host, and its time. */
export interface CuseHost extends ChannelHost {
  readonly clock: Pick<Clock, 'now'>;
}

/** A device file that is there. */
export interface CuseService {
  readonly path: string;
  readonly statistics: CuseStatistics;
  /** Removes it; its users' calls fail from now on. Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

/** Of the file that the kernel's driver makes. */
const ROOT_ONLY: Owner = { uid: 0, gid: 0, mode: 0o600 };

const HOST: CuseHost = {
  system: systemFiles,
  load: loadNative,
  pool: nodePool,
  clock: systemClock,
};

/**
 * Makes the device file and answers its calls. Throws `PORT_CLAIMED` or `DEVICE_LOCKED` when the
 * name is taken, `PORT_UNSUPPORTED` where there is no CUSE, and `PORT_DENIED`. With the addon it
 * keeps no process alive.
 */
export function serveCuse(options: CuseOptions, host: CuseHost = HOST): CuseService {
  const { name, access = ROOT_ONLY, onEnd } = options;
  const log = limitWarnings(options.log ?? silentLog, () => host.clock.now());
  checkName(name);
  checkBefore(name, host.system);
  const channel = open(`${describingFolder(name)}/abort`, host);
  const ended = (cause: Error): void => {
    void channel.close();
    onEnd(cause);
  };
  const cuse = new CuseDevice({ channel, device: options.device, log, ended });
  try {
    cuse.begin(name);
    checkMade(name, host.system);
    giveAccess(name, access, host.system);
    cuse.serve();
  } catch (error) {
    void cuse.close();
    throw error;
  }
  return {
    path: `/dev/${name}`,
    get statistics() {
      return cuse.statistics;
    },
    close: () => cuse.close(),
  };
}

/**
 * Throws as {@link serveCuse} does before it makes the device, as far as that can be told without
 * making one.
 */
export function checkCuse(name: string, host: CuseHost = HOST): void {
  checkName(name);
  checkBefore(name, host.system);
  void open(`${describingFolder(name)}/abort`, host).close();
}

function open(abortPath: string, host: CuseHost): CuseChannel {
  try {
    return openChannel(abortPath, host);
  } catch (cause) {
    throw openTrouble(cause, host.system);
  }
}
