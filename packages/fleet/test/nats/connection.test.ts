/** The connections that are refused before any is made, and the options of those that are not. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { nkeys } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';

import { NatsConnectError, connectError } from '../../src/nats/connection.ts';
import { checkNats, connectNats, transportOptions } from '../../src/nats/connection.ts';
import type { NatsOptions } from '../../src/nats/connection.ts';
import { NatsOptionsError } from '../../src/nats/secrets.ts';
import { makeCertificate, makeCertificateOfType } from '../certificates.ts';
import { tempFolder } from '../temp-folder.ts';

const SEED = 'SUAM7Y5BZQ';

function options(rest: Partial<NatsOptions>): NatsOptions {
  return { servers: ['tls://nats.example.org'], name: 'test', ...rest };
}

function file(text: string, mode: number): string {
  const path = join(tempFolder(), 'secret');
  writeFileSync(path, text, { mode });
  return path;
}

/** As nsc writes them. */
function credsOf(jwt: string, seed: string): string {
  const part = (what: string, text: string): string =>
    `-----BEGIN ${what}-----\n${text}\n------END ${what}------\n`;
  return `${part('NATS USER JWT', jwt)}\n${part('USER NKEY SEED', seed)}`;
}

describe('a connection', () => {
  test.each<[string, Partial<NatsOptions>, RegExp]>([
    ['without a server', { servers: [] }, /no NATS server is named/],
    ['to no host', { servers: ['tls://'] }, /HOST, HOST:PORT, or tls:/],
    ['with a password in the URL', { servers: ['tls://a:b@nats.example.org'] }, /use an NKEY/],
    ['with two secrets', { nkeyFile: 'a', credsFile: 'b' }, /exclude each other/],
    ['with a certificate alone', { certFile: 'a' }, /belong together/],
    [
      'without TLS to another host',
      { servers: ['nats.example.org'] },
      /everybody on the way.*--plain/,
    ],
    ['without TLS to a host beside this one', { servers: ['127.0.0.1', 'b.org'] }, /everybody/],
    [
      'with TLS to several addresses',
      { servers: ['tls://192.0.2.1', 'tls://192.0.2.2'] },
      /192\.0\.2\.1: of several NATS servers/,
    ],
    [
      'with TLS to a name, and an address that is short',
      { servers: ['tls://a.org', 'tls://127.1'] },
      /127\.0\.0\.1: of several NATS servers/,
    ],
    ['without TLS to another host by its number', { servers: ['3221225985'] }, /everybody/],
    [
      'to this host, with another one behind it',
      { servers: ['nats://localhost://evil.org'] },
      /^"nats:\/\/localhost:\/\/evil\.org" is no NATS server: write HOST/,
    ],
    ['with a path', { servers: ['tls://a.org/b'] }, /is no NATS server/],
    ['with a path and a password', { servers: ['tls://u:p@a.org/b'] }, /^"\.\.\.@a\.org\/b" is no/],
    ['to HTTP', { servers: ['http://a.org:4222'] }, /tls:.*: http:\/\/ is not supported/],
    ['over WebSocket', { servers: ['wss://a.org'] }, /wss:\/\/ is not supported/],
    ['whose authority cannot be read', { caFile: '/no/ca' }, /^--tls-ca \/no\/ca: .*ENOENT/],
    [
      'whose certificate cannot be read',
      { certFile: '/no/crt', keyFile: '/no/key' },
      /^--tls-cert \/no\/crt: .*ENOENT/,
    ],
  ])('%s is refused', (_, rest, expected) => {
    expect(() => transportOptions(options(rest))).toThrow(NatsOptionsError);
    expect(() => transportOptions(options(rest))).toThrow(expected);
  });

  test.each(['nkeyFile', 'credsFile', 'caFile'])('whose %s has no end is refused', async (name) => {
    const refused = checkNats(options({ [name]: '/dev/zero' }));

    await expect(refused).rejects.toThrow(NatsOptionsError);
    await expect(refused).rejects.toThrow('/dev/zero: cannot be read: /dev/zero is no file');
  });

  test.each([0o640, 0o600])('with a secret of mode %o is made', (mode) => {
    const keyFile = file('KEY', mode);

    expect(transportOptions(options({ certFile: file('CERT', 0o644), keyFile }))).toMatchObject({
      tls: { cert: 'CERT', key: 'KEY' },
    });
  });

  test.each(['nkeyFile', 'credsFile'])(
    'with the secret of %s for others is refused',
    async (name) => {
      const path = file(SEED, 0o644);
      const refused = connectNats(options({ [name]: path }));

      await expect(refused).rejects.toThrow(
        `${path}: other users can read or change it; chmod 600 it`,
      );
      await expect(refused).rejects.not.toThrow(SEED);
    },
  );

  test.each([
    ['nkeyFile', '--nkey', `S${SEED}\n`, 'holds no NKEY seed of a user: it is one line'],
    ['nkeyFile', '--nkey', '', 'holds no NKEY seed of a user'],
    ['credsFile', '--creds', SEED, 'holds no credentials: '],
    ['credsFile', '--creds', credsOf('a.b.c', `SU${SEED}`), 'holds no credentials: '],
    ['caFile', '--tls-ca', SEED, 'holds no certificate in PEM'],
  ] as const)('whose %s (%s) has "%s" is refused', async (...[name, option, text, told]) => {
    const path = file(text, 0o600);
    const refused = checkNats(options({ [name]: path }));

    await expect(refused).rejects.toThrow(NatsOptionsError);
    await expect(refused).rejects.toThrow(`${option} ${path}: ${told}`);
    await expect(refused).rejects.not.toThrow(SEED);
    const secret = expect.objectContaining({ cause: expect.anything() as unknown }) as unknown;
    await expect(refused).rejects.not.toEqual(secret);
  });

  test('with an authority that cannot be read, behind one that can, is refused', async () => {
    const folder = tempFolder();
    makeCertificate(folder, 'good');
    const good = readFileSync(join(folder, 'good.crt'), 'utf8');
    const bad = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const caFile = file(`${good}${bad}`, 0o600);

    await expect(checkNats(options({ caFile: file(good, 0o600) }))).resolves.toBeUndefined();
    await expect(checkNats(options({ caFile }))).rejects.toThrow(
      `--tls-ca ${caFile}: certificate 2 is damaged, copy it again (`,
    );
  });

  test.each([
    ['an account', nkeys.createAccount()],
    ['an operator', nkeys.createOperator()],
  ])('with the seed of %s is refused', async (_, pair) => {
    const seed = Buffer.from(pair.getSeed()).toString();
    const [nkeyFile, credsFile] = [file(seed, 0o600), file(credsOf('a.b.c', seed), 0o600)];

    await expect(checkNats(options({ nkeyFile }))).rejects.toThrow(
      `--nkey ${nkeyFile}: holds no NKEY seed of a user: `,
    );
    await expect(checkNats(options({ nkeyFile }))).rejects.not.toThrow(seed);
    await expect(checkNats(options({ credsFile }))).rejects.toThrow(
      `--creds ${credsFile}: holds no credentials: `,
    );
  });

  test('with a certificate that is none, and a file that is not there, is refused', async () => {
    const [certFile, keyFile] = [file('CERT', 0o644), file('KEY', 0o600)];

    await expect(checkNats(options({ certFile, keyFile }))).rejects.toThrow(
      `--tls-cert ${certFile}: does not go with --tls-key ${keyFile}: both must be in PEM`,
    );
    await expect(checkNats(options({ nkeyFile: '/no/nk' }))).rejects.toThrow(/^--nkey \/no\/nk: /);
    await expect(checkNats(options({ credsFile: '/no/c' }))).rejects.toThrow(/^--creds \/no\/c: /);
  });

  test('with the key of another certificate, of another type, is refused', async () => {
    const folder = tempFolder();
    makeCertificate(folder, 'a');
    makeCertificateOfType(folder, 'b', 'ed25519');
    const [certFile, keyFile] = [join(folder, 'a.crt'), join(folder, 'b.key')];

    await expect(checkNats(options({ certFile, keyFile }))).rejects.toThrow(
      `--tls-cert ${certFile}: does not go with --tls-key ${keyFile}: both must be in PEM, and belong together (the key is that of another certificate)`,
    );
  });

  test('with a seed, or with a JWT and one, is not refused', async () => {
    const seed = Buffer.from(nkeys.createUser().getSeed()).toString();
    const checks = [
      checkNats(options({ nkeyFile: file(`${seed}\n`, 0o600) })),
      checkNats(options({ credsFile: file(credsOf('a.b.c', seed), 0o600) })),
    ];

    expect(await Promise.all(checks)).toEqual([undefined, undefined]);
  });

  test.each<[string, readonly string[], object]>([
    ['one address is verified for that', ['tls://192.0.2.1:4222'], { host: '192.0.2.1' }],
    ['so is one of IPv6', ['tls://[2001:db8::1]:4222'], { host: '2001:db8::1' }],
    ['so is one that is short', ['tls://127.1:4222'], { host: '127.0.0.1' }],
    ['so is one in hexadecimal digits', ['tls://0xc0000201'], { host: '192.0.2.1' }],
    ['so is one as one number', ['tls://2130706433'], { host: '127.0.0.1' }],
    [
      'so is one that is named twice',
      ['tls://127.1:1', 'tls://127.0.0.1:2'],
      { host: '127.0.0.1' },
    ],
  ])('to %s', (_, servers, tls) => {
    expect(transportOptions(options({ servers }))).toMatchObject({ tls });
  });

  test('to hosts by name leaves the names to the library', () => {
    const { tls, servers } = transportOptions(options({ servers: ['tls://a.org', 'tls://b.org'] }));

    expect(servers).toEqual(['a.org', 'b.org']);
    expect(transportOptions(options({ servers: ['TLS://a.org'] }))).toMatchObject({
      ...{ servers: ['a.org'], tls: {} },
    });
    expect(tls).not.toHaveProperty('host');
  });

  test('within this host, or plain when that is said, has no TLS', () => {
    expect(transportOptions(options({ servers: ['localhost:4222'] }))).not.toHaveProperty('tls');
    expect(transportOptions(options({ servers: ['127.1'] }))).not.toHaveProperty('tls');
    const servers = ['nats.example.org'];
    expect(transportOptions(options({ servers, plain: true }))).not.toHaveProperty('tls');
  });
});

