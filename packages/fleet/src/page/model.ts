/**
 * The fleet as the page shows it: a row for each host, the newest events, the state of the server.
 * A host stays, however long it is silent. Everything has a bound, and the changes are collected
 * until they are taken, so that their number follows the hosts and not the answers.
 */

import { HOSTS_MAX } from '../fleet/host-names.ts';
import type { Delivery } from '../fleet/transport.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { hostToken } from '../nats/subjects.ts';
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

/** Events that are kept; an older one is in the stream of NATS. */
export const EVENTS_MAX = 300;

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

export class FleetModel {
  readonly #wallMs: () => number;
  readonly #isForAll: boolean;
  readonly #hosts = new Map<string, Host>();
  /** Hosts by the token that events have. */
  readonly #tokens = new Set<string>();
  readonly #changed = new Set<string>();
  #events: readonly EventRow[] = [];
  #eventIds: readonly string[] = [];
  #newEvents: readonly EventRow[] = [];
  #lastSeq = 0;
  #status: Status;
  #isStatusNew = false;
  #listener: () => void = nothing;

  constructor({ wallMs, hosts, status }: ModelParts) {
    this.#wallMs = wallMs;
    this.#isForAll = hosts === undefined;
    this.#status = {
      ...{ ...status, natsLostMs: null, eventTrouble: '', roundMs: null, asked: 0, answered: 0 },
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

  /** Calls back when there is something to take that was not there before. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Adds hosts that are not known yet, up to the limit of a run. */
  add(names: readonly string[]): void {
    for (const name of names) {
      if (this.#hosts.has(name) || this.#hosts.size >= HOSTS_MAX) continue;
      this.#tokens.add(hostToken(name));
      const row: HostRow = {
        ...{ host: name, state: 'waiting', sinceMs: this.#wallMs(), seenMs: null, detail: '' },
        ...{ product: null, firmware: null, p99Us: null, maxUs: null, losses: null, smoke: null },
      };
      const known = { seenMs: null, silence: undefined, silentMs: 0, trouble: '', fault: '' };
      this.#hosts.set(name, { row, ...known });
      this.#mark(name);
    }
  }

  /** Takes the answer to the question that every host gets in every round. */
  heard(name: string, delivery: Delivery, elapsedMs: number): void {
    const host = this.#hosts.get(name);
    if (host === undefined || isOurs(delivery)) return;
    if (delivery.kind === 'failure' && isSilence(delivery)) {
      if (host.silence === '' || host.silence === undefined) {
        host.silentMs = this.#wallMs() - Math.round(elapsedMs);
      }
      host.silence = delivery.message;
    } else {
      host.silence = '';
      host.seenMs = this.#wallMs();
      host.trouble = troubleOf(delivery);
    }
    this.#update(name, host, {});
  }

  identified(name: string, delivery: Delivery): void {
    const host = this.#hosts.get(name);
    const found = identifiedBy(delivery);
    if (host === undefined || found === undefined) return;
    const { fault, ...fields } = found;
    host.fault = fault;
    this.#update(name, host, fields);
  }

  counted(name: string, delivery: Delivery): void {
    const host = this.#hosts.get(name);
    const found = countedBy(delivery);
    if (host !== undefined && found !== undefined) this.#update(name, host, found);
  }

  tested(name: string, delivery: Delivery): void {
    const host = this.#hosts.get(name);
    const smoke = verdictBy(delivery, this.#wallMs());
    if (host !== undefined && smoke !== undefined) this.#update(name, host, { smoke });
  }

  /** Takes an event of a host that is shown; an event that is told twice counts once. */
  event(event: HostEvent, atMs: number): void {
    const id = `${event.host} ${event.id}`;
    const isShown = this.#isForAll || this.#tokens.has(event.host);
    if (!isShown || this.#eventIds.includes(id)) return;
    this.#lastSeq += 1;
    const row = eventRow(event, this.#lastSeq, atMs);
    this.#events = [row, ...this.#events].slice(0, EVENTS_MAX);
    this.#eventIds = [id, ...this.#eventIds].slice(0, EVENTS_MAX);
    this.#newEvents = [row, ...this.#newEvents].slice(0, EVENTS_MAX);
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

  /** A round is over, in which so many hosts were asked and answered. */
  roundEnded(asked: number, answered: number): void {
    this.tell({ roundMs: this.#wallMs(), asked, answered });
  }

  /** Everything. */
  snapshot(): Snapshot {
    const rows = [...this.#hosts.values()].map(({ row }) => row);
    return { nowMs: this.#wallMs(), status: this.#status, rows, events: this.#events };
  }

  /** The changes since the last call; undefined if there is none. */
  take(): Delta | undefined {
    const rows = [...this.#changed].flatMap((name) => this.#hosts.get(name)?.row ?? []);
    const events = this.#newEvents;
    if (rows.length + events.length === 0 && !this.#isStatusNew) return undefined;
    const delta: Delta = {
      nowMs: this.#wallMs(),
      ...(this.#isStatusNew ? { status: this.#status } : {}),
      ...(rows.length === 0 ? {} : { rows }),
      ...(events.length === 0 ? {} : { events }),
    };
    this.#changed.clear();
    this.#newEvents = [];
    this.#isStatusNew = false;
    return delta;
  }

  #update(name: string, host: Host, fields: Partial<HostRow>): void {
    const filled = { ...host.row, ...fields };
    const { state, detail } = stateOf({ ...host, row: filled });
    const sinceMs = state === host.row.state ? host.row.sinceMs : this.#sinceOf(host, state);
    const seenMs = state === 'silent' ? host.seenMs : null;
    const row: HostRow = { ...filled, state, detail, sinceMs, seenMs };
    // A verdict that comes again is new by its time.
    if (isSame(row, host.row)) return;
    host.row = row;
    this.#mark(name);
  }

  #sinceOf(host: Host, state: HostState): number {
    return state === 'silent' ? host.silentMs : this.#wallMs();
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

function isSame(one: HostRow, other: HostRow): boolean {
  const keys = Object.keys(one) as (keyof HostRow)[];
  return keys.every((key) => one[key] === other[key]);
}

function nothing(): void {
  // There is no listener yet.
}
