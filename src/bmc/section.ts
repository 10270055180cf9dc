/**
 * Sections of requests that belong together: what was read first must still be true when it is
 * written back. No other request goes to the BMC between two requests of a section, neither one of
 * this process's callers nor one of another process.
 */

import type { Driver } from '../driver/driver.ts';
import type { Arbiter } from '../share/arbiter.ts';

/**
 * Runs `work`, whose internal requests are a section, after the sections before it. `work` must not
 * begin another section, and makes a bounded number of requests.
 */
export type Section = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes the sections of one interface. */
export function sectionsOf(
  driver: Pick<Driver, 'doubt' | 'trust'>,
  arbiter: Pick<Arbiter, 'keep'>,
): Section {
  let before: Promise<unknown> = Promise.resolve();
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    driver.doubt('settings');
    arbiter.keep(true);
    try {
      return await work();
    } finally {
      arbiter.keep(false);
      driver.trust('settings');
    }
  };
  return (work) => {
    const done = before.then(() => run(work));
    before = done.catch(() => undefined);
    return done;
  };
}
