/** A network namespace with one link to this host, which can be cut as a cable is. Needs root. */

import { execFileSync } from 'node:child_process';

import type { Way } from '../crowd/crowd.ts';

const NAME = 'ipmi-bt-bench';
const [NEAR, FAR] = ['ipmibt-near', 'ipmibt-far'];

/** Addresses of a documentation network, which no site has. */
const [NEAR_ADDRESS, FAR_ADDRESS] = ['198.51.100.1', '198.51.100.2'];

export class NetworkSpace {
  readonly address = NEAR_ADDRESS;

  static make(): NetworkSpace {
    const space = new NetworkSpace();
    space.remove();
    ip('netns', 'add', NAME);
    ip('link', 'add', NEAR, 'type', 'veth', 'peer', 'name', FAR, 'netns', NAME);
    ip('address', 'add', `${NEAR_ADDRESS}/30`, 'dev', NEAR);
    ip('link', 'set', NEAR, 'up');
    ip('-n', NAME, 'address', 'add', `${FAR_ADDRESS}/30`, 'dev', FAR);
    ip('-n', NAME, 'link', 'set', FAR, 'up');
    return space;
  }

  get way(): Way {
    return {
      before: ['ip', 'netns', 'exec', NAME],
      url: ({ port }) => `tls://${NEAR_ADDRESS}:${port}`,
    };
  }

  /** From now on nothing passes, and no end of a connection is told. */
  cut(): void {
    ip('-n', NAME, 'link', 'set', FAR, 'down');
  }

  mend(): void {
    ip('-n', NAME, 'link', 'set', FAR, 'up');
  }

  remove(): void {
    try {
      ip('netns', 'delete', NAME);
    } catch {
      // There is none.
    }
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', [...args], { stdio: 'pipe' });
}
