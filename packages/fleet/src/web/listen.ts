/** The place where a server listens, as a command line names it. */

import { InvalidArgumentError } from 'commander';

/** The place where it listens. */
export interface ListenAddress {
  /** Undefined for all addresses of the host. */
  readonly host: string | undefined;
  /** 0 for one that is free. */
  readonly port: number;
}

const PORT_MAX = 0xffff;

/** Reads `HOST:PORT`, `[ADDRESS]:PORT` or `:PORT`. */
export function addressOf(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^[\]:]*)):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > PORT_MAX) {
    throw new InvalidArgumentError('It is HOST:PORT or :PORT, such as 127.0.0.1:9290.');
  }
  const host = bracketed ?? plain ?? '';
  return { host: host === '' ? undefined : host, port };
}
