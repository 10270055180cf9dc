/**
 * The connection to NATS: servers, TLS, and an NKEY or the credentials of a JWT. What is sent
 * changes servers, so that a connection which leaves the host has TLS. Secrets are read from files
 * that no other user can read, when a connection is made, and are never shown.
 */

import { X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';

import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';

import { checkPair, keyTrouble } from '../tls-pair.ts';
import { FILE_OPTIONS, NatsOptionsError, fileError } from './secrets.ts';
import { checkCreds, checkNkey, contentOf, secretOf } from './secrets.ts';

/** A connection as a program asks for it. */
export interface NatsOptions {
  /** URLs such as `tls://nats.example.org:4222`. */
  readonly servers: readonly string[];
  /** Shown by the server to its administrator. */
  readonly name: string;
  /** File of the seed of an NKEY. */
  readonly nkeyFile?: string | undefined;
  /** File with a JWT and its seed. */
  readonly credsFile?: string | undefined;
  /** Certificates of authorities in PEM, beside which no other is trusted. */
  readonly caFile?: string | undefined;
  /** Certificate of this client, and its key. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** First part of the subjects of answers, which permissions can keep from other users. */
  readonly inboxPrefix?: string | undefined;
  /** True: also without TLS to another host. */
  readonly plain?: boolean | undefined;
  /** True: once there was a connection, no refusal by the server ends it. */
  readonly lasts?: boolean | undefined;
}

/** The certificate of a server does not hold for it. */
export class CertificateError extends NatsOptionsError {}

/** No connection came about; the message says to which servers, and what to do. */
export class NatsConnectError extends Error {
  override readonly name = 'NatsConnectError';
}

/** The server does not know this user: waiting does not help, but its administrator may. */
export class NatsAuthError extends NatsConnectError {}

/** Codes of Node and OpenSSL for a certificate of the server that does not hold. */
const CERTIFICATE = /CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA/;

/** Time between two attempts to connect, and what chance adds so that hosts do not come at once. */
export const RECONNECT_MS = 2000;
export const RECONNECT_JITTER_MS = 3000;

/** A server is asked whether it is there, and is given up after so many without an answer. */
const PING_INTERVAL_MS = 20_000;
const PINGS_MAX = 2;

const CERTIFICATE_PEM = /-----BEGIN (?<kind>[A-Z0-9 ]*CERTIFICATE)-----.*?-----END \k<kind>-----/gs;

const SCHEME = /^(nats|tls):\/\//i;
/** A host and a port: the library would take `a://b` behind a scheme for another server. */
const PLACE = /^[^/?#]*\/?$/;

const ANY_SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Connects. The library is loaded now, and not before. */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { connect } = await import('@nats-io/transport-node');
  return await orSaid(connect(await libraryOptions(options)), options);
}

/**
 * Rejects with a {@link NatsOptionsError} for all that is wrong whatever the server says: a service
 * finds it before it opens anything.
 */
export async function checkNats(options: NatsOptions): Promise<void> {
  await libraryOptions(options);
}

/** The options of the library. The secret is read again for each connection. */
async function libraryOptions(options: NatsOptions): Promise<NodeConnectionOptions> {
  const library = await import('@nats-io/transport-node');
  const { nkeyFile, credsFile } = options;
  const transport = transportOptions(options);
  checkTls(options, transport);
  if (credsFile !== undefined) {
    const creds = (): Uint8Array => secretOf(FILE_OPTIONS.credsFile, credsFile);
    const authenticator = library.credsAuthenticator(creds);
    checkCreds(credsFile, authenticator);
    return { ...transport, authenticator };
  }
  if (nkeyFile === undefined) return transport;
  const seed = (): Uint8Array => trimmed(secretOf(FILE_OPTIONS.nkeyFile, nkeyFile));
  const authenticator = library.nkeyAuthenticator(seed);
  checkNkey(nkeyFile, authenticator);
  return { ...transport, authenticator };
}

/** The library would take them for troubles of the server. */
function checkTls({ caFile, certFile, keyFile }: NatsOptions, { tls }: NodeConnectionOptions) {
  if (typeof tls !== 'object' || tls === null) return;
  const { ca, cert, key } = tls;
  if (caFile !== undefined) checkAuthorities(caFile, String(ca));
  if (certFile === undefined || cert === undefined || key === undefined) return;
  const named = { option: FILE_OPTIONS.keyFile, file: keyFile ?? '' };
  const trouble = keyTrouble(key);
  if (trouble !== undefined) throw fileError(named, trouble);
  try {
    checkPair({ cert, key });
  } catch (error) {
    const what = `does not go with ${named.option} ${named.file}: both must be in PEM`;
    const { message } = error as Error;
    const pair = { option: FILE_OPTIONS.certFile, file: certFile };
    throw fileError(pair, `${what}, and belong together (${message})`, error);
  }
}

/** Node passes over what is no certificate, and then trusts no server. */
function checkAuthorities(file: string, text: string): void {
  const named = { option: FILE_OPTIONS.caFile, file };
  const certificates = text.match(CERTIFICATE_PEM) ?? [];
  if (certificates.length === 0) throw fileError(named, 'holds no certificate in PEM');
  for (const [index, pem] of certificates.entries()) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      const { message } = error as Error;
      throw fileError(
        named,
        `certificate ${index + 1} is damaged, copy it again (${message})`,
        error,
      );
    }
  }
}

