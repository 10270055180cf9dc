/**
 * `ipmi-bt locate`: the IPMI interfaces of this machine, the source of each, and the chosen one.
 * The fields are those of FreeIPMI's ipmi-locate. No port is touched, except for
 * `--probe-defaults`, which reads.
 */

import { DEFAULT_BASES, lookAt } from '../../discover/defaults.ts';
import type { Look, OpenPort } from '../../discover/defaults.ts';
import { discover } from '../../discover/discover.ts';
import type { Discovery } from '../../discover/discover.ts';
import { explain, judgement } from '../../discover/explain.ts';
import { interruptedAt } from '../../discover/ranking.ts';
import type { Candidate } from '../../discover/ranking.ts';
import { SOURCE_NAMES, testify } from '../../discover/record.ts';
import type { AddressSpace } from '../../discover/record.ts';
import type { BlockAddress } from '../../port/register-block.ts';
import { EXIT_CODES, hex } from '../../errors.ts';
import { permissionRemedy } from '../../file-trouble.ts';
import { systemFiles } from '../../files.ts';
import type { Files } from '../../files.ts';
import { tellWay } from '../../irq/ways.ts';
import { findLeftBehind, leftText } from '../../kernel/left-behind.ts';
import type { Taken } from '../../kernel/left-behind.ts';
import { foreseeDenial } from '../../port/denied.ts';
import { openPort } from '../../port/open-port.ts';
import { UsageError } from '../args.ts';
import { EXIT_ABSENT } from '../exit-codes.ts';
import { inFlags, jsonLine } from '../format.ts';
import { command, readGlobals, refuseRecord } from '../globals.ts';
import { stderr, stdout } from '../output.ts';
import { namedBlock } from '../session.ts';

export const LOCATE_COMMAND = command({
  name: 'locate',
  device: 'none',
  help: 'list the IPMI interfaces of this machine, and say which one would be used',
  options: {
    explain: { help: 'explain in sentences where each interface was found, and why one is chosen' },
    probeDefaults: { help: 'also read, but never write, the registers at 0xe4 and 0xce4' },
  },
  examples: [
    { line: 'locate', help: 'list the interfaces' },
    { line: 'locate --explain', help: 'explain the choice' },
  ],
  exitCodes: {
    0: 'there is an interface that can be used now',
    69: 'there is none',
    77: 'there is one, and this process or this kernel may not use its ports',
  },
  run: ({ options, globals: values }) => {
    refuseRecord(values, 'locate');
    const globals = readGlobals(values);
    if (globals.sim)
      throw new UsageError(
        'locate lists the hardware of this machine, and cannot be used with --sim',
      );
    const found = locate({
      files: systemFiles,
      openPort,
      left: findLeftBehind(systemFiles),
      named: namedBlock(globals),
      json: globals.json,
      explain: options.explain,
      probeDefaults: options.probeDefaults,
    });
    stdout.write(found.stdout);
    stderr.write(found.stderr);
    return Promise.resolve(found.exit);
  },
});

const ADDRESS_LABELS: Readonly<Record<AddressSpace, string>> = {
  io: 'BMC I/O base address',
  memory: 'BMC memory base address',
  smbus: 'BMC SMBUS slave address',
};

/** The input of {@link locate}. */
export interface LocateOptions {
  readonly files: Files;
  readonly openPort: OpenPort;
  /** Interfaces that a process has taken from their driver and did not give back. */
  readonly left?: readonly Taken[];
  readonly named: BlockAddress | undefined;
  readonly json: boolean;
  readonly explain: boolean;
  readonly probeDefaults: boolean;
}

