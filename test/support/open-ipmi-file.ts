/** An IPMI device over clients that are given, and files that are opened on it. */

import { onTestFinished } from 'vitest';

import type { BrokerClient, Clients } from '../../src/serve/broker-client.ts';
import { IpmiDevice } from '../../src/serve/ipmidev/device.ts';
import type { IpmiDeviceOptions } from '../../src/serve/ipmidev/device.ts';
import type { Opener } from '../../src/serve/opener.ts';
import { IpmiCaller } from './ipmi-caller.ts';

export const ROOT_OPENER: Opener = { door: 'device', pid: 100, uid: 0, gid: 0 };

/** A program with an open file, and how often that was said to be readable. */
export class Program extends IpmiCaller {
  wakes = 0;
}

export interface Bench {
  readonly device: IpmiDevice;
  readonly open: (options?: { readonly is32Bit?: boolean }) => Program;
}

export function ipmiBench(
  clients: Clients & { open(opener: Opener): BrokerClient },
  options: Omit<IpmiDeviceOptions, 'clients'> = {},
): Bench {
  const device = new IpmiDevice({ clients, ...options });
  onTestFinished(() => {
    device.close();
  });
  return {
    device,
    open: (caller = {}) => {
      const opened: { program?: Program } = {};
      const file = device.open(ROOT_OPENER, 0, () => {
        if (opened.program !== undefined) opened.program.wakes += 1;
      });
      if (typeof file === 'number') throw new Error(`open() failed with errno ${file}`);
      opened.program = new Program(file, caller);
      return opened.program;
    },
  };
}

/** Lets everything happen that waits for no time. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
