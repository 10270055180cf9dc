/**
 * A unix socket of the server: its file, and its connections with the process behind each. The file
 * has its mode before anything can connect to it, and lies where no other user could have put it.
 *
 * Without the addon a peer is not known. The socket is then for the server's own user alone, and
 * for root, so that nothing is allowed to a peer that is not allowed to those.
 */

import { chmodSync, closeSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { Server, Socket, connect } from 'node:net';
import { dirname, resolve } from 'node:path';

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import { systemFiles } from '../files.ts';
import { silentLog } from '../log.ts';
import type { Log } from '../log.ts';
import { loadNative } from '../native.ts';
import type { NativeLoad } from '../native.ts';
import { TRUST_REMEDY, distrustOfFolder } from '../trust.ts';

/** Mode of the folder, when it is made: the mode of the socket decides which users may connect. */
const FOLDER_MODE = 0o755;
const OTHERS_WRITE = 0o022;

/** Mode of the socket of which no peer is known, and what it leaves out. */
const OWN_MODE = 0o600;
const OWN_UMASK = 0o177;

/** Longest path of a socket: `sun_path` has room for it and the byte that ends it (unix(7)). */
const PATH_BYTES_MAX = 107;

/** Connections that wait to be accepted; the next is refused, or waits in its connect(2). */
const BACKLOG = 128;

/** Connections that are accepted in one turn of the event loop: others have work to do as well. */
const ACCEPTED_MAX = 32;

/** Pause after a connection that could not be accepted: the process has too many files, say. */
const TROUBLE_PAUSE_MS = 500;

/** A connection, and the process that made it. */
export interface Peer {
  /** Nothing was read of it yet. */
  readonly socket: Socket;
  /** 0 when it is not known, and for a process of another pid namespace. */
  readonly pid: number;
  /** 0 without the addon: then only the server's user and root can connect. */
  readonly uid: number;
  readonly gid: number;
}

export interface Listener {
  readonly path: string;
  /** Accepts no more and removes the file; connections go on. Idempotent, synchronous. */
  close(): void;
}

/**
 * Listens at `path`, whose file gets `mode`, and calls back with each connection. Makes the folder
 * if it is not there. The file of a server that has ended is replaced. Keeps no process alive.
 *
 * Rejects with `DEVICE_LOCKED` when a process listens there, and with `PORT_DENIED` when something
 * else has that name, or when others may write to the folder.
 */
export type ListenAt = (
  path: string,
  mode: number,
  onPeer: (peer: Peer) => void,
) => Promise<Listener>;

/** The parts of the host that a listener needs. */
export interface ListenerHost {
  readonly load: typeof loadNative;
  readonly clock: Clock;
  readonly log: Log;
}

/** Listens on this host, and logs nothing. */
export const listenAt: ListenAt = listenerWith({
  ...{ load: loadNative, clock: systemClock, log: silentLog },
});

/** The same with other parts. */
export function listenerWith(host: ListenerHost): ListenAt {
  return async (path, mode, onPeer) => {
    try {
      checkLength(path);
      checkFolder(dirname(path));
      await makeWay(path);
      const native = host.load();
      const isKnown = native.kind === 'loaded';
      const place = { path, mode, onPeer, host };
      return listenerAt(path, isKnown ? watchPeers(native, place) : await serve(place));
    } catch (cause) {
      throw fileTrouble(`no socket can be made at ${path}`, cause);
    }
  };
}

type Loaded = Extract<NativeLoad, { readonly kind: 'loaded' }>;

interface Place {
  readonly path: string;
  readonly mode: number;
  readonly onPeer: (peer: Peer) => void;
  readonly host: ListenerHost;
}

/** The listener of a socket that is there by now; `stop` ends the accepting. */
function listenerAt(path: string, stop: () => void): Listener {
  const { ino } = lstatSync(path);
  let isOpen = true;
  return {
    path,
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      // A later server may have put its own there.
      if (inodeOf(path) === ino) unlinkSync(path);
      stop();
    },
  };
}

