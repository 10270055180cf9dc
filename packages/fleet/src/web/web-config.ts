/**
 * The web configuration file that Prometheus and its exporters share: TLS, users, headers. A key
 * that is unknown, or not supported here, is an error: none that protects is passed over.
 */

import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SecureContextOptions, SecureVersion } from 'node:tls';

import { parse } from 'yaml';

import { readSmallFile } from '../small-file.ts';
import { checkPair, keyTrouble } from '../tls-pair.ts';
import type { TlsPair } from '../tls-pair.ts';
import { WebConfigError } from './web-config-error.ts';

/** TLS of the server, ready for `node:https`. */
export interface TlsConfig extends SecureContextOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

/** The configuration with nothing left out. */
export interface WebConfig {
  /** Undefined for plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Hashes of bcrypt by user; without any, no user is asked for. */
  readonly users: ReadonlyMap<string, string>;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  /** The files that it was read from. */
  readonly files: readonly string[];
}

/** Plain HTTP, without users. */
export const NO_WEB_CONFIG: WebConfig = {
  tls: undefined,
  users: new Map(),
  headers: {},
  files: [],
};

type Section = Readonly<Record<string, unknown>>;

/** Versions by the names that the file has for them. */
const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const NO_CLIENT_AUTH = [false, false] as const;

/** The treatment of a client's certificate: asked for, and verified. */
const CLIENT_AUTH: Readonly<Record<string, readonly [isAsked: boolean, isVerified: boolean]>> = {
  NoClientCert: NO_CLIENT_AUTH,
  RequestClientCert: [true, false],
  RequireAndVerifyClientCert: [true, true],
};

/** The response headers that the file may set. */
const HEADERS: readonly string[] = [
  ...['Content-Security-Policy', 'X-Frame-Options', 'X-Content-Type-Options'],
  ...['X-XSS-Protection', 'Strict-Transport-Security'],
];

const BCRYPT_HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/** Reads the file and those that it names, whose paths are relative to it. */
export function readWebConfig(path: string): WebConfig {
  try {
    return configIn(path);
  } catch (error) {
    if (!(error instanceof WebConfigError)) throw error;
    throw new WebConfigError(`--web.config.file ${path}: ${error.message}`, { cause: error });
  }
}

function configIn(path: string): WebConfig {
  const file = sectionOf('the file', yamlOf(path), [
    ...['tls_server_config', 'http_server_config', 'basic_auth_users'],
  ]);
  const tls = file['tls_server_config'];
  const folder = dirname(path);
  const tlsSection = tls === undefined ? undefined : tlsKeysOf(tls);
  const names = ['cert_file', 'key_file', 'client_ca_file'].flatMap((key) => {
    const name = tlsSection?.[key];
    return typeof name === 'string' ? [resolve(folder, name)] : [];
  });
  return {
    tls: tlsSection && tlsOf(tlsSection, folder),
    users: usersOf(file['basic_auth_users'] ?? {}),
    headers: headersOf(file['http_server_config'] ?? {}),
    files: [path, ...names],
  };
}

/** A text that changes when one of the files is replaced or written. */
export function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? 'none' : `${stat.ino}/${stat.size}/${stat.mtimeNs}`;
    })
    .join();
}

function yamlOf(path: string): unknown {
  try {
    // Pretty errors would show the line, which may hold a password.
    return parse(read(path).toString(), { prettyErrors: false }) as unknown;
  } catch (error) {
    if (error instanceof WebConfigError) throw error;
    throw new WebConfigError((error as Error).message, { cause: error });
  }
}

function read(path: string, what = ''): Buffer {
  try {
    return readSmallFile(path).content;
  } catch (error) {
    throw new WebConfigError(`${what}${(error as Error).message}`, { cause: error });
  }
}

function sectionOf(name: string, value: unknown, keys?: readonly string[]): Section {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new WebConfigError(`${name} is no mapping`);
  }
  const unknown = Object.keys(value).find((key) => keys?.includes(key) === false);
  if (unknown === undefined) return value as Section;
  throw new WebConfigError(`${name}: the key ${unknown} is unknown, or not supported here`);
}

function tlsKeysOf(value: unknown): Section {
  return sectionOf('tls_server_config', value, [
    ...['cert_file', 'key_file', 'client_auth_type', 'client_ca_file'],
    ...['min_version', 'max_version', 'prefer_server_cipher_suites'],
  ]);
}

function tlsOf(section: Section, folder: string): TlsConfig {
  const file = (key: string): Buffer => {
    const name = section[key];
    if (typeof name === 'string') return read(resolve(folder, name), `tls_server_config: ${key}: `);
    throw new WebConfigError(`tls_server_config: ${key} is missing`);
  };
  const [requestCert, rejectUnauthorized] =
    chosen(section, 'client_auth_type', CLIENT_AUTH) ?? NO_CLIENT_AUTH;
  const ca = section['client_ca_file'] === undefined ? undefined : file('client_ca_file');
  if (rejectUnauthorized && ca === undefined) file('client_ca_file');
  const maxVersion = chosen(section, 'max_version', VERSIONS);
  const tls = {
    ...{ cert: file('cert_file'), key: file('key_file'), ...(ca === undefined ? {} : { ca }) },
    ...{ requestCert, rejectUnauthorized },
    minVersion: chosen(section, 'min_version', VERSIONS) ?? 'TLSv1.2',
    ...(maxVersion === undefined ? {} : { maxVersion }),
    honorCipherOrder: section['prefer_server_cipher_suites'] !== false,
  };
  check(tls);
  return tls;
}

/** The server would throw what OpenSSL says, of which neither the file nor the key is part. */
function check(tls: TlsPair): void {
  try {
    checkPair(tls);
  } catch (error) {
    const { message } = error as Error;
    const what = 'cert_file and key_file are no certificate and its key in PEM';
    throw new WebConfigError(`tls_server_config: ${keyTrouble(tls.key) ?? `${what}: ${message}`}`, {
      cause: error,
    });
  }
}

function chosen<T>(section: Section, key: string, values: Readonly<Record<string, T>>) {
  const word = section[key];
  if (word === undefined) return undefined;
  const value = typeof word === 'string' && Object.hasOwn(values, word) ? values[word] : undefined;
  if (value !== undefined) return value;
  const known = Object.keys(values).join(', ');
  throw new WebConfigError(`tls_server_config: ${key} must be one of ${known}`);
}

function usersOf(value: unknown): ReadonlyMap<string, string> {
  const users = Object.entries(sectionOf('basic_auth_users', value));
  return new Map(
    users.map(([name, hash]) => {
      if (typeof hash === 'string' && BCRYPT_HASH.test(hash)) return [name, hash];
      // The value may be a password that was not hashed: it is not shown.
      throw new WebConfigError(`basic_auth_users: the value of ${name} is no hash of bcrypt`);
    }),
  );
}

function headersOf(value: unknown): Readonly<Record<string, string>> {
  // HTTP/2 is offered by no server of this package, so that both values mean the same.
  const { headers = {} } = sectionOf('http_server_config', value, ['http2', 'headers']);
  const section = sectionOf('http_server_config: headers', headers, HEADERS);
  return Object.fromEntries(Object.entries(section).map(([name, text]) => [name, String(text)]));
}
