/**
 * Tries the interfaces that were found, best first. One that turns out not to be there is passed
 * over; any other error ends the search, because the next one may lead to another BMC.
 */

import type { BlockAddress } from '../port/register-block.ts';
import { IpmiError } from '../errors.ts';
import { permissionRemedy } from '../file-trouble.ts';
import type { Files } from '../files.ts';
import { ConfigError } from '../config-file.ts';
import { CONFIG_FILE } from './config.ts';
import type { Config } from './config.ts';
import { discover } from './discover.ts';
import type { Discovery } from './discover.ts';
import { name, summarize } from './explain.ts';
import { isAnnounced, isNamed, isPassedOver } from './ranking.ts';
import type { Candidate } from './ranking.ts';

/** The way in which a candidate is to be opened. */
export interface Approach {
  /** The way to the ports that the config file names. */
  readonly port: Config['port'];
  /** Firmware says that it is there: one of which nothing is seen is waited for. */
  readonly isAnnounced: boolean;
}

/** Opens a candidate. */
export type Attempt<T> = (candidate: Candidate, approach: Approach) => Promise<T>;

/**
 * Looks for interfaces, and resolves to what `attempt` makes of the best that is there. Only when
 * none is, the best one that firmware announces is waited for.
 */
export async function tryFound<T>(files: Files, attempt: Attempt<T>): Promise<T> {
  const discovery = discover({ files });
  const ranked = discovery.candidates.filter(({ rank }) => rank !== undefined);
  const errors = new Map<Candidate, IpmiError>();
  for (const { candidate, mayWait } of rounds(ranked)) {
    const approach = { port: discovery.config?.port, isAnnounced: mayWait };
    try {
      return await attempt(candidate, approach);
    } catch (error) {
      if (!isPassedOver(candidate, error, files)) throw error;
      errors.set(candidate, error);
    }
  }
  throw nothingThere(discovery, errors);
}

/** The candidate at `block` that firmware announces. A wrong config file is no hindrance. */
export function findAnnounced(files: Files, block: BlockAddress): Candidate | undefined {
  try {
    const { candidates } = discover({ files, named: block });
    return candidates.find(
      (one) => one.space === 'io' && one.base === block.base && isAnnounced(one),
    );
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

interface Try {
  readonly candidate: Candidate;
  readonly mayWait: boolean;
}

/** Of several, all are looked at before one is waited for; one that is named is the only one. */
function rounds(ranked: readonly Candidate[]): readonly Try[] {
  const [first] = ranked;
  const isOnly = ranked.length === 1 || (first !== undefined && isNamed(first));
  if (isOnly && first !== undefined) return [{ candidate: first, mayWait: isAnnounced(first) }];
  const looks = ranked.map((candidate) => ({ candidate, mayWait: false }));
  const waits = ranked.filter(isAnnounced).map((candidate) => ({ candidate, mayWait: true }));
  return [...looks, ...waits];
}

function nothingThere(discovery: Discovery, errors: ReadonlyMap<Candidate, IpmiError>): IpmiError {
  const { unseen, candidates } = discovery;
  if (errors.size === 0 && unseen.length > 0) {
    const text = `no BT interface found, but these could not be read: ${unseen.join(', ')}`;
    return new IpmiError(
      'PORT_DENIED',
      `${text} (${permissionRemedy()}; or name the interface with the option base)`,
    );
  }
  const tried = [...errors].map(([candidate, { message }]) => {
    return `${name(candidate)}: ${message.replace(/^\w+: /, '')}`;
  });
  const hasOthers = errors.size < candidates.length || errors.size === 0;
  const story = [...tried, ...(hasOthers ? [summarize(discovery)] : [])].join('; ');
  const text = `no BT interface found: ${story} (if there is one, name it with the option base or in ${CONFIG_FILE})`;
  const causes = [...errors.values()];
  const isClaimed = causes.length > 0 && causes.every(({ code }) => code === 'PORT_CLAIMED');
  const cause = new AggregateError(causes);
  return new IpmiError(isClaimed ? 'PORT_CLAIMED' : 'DEVICE_ABSENT', text, { cause });
}