function watchPeers({ sockets, watch }: Loaded, { path, mode, onPeer, host }: Place): () => void {
  const fd = sockets.listenUnix(path, mode, BACKLOG);
  let handle: number | undefined;
  let cancel: (() => void) | undefined;
  const stop = (): void => {
    if (handle !== undefined) watch.unwatch(handle);
    handle = undefined;
  };
  const rest = (error: unknown): void => {
    host.log.warn({ path, error: String(error) }, 'a connection could not be accepted');
    // It still waits, so that the file stays readable: watched on, it would be tried without end.
    stop();
    cancel = host.clock.timer(TROUBLE_PAUSE_MS, start, false);
  };
  const start = (): void => {
    handle = watch.watchFd(fd, () => {
      try {
        for (let count = 0; count < ACCEPTED_MAX; count += 1) {
          const accepted = sockets.acceptPeer(fd);
          if (accepted === undefined) return;
          onPeer({ ...accepted, socket: socketOf(accepted.fd) });
        }
      } catch (error) {
        rest(error);
      }
    });
  };
  start();
  return () => {
    cancel?.();
    stop();
    closeSync(fd);
  };
}

function socketOf(fd: number): Socket {
  try {
    return new Socket({ fd, readable: true, writable: true });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The way without the addon. */
async function serve({ path, onPeer }: Pick<Place, 'path' | 'onPeer'>): Promise<() => void> {
  const server = new Server((socket) => {
    onPeer({ socket, pid: 0, uid: 0, gid: 0 });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('listening', resolve);
    // What is told here afterwards concerns one connection, which is gone.
    server.on('error', reject);
    // Node makes the file before listen() returns, and would let other users write to it.
    const before = process.umask(OWN_UMASK);
    try {
      server.listen({ path, backlog: BACKLOG });
    } finally {
      process.umask(before);
    }
  });
  server.unref();
  chmodSync(path, OWN_MODE);
  return () => server.close();
}

/** Node would cut a longer one off. */
function checkLength(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= PATH_BYTES_MAX) return;
  const text = `the path has ${bytes} bytes, and that of a socket at most ${PATH_BYTES_MAX}`;
  throw new IpmiError('PORT_DENIED', `no socket can be made at ${path}: ${text}`);
}

/** Throws unless only root or this user puts files into the folder, and can put another there. */
function checkFolder(folder: string): void {
  const distrust = distrustOfFolder(resolve(folder, '..'), systemFiles);
  if (distrust !== undefined) {
    const text = `no socket is made in ${folder}: ${distrust} (${TRUST_REMEDY})`;
    throw new IpmiError('PORT_DENIED', text);
  }
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const { uid, mode } = lstatSync(folder);
  const isOwn = uid === 0 || uid === process.geteuid?.();
  if (isOwn && (mode & OTHERS_WRITE) === 0) return;
  const reason = isOwn ? 'other users may write there' : `it belongs to user ${uid}`;
  const text = `no socket is made in ${folder}: ${reason} (chown it to root and chmod go-w it)`;
  throw new IpmiError('PORT_DENIED', text);
}

/** Removes the socket of a process that has ended. */
async function makeWay(path: string): Promise<void> {
  const ino = inodeOf(path);
  if (ino === undefined) return;
  if (!lstatSync(path).isSocket()) {
    const text = `${path} is in the way and is no socket; remove it`;
    throw new IpmiError('PORT_DENIED', `no socket is made: ${text}`);
  }
  if (await isListenedTo(path)) {
    const text = `another process listens at ${path}; stop it first`;
    throw new IpmiError('DEVICE_LOCKED', text);
  }
  if (inodeOf(path) === ino) unlinkSync(path);
}

/** True unless the kernel says that nothing listens there. */
function isListenedTo(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (isAlive: boolean) => (): void => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.on('connect', end(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      end(code !== 'ECONNREFUSED' && code !== 'ENOENT')();
    });
  });
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
