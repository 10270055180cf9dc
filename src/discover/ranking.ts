/**
 * What `open()` would do with each interface: the order in which it tries them, which one it would
 * take, and why it leaves the others alone.
 */

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { driverOf } from '../kernel/bus-device.ts';
import type { BusDevice } from '../kernel/bus-device.ts';
import { readIoPorts } from '../kernel/io-ports.ts';
import { IPMI_SI } from '../kernel/ipmi-si.ts';
import { checkUnclaimed } from '../kernel/port-owner.ts';
import { btBlock, checkBlock, registerPorts } from '../port/register-block.ts';
import { sourcesOf } from './candidate.ts';
import type { Draft } from './candidate.ts';
import type { AddressSpace, InterfaceType, SourceName } from './record.ts';

/** An interface that somebody says exists. */
export interface Candidate {
  readonly type: InterfaceType;
  /** What `base` is: a port, a memory address, or a slave address on the SMBus. */
  readonly space: AddressSpace;
  /** Of the first register: for BT, BT_CTRL. 0 when nobody says. */
  readonly base: number;
  /** Addresses from one register to the next. */
  readonly spacing: number;
  /** Interrupt number; undefined when there is none. */
  readonly irq: number | undefined;
  /** IPMI version that firmware gives the interface. */
  readonly ipmiVersion: string | undefined;
  /** Who says that there is one, best source first. */
  readonly sources: readonly SourceName[];
  /** Its place among those that can be tried, from 1; undefined when it is never tried. */
  readonly rank: number | undefined;
  /** The kernel driver that has it, or why it cannot be used now; undefined when it is free. */
  readonly claim: string | undefined;
  /** Whether `open()` would take it. */
  readonly chosen: boolean;
  /** Why, in words. */
  readonly reason: string;
  /** What firmware has wrong about it. */
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

/** Whose word makes an interface of which nothing is seen one that restarts. */
const ANNOUNCERS: readonly SourceName[] = ['spmi', 'smbios', 'pci', 'kernel'];

const LATER = 'tried if those before it are not there';

/** Ranks `drafts`, which are in the order to be tried in; those never tried come last. */
export function rank(drafts: readonly Draft[], files: Files): readonly Candidate[] {
  const judged = drafts.map((draft) => ({ draft, declined: whyNever(draft) }));
  const tried = judged.filter(({ declined }) => declined === undefined);
  const rivals = tried.map(({ draft }) => ({ draft, claim: claimOf(draft, files) }));
  const last = rivals.findIndex((rival) => endsSearch(rival, files));
  const candidates = rivals.map((rival, index) => {
    const { draft, claim } = rival;
    const chosen = index === last && claim === undefined;
    const reason = chosen ? 'the first that can be used' : (claim?.text ?? whyLater(rivals[last]));
    const fate = { rank: index + 1, claim: claim?.driver ?? claim?.text, chosen, reason };
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
 * Whether `error`, met in opening `candidate`, says that there is no BT interface after all, so
 * that the next one is tried. What somebody named, or ipmi_si has, is there: the next one may be
 * that of another BMC.
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

/** Whether firmware or the kernel says so, and not only whoever named it. */
export function isAnnounced({ sources }: Candidate): boolean {
  return sources.some((source) => ANNOUNCERS.includes(source));
}

/** Why an interface is never tried, or undefined when it can be. */
function whyNever(draft: Draft): string | undefined {
  const { type, space, base, spacing, records } = draft;
  if (records.length === 0) return 'ACPI says where something is, and not what: --base takes it';
  if (records[0]?.source === 'default') return 'a guess: --base takes it';
  const driver = OTHERS[type];
  if (driver !== undefined) {
    return `this driver speaks BT only; the kernel's ${driver} drives ${type.toUpperCase()}`;
  }
  if (type !== 'bt') return 'nobody says for sure that it is BT: --base takes it';
  if (base === 0) return 'no address is given';
  if (space !== 'io') return 'BT in memory is not supported, only BT on ports';
  if (spacing === undefined) return 'its register spacing is a reserved value';
  try {
    checkBlock(base, spacing);
    return undefined;
  } catch {
    return 'there are no such ports';
  }
}

/** An interface that can be tried, and who has it. */
interface Rival {
  readonly draft: Draft;
  readonly claim: Claim | undefined;
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

/** Whether what claims an interface is no driver of IPMI, so that firmware was wrong about it. */
function isOthers(driver: string | undefined, files: Files): boolean {
  // Who cannot see the owners of ports cannot tell.
  return driver !== IPMI_SI && readIoPorts(files).kind === 'read';
}

function whyLater(first: Rival | undefined): string {
  if (first === undefined) return LATER;
  if (isNamed({ sources: sourcesOf(first.draft) })) return 'not tried: another is named';
  if (first.claim === undefined) return LATER;
  return `not tried: ${first.claim.driver ?? 'perhaps a driver'} has a better one`;
}

/** Whether somebody named it: then nothing else is meant. */
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
  const { type, space, base, spacing = 1, records, bugs } = draft;
  return {
    ...{ type, space, base, spacing },
    irq: firstOf(records.map(({ irq }) => irq)),
    ipmiVersion: firstOf(records.map(({ ipmiVersion }) => ipmiVersion)),
    sources: sourcesOf(draft),
    firmwareBugs: bugs,
    pciDevice: firstOf(records.map(({ pciDevice }) => pciDevice)),
  };
}

function firstOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}
