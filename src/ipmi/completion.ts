/**
 * Completion codes (IPMI 2.0 table 5-2), in the words that `ipmitool` prints, because programs
 * parse them; its misspellings are kept.
 */

import { hexByte } from './hex.ts';

const WORDS: Readonly<Record<number, string>> = {
  0x00: 'Command completed normally',
  0xc0: 'Node busy',
  0xc1: 'Invalid command',
  0xc2: 'Invalid command on LUN',
  0xc3: 'Timeout',
  0xc4: 'Out of space',
  0xc5: 'Reservation cancelled or invalid',
  0xc6: 'Request data truncated',
  0xc7: 'Request data length invalid',
  0xc8: 'Request data field length limit exceeded',
  0xc9: 'Parameter out of range',
  0xca: 'Cannot return number of requested data bytes',
  0xcb: 'Requested sensor, data, or record not found',
  0xcc: 'Invalid data field in request',
  0xcd: 'Command illegal for specified sensor or record type',
  0xce: 'Command response could not be provided',
  0xcf: 'Cannot execute duplicated request',
  0xd0: 'SDR Repository in update mode',
  0xd1: 'Device firmeware in update mode',
  0xd2: 'BMC initialization in progress',
  0xd3: 'Destination unavailable',
  0xd4: 'Insufficient privilege level',
  0xd5: 'Command not supported in present state',
  0xd6: 'Cannot execute command, command disabled',
  0xff: 'Unspecified error',
};

/** Completion codes that are acted on. */
export const Completion = {
  OK: 0x00,
  /** Answer to Get Message and Read Event Message Buffer: the queue is empty (§22.6, §22.8). */
  EMPTY: 0x80,
  /** The command was not processed. */
  NODE_BUSY: 0xc0,
  INVALID_COMMAND: 0xc1,
  INVALID_COMMAND_ON_LUN: 0xc2,
  /** The response is unavailable. */
  TIMEOUT: 0xc3,
  /** The reservation is lost; a new one is needed. */
  RESERVATION_LOST: 0xc5,
  INVALID_LENGTH: 0xc7,
  FIELD_TOO_LONG: 0xc8,
  OUT_OF_RANGE: 0xc9,
  /** So many bytes of data cannot be returned. */
  TOO_MANY_BYTES: 0xca,
  /** The record, the sensor or the data is not there. */
  NOT_FOUND: 0xcb,
  INVALID_FIELD: 0xcc,
  NO_RESPONSE: 0xce,
  SDR_UPDATE: 0xd0,
  FIRMWARE_UPDATE: 0xd1,
  /** The BMC cannot answer before it has started. */
  INITIALIZING: 0xd2,
  NO_PRIVILEGE: 0xd4,
  /** Some BMCs answer so after a reset, until they are ready. */
  NOT_IN_THIS_STATE: 0xd5,
  DISABLED: 0xd6,
  UNSPECIFIED: 0xff,
} as const;

/**
 * Codes that say only that the *answer* is missing; the command may have been executed. (QEMU
 * answers 0xd2 to a command that its BMC did execute.)
 */
const ANSWER_MISSING: ReadonlySet<number> = new Set([
  Completion.TIMEOUT,
  Completion.NO_RESPONSE,
  Completion.SDR_UPDATE,
  Completion.FIRMWARE_UPDATE,
  Completion.INITIALIZING,
]);

/** True if the command may get its answer when it is sent again. */
export function isAnswerMissing(completionCode: number): boolean {
  return ANSWER_MISSING.has(completionCode);
}

/**
 * Answers to Get Device ID which show that the interface is up, but not the BMC behind it. Not
 * 0xd1, because a program that updates firmware must be able to open the interface.
 */
const NOT_YET: ReadonlySet<number> = new Set([
  Completion.NODE_BUSY,
  Completion.TIMEOUT,
  Completion.NO_RESPONSE,
  Completion.INITIALIZING,
  Completion.NOT_IN_THIS_STATE,
]);

/** True if a BMC that answers Get Device ID so is still starting. */
export function isNotYet(completionCode: number): boolean {
  return NOT_YET.has(completionCode);
}

/** True if the BMC does not know the command. */
export function isUnknownCommand(completionCode: number): boolean {
  const { INVALID_COMMAND, INVALID_COMMAND_ON_LUN } = Completion;
  return completionCode === INVALID_COMMAND || completionCode === INVALID_COMMAND_ON_LUN;
}

/**
 * Answers to a request that names something by its number alone, such as a sensor, a user or a
 * parameter: it is not there. Some BMCs answer as if the number was a mistake.
 */
const ABSENT: ReadonlySet<number> = new Set([
  Completion.OUT_OF_RANGE,
  Completion.NOT_FOUND,
  Completion.INVALID_FIELD,
]);

/** True if that of which a request has only the number is not there. */
export function isAbsent(completionCode: number): boolean {
  return ABSENT.has(completionCode);
}

/** Codes with which BMCs refuse to send as many bytes as they were asked for. */
const TOO_MANY: ReadonlySet<number> = new Set([
  Completion.INVALID_LENGTH,
  Completion.FIELD_TOO_LONG,
  Completion.TOO_MANY_BYTES,
  Completion.UNSPECIFIED,
]);

/** True if fewer bytes, asked for at a time, may be sent. */
export function isTooMany(completionCode: number): boolean {
  return TOO_MANY.has(completionCode);
}

/** A completion code in words; `Unknown (0x80)`, as in `ipmitool`, if it is not in the table. */
export function completionText(completionCode: number): string {
  const unknown = `Unknown (0x${hexByte(completionCode).slice(2).toUpperCase()})`;
  return WORDS[completionCode] ?? unknown;
}

/** A completion code with its words: `0xc3 (Timeout)`. */
export function codeText(completionCode: number): string {
  return `${hexByte(completionCode)} (${completionText(completionCode)})`;
}
