/**
 * Debian's NATS server with TLS, users by NKEY and their permissions, and JetStream, in a folder of
 * its own on a port that it finds. It can be killed and started again on the same port.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { nkeys } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';

import { connectNats } from '../../src/nats/connection.ts';
import { inboxOf } from '../../src/nats/subjects.ts';
import { makeCertificate } from '../certificates.ts';

const PROGRAM = ['/usr/sbin/nats-server', '/usr/bin/nats-server'].find((one) => existsSync(one));

const LOOPBACK = '127.0.0.1';

/** The permissions of the agent of a host. */
export function agentOf(host: string): string {
  return `{ publish: ["ipmi-bt-events.${host}", "$JS.API.INFO", "_INBOX.>"],
    subscribe: ["ipmi-bt.${host}.*.*", "ipmi-bt.all.*.*", "$SRV.>", "_INBOX.ipmi-bt_${host}.>"] }`;
}

/** The permissions of each user, as docs/fleet.md has them. */
export const USERS: Readonly<Record<string, string>> = {
  admin: '{}',
  uv1: agentOf('uv1'),
  alice: '{ publish: ["ipmi-bt.*.*.alice", "$SRV.>"], subscribe: ["_INBOX.alice.>"] }',
  viewer: `{ publish: ["ipmi-bt.*.*.viewer", "$SRV.>", "$JS.API.INFO",
      "$JS.API.STREAM.INFO.ipmi-bt-events", "$JS.API.CONSUMER.CREATE.ipmi-bt-events.>",
      "$JS.API.CONSUMER.MSG.NEXT.ipmi-bt-events.*", "$JS.API.CONSUMER.DELETE.ipmi-bt-events.*",
      "$JS.API.CONSUMER.INFO.ipmi-bt-events.*"],
    subscribe: ["_INBOX.viewer.>"] }`,
  reader: `{ publish: ["$JS.API.INFO", "$JS.API.CONSUMER.CREATE.ipmi-bt-events.>",
      "$JS.API.CONSUMER.INFO.ipmi-bt-events.*", "$JS.API.CONSUMER.MSG.NEXT.ipmi-bt-events.*",
      "$JS.ACK.ipmi-bt-events.>"],
    subscribe: ["_INBOX.reader.>"] }`,
  bob: '{ publish: ["ipmi-bt.*.*.bob"], subscribe: ["_INBOX.bob.>"] }',
};

/** Choices of a {@link NatsServer}. */
export interface NatsServerOptions {
  /** The permissions of each user; `{}` is all of them. */
  readonly users?: Readonly<Record<string, string>>;
  /** Lines of the configuration in place of the users by NKEY, and of JetStream. */
  readonly accounts?: string;
  /** File of the folder with the certificates that clients must have one of. */
  readonly clientCa?: string;
  /** Addresses of this host at which clients reach it; the first is that of {@link url}. */
  readonly addresses?: readonly string[];
}

export class NatsServer {
  readonly #folder: string;
  readonly #users: Readonly<Record<string, string>>;
  readonly #addresses: readonly string[];
  readonly #accounts: string | undefined;
  readonly #clientCa: string | undefined;
  #port = -1;
  #child: ChildProcess | undefined;

  constructor(folder: string, options: NatsServerOptions = {}) {
    const { users = USERS, addresses = [LOOPBACK] } = options;
    this.#folder = folder;
    this.#accounts = options.accounts;
    this.#clientCa = options.clientCa;
    this.#users = users;
    this.#addresses = addresses;
    makeCertificate(folder, 'nats', addresses);
    for (const user of Object.keys(users)) {
      const seed = Buffer.from(nkeys.createUser().getSeed());
      writeFileSync(join(folder, `${user}.nk`), seed, { mode: 0o600 });
    }
  }

  get url(): string {
    return `tls://${this.#addresses[0] ?? LOOPBACK}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The number of its process; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** A file of the folder. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  /** Options by which a user connects. */
  options(user: string) {
    return {
      ...{ servers: [this.url], name: user, inboxPrefix: inboxOf(user) },
      ...{ nkeyFile: this.file(`${user}.nk`), caFile: this.file('nats.crt') },
    };
  }

  async connect(user: string): Promise<NatsConnection> {
    return await connectNats(this.options(user));
  }

  async start(): Promise<void> {
    if (PROGRAM === undefined) throw new Error("Debian's package nats-server is not installed");
    writeFileSync(this.file('nats.conf'), this.#config());
    const child = spawn(PROGRAM, ['-c', this.file('nats.conf')], {
      ...{ cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.once('close', () => {
        reject(new Error(`nats-server ended: ${log}`));
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        const [, port] = /client connections on [\d.]+:(\d+)/.exec(log) ?? [];
        if (port === undefined || !log.includes('Server is ready')) return;
        this.#port = Number(port);
        resolve();
      });
    });
  }

  /** Kills it as a loss of power would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => {
        resolve();
      });
    });
    child.kill('SIGKILL');
    await ended;
  }

  #config(): string {
    const users = Object.entries(this.#users).map(([user, permissions]) => {
      const pair = nkeys.fromSeed(readFileSync(this.file(`${user}.nk`)));
      const rest = permissions === '{}' ? '' : `, permissions: ${permissions}`;
      return `{ nkey: ${pair.getPublicKey()}${rest} }`;
    });
    const address = this.#addresses.length > 1 ? '0.0.0.0' : (this.#addresses[0] ?? LOOPBACK);
    const byNkey = `jetstream { store_dir: js }
authorization { users: [ ${users.join(',\n')} ] }`;
    const clients =
      this.#clientCa === undefined ? '' : `, verify: true, ca_file: ${this.#clientCa}`;
    return `listen: "${address}:${this.#port}"
tls { cert_file: nats.crt, key_file: nats.key${clients} }
ping_interval: "20s"
ping_max: 2
${this.#accounts ?? byNkey}
`;
  }
}
