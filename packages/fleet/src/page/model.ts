/**
 * The fleet as the page shows it: a row for each host, the newest events, the state of the server.
 * A host stays, however long it is silent. Everything has a bound, and the changes are collected
 * until they are taken, so that their number follows the hosts and not the answers.
 */

import { HOSTS_MAX } from '../fleet/host-names.ts';
import type { Delivery } from '../fleet/transport.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { hostToken } from '../nats/subjects.ts';
import { EVENTS_MAX, EVENTS_OF_HOST_MAX } from './limits.ts';
import type { Delta, EventRow, HostRow, HostState, Snapshot, Status } from './messages.ts';
import {
  countedBy,
  eventRow,
  identifiedBy,
  isOurs,
  isSilence,
  troubleOf,
  verdictBy,
} from './reports.ts';

/** The options of a model. */
export interface ModelParts {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** The hosts that are shown; undefined for all that are found, and the events of all. */
  readonly hosts?: readonly string[] | undefined;
  readonly status: Pick<Status, 'version' | 'intervalMs' | 'smokeIntervalMs'>;
}

/** A host with what its state follows from. */
interface Host {
  row: HostRow;
  seenMs: number | null;
  /** The reason why it is silent; empty after an answer, undefined before both. */
  silence: string | undefined;
  /** When the question was asked that was not answered. */
  silentMs: number;
  trouble: string;
  /** A fault that the BMC found in itself. */
  fault: string;
}

/** Ids of events that are remembered, so that one that is told twice counts once. */
const IDS_MAX = 300;

export class FleetModel {
  readonly #wallMs: () => number;
  readonly #isForAll: boolean;
  readonly #hosts = new Map<string, Host>();
  /** Names of hosts by the token that their events have. */
  readonly #names = new Map<string, string>();
  readonly #changed = new Set<string>();
  #events: readonly EventRow[] = [];
  #eventIds: readonly string[] = [];
  #areEventsNew = false;
  #lastSeq = 0;
  #status: Status;
  #isStatusNew = false;
  #listener: () => void = nothing;

