/**
 * Interfaces that were taken from a kernel driver and are on record as not given back, and those
 * among them that no process will give back any more.
 */

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { LOCK_FOLDER, lockPath } from '../share/lock-file.ts';
import { hasTakers } from '../share/users.ts';
import { driverOf, driverPath } from './bus-device.ts';
import { readRecord } from './takeover-record.ts';
import type { TakeoverRecord } from './takeover-record.ts';

/** A record, and the port of BT_CTRL that it is about. */
export interface Taken extends TakeoverRecord {
  readonly base: number;
}

const RECORD_NAME = /^bt-0x([\da-f]{1,4})\.taken$/;

/** All records, in the order of their names. */
export function findTaken(files: Files, folder = LOCK_FOLDER): readonly Taken[] {
  return files.list(folder).flatMap((name) => {
    const [, digits] = RECORD_NAME.exec(name) ?? [];
    if (digits === undefined) return [];
    const base = Number.parseInt(digits, 16);
    const record = readRecord(lockPath(folder, base, 'taken'), files);
    return record === undefined ? [] : [{ ...record, base }];
  });
}

/**
 * Those whose process was killed, and its guardian with it: `ipmi-bt release` is to be run. One
 * that was claimed is left to its owner.
 */
export function findLeftBehind(files: Files, folder = LOCK_FOLDER): readonly Taken[] {
  return findTaken(files, folder).filter(
    (taken) =>
      !taken.keep &&
      driverOf(taken, files) === '' &&
      files.exists(driverPath(taken)) &&
      !hasTakers(taken.base, files, folder),
  );
}

/** Says what is the matter with one, and what to do. */
export function leftText({ base, device, driver }: Taken): string {
  const text = `${device} is still unbound from ${driver}: the process that had taken it was killed`;
  return `${text}; bind it again with: ipmi-bt release --base ${hex(base)}`;
}