/** The text to print, and the exit code. */
export interface Located {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Finds the interfaces, and formats them. */
export function locate(options: LocateOptions): Located {
  const { files, named } = options;
  const known = discover({ files, named });
  const looks = options.probeDefaults ? probe(known, options) : [];
  const more = looks
    .filter(({ isLikeBt }) => isLikeBt)
    .flatMap(({ base }) => testify('default', `port ${hex(base)}`, { base, spacing: 1 }).records);
  const found = more.length === 0 ? known : discover({ files, named, more });
  return {
    stdout: inFlags(options.json ? json(found, looks, options) : text(found, looks, options)),
    stderr: options.json ? '' : remarks(found, options),
    exit: exitOf(found, files),
  };
}

/** `open()` looks for an owner of the ports only when it may use them. */
function exitOf({ candidates }: Discovery, files: Files): number {
  if (candidates.some(({ chosen }) => chosen)) return 0;
  const refusal = foreseeDenial(files);
  const isRefused = refusal !== undefined && candidates.some(({ rank }) => rank !== undefined);
  return isRefused ? EXIT_CODES[refusal.code] : EXIT_ABSENT;
}

/** Reads the default addresses that are not known already. */
function probe({ candidates }: Discovery, { files, openPort }: LocateOptions): readonly Look[] {
  const known = candidates.filter(({ space }) => space === 'io').map(({ base }) => base);
  const unknown = DEFAULT_BASES.filter((base) => !known.includes(base));
  return unknown.map((base) => lookAt(base, files, openPort));
}

function text(found: Discovery, looks: readonly Look[], options: LocateOptions): string {
  const told = looks.map((look) => `${sentence(look.text)}\n`).join('');
  if (options.explain)
    return (
      story(found, options)
        .map((line) => `${line}\n`)
        .join('') + told
    );
  return found.candidates.map(fields).join('\n') + told;
}

/** Tells of each source, and of how the interrupt of each usable interface can be used. */
function story(found: Discovery, { files }: LocateOptions): readonly string[] {
  const usable = found.candidates.filter(({ rank }) => rank !== undefined);
  return [
    ...explain(found),
    ...usable.map((candidate) => tellWay(interruptedAt(candidate), files)),
  ];
}

function fields(candidate: Candidate): string {
  const { type, space, base, spacing, irq, sources, rank, claim } = candidate;
  const rows: readonly (readonly [label: string, value: string | undefined])[] = [
    ['IPMI Version', candidate.ipmiVersion],
    ['IPMI locate driver', sources.map((source) => SOURCE_NAMES[source]).join(', ')],
    ['IPMI interface', type === 'unknown' ? 'unknown' : type.toUpperCase()],
    ['BMC driver device', candidate.pciDevice],
    [ADDRESS_LABELS[space], base === 0 ? 'unknown' : hex(base)],
    ['Register spacing', spacing === undefined ? 'unknown' : String(spacing)],
    ['Interrupt', irq === undefined ? 'none' : String(irq)],
    ['Rank', rank === undefined ? 'none' : String(rank)],
    ['Claim', claim ?? 'none'],
    ['Verdict', judgement(candidate)],
    ...candidate.firmwareBugs.map((bug) => ['Firmware bug', bug] as const),
  ];
  return rows.map(([label, value]) => (value === undefined ? '' : `${label}: ${value}\n`)).join('');
}

/** Returns the remarks for standard error: facts that belong to no interface. */
function remarks(
  { candidates, testimonies, unseen }: Discovery,
  { left = [] }: LocateOptions,
): string {
  const problems = testimonies.flatMap((testimony) => testimony.problems);
  const lines = [
    ...(candidates.length === 0 ? ['no IPMI interface was found'] : []),
    ...problems.map((problem) => `ignored: ${problem}`),
    ...unseen.map((what) => `not read: ${what} (${permissionRemedy()})`),
    ...left.map(leftText),
  ];
  return lines.map((line) => `ipmi-bt: ${line}\n`).join('');
}

function json(found: Discovery, looks: readonly Look[], options: LocateOptions): string {
  return jsonLine('locate', {
    candidates: found.candidates.map(jsonFields),
    problems: found.testimonies.flatMap(({ problems }) => problems),
    unseen: found.unseen,
    left_unbound: (options.left ?? []).map(({ base, device, driver }) => ({
      base,
      device,
      driver,
    })),
    ...(options.probeDefaults ? { looks: looks.map(jsonLook) } : {}),
    ...(options.explain ? { story: story(found, options) } : {}),
  });
}

function jsonFields(candidate: Candidate): object {
  return {
    type: candidate.type,
    space: candidate.space,
    base: candidate.base === 0 ? null : candidate.base,
    register_spacing: candidate.spacing ?? null,
    irq: candidate.irq ?? null,
    ipmi_version: candidate.ipmiVersion ?? null,
    pci_device: candidate.pciDevice ?? null,
    sources: candidate.sources,
    rank: candidate.rank ?? null,
    claim: candidate.claim ?? null,
    chosen: candidate.chosen,
    reason: candidate.reason,
    firmware_bugs: candidate.firmwareBugs,
  };
}

function jsonLook({ base, isLikeBt, text: says }: Look): object {
  return { base, is_like_bt: isLikeBt, text: says };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
