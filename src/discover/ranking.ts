/**
 * Ranks interfaces as `open()` tries them: their order, the one it would take, and the reason why
 * it leaves each of the others alone.
 */

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import type { Interrupted } from '../irq/ways.ts';
import { driverOf } from '../kernel/bus-device.ts';
import type { BusDevice } from '../kernel/bus-device.ts';
import { readIoPorts } from '../kernel/io-ports.ts';
import { IPMI_SI } from '../kernel/ipmi-si.ts';
import { checkUnclaimed } from '../kernel/port-owner.ts';
import { foreseeDenial } from '../port/denied.ts';
import { btBlock, checkBlock, registerPorts } from '../port/register-block.ts';
import { sourcesOf } from './candidate.ts';
import type { Draft } from './candidate.ts';
import type { AddressSpace, InterfaceType, SourceName } from './record.ts';

/** An interface that exists by the word of at least one source. */
export interface Candidate {
  readonly type: InterfaceType;
  /** The kind of `base`: a port, a memory address, or a slave address on the SMBus. */
  readonly space: AddressSpace;
  /** Of the first register: for BT, BT_CTRL. 0 when no source gives it. */
  readonly base: number;
  /** Addresses from one register to the next; undefined when no source gives one that is valid. */
  readonly spacing: number | undefined;
  /** Interrupt number; undefined when there is none. */
  readonly irq: number | undefined;
  /** IPMI version that firmware gives the interface. */
  readonly ipmiVersion: string | undefined;
  /** The sources that name it, best source first. */
  readonly sources: readonly SourceName[];
  /** Its place among those that can be tried, from 1; undefined when it is never tried. */
  readonly rank: number | undefined;
  /** The kernel driver that has it, or why it cannot be used now; undefined when it is free. */
  readonly claim: string | undefined;
  /** `open()` would take it. */
  readonly chosen: boolean;
  /** Why, in words. */
  readonly reason: string;
  /** Errors of firmware about it. */
  readonly firmwareBugs: readonly string[];
  /** Its PCI device, which is enabled for the time of use. */
  readonly pciDevice: string | undefined;
}

/** Types this driver does not speak, by what drives them instead. */
const OTHERS: Readonly<Partial<Record<InterfaceType, string>>> = {
  kcs: IPMI_SI,
  smic: IPMI_SI,
  ssif: 'ipmi_ssif',
};

/** By the word of these, an interface that does not answer is taken for one that restarts. */
const ANNOUNCERS: readonly SourceName[] = ['spmi', 'smbios', 'pci', 'kernel'];

const LATER = 'tried if no BMC is found at those before it';

/** Ranks `drafts`, which are in the order to be tried in; those never tried come last. */
export function rank(drafts: readonly Draft[], files: Files): readonly Candidate[] {
  const judged = drafts.map((draft) => ({ draft, declined: whyNever(draft) }));
  const tried = judged.filter(({ declined }) => declined === undefined);
  const rivals = tried.map(({ draft }) => ({ draft, claim: claimOf(draft, files) }));
  const last = rivals.findIndex((rival) => endsSearch(rival, files));
  // What open() refuses before it looks for an owner.
  const refusal = refusalText(foreseeDenial(files));
  const candidates = rivals.map((rival, index) => {
    const { draft, claim } = rival;
    const chosen = index === last && claim === undefined && refusal === undefined;
    const why = claim?.text ?? (index === last ? refusal : undefined) ?? whyLater(rivals[last]);
    const reason = chosen ? 'the first usable interface' : why;
    const claimText = claim?.driver ?? claim?.text ?? refusal;
    const fate = { rank: index + 1, claim: claimText, chosen, reason };
    return { ...describe(draft), ...fate };
  });
  const others = judged.flatMap(({ draft, declined }) => {
    if (declined === undefined) return [];
    const claim = findDriver(draft, files);
    const fate = { rank: undefined, claim, chosen: false, reason: declined };
    return [{ ...describe(draft), ...fate }];
  });
  return [...candidates, ...others];
}

/**
 * True when `error`, met in opening `candidate`, says that there is no BT interface after all, so
 * that the next one is tried. An interface that the user names, or ipmi_si has, is there: the next
 * one may be that of another BMC.
 */
export function isPassedOver(
  candidate: Candidate,
  error: unknown,
  files: Files,
): error is IpmiError {
  if (!(error instanceof IpmiError) || isNamed(candidate)) return false;
  if (error.code === 'DEVICE_ABSENT') return true;
  return error.code === 'PORT_CLAIMED' && isOthers(candidate.claim, files);
}

