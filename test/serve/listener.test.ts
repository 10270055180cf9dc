/** A listening socket: its file, its peers, and what is in the way. */

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Server, connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { silentLog } from '../../src/log.ts';
import { loadNative } from '../../src/native.ts';
import type { NativeLoad } from '../../src/native.ts';
import { listenAt, listenerWith } from '../../src/serve/listener.ts';
import type { ListenAt, Peer } from '../../src/serve/listener.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

const WITHOUT = listenerWith({ load: noNative, clock: new VirtualClock(), log: silentLog });
const native = loadNative();

/** With the addon, where there is one, and without it. */
const WAYS: readonly (readonly [string, ListenAt])[] =
  native.kind === 'loaded'
    ? [
        ['with the addon', listenAt],
        ['without it', WITHOUT],
      ]
    : [['without the addon', WITHOUT]];

/** The peers of a listener, in the order in which they come. */
function peers() {
  const waiting: ((peer: Peer) => void)[] = [];
  const come: Peer[] = [];
  const onPeer = (peer: Peer): void => {
    onTestFinished(() => {
      peer.socket.destroy();
    });
    const next = waiting.shift();
    if (next === undefined) come.push(peer);
    else next(peer);
  };
  const next = (): Promise<Peer> =>
    new Promise((resolve) => {
      const peer = come.shift();
      if (peer === undefined) waiting.push(resolve);
      else resolve(peer);
    });
  return { onPeer, next };
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

async function listening(listen: ListenAt, path: string, onPeer: (peer: Peer) => void) {
  const listener = await listen(path, 0o600, onPeer);
  onTestFinished(() => {
    listener.close();
  });
  return listener;
}

describe.each(WAYS)('%s', (_, listen) => {
  test('bytes go both ways, and the folder is made', async () => {
    const path = join(tempFolder(), 'made', 'socket');
    const { onPeer, next } = peers();
    await listening(listen, path, onPeer);

    const client = await connected(path);
    const { socket } = await next();
    client.write('to the server');
    const [asked] = (await once(socket, 'data')) as [Buffer];
    socket.write('to the client');
    const [answered] = (await once(client, 'data')) as [Buffer];

    expect([String(asked), String(answered)]).toEqual(['to the server', 'to the client']);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o755);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('closed, it leaves no file, and connections go on', async () => {
    const path = join(tempFolder(), 'socket');
    const { onPeer, next } = peers();
    const listener = await listening(listen, path, onPeer);
    const client = await connected(path);
    const { socket } = await next();

    listener.close();
    listener.close();
    socket.write('still');
    const [told] = (await once(client, 'data')) as [Buffer];

    expect([existsSync(path), String(told)]).toEqual([false, 'still']);
  });

  test('the socket of a process that has ended is replaced', async () => {
    const path = join(tempFolder(), 'socket');
    const former = new Server().listen(path);
    await once(former, 'listening');
    // Node removes the file by its name, which a process that is killed does not.
    const kept = `${path}.kept`;
    renameSync(path, kept);
    former.close();
    await once(former, 'close');
    renameSync(kept, path);
    const { onPeer, next } = peers();

    await listening(listen, path, onPeer);
    await connected(path);

    expect((await next()).socket.destroyed).toBe(false);
  });

  test('the socket of a live process is left alone', async () => {
    const path = join(tempFolder(), 'socket');
    const { onPeer, next } = peers();
    await listening(listen, path, onPeer);
    const { ino } = lstatSync(path);

    const again = listen(path, 0o600, onPeer);

    await expect(again).rejects.toMatchObject({
      code: 'DEVICE_LOCKED',
      message: `DEVICE_LOCKED: another process listens at ${path}; stop it first`,
    });
    expect(lstatSync(path).ino).toBe(ino);
    await next();
  });

  test('a later socket of that name is not removed', async () => {
    const path = join(tempFolder(), 'socket');
    const { onPeer } = peers();
    const listener = await listening(listen, path, onPeer);
    rmSync(path);
    writeFileSync(path, 'of another');

    listener.close();

    // Node removes what has the name, whichever it is.
    const isKept = listen === listenAt && native.kind === 'loaded';
    expect(existsSync(path)).toBe(isKept);
  });

  test('what is no socket is in the way', async () => {
    const path = join(tempFolder(), 'socket');
    writeFileSync(path, 'mine');

    await expect(listen(path, 0o600, () => undefined)).rejects.toMatchObject({
      message: `PORT_DENIED: no socket is made: ${path} is in the way and is no socket; remove it`,
    });
    expect(statSync(path).size).toBe(4);
  });

  test('a folder that others may write to is refused', async () => {
    const folder = join(tempFolder(), 'open');
    mkdirSync(folder);
    chmodSync(folder, 0o777);

    await expect(listen(join(folder, 's'), 0o600, () => undefined)).rejects.toMatchObject({
      message: `PORT_DENIED: no socket is made in ${folder}: other users may write there (chown it to root and chmod go-w it)`,
    });
    expect(existsSync(join(folder, 's'))).toBe(false);
  });

  test('a folder that others could replace is refused, and nothing is made there', async () => {
    const open = join(tempFolder(), 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const folder = join(open, 'own');

    await expect(listen(join(folder, 's'), 0o600, () => undefined)).rejects.toMatchObject({
      code: 'PORT_DENIED',
      message: expect.stringContaining(
        `no socket is made in ${folder}: other users may write to ${open} (mode 777)`,
      ) as string,
    });
    expect(existsSync(folder)).toBe(false);
  });

  test('a path that cannot be, is told with the reason', async () => {
    const folder = tempFolder();
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    const long = join(folder, 'a'.repeat(120));

    await expect(listen(long, 0o600, () => undefined)).rejects.toThrow(
      `PORT_DENIED: no socket can be made at ${long}: the path has ${long.length} bytes, and that of a socket at most 107`,
    );
    await expect(listen(join(folder, 'link', 's'), 0o600, () => undefined)).rejects.toThrow(
      /^PORT_DENIED: no socket can be made at .*: (ENOENT|EEXIST)/,
    );
  });
});

describe.skipIf(native.kind === 'missing')('the addon', () => {
  test('names the process that has connected', async () => {
    const path = join(tempFolder(), 'socket');
    const { onPeer, next } = peers();
    await listening(listenAt, path, onPeer);
    await connected(path);

    const { pid, uid, gid } = await next();

    expect([pid, uid, gid]).toEqual([process.pid, process.getuid?.(), process.getgid?.()]);
  });

  test('names the user of that process, which may be another than its own', async () => {
    const folder = tempFolder();
    chmodSync(folder, 0o755);
    const path = join(folder, 'socket');
    const { onPeer, next } = peers();
    const listener = await listenAt(path, 0o666, onPeer);
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    // Only root can start a process of another user.
    const other = own.uid === 0 ? { uid: 1234, gid: 4321 } : own;
    const words = ['-e', "require('node:net').connect(process.argv[1]).resume()", path];
    const child = spawn(process.execPath, words, { ...other, cwd: '/', stdio: 'ignore' });
    onTestFinished(() => {
      child.kill('SIGKILL');
      listener.close();
    });

    const { pid, uid, gid } = await next();

    expect({ pid, uid, gid }).toEqual({ pid: child.pid, ...other });
  });

  test('gives the file the mode that is asked for', async () => {
    const path = join(tempFolder(), 'socket');
    const listener = await listenAt(path, 0o660, () => undefined);
    const mode = statSync(path).mode & 0o777;
    listener.close();

    expect(mode).toBe(0o660);
  });

  test('a connection that cannot be accepted is tried again after a pause', async () => {
    const path = join(tempFolder(), 'socket');
    const clock = new VirtualClock();
    const told: string[] = [];
    let refusals = 1;
    const load = (): NativeLoad => {
      if (native.kind === 'missing') return native;
      const acceptPeer = (fd: number) => {
        refusals -= 1;
        if (refusals < 0) return native.sockets.acceptPeer(fd);
        throw new Error('EMFILE: too many open files, accept');
      };
      return { ...native, sockets: { ...native.sockets, acceptPeer } };
    };
    const events = new EventEmitter();
    const warn = (fields: object): void => {
      told.push(JSON.stringify(fields));
      events.emit('refused');
    };
    const { onPeer, next } = peers();
    await listening(listenerWith({ load, clock, log: { ...silentLog, warn } }), path, onPeer);

    await Promise.all([once(events, 'refused'), connected(path)]);
    expect(clock.pending).toBe(1);
    await clock.pass(500);
    await next();

    expect(told).toEqual([
      `{"path":"${path}","error":"Error: EMFILE: too many open files, accept"}`,
    ]);
  });
});
