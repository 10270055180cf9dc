/**
 * A character device for tests of what serves it. Its calls: 0x4503 throws, 0x4504 says how many
 * files are open; all others fail with ENOTTY.
 */

import type {
  CharacterDevice,
  CharacterFile,
  IoctlAnswer,
  IoctlCall,
} from '../../src/serve/character-device.ts';
import type { Opener } from '../../src/serve/opener.ts';

const ENOTTY = 25;

export interface EchoOptions {
  /** Takes the place of the opening. */
  readonly open?: () => number;
  readonly ioctl?: (call: IoctlCall) => IoctlAnswer;
  readonly release?: () => void;
}

/** An open file, to which the test adds messages. */
export interface EchoFile extends CharacterFile {
  readonly calls: IoctlCall[];
  isReleased: boolean;
  add(message: string): void;
  drain(): void;
}

export interface Echo {
  readonly device: CharacterDevice;
  readonly files: EchoFile[];
  readonly openers: (Opener & { readonly flags: number })[];
}

export function echoDevice(options: EchoOptions = {}): Echo {
  const files: EchoFile[] = [];
  const openers: Echo['openers'] = [];
  const countOpen = (): number => files.filter(({ isReleased }) => !isReleased).length;
  const device: CharacterDevice = {
    open: (opener, flags, wake) => {
      openers.push({ ...opener, flags });
      if (options.open !== undefined) return options.open();
      const file = echoFile(options, countOpen, wake);
      files.push(file);
      return file;
    },
  };
  return { device, files, openers };
}

function echoFile(options: EchoOptions, countOpen: () => number, wake: () => void): EchoFile {
  const queue: string[] = [];
  const file: EchoFile = {
    calls: [],
    isReleased: false,
    get isReadable() {
      return queue.length > 0;
    },
    ioctl: (call) => {
      file.calls.push(call);
      if (options.ioctl !== undefined) return options.ioctl(call);
      if (call.command === 0x4503) throw new Error('bug: on purpose');
      const result = call.command === 0x4504 ? countOpen() : -ENOTTY;
      return { kind: 'done', result, output: new Uint8Array() };
    },
    release: () => {
      file.isReleased = true;
      options.release?.();
    },
    add: (message) => {
      queue.push(message);
      if (queue.length === 1) wake();
    },
    drain: () => {
      queue.length = 0;
    },
  };
  return file;
}