async function orSaid<T>(connected: Promise<T>, { servers }: NatsOptions): Promise<T> {
  try {
    return await connected;
  } catch (error) {
    throw connectError(error, servers);
  }
}

/** The error of the library with its servers and a remedy; any other error, a bug, as it is. */
export function connectError(error: unknown, servers: readonly string[]): unknown {
  const { name, message, code = '' } = error as NodeJS.ErrnoException;
  const told = `NATS server ${servers.join(', ')}: ${message}`;
  if (CERTIFICATE.test(code)) {
    const remedy = 'name the server as its certificate does, and its authority (--tls-ca FILE)';
    return new CertificateError(`${told}; ${remedy}`, { cause: error });
  }
  if (/^(User)?Auth\w*Error$/.test(name)) {
    const remedy = 'name an NKEY or credentials that it knows (--nkey FILE, --creds FILE)';
    return new NatsAuthError(`${told}; ${remedy}`, { cause: error });
  }
  const isOfNetwork = code !== '' || /^(Connection|Timeout|ClosedConnection)\w*Error$/.test(name);
  if (!isOfNetwork) return error;
  const remedy = 'is it the right server (--server URL), and does it run?';
  // The library notices nothing when a server ends the connection of a client without one.
  const silent = 'Does it want a certificate of its clients (--tls-cert FILE, --tls-key FILE)?';
  if (name === 'TimeoutError') {
    return new NatsConnectError(`${told}; ${remedy} ${silent}`, { cause: error });
  }
  return new NatsConnectError(`${told}; ${remedy}`, { cause: error });
}

/** The options of the library but for the secret. Throws a {@link NatsOptionsError}. */
export function transportOptions(options: NatsOptions): NodeConnectionOptions {
  const { servers, name, caFile, certFile, keyFile, inboxPrefix, lasts = false } = options;
  check(options);
  const hasTls = needsTls(options);
  const tls = {
    ...(caFile === undefined ? {} : { ca: contentOf(FILE_OPTIONS.caFile, caFile).toString() }),
    ...(certFile === undefined
      ? {}
      : { cert: contentOf(FILE_OPTIONS.certFile, certFile).toString() }),
    ...(keyFile === undefined ? {} : { key: secretOf(FILE_OPTIONS.keyFile, keyFile).toString() }),
    minVersion: 'TLSv1.2',
    ...verifiedAddress(servers),
  };
  return {
    ...{ servers: servers.map((url) => url.replace(SCHEME, '')), name },
    ...(hasTls ? { tls } : {}),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    maxReconnectAttempts: -1,
    ...{ reconnectTimeWait: RECONNECT_MS, pingInterval: PING_INTERVAL_MS, maxPingOut: PINGS_MAX },
    ...{ reconnectJitter: RECONNECT_JITTER_MS, reconnectJitterTLS: RECONNECT_JITTER_MS },
    // An account that is changed meanwhile must not end an agent for good.
    ignoreAuthErrorAbort: lasts,
    // An error is made when there is one: with its trace, each request would make one in advance.
    noAsyncTraces: true,
  };
}

