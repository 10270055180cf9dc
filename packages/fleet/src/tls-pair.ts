/**
 * A certificate and its key are checked before they are used. `createSecureContext` alone takes a
 * key of another type than that of the certificate, and then every handshake fails.
 */

import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** The options of a context, with one certificate (and its chain) and one key in PEM. */
export interface TlsPair extends SecureContextOptions {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** As PKCS #8 says it, and as older programs do. */
const ENCRYPTED = /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m;

/** The reason for which a key in PEM cannot be used by itself; undefined when there is none. */
export function keyTrouble(key: string | Buffer): string | undefined {
  if (!ENCRYPTED.test(String(key))) return undefined;
  return 'the key is encrypted: write it without a passphrase, by openssl pkey -in FILE -out NEW';
}

/** Throws what OpenSSL says, and for a key of another certificate that it is one. */
export function checkPair(pair: TlsPair): void {
  const { cert, key } = pair;
  const trouble = keyTrouble(key);
  if (trouble !== undefined) throw new Error(trouble);
  createSecureContext(pair);
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  throw new Error('the key is that of another certificate');
}
