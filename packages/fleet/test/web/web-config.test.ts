/** The web configuration file: what it may say, and what is an error. */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readWebConfig, stampOf } from '../../src/web/web-config.ts';
import { WebConfigError } from '../../src/web/web-config-error.ts';
import { makeCertificate } from '../certificates.ts';
import { tempFolder } from '../temp-folder.ts';

/** A hash of `secret`. */
const HASH = '$2b$04$vd52zDYrgC2s.nc/UlG3nOM/bGyBBURtHIF9lIrgRvYS6MnYFvqEq';

/** Reads this text, beside files with a certificate, a key, an authority, and what is none. */
function configOf(text: string) {
  const folder = tempFolder();
  makeCertificate(folder, 'a');
  copyFileSync(join(folder, 'a.crt'), join(folder, 'ca.crt'));
  writeFileSync(join(folder, 'none.pem'), 'nothing');
  const path = join(folder, 'web.yml');
  writeFileSync(path, text);
  return { folder, path, read: () => readWebConfig(path) };
}

test('an empty file is plain HTTP for everybody', () => {
  const { read, path } = configOf('');

  expect(read()).toEqual({ tls: undefined, users: new Map(), headers: {}, files: [path] });
});

test('all that is supported', () => {
  const { folder, path, read } = configOf(`
tls_server_config:
  cert_file: a.crt
  key_file: a.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  min_version: TLS13
  max_version: TLS13
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
basic_auth_users:
  alice: ${HASH}
`);

  const content = (name: string): Buffer => readFileSync(join(folder, name));

  expect(read()).toEqual({
    tls: {
      ...{ cert: content('a.crt'), key: content('a.key'), ca: content('ca.crt') },
      ...{ requestCert: true, rejectUnauthorized: true, honorCipherOrder: false },
      ...{ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    },
    users: new Map([['alice', HASH]]),
    headers: { 'X-Frame-Options': 'deny' },
    files: [path, ...['a.crt', 'a.key', 'ca.crt'].map((name) => join(folder, name))],
  });
});

test('TLS is 1.2 or newer, and asks for no client, unless the file says so', () => {
  const { read } = configOf('tls_server_config: { cert_file: a.crt, key_file: a.key }');

  expect(read().tls).toMatchObject({
    ...{ minVersion: 'TLSv1.2', requestCert: false, rejectUnauthorized: false },
    honorCipherOrder: true,
  });
});

const TLS = 'cert_file: a.crt, key_file: a.key';

test.each([
  ['no mapping', '- a', 'the file is no mapping'],
  ['an unknown key', 'tls_config: {}', 'the file: the key tls_config is unknown'],
  [
    'a key that protects and is not supported',
    `tls_server_config: { ${TLS}, cipher_suites: [] }`,
    'tls_server_config: the key cipher_suites is unknown, or not supported here',
  ],
  ['no certificate', 'tls_server_config: { key_file: a.key }', 'cert_file is missing'],
  ['no key', 'tls_server_config: { cert_file: a.crt }', 'key_file is missing'],
  [
    'a file that is not there',
    'tls_server_config: { cert_file: no, key_file: a.key }',
    'web.yml: tls_server_config: cert_file: ENOENT',
  ],
  [
    'a certificate without an end',
    'tls_server_config: { cert_file: /dev/zero, key_file: a.key }',
    'tls_server_config: cert_file: /dev/zero is no file',
  ],
  [
    'a file that is no certificate',
    'tls_server_config: { cert_file: none.pem, key_file: a.key }',
    'tls_server_config: cert_file and key_file are no certificate and its key in PEM: ',
  ],
  [
    'a version',
    `tls_server_config: { ${TLS}, min_version: SSL30 }`,
    'min_version must be one of TLS10, TLS11, TLS12, TLS13',
  ],
  [
    'a version of a prototype',
    `tls_server_config: { ${TLS}, min_version: toString }`,
    'min_version must be',
  ],
  [
    'a way to ask clients',
    `tls_server_config: { ${TLS}, client_auth_type: yes }`,
    'client_auth_type must be',
  ],
  [
    'clients that nothing verifies',
    `tls_server_config: { ${TLS}, client_auth_type: RequireAndVerifyClientCert }`,
    'client_ca_file is missing',
  ],
  [
    'a header',
    'http_server_config: { headers: { Server: x } }',
    'headers: the key Server is unknown',
  ],
  ['text that is no YAML', 'a: [', 'web.yml: '],
])('%s is an error', (_, text, message) => {
  const { read } = configOf(text);

  expect(read).toThrow(WebConfigError);
  expect(read).toThrow(message);
  expect(read).toThrow(/^--web\.config\.file \/\S+\/web\.yml: /);
});

test.each([
  ['instead of a hash', 'basic_auth_users: { alice: hunter2 }'],
  ['in a line that is no YAML', 'basic_auth_users:\n  alice: hunter2: [hunter2'],
])('a password %s is an error that does not show it', (_, text) => {
  const { read } = configOf(text);

  expect(read).toThrow(WebConfigError);
  expect(read).not.toThrow('hunter2');
});

test('a configuration that is not there names the option', () => {
  expect(() => readWebConfig('/no/web.yml')).toThrow(/^--web\.config\.file \/no\/web\.yml: ENOENT/);
});

test('the stamp of files changes with them', () => {
  const { path, folder } = configOf('');
  const files = [path, join(folder, 'gone')];
  const before = stampOf(files);
  expect(stampOf(files)).toBe(before);
  writeFileSync(path, 'http_server_config: {}');

  expect(stampOf(files)).not.toBe(before);
});
