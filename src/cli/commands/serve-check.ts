/** `ipmi-bt serve --check`: says what stands in the way of a server, and changes nothing. */

import { discover } from '../../discover/discover.ts';
import type { Candidate } from '../../discover/ranking.ts';
import { IpmiError, hex } from '../../errors.ts';
import { systemFiles } from '../../files.ts';
import type { Files } from '../../files.ts';
import { loadNative } from '../../native.ts';
import { checkBefore, checkPresent } from '../../serve/cuse/node.ts';
import { grantsText, readPolicy } from '../../serve/policy-file.ts';
import { checkNoServer } from '../../serve/server-lock.ts';
import { checkedItem, findingOf, itemRow } from '../findings.ts';
import type { Finding, Need } from '../findings.ts';
import { table } from '../format.ts';
import type { Globals } from '../globals.ts';
import { stdout } from '../output.ts';
import { SERVE_CHECK_SCHEMA } from '../schemas/serve.ts';
import { schemaLine } from '../schemas/schema.ts';
import { namedBlock } from '../session.ts';
import type { ServeChoices } from './serve-choices.ts';

/** The parts of the host that are looked at. */
export interface CheckedHost {
  readonly files: Files;
  readonly load: typeof loadNative;
}

const THIS_HOST: CheckedHost = { files: systemFiles, load: loadNative };

/** Prints each thing that a server needs; returns the exit code of the first that lacks. */
export function checkServe(choices: ServeChoices, globals: Globals): number {
  const findings = findingsOf(choices, globals);
  const checks = findings.map(checkedItem);
  stdout.write(
    globals.json ? schemaLine(SERVE_CHECK_SCHEMA, { checks }) : table(checks.map(itemRow)),
  );
  return findings.find(({ exit }) => exit !== undefined)?.exit ?? 0;
}

/** Each thing that a server needs, and whether this host has it. */
export function findingsOf(
  choices: ServeChoices,
  globals: Globals,
  host = THIS_HOST,
): readonly Finding[] {
  const { files } = host;
  const candidate = globals.sim ? undefined : firstOf(globals, files);
  const needs: readonly Need[] = [
    { item: 'Policy', check: () => policy(files) },
    { item: 'Addon', check: () => addon(host) },
    ...(globals.sim ? [] : [{ item: 'Interface', check: () => usable(candidate, globals) }]),
    ...(candidate === undefined
      ? []
      : [{ item: 'Server', check: () => noServer(candidate, files) }]),
    ...(choices.access === undefined
      ? []
      : [{ item: 'Device file', check: () => free(choices.name, globals, files) }]),
  ];
  return needs.map(findingOf);
}

function policy(files: Files): string {
  return grantsText(readPolicy(files));
}

function addon({ load }: CheckedHost): string {
  const native = load();
  if (native.kind === 'loaded') return 'loaded';
  throw new IpmiError('PORT_UNSUPPORTED', `${native.reason}: ${native.remedy}`);
}

/** The interface that a server would have. */
function firstOf(globals: Globals, files: Files): Candidate | undefined {
  const { candidates } = discover({ files, named: namedBlock(globals) });
  return candidates.find(({ chosen }) => chosen) ?? candidates.find(({ rank }) => rank === 1);
}

function usable(candidate: Candidate | undefined, { takeover }: Globals): string {
  if (candidate === undefined) {
    const text = 'no BT interface was found; if there is one, name it with --base';
    throw new IpmiError('DEVICE_ABSENT', `${text} (see ipmi-bt locate --explain)`);
  }
  const { base, chosen, claim, reason } = candidate;
  if (chosen) return `${hex(base)}, which no driver has`;
  if (takeover !== false && claim !== undefined) return `${hex(base)}, taken from ${claim}`;
  throw new IpmiError('PORT_CLAIMED', `${hex(base)}: ${reason}; use --takeover`);
}

function noServer({ base }: Candidate, files: Files): string {
  checkNoServer(base, files);
  return 'no other one';
}

function free(name: string | undefined, { takeover }: Globals, files: Files): string {
  checkPresent(files);
  if (name === undefined)
    return 'CUSE is there; the name is the last one, or the first that is free';
  try {
    checkBefore(name, files);
  } catch (error) {
    const isKernels = error instanceof IpmiError && error.code === 'PORT_CLAIMED';
    if (!isKernels || takeover === false) throw error;
    return `/dev/${name} goes with the driver from which the interface is taken`;
  }
  return `/dev/${name} is free, and CUSE is there`;
}
