/** An addon that writes down what it is asked, for tests of what stands on top of it. */

import type {
  NativeLoad,
  NativeLocks,
  NativeMessages,
  NativePorts,
  NativeSockets,
  NativeWatch,
} from '../../src/native.ts';
import type { PortIo } from '../../src/port/port.ts';

/** An addon whose `open` succeeds, and the calls it got. */
export interface FakeNative {
  readonly calls: string[];
  readonly load: () => NativeLoad;
}

/** The accesses of an addon's ports behind which a simulated BMC is. */
export function accessesOf(bmc: PortIo): Omit<NativePorts, 'open' | 'release'> {
  return {
    inb: (port) => bmc.inb(port),
    outb: (port, value) => {
      bmc.outb(port, value);
    },
    readBytes: (port, target, count) => {
      bmc.readBytes(port, target, count);
    },
    writeBytes: (port, source, count) => {
      bmc.writeBytes(port, source, count);
    },
  };
}

/** An error as the addon throws it. */
export function systemError(code: string, errno: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: in words, ioperm`), { code, errno, syscall: 'ioperm' });
}

/** Reads give the low byte of the port; `open` throws `refusal` when there is one. */
export function fakeNative(refusal?: Error): FakeNative {
  const calls: string[] = [];
  const note = (...words: unknown[]): void => {
    calls.push(words.join(' '));
  };
  const ports: NativePorts = {
    open: (base, count) => {
      note('open', base, count);
      if (refusal !== undefined) throw refusal;
      return calls.length;
    },
    release: (handle) => {
      note('release', handle);
    },
    inb: (port) => {
      note('inb', port);
      return port & 0xff;
    },
    outb: (port, value) => {
      note('outb', port, value);
    },
    readBytes: (port, target, count) => {
      note('readBytes', port, count);
      target.fill(port & 0xff, 0, count);
    },
    writeBytes: (port, source, count) => {
      note('writeBytes', port, source.subarray(0, count));
    },
  };
  const locks: NativeLocks = {
    tryLock: (fd) => {
      note('tryLock', fd);
      return true;
    },
    tryShare: (fd) => {
      note('tryShare', fd);
      return true;
    },
    unlock: (fd) => {
      note('unlock', fd);
    },
  };
  const watch: NativeWatch = {
    watchFd: (fd) => {
      note('watchFd', fd);
      return calls.length;
    },
    unwatch: (handle) => {
      note('unwatch', handle);
    },
  };
  const messages: NativeMessages = {
    sendMessage: (fd, netFn, cmd) => {
      note('sendMessage', fd, netFn, cmd);
    },
    receiveMessage: () => 0,
  };
  const sockets: NativeSockets = {
    listenUnix: (path) => {
      note('listenUnix', path);
      return calls.length;
    },
    acceptPeer: () => undefined,
    notifySystemd: (path, text) => {
      note('notifySystemd', path, text);
    },
  };
  return { calls, load: () => ({ kind: 'loaded', ports, locks, watch, messages, sockets }) };
}

/** A host where the addon was not built. */
export function noNative(): NativeLoad {
  const remedy = 'run `npm run build:native`';
  const cause = new Error('no such module');
  return { kind: 'missing', reason: 'it was not built', remedy, cause };
}
