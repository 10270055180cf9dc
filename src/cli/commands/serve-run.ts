/** `ipmi-bt serve`, and its `--check`. */

import { stayAlive, systemClock } from '../../clock.ts';
import { hex } from '../../errors.ts';
import { systemFiles } from '../../files.ts';
import { createLog } from '../../log.ts';
import type { LogLevel } from '../../log.ts';
import { loadNative } from '../../native.ts';
import { readPolicy } from '../../serve/policy-file.ts';
import { reloadPolicy } from '../../serve/policy-reload.ts';
import { socketPath } from '../../serve/place.ts';
import { ServerLock } from '../../serve/server-lock.ts';
import { Server } from '../../serve/server.ts';
import type { ServerOptions } from '../../serve/server.ts';
import { ServiceManager } from '../../serve/systemd.ts';
import { EXIT_TRY_LATER } from '../exit-codes.ts';
import { lossText } from '../format.ts';
import type { Globals } from '../globals.ts';
import { stderr, tellUser } from '../output.ts';
import { runSession } from '../session.ts';
import type { Session } from '../session.ts';
import { VERSION } from '../version.ts';
import type { ServeChoices } from './serve-choices.ts';

/** Trouble since the start of a service is asked for later, when it is too late to log. */
const LEAST_LOG: LogLevel = 'warn';

/** The wish to have the policy read again, which is kept until there is a server. */
class Reload {
  #run: (() => void) | undefined;
  #isWanted = false;

  ask(): void {
    this.#isWanted = true;
    this.#run?.();
  }

  begin(run: () => void): void {
    this.#run = run;
    if (this.#isWanted) run();
  }
}

/** Serves until a signal ends it, or its device file is taken away. */
export async function runServer(choices: ServeChoices, globals: Globals): Promise<number> {
  // Before anything is taken: a wrong policy must not be found out afterwards.
  const grants = readPolicy(systemFiles);
  const logLevel = globals.logLevel === 'silent' ? LEAST_LOG : globals.logLevel;
  const log = await createLog(logLevel, (text) => {
    stderr.write(text);
  });
  const reload = new Reload();
  const onReload = (): void => {
    reload.ask();
  };
  const own = { ...globals, logLevel, via: 'ports', onReload } as const;
  return await runSession(own, 'full', async (session) => {
    // The simulated BMC is this process's own: no other can have it.
    const lock = globals.sim ? undefined : lockOf(session.device.base);
    try {
      return await serve({ session, choices, log, lock, grants, reload });
    } finally {
      lock?.close();
    }
  });
}

function lockOf(base: number): ServerLock {
  return new ServerLock({ base, files: systemFiles, load: loadNative });
}

interface Service extends Pick<ServerOptions, 'log' | 'grants'> {
  readonly session: Session;
  readonly choices: ServeChoices;
  readonly lock: ServerLock | undefined;
  readonly reload: Reload;
}

async function serve({ session, choices, log, lock, grants, reload }: Service): Promise<number> {
  const { device, signal } = session;
  const { env: environment, pid } = process;
  const systemd = new ServiceManager({ environment, pid, clock: systemClock, log });
  const { access, socket = socketPath(device.base), dummy: dummyPath, feed } = choices;
  const name = access && (choices.name ?? lock?.chooseName() ?? 'ipmi0');
  let end: (exit: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const server = await Server.start({
    ...{ device, grants, log, clock: systemClock, socketPath: socket, dummyPath, feed },
    version: VERSION,
    file: access && name !== undefined ? { name, access } : undefined,
    onEnd: (cause) => {
      tellUser(`the device file was taken away: ${cause.message}`);
      end(EXIT_TRY_LATER);
    },
  });
  const letEnd = stayAlive(systemClock);
  try {
    if (name !== undefined) lock?.remember(name);
    const text = servedText(server, device.base, [socket, dummyPath]);
    tellUser(text);
    systemd.ready(text);
    tellOfBmc(session, systemd, text);
    reload.begin(() => {
      const read = () => readPolicy(systemFiles);
      tellUser(reloadPolicy({ read, obey: (wanted) => server.obey(wanted), log }));
    });
    signal.addEventListener('abort', () => {
      end(0);
    });
    if (signal.aborted) end(0);
    return await ended;
  } finally {
    systemd.stopping();
    letEnd();
    await server.close();
  }
}

function servedText(
  { path }: Server,
  base: number,
  sockets: readonly (string | undefined)[],
): string {
  const places = [path, ...sockets].filter((place) => place !== undefined);
  return `the interface at ${hex(base)} is served as ${places.join(', ')}`;
}

function tellOfBmc({ device }: Session, systemd: ServiceManager, text: string): void {
  device.on('lost', (reason) => {
    tellUser(lossText(reason));
    systemd.status(`the BMC is lost (${reason}); ${text}`);
  });
  device.on('ready', () => {
    tellUser('the BMC is ready again');
    systemd.status(text);
  });
}