describe('a connection that fails', () => {
  const servers = ['tls://a.org', 'tls://b.org'];

  function failure(fields: object): unknown {
    return connectError(Object.assign(new Error('the reason'), fields), servers);
  }

  test.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('for a certificate, %s, is a wrong configuration', (code) => {
    expect(failure({ code })).toBeInstanceOf(NatsOptionsError);
    expect(String(failure({ code }))).toMatch(/tls:\/\/b\.org: the reason; .*--tls-ca FILE/);
  });

  test.each<[string, object, RegExp]>([
    ['the user', { name: 'AuthorizationError' }, /b\.org: the reason; .*--nkey FILE, --creds FILE/],
    ['want of a server', { name: 'ConnectionError' }, /b\.org: the reason; .*--server URL/],
    ['want of its name', { code: 'ENOTFOUND' }, /b\.org: the reason; .*--server URL/],
  ])('for %s says where and what to do', (_, fields, told) => {
    expect(failure(fields)).toBeInstanceOf(NatsConnectError);
    expect(String(failure(fields))).toMatch(told);
  });

  test('by a bug keeps its error', () => {
    const error = new TypeError('bug');

    expect(connectError(error, ['a.org'])).toBe(error);
  });

  test('to a server that is not there is such an error', async () => {
    // Nothing listens on port 1 of this host.
    const failed = connectNats(options({ servers: ['127.0.0.1:1'] }));

    await expect(failed).rejects.toThrow(NatsConnectError);
  });
});
