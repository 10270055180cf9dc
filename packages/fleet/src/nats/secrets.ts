/**
 * The files of a connection to NATS: secrets, which no other user can read, and certificates. An
 * error names the file and the option that named it, and never shows what is in the file.
 */

import { readSmallFile } from '../small-file.ts';
import type { SmallFile } from '../small-file.ts';

/** A connection cannot be made as the options say. */
export class NatsOptionsError extends Error {
  override readonly name = 'NatsOptionsError';
}

/** The files, and the options of the command line that name them. */
export const FILE_OPTIONS = {
  nkeyFile: '--nkey',
  credsFile: '--creds',
  caFile: '--tls-ca',
  certFile: '--tls-cert',
  keyFile: '--tls-key',
} as const;

type FileOption = (typeof FILE_OPTIONS)[keyof typeof FILE_OPTIONS];

/** Signs in, as the library has it: it is called with what the server wants to be signed. */
type Authenticator = (nonce?: string) => unknown;

/** First letter of the public key of a user; those of accounts and operators have others. */
const USER_KEY = 'U';

/** Bits of the mode by which others than the owner and its group read, or others than it write. */
const OPEN_MODE = 0o027;

/** The content of the file. */
export function contentOf(option: FileOption, file: string): Buffer {
  return read(option, file).content;
}

/** The same for a secret, which others must not have. */
export function secretOf(option: FileOption, file: string): Buffer {
  const { content, mode } = read(option, file);
  if ((mode & OPEN_MODE) === 0) return content;
  throw fileError({ option, file }, 'other users can read or change it; chmod 600 it');
}

function read(option: FileOption, file: string): SmallFile {
  try {
    return readSmallFile(file);
  } catch (error) {
    throw fileError({ option, file }, `cannot be read: ${(error as Error).message}`, error);
  }
}

/** Signs nothing for a trial, by which it is known before there is a server. */
export function checkNkey(file: string, authenticator: Authenticator): void {
  const remedy = 'it is one line that begins with SU, as step 1 of docs/fleet.md makes it';
  const named = { option: FILE_OPTIONS.nkeyFile, file };
  tryOut(authenticator, fileError(named, `holds no NKEY seed of a user: ${remedy}`));
}

/** The same for a JWT and its seed. */
export function checkCreds(file: string, authenticator: Authenticator): void {
  const remedy = 'it is the file that nsc writes, with a JWT and an NKEY seed between their lines';
  const named = { option: FILE_OPTIONS.credsFile, file };
  tryOut(authenticator, fileError(named, `holds no credentials: ${remedy}`));
}

/** The error of a file, with its option. */
export function fileError(
  { option, file }: { readonly option: FileOption; readonly file: string },
  what: string,
  cause?: unknown,
): NatsOptionsError {
  return new NatsOptionsError(`${option} ${file}: ${what}`, { cause });
}

function tryOut(authenticator: Authenticator, refusal: NatsOptionsError): void {
  try {
    const { nkey = '' } = authenticator() as { readonly nkey?: string };
    if (!nkey.startsWith(USER_KEY)) throw refusal;
  } catch (error) {
    if (error instanceof NatsOptionsError) throw error;
    // Without the error of the library, which could show what is in the file.
    throw refusal;
  }
}
