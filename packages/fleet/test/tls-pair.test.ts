/** Certificates and keys as openssl makes them: pairs, and halves of two pairs. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { checkPair } from '../src/tls-pair.ts';
import { makeCertificate, makeCertificateOfType } from './certificates.ts';
import { tempFolder } from './temp-folder.ts';

const TYPES: Readonly<Record<string, string>> = { rsa: 'rsa:2048', ed: 'ed25519' };

/** A folder with `NAME.crt` and `NAME.key` of these, and what reads one. */
function made(...names: readonly string[]) {
  const folder = tempFolder();
  for (const name of names) {
    const type = TYPES[name];
    if (type === undefined) makeCertificate(folder, name);
    else makeCertificateOfType(folder, name, type);
  }
  return { folder, content: (name: string): Buffer => readFileSync(join(folder, name)) };
}

describe('a pair', () => {
  test.each(['ec', 'rsa', 'ed'])('of type %s is one', (name) => {
    const { content } = made(name);
    const pair = { cert: content(`${name}.crt`), key: content(`${name}.key`) };

    expect(() => {
      checkPair(pair);
    }).not.toThrow();
  });

  test('may have other certificates behind its own, and both in one file', () => {
    const { content } = made('ec', 'rsa');
    const all = Buffer.concat(['ec.key', 'ec.crt', 'rsa.crt'].map(content));

    expect(() => {
      checkPair({ cert: all, key: all });
    }).not.toThrow();
  });

  test('may have a key with its parameters, as older programs write it', () => {
    const { folder, content } = made();
    const named = ['-name', 'prime256v1', '-genkey', '-out', join(folder, 'old.key')];
    execFileSync('openssl', ['ecparam', ...named], { stdio: 'pipe' });
    const of = ['-key', join(folder, 'old.key'), '-out', join(folder, 'old.crt'), '-subj', '/CN=x'];
    execFileSync('openssl', ['req', '-x509', ...of], { stdio: 'pipe' });

    expect(content('old.key').toString()).toMatch(/^-----BEGIN EC PARAMETERS-----/);
    expect(() => {
      checkPair({ cert: content('old.crt'), key: content('old.key').toString() });
    }).not.toThrow();
  });

  test.each([
    ['ec', 'rsa'],
    ['ec', 'ed'],
    ['rsa', 'ec'],
    ['ed', 'rsa'],
  ])('of a certificate of type %s and a key of type %s is none', (cert, key) => {
    const { content } = made(cert, key);

    expect(() => {
      checkPair({ cert: content(`${cert}.crt`), key: content(`${key}.key`) });
    }).toThrow('the key is that of another certificate');
  });

  test('of two pairs of one type is none, as OpenSSL says', () => {
    const { content } = made('ec', 'ec2');

    expect(() => {
      checkPair({ cert: content('ec.crt'), key: content('ec2.key') });
    }).toThrow(/key values mismatch/);
  });

  test.each([
    ['PKCS #8', ['pkey']],
    ['older programs', ['ec']],
  ])('with an encrypted key, as of %s, is told how it is used', (_, [program = '']) => {
    const { folder, content } = made('ec');
    const files = ['-in', join(folder, 'ec.key'), '-out', join(folder, 'secret.key')];
    const how = ['-aes256', '-passout', 'pass:secret'];
    execFileSync('openssl', [program, ...files, ...how], { stdio: 'pipe' });

    expect(() => {
      checkPair({ cert: content('ec.crt'), key: content('secret.key') });
    }).toThrow('the key is encrypted: write it without a passphrase, by openssl pkey');
  });
});
