/** The commands of ipmitool, by their names. */

import { run as channel } from './channel.ts';
import { run as chassis, power } from './chassis.ts';
import { run as dcmi } from './dcmi.ts';
import { run as event } from './event.ts';
import { execWith } from './exec.ts';
import { run as fru } from './fru.ts';
import { run as lan } from './lan.ts';
import { run as mc } from './mc.ts';
import { run as raw } from './raw.ts';
import { run as sdr } from './sdr.ts';
import { run as sel } from './sel.ts';
import { run as sensor } from './sensor.ts';
import { run as session } from './session-info.ts';
import { run as set } from './set.ts';
import { shellWith } from './shell.ts';
import type { Family, Session } from './session.ts';
import { unsupported } from './unsupported.ts';
import { run as user } from './user.ts';
import { COMMANDS } from './usage.ts';

const FAMILIES: Readonly<Record<string, Family>> = {
  bmc: mc,
  channel,
  chassis,
  dcmi,
  power,
  event,
  exec: execWith(runCommand),
  fru,
  lan,
  mc,
  raw,
  sdr,
  sel,
  sensor,
  session,
  set,
  shell: shellWith(runCommand),
  user,
};

/** The commands of ipmitool that this program does not have. */
export const UNSUPPORTED_COMMANDS: readonly string[] = [...COMMANDS.matchAll(/^\t(\w+)/gm)]
  .map(([, name = '']) => name)
  .filter((name) => !Object.hasOwn(FAMILIES, name));

/** Runs one command; resolves to the exit code. */
export async function runCommand(session: Session, words: readonly string[]): Promise<number> {
  const [name = '', ...rest] = words;
  if (Object.hasOwn(FAMILIES, name)) return (await FAMILIES[name]?.(session, rest)) ?? 1;
  if (UNSUPPORTED_COMMANDS.includes(name)) {
    session.complain(unsupported(name));
    return 1;
  }
  session.complain(`Invalid command: ${name}\n${COMMANDS}`);
  return 1;
}
