/** Commands of the command line that run an operation of `ipmi-bt/commands`. */

import { commands } from '../commands/index.ts';
import type { Commands } from '../commands/index.ts';
import type { Requester } from '../ipmi/requester.ts';
import { readGlobals } from './globals.ts';
import type { GlobalValues } from './globals.ts';
import { runSession } from './session.ts';
import type { Session } from './session.ts';

/** An operation: prints, and resolves to the exit code. */
export type Operation = (bmc: Commands, session: Session) => Promise<number>;

/**
 * Runs an operation on a device opened for it; resolves to the exit code. `--timeout` limits the
 * opening and the first request together, and then each further request: an operation of one
 * request ends by then, and one of many goes on as long as the BMC answers.
 */
export async function runOperation(values: GlobalValues, operation: Operation): Promise<number> {
  return await runSession(readGlobals(values), 'lazy', async (session) => {
    return await operation(commands(limited(session)), session);
  });
}

/** The part of a session that limits its requests. */
type Limits = Pick<Session, 'requester' | 'globals' | 'signal' | 'leftMs'>;

/** Sends requests with the limit of `--timeout`, until a signal ends the command. */
export function limited({ requester, globals, signal, leftMs }: Limits): Requester {
  let isFirst = true;
  return {
    request: (input, options = {}) => {
      const timeoutMs = isFirst ? leftMs() : globals.timeoutMs;
      isFirst = false;
      return requester.request(input, { timeoutMs, signal, ...given(options) });
    },
  };
}

/** The options that have a value, which an operation passes on as they are. */
function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
