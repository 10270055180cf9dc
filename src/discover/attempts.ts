/**
 * Tries what was found, best first. An interface that turns out not to be there is passed over; any
 * other trouble is told, because the next one may lead to another BMC.
 */

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { CONFIG_FILE } from './config.ts';
import type { Config } from './config.ts';
import { discover } from './discover.ts';
import type { Discovery } from './discover.ts';
import { name, summarize } from './explain.ts';
import { isPassedOver } from './ranking.ts';
import type { Candidate } from './ranking.ts';

/** Opens a candidate; `port` is the way to the ports that the config file names. */
export type Attempt<T> = (candidate: Candidate, port: Config['port']) => Promise<T>;

/** Looks for interfaces, and resolves to what `attempt` makes of the best that is there. */
export function tryFound<T>(files: Files, attempt: Attempt<T>): Promise<T> {
  return tryInOrder(discover({ files }), attempt);
}

/** Resolves to what `attempt` makes of the first candidate that is there. */
export async function tryInOrder<T>(discovery: Discovery, attempt: Attempt<T>): Promise<T> {
  const failures: Failure[] = [];
  for (const candidate of discovery.candidates) {
    if (candidate.rank === undefined) continue;
    try {
      return await attempt(candidate, discovery.config?.port);
    } catch (error) {
      if (!isPassedOver(candidate, error)) throw error;
      failures.push({ candidate, error });
    }
  }
  throw nothingThere(discovery, failures);
}

interface Failure {
  readonly candidate: Candidate;
  readonly error: IpmiError;
}

function nothingThere(discovery: Discovery, failures: readonly Failure[]): IpmiError {
  const { unseen } = discovery;
  if (failures.length === 0 && unseen.length > 0) {
    const text = `no BT interface is seen, but not all could be: ${unseen.join(', ')}`;
    return new IpmiError('PORT_DENIED', `${text} (run it as root, or give --base)`);
  }
  const errors = failures.map(({ error }) => error);
  const tried = failures.map(({ candidate, error }) => {
    return `${name(candidate)}: ${error.message.replace(/^\w+: /, '')}`;
  });
  const hasOthers = failures.length < discovery.candidates.length || failures.length === 0;
  const story = [...tried, ...(hasOthers ? [summarize(discovery)] : [])].join('; ');
  const isClaimed = errors.length > 0 && errors.every(({ code }) => code === 'PORT_CLAIMED');
  const text = `no BT interface: ${story} (where there is one, --base or ${CONFIG_FILE} names it)`;
  const cause = new AggregateError(errors);
  return new IpmiError(isClaimed ? 'PORT_CLAIMED' : 'DEVICE_ABSENT', text, { cause });
}
