/**
 * Names of users: each is there once, so that a name which another user has is refused before
 * anything is set. A BMC that refuses it does so between the steps of an `apply`; one that takes it
 * logs in whichever user it finds first.
 */

import { IpmiError } from '../errors.ts';

/** A user of an `apply`: the name that the BMC has, and the name that is to be. */
export interface NameWanted {
  readonly id: number;
  /** Place of the user among the wanted settings, such as `user.users[0]`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** The other users of the BMC. */
export interface OtherNames {
  /** The highest id. */
  readonly most: number;
  readonly name: (id: number) => Promise<string>;
}

/**
 * Rejects with `COMMAND_FAILED` if a name is that of another user when its turn comes: the names
 * are set in this order, so that one which is given up before is free. The other users are asked
 * only if a user gets a name; one transaction for each of them.
 */
export async function checkNames(wanted: readonly NameWanted[], others: OtherNames): Promise<void> {
  const changed = wanted.filter(({ from, to }) => from !== to);
  if (changed.every(({ to }) => to === '')) return;
  const names = new Map(wanted.map(({ id, from }) => [id, from]));
  for (let id = 1; id <= others.most; id += 1) {
    if (!names.has(id)) names.set(id, await others.name(id));
  }
  for (const { id, path, to } of changed) {
    const [holder] = [...names].find(([other, name]) => other !== id && name === to) ?? [];
    if (to !== '' && holder !== undefined) throw taken(path, holder, to);
    names.set(id, to);
  }
}

function taken(path: string, holder: number, name: string): IpmiError {
  const remedy = `take another name, or rename user ${holder} before`;
  const text = `${path}.name: user ${holder} has the name ${JSON.stringify(name)}; ${remedy}; nothing was set`;
  return new IpmiError('COMMAND_FAILED', text, { outcome: 'answered' });
}