/** A candidate, as far as its interrupt is concerned. */
export function interruptedAt({ base, spacing = 1, irq }: Candidate): Interrupted {
  return { base, spacing, irq };
}

/** True when firmware or the kernel names it, and not only the user. */
export function isAnnounced({ sources }: Candidate): boolean {
  return sources.some((source) => ANNOUNCERS.includes(source));
}

/** Why an interface is never tried, or undefined when it can be. */
function whyNever(draft: Draft): string | undefined {
  const { type, space, base, spacing, records } = draft;
  if (records.length === 0)
    return 'ACPI gives ports but no interface type; use the option base to open it as BT';
  if (records[0]?.source === 'default')
    return 'a guess from reading the ports; use the option base to open it';
  const driver = OTHERS[type];
  if (driver !== undefined) {
    return `only BT is supported; the kernel's ${driver} drives ${type.toUpperCase()}`;
  }
  if (type !== 'bt')
    return 'the interface type is unknown or contradictory; use the option base to open it as BT';
  if (base === 0) return 'firmware gives no address';
  if (space !== 'io') return 'memory-mapped BT is not supported, only BT on I/O ports';
  if (spacing === undefined) return 'the register spacing is a reserved value';
  try {
    checkBlock(base, spacing);
    return undefined;
  } catch {
    return 'the registers do not fit in I/O ports 0x1-0xffff';
  }
}

/** An interface that can be tried, and the driver that has it. */
interface Rival {
  readonly draft: Draft;
  readonly claim: Claim | undefined;
}

function refusalText(refusal: IpmiError | undefined): string | undefined {
  return refusal?.message.replace(/^\w+: /, '');
}

interface Claim {
  /** The driver, where it is known by name. */
  readonly driver: string | undefined;
  readonly text: string;
}

function claimOf(draft: Draft, files: Files): Claim | undefined {
  try {
    checkUnclaimed(registerPorts(btBlock(draft.base, draft.spacing)), files);
    return undefined;
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    const text = error.message.replace(/^\w+: /, '');
    return { driver: findDriver(draft, files), text };
  }
}

function endsSearch({ draft, claim }: Rival, files: Files): boolean {
  const isFree = claim === undefined;
  return isFree || !isOthers(claim.driver, files) || isNamed({ sources: sourcesOf(draft) });
}

/** True when a driver other than ipmi_si has the ports, so that firmware was wrong about them. */
function isOthers(driver: string | undefined, files: Files): boolean {
  // A process that may not read /proc/ioports does not know.
  return driver !== IPMI_SI && readIoPorts(files).kind === 'read';
}

function whyLater(first: Rival | undefined): string {
  if (first === undefined) return LATER;
  if (isNamed({ sources: sourcesOf(first.draft) })) return 'not tried: another interface is named';
  if (first.claim === undefined) return LATER;
  const { driver } = first.claim;
  const owner = driver === undefined ? 'a kernel driver may have' : `${driver} has`;
  return `not tried: ${owner} a better-ranked interface`;
}

/** True when the user names it, which excludes all others. */
export function isNamed({ sources }: Pick<Candidate, 'sources'>): boolean {
  return sources.includes('explicit') || sources.includes('config');
}

function findDriver({ records, nodes }: Draft, files: Files): string | undefined {
  if (records.some(({ source }) => source === 'kernel')) return IPMI_SI;
  const devices: readonly BusDevice[] = [
    ...records.flatMap(({ pciDevice: device }) =>
      device === undefined ? [] : [{ bus: 'pci' as const, device }],
    ),
    ...nodes.map(({ name: device }) => ({ bus: 'platform' as const, device })),
  ];
  return devices.map((device) => driverOf(device, files)).find((driver) => driver !== '');
}

function describe(draft: Draft) {
  const { type, space, base, spacing, records, bugs } = draft;
  return {
    ...{ type, space, base, spacing },
    irq: firstOf(records.map(({ irq }) => irq)),
    ipmiVersion: firstOf(records.map(({ ipmiVersion }) => ipmiVersion)),
    sources: sourcesOf(draft),
    firmwareBugs: bugs.map(({ text }) => text),
    pciDevice: firstOf(records.map(({ pciDevice }) => pciDevice)),
  };
}

function firstOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}