function check({ servers, nkeyFile, credsFile, certFile, keyFile, ...rest }: NatsOptions): void {
  if (servers.length === 0) throw new NatsOptionsError('no NATS server is named (--server URL)');
  for (const url of servers) checkServer(url);
  if (nkeyFile !== undefined && credsFile !== undefined) {
    throw new NatsOptionsError('an NKEY and credentials exclude each other (--nkey, --creds)');
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new NatsOptionsError('a certificate and its key belong together (--tls-cert, --tls-key)');
  }
  const isTls = needsTls({ servers, certFile, ...rest });
  if (isTls) checkNames(servers);
  if (isTls || rest.plain === true || servers.every(isThisHost)) return;
  throw new NatsOptionsError(
    'without TLS everybody on the way could send commands: use tls://HOST, or allow it (--plain)',
  );
}

/** A password in a URL would be seen in the list of processes. */
function checkServer(url: string): void {
  const [, scheme] = ANY_SCHEME.exec(url) ?? [];
  if (scheme !== undefined && !SCHEME.test(url)) {
    throw new NatsOptionsError(
      `a NATS server is nats://HOST:PORT or tls://HOST:PORT: ${scheme}:// is not supported (--server)`,
    );
  }
  const { hostname, username, password } = urlOf(url);
  if (hostname === '' || !PLACE.test(url.replace(SCHEME, ''))) {
    throw new NatsOptionsError(
      // Without what may be a password.
      `${JSON.stringify(url.replace(/^.*@/, '...@'))} is no NATS server: write HOST, HOST:PORT, or tls://HOST:PORT (--server)`,
    );
  }
  if (username === '' && password === '') return;
  throw new NatsOptionsError(
    'a NATS server is named without a user or a password: use an NKEY (--server, --nkey)',
  );
}

function needsTls({ servers, caFile, certFile }: NatsOptions | Omit<NatsOptions, 'name'>): boolean {
  const hasFile = caFile !== undefined || certFile !== undefined;
  return hasFile || servers.some((url) => /^tls:/i.test(url));
}

/**
 * Its parts; all empty for what is no URL. It is read as one of HTTP, as the library does: of that
 * alone the host is canonical, 127.0.0.1 for `127.1`.
 */
function urlOf(url: string): Pick<URL, 'hostname' | 'username' | 'password'> {
  const full = `http://${url.replace(SCHEME, '')}`;
  return URL.canParse(full) ? new URL(full) : { hostname: '', username: '', password: '' };
}

/**
 * The library passes no name for a server that is an address, and Node would verify the certificate
 * of `localhost`. One address can be said; several cannot.
 */
function verifiedAddress(servers: readonly string[]): { readonly host?: string } {
  const [host = '', ...others] = hostsOf(servers);
  return isIP(host) === 0 || others.length > 0 ? {} : { host };
}

function checkNames(servers: readonly string[]): void {
  const hosts = hostsOf(servers);
  const address = hosts.find((host) => isIP(host) !== 0);
  if (address === undefined || hosts.length === 1) return;
  throw new NatsOptionsError(
    `${address}: of several NATS servers with TLS, each is named by its host name, as in its certificate`,
  );
}

function hostsOf(servers: readonly string[]): readonly string[] {
  return [...new Set(servers.map((url) => urlOf(url).hostname.replace(/^\[(.*)\]$/, '$1')))];
}

function isThisHost(url: string): boolean {
  const { hostname } = urlOf(url);
  const isLoopback = isIPv4(hostname) && hostname.startsWith('127.');
  return isLoopback || hostname === 'localhost' || hostname === '[::1]';
}

function trimmed(secret: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(secret).toString().trim());
}