  constructor({ wallMs, hosts, status }: ModelParts) {
    this.#wallMs = wallMs;
    this.#isForAll = hosts === undefined;
    this.#status = {
      ...{ ...status, natsLostMs: null, eventTrouble: '', hostTrouble: '' },
      ...{ heardMs: null, asked: 0, answered: 0 },
    };
    this.add(hosts ?? []);
  }

  /** All hosts, in the order in which they were added. */
  get hosts(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** Hosts that answered last. */
  get answering(): readonly string[] {
    return [...this.#hosts].flatMap(([name, { silence }]) => (silence === '' ? [name] : []));
  }

  /** The time of day of all that is told. */
  nowMs(): number {
    return this.#wallMs();
  }

  /** Calls back when there is something to take that was not there before. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Adds hosts that are not known yet, up to the limit of a run; returns those that were added. */
  add(names: readonly string[]): readonly string[] {
    const sinceMs = this.#wallMs();
    return names.filter((name) => {
      if (this.#hosts.has(name) || this.#hosts.size >= HOSTS_MAX) return false;
      this.#names.set(hostToken(name), name);
      const row: HostRow = {
        ...{ host: name, state: 'waiting', sinceMs, seenMs: null, detail: '' },
        ...{ product: null, firmware: null, p99Us: null, maxUs: null, losses: null, smoke: null },
      };
      const known = { seenMs: null, silence: undefined, silentMs: 0, trouble: '', fault: '' };
      this.#hosts.set(name, { row, ...known });
      this.#mark(name);
      return true;
    });
  }

  /** Takes the answer to the question that every host gets once in a period. */
  heard(name: string, delivery: Delivery, elapsedMs: number): void {
    const nowMs = this.#wallMs();
    const host = this.#hosts.get(name);
    if (host === undefined || isOurs(delivery)) return;
    const before = host.silence;
    if (delivery.kind === 'failure' && isSilence(delivery)) {
      if (before === '' || before === undefined) host.silentMs = nowMs - Math.round(elapsedMs);
      host.silence = delivery.message;
    } else {
      host.silence = '';
      host.seenMs = nowMs;
      host.trouble = troubleOf(delivery);
    }
    this.#update(name, host, { nowMs });
    const asked = this.#status.asked + Number(before === undefined);
    const change = Number(host.silence === '') - Number(before === '');
    this.tell({ heardMs: nowMs, asked, answered: this.#status.answered + change });
  }

  identified(name: string, delivery: Delivery): void {
    const nowMs = this.#wallMs();
    const host = this.#hosts.get(name);
    const found = identifiedBy(delivery);
    if (host === undefined || found === undefined) return;
    const { fault, ...fields } = found;
    host.fault = fault;
    this.#update(name, host, { nowMs, ...fields });
  }

  counted(name: string, delivery: Delivery): void {
    const nowMs = this.#wallMs();
    const host = this.#hosts.get(name);
    const found = countedBy(delivery);
    if (host !== undefined && found !== undefined) this.#update(name, host, { nowMs, ...found });
  }

  tested(name: string, delivery: Delivery): void {
    const nowMs = this.#wallMs();
    const host = this.#hosts.get(name);
    const smoke = verdictBy(delivery, nowMs);
    if (host !== undefined && smoke !== undefined) this.#update(name, host, { nowMs, smoke });
  }

  /** Takes an event of a host that is shown; an event that is told twice counts once. */
  event({ host, id, event }: HostEvent, atMs: number): void {
    const learnedMs = this.#wallMs();
    const key = `${host} ${id}`;
    const name = this.#names.get(host) ?? (this.#isForAll ? host : undefined);
    if (name === undefined || this.#eventIds.includes(key)) return;
    this.#lastSeq += 1;
    const row = eventRow(event, { seq: this.#lastSeq, host: name, atMs, learnedMs });
    this.#events = bounded([row, ...this.#events]);
    this.#eventIds = [key, ...this.#eventIds].slice(0, IDS_MAX);
    this.#areEventsNew = true;
    this.#listener();
  }

  /** Changes the state of the server. */
  tell(change: Partial<Omit<Status, 'version' | 'intervalMs' | 'smokeIntervalMs'>>): void {
    const status = { ...this.#status, ...change };
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#isStatusNew = true;
    this.#listener();
  }

  /** The clock was set: what was told by the old time is told again by the new one. */
  clockSet(byMs: number): void {
    for (const [name, host] of this.#hosts) {
      host.silentMs += byMs;
      host.seenMs = later(host.seenMs, byMs);
      const { sinceMs, seenMs, smoke } = host.row;
      host.row = {
        ...{ ...host.row, sinceMs: sinceMs + byMs, seenMs: later(seenMs, byMs) },
        smoke: smoke === null ? null : { ...smoke, atMs: smoke.atMs + byMs },
      };
      this.#mark(name);
    }
    // The other time of an event is by the clock of NATS.
    this.#events = this.#events.map((row) => ({ ...row, learnedMs: row.learnedMs + byMs }));
    this.#areEventsNew = true;
    const { natsLostMs, heardMs } = this.#status;
    this.tell({ natsLostMs: later(natsLostMs, byMs), heardMs: later(heardMs, byMs) });
    this.#listener();
  }

  /** Everything. */
  snapshot(): Snapshot {
    const nowMs = this.#wallMs();
    const rows = [...this.#hosts.values()].map(({ row }) => row);
    return { nowMs, status: this.#status, rows, events: this.#events, isWhole: true };
  }

  /** The changes since the last call; undefined if there is none. */
  take(): Delta | undefined {
    const nowMs = this.#wallMs();
    const rows = [...this.#changed].flatMap((name) => this.#hosts.get(name)?.row ?? []);
    if (rows.length === 0 && !this.#areEventsNew && !this.#isStatusNew) return undefined;
    const delta: Delta = {
      nowMs,
      ...(this.#isStatusNew ? { status: this.#status } : {}),
      ...(rows.length === 0 ? {} : { rows }),
      ...(this.#areEventsNew ? { events: this.#events } : {}),
    };
    this.#changed.clear();
    this.#areEventsNew = false;
    this.#isStatusNew = false;
    return delta;
  }

  /** Makes the row of what is known of the host, with other fields in place of some. */
  #update(
    name: string,
    host: Host,
    { nowMs, ...fields }: { nowMs: number } & Partial<HostRow>,
  ): void {
    const filled = { ...host.row, ...fields };
    const { state, detail } = stateOf({ ...host, row: filled });
    const beganMs = state === 'silent' ? host.silentMs : nowMs;
    const sinceMs = state === host.row.state ? host.row.sinceMs : beganMs;
    const seenMs = state === 'silent' ? host.seenMs : null;
    const row: HostRow = { ...filled, state, detail, sinceMs, seenMs };
    // A verdict that comes again is new by its time.
    if (isSame(row, host.row)) return;
    host.row = row;
    this.#mark(name);
  }

  #mark(name: string): void {
    this.#changed.add(name);
    this.#listener();
  }
}

/** The worst that is known of it. */
function stateOf({ silence, trouble, fault, row }: Host): { state: HostState; detail: string } {
  if (silence === undefined) return { state: 'waiting', detail: '' };
  if (silence !== '') return { state: 'silent', detail: silence };
  if (trouble !== '') return { state: 'trouble', detail: trouble };
  if (fault !== '') return { state: 'trouble', detail: fault };
  if (row.smoke?.verdict === 'fail') return { state: 'failed', detail: row.smoke.line };
  return { state: 'ok', detail: '' };
}

/** The events that are kept of these: the newest of all, and of each host. */
function bounded(events: readonly EventRow[]): readonly EventRow[] {
  const counts = new Map<string, number>();
  return events
    .filter(({ host }) => {
      const count = (counts.get(host) ?? 0) + 1;
      counts.set(host, count);
      return count <= EVENTS_OF_HOST_MAX;
    })
    .slice(0, EVENTS_MAX);
}

function later(atMs: number | null, byMs: number): number | null {
  return atMs === null ? null : atMs + byMs;
}

function isSame(one: HostRow, other: HostRow): boolean {
  const keys = Object.keys(one) as (keyof HostRow)[];
  return keys.every((key) => one[key] === other[key]);
}

function nothing(): void {
  // There is no listener yet.
}
