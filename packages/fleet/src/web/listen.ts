/** The place where a server listens, as a command line names it, and the error when it cannot. */

import { InvalidArgumentError } from 'commander';

/** The place where it listens. */
export interface ListenAddress {
  /** Undefined for all addresses of the host. */
  readonly host: string | undefined;
  /** 0 for one that is free. */
  readonly port: number;
}

/** The address cannot be listened to. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
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

/** The error of listening, with the option that named the place. */
export function listenError(
  { host, port }: ListenAddress,
  option: string,
  cause: Error,
): ListenError {
  const place = `${host?.includes(':') === true ? `[${host}]` : (host ?? '')}:${port}`;
  const remedy = 'name an address of this host, and a port that is free';
  return new ListenError(`cannot listen on ${place}: ${cause.message}; ${remedy} (${option})`, {
    cause,
  });
}
