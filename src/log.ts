/**
 * The logger's interface, the silent default, and the only door to pino. A program that never asks
 * for a log never loads it: importing pino costs half as much again as starting Node.
 */

import { contained } from './callback.ts';

/** One level's method, as pino has it: fields first, then the message. */
export type LogMethod = (fields: object, message: string) => void;

/** The part of a pino logger that this library calls. */
export interface Log {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger that adds `fields` to every line. */
  child(fields: object): Log;
}

/** A logger of a program; the levels are the same, and the rest need not be there. */
export interface Logger extends Pick<Log, 'debug' | 'info' | 'warn' | 'error'> {
  readonly trace?: LogMethod;
  child?(fields: object): Logger;
}

/**
 * Makes a `Log` of a logger of a program. One that has no `child`, such as `console`, gets the
 * fields of the child with each line; its `trace` would print a stack with each line, and is
 * `debug` here. A line that the logger fails to write is lost: there is nowhere to tell it.
 */
export function logOf(logger: Logger, fields: object = {}): Log {
  if (logger === silentLog) return silentLog;
  const isWhole = logger.child !== undefined && logger.trace !== undefined;
  const method =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error'): LogMethod =>
    (more, message) => {
      contained(() => logger[level]?.({ ...fields, ...more }, message), ignore);
    };
  return {
    trace: method(isWhole ? 'trace' : 'debug'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) =>
      isWhole ? childOf(logger, fields, more) : logOf(logger, { ...fields, ...more }),
  };
}

/** A child that cannot be had changes nothing: the lines have the fields all the same. */
function childOf(logger: Logger, fields: object, more: object): Log {
  let child: Partial<Logger> | undefined;
  contained(() => (child = logger.child?.(more)), ignore);
  const isLogger = typeof child?.warn === 'function';
  return isLogger ? logOf(child as Logger, fields) : logOf(logger, { ...fields, ...more });
}

/** Levels of `--log-level`, loudest first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

function ignore(): void {
  // Silence is the default: a library does not write to the terminal of a program.
}

/** So many warnings of one kind are written in one window of time; the others are counted. */
const WARNINGS_MAX = 10;
const WINDOW_MS = 60_000;

interface Window {
  readonly sinceMs: number;
  written: number;
  suppressed: number;
}

/**
 * A logger whose warnings are bounded: a BMC that is broken for a week must not fill a disk. The
 * first line of a kind, which is its message, after some were left out says how many, as
 * `suppressed`. `now` has the milliseconds of a clock that is never set.
 */
export function limitWarnings(log: Log, now: () => number): Log {
  if (log === silentLog) return log;
  const windows = new Map<string, Window>();
  const warn: LogMethod = (fields, message) => {
    const last = windows.get(message);
    if (last !== undefined && now() - last.sinceMs < WINDOW_MS) {
      if (last.written < WARNINGS_MAX) log.warn(fields, message);
      if (last.written < WARNINGS_MAX) last.written += 1;
      else last.suppressed += 1;
      return;
    }
    windows.set(message, { sinceMs: now(), written: 1, suppressed: 0 });
    const suppressed = last?.suppressed ?? 0;
    log.warn(suppressed === 0 ? fields : { ...fields, suppressed }, message);
  };
  return {
    trace: (fields, message) => {
      log.trace(fields, message);
    },
    debug: (fields, message) => {
      log.debug(fields, message);
    },
    info: (fields, message) => {
      log.info(fields, message);
    },
    warn,
    error: (fields, message) => {
      log.error(fields, message);
    },
    child: (fields) => limitWarnings(log.child(fields), now),
  };
}

/** Drops everything. */
export const silentLog: Log = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLog,
};

/** A pino logger that writes one JSON object a line. */
export async function createLog(level: LogLevel, write: (line: string) => void): Promise<Log> {
  const { pino } = await import('pino');
  // A destination of pino's own throws where it cannot write.
  const log: Log = pino({ level, base: null }, { write });
  return log;
}
