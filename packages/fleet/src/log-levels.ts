/** The levels of the log of a service, for command lines that need not load the log itself. */

/** Levels of the log, as pino has them. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];
