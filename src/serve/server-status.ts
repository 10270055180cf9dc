/** The state of a server, as `ipmi-bt serve status` shows it. */

import type { Statistics } from '../driver/statistics.ts';
import { snakeCase } from '../shown.ts';
import type { BrokerStatus } from './broker.ts';
import type { CuseStatistics } from './cuse/device.ts';
import type { DummyCounters } from './dummy.ts';
import type { FeederStatus } from './feeder.ts';
import type { IpmiDeviceCounters } from './ipmidev/counters.ts';

/** The device file. */
export interface FileStatus {
  readonly path: string;
  readonly cuse: CuseStatistics;
  readonly counters: IpmiDeviceCounters;
}

export interface ServerStatus {
  readonly pid: number;
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly backend: string;
  readonly servedForMs: number;
  readonly file: FileStatus | undefined;
  readonly socket: { readonly path: string };
  readonly dummy: ({ readonly path: string } & DummyCounters) | undefined;
  readonly watchdog: FeederStatus | undefined;
  readonly broker: BrokerStatus;
  readonly device: Readonly<Statistics>;
}

/** The same with the names that JSON of this program has, `null` for what is not there. */
export function statusFields(status: ServerStatus): object {
  return named(status) as object;
}

/** Numbers are whole: the fractions of a millisecond that a clock has mean nothing here. */
function named(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return Math.round(value);
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, one]) => [snakeCase(name), named(one)] as const);
  return Object.fromEntries(fields);
}
