/**
 * The logger's interface, the silent default, and the only door to pino. A program that never asks
 * for a log never loads it: importing pino costs half as much again as starting Node.
 */

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

/** Levels of `--log-level`, loudest first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

function ignore(): void {
  // Silence is the default: a library does not write to somebody else's terminal.
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

/** A pino logger that writes one JSON object a line to standard error. */
export async function createLog(level: LogLevel): Promise<Log> {
  const { pino } = await import('pino');
  const log: Log = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  return log;
}
