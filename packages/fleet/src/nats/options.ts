/** The options of a command line for a connection to NATS. */

import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import type { NatsOptions } from './connection.ts';
import { DEFAULT_PREFIX, checkToken } from './subjects.ts';

/** Their values, as commander has them. */
export interface NatsFlags {
  readonly server: readonly string[];
  readonly prefix: string;
  readonly nkey?: string | undefined;
  readonly creds?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly plain: boolean;
}

/** Adds the options to a command; without `server`, one must be named. */
export function withNats(command: Command, server?: string): Command {
  const [flag, help] = ['--server <urls>', 'NATS servers, with commas between them'];
  const servers =
    server === undefined
      ? command.requiredOption(flag, help, serversOf)
      : command.option(flag, help, serversOf, [server]);
  return servers
    .option('--prefix <word>', 'first token of all subjects', tokenOf('prefix'), DEFAULT_PREFIX)
    .option('--nkey <file>', 'file with the seed of an NKEY')
    .option('--creds <file>', 'file with a JWT and its seed')
    .option('--tls-ca <file>', 'certificates that are trusted, beside which no other is')
    .option('--tls-cert <file>', 'certificate of this client')
    .option('--tls-key <file>', 'its key')
    .option('--plain', 'go to another host without TLS, too', false);
}

/** The connection that the options say. */
export function natsOptions({ server, plain, ...files }: NatsFlags): Omit<NatsOptions, 'name'> {
  const { nkey, creds, tlsCa, tlsCert, tlsKey } = files;
  return {
    ...{ servers: server, plain, nkeyFile: nkey, credsFile: creds },
    ...{ caFile: tlsCa, certFile: tlsCert, keyFile: tlsKey },
  };
}

/** Reads a token of a subject, which the error calls `what`. */
export function tokenOf(what: string) {
  return (text: string): string => asArgument(() => checkToken(`the ${what}`, text));
}

/** Makes an error of reading one of the command line. */
export function asArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function serversOf(text: string): readonly string[] {
  return text.split(',').filter((url) => url !== '');
}
