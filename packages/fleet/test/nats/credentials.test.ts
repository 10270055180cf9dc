/**
 * Ways to be known to Debian's NATS server besides an NKEY: the credentials of a JWT, in a server
 * that has an operator, and a certificate of the client. An agent is a process with them.
 */

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { nkeys } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, onTestFinished, test, vi } from 'vitest';

import { connectNats } from '../../src/nats/connection.ts';
import { makeCertificate } from '../certificates.ts';
import { tempFolder } from '../temp-folder.ts';
import { NatsServer } from './nats-server.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/ipmi-bt-agent.mjs', import.meta.url));

const PATIENCE = { timeout: 120_000, interval: 50 };

/** An account without limits. */
const NO_LIMITS = {
  ...{ subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1 },
  wildcards: true,
};

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** The claims of one key about another, as nats-server reads them (version 2). */
function jwtOf(issuer: KeyPair, subject: string, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ typ: 'JWT', alg: 'ed25519-nkey' });
  const claims = { jti: subject, iat: 1, iss: issuer.getPublicKey(), name: 'test', sub: subject };
  const signed = `${header}.${part({ ...claims, nats: { ...nats, version: 2 } })}`;
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

/** The credentials of a new user of an account, with what it may publish and subscribe to. */
function credsOf(account: KeyPair, pub: readonly string[], sub: readonly string[]): string {
  const user = nkeys.createUser();
  const limits = { subs: -1, data: -1, payload: -1 };
  const may = { pub: { allow: pub }, sub: { allow: sub } };
  const jwt = jwtOf(account, user.getPublicKey(), { type: 'user', ...limits, ...may });
  const seed = Buffer.from(user.getSeed()).toString();
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
}

/** Starts it; it is killed when the test has ended. */
async function started(server: NatsServer): Promise<NatsServer> {
  await server.start();
  onTestFinished(async () => {
    await server.kill();
  });
  return server;
}

/** An agent of the host `uv1` with these options, until the test has ended. */
function startAgent(server: NatsServer, folder: string, options: readonly string[]): void {
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify({ users: { alice: ['read'] } }), { mode: 0o600 });
  const places = ['--policy', policy, '--state', join(folder, 'state')];
  const args = ['--server', server.url, '--host', 'uv1', '--sim', '--without-events', ...places];
  const files = ['--tls-ca', server.file('nats.crt'), ...options];
  const child = spawn(process.execPath, [PROGRAM, ...args, ...files], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
}

/** Get Device ID of the host, once its agent is there: the data of the reply begins with its id. */
async function untilAnswered(connection: NatsConnection): Promise<void> {
  onTestFinished(() => connection.close());
  await vi.waitFor(async () => {
    const body = JSON.stringify({ netFn: 6, cmd: 1 });
    const reply = await connection.request('ipmi-bt.uv1.raw.alice', body, { timeout: 60_000 });
    expect(reply.json()).toMatchObject({ host: 'uv1', completionCode: 0 });
  }, PATIENCE);
}

test('an agent and a user with the credentials of JWTs, and one of another account', async () => {
  const folder = tempFolder();
  const [operator, account, other] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
  ];
  const id = account.getPublicKey();
  const accountJwt = jwtOf(operator, id, { type: 'account', limits: NO_LIMITS });
  const accounts = `operator: ${jwtOf(operator, operator.getPublicKey(), { type: 'operator' })}
resolver: MEMORY
resolver_preload { ${id}: ${accountJwt} }`;
  const server = await started(new NatsServer(folder, { accounts }));
  const creds = {
    agent: credsOf(account, ['_INBOX.>'], ['ipmi-bt.uv1.*.*', 'ipmi-bt.all.*.*', '$SRV.>']),
    alice: credsOf(account, ['ipmi-bt.*.*.alice'], ['_INBOX.alice.>']),
    stranger: credsOf(other, ['ipmi-bt.*.*.alice'], ['_INBOX.alice.>']),
  };
  for (const [name, text] of Object.entries(creds)) {
    writeFileSync(server.file(`${name}.creds`), text, { mode: 0o600 });
  }
  const asked = (name: string) => {
    const credsFile = server.file(`${name}.creds`);
    return { ...server.options('alice'), nkeyFile: undefined, credsFile };
  };
  startAgent(server, folder, ['--creds', server.file('agent.creds')]);

  await untilAnswered(await connectNats(asked('alice')));
  await expect(connectNats(asked('stranger'))).rejects.toThrow(/Authorization Violation/i);
});

test('an agent and a user with certificates of their own, and one without', async () => {
  const folder = tempFolder();
  for (const name of ['uv1', 'alice']) makeCertificate(folder, name);
  const all = ['uv1', 'alice'].map((name) => readFileSync(join(folder, `${name}.crt`), 'utf8'));
  writeFileSync(join(folder, 'clients.crt'), all.join(''));
  const server = await started(new NatsServer(folder, { clientCa: 'clients.crt' }));
  const certificate = { certFile: server.file('alice.crt'), keyFile: server.file('alice.key') };
  const own = ['--nkey', server.file('uv1.nk')];
  startAgent(server, folder, [
    ...[...own, '--tls-cert', server.file('uv1.crt')],
    ...['--tls-key', server.file('uv1.key')],
  ]);

  await untilAnswered(await connectNats({ ...server.options('alice'), ...certificate }));
  await expect(connectNats(server.options('alice'))).rejects.toThrow(/--tls-cert/);
});
