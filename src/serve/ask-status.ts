/** Asks a server for its status, over its own socket. */

import { within } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { connectAt } from './link.ts';
import type { LinkOptions } from './link.ts';
import { stopText } from './place.ts';

/** The number of the only message that is sent. */
const ID = 0;

/**
 * Resolves to the status of the server whose socket is at `path`, as JSON has it; undefined where
 * there is none. Rejects with `DEVICE_LOCKED` when a server is there and does not answer.
 */
export async function askStatus(
  path: string,
  options: Omit<LinkOptions, 'folder'>,
): Promise<object | undefined> {
  const link = await connectAt(path, options);
  if (link === undefined) return undefined;
  const { clock, deadlineMs } = options;
  try {
    const answer = new Promise<object>((resolve, reject) => {
      link.start({
        onMessage: (message) => {
          if (message.type !== 'status' || message.id !== ID) return;
          const { status } = message;
          if (typeof status === 'object' && status !== null) resolve(status);
        },
        onDrain: () => undefined,
        onEnd: (reason) => {
          reject(new IpmiError('DEVICE_LOCKED', `the server at ${path}: ${reason}`));
        },
      });
      link.send({ type: 'status', id: ID });
    });
    const settled = Promise.allSettled([answer]);
    await within(clock, Math.max(deadlineMs - clock.now(), 1), settled);
    const late = Promise.resolve(undefined);
    const found = await Promise.race([answer, late]);
    if (found !== undefined) return found;
    const text = `the server at ${path} does not answer`;
    throw new IpmiError('DEVICE_LOCKED', `${text}; ${stopText(link.pid)}`);
  } finally {
    link.end();
  }
}
