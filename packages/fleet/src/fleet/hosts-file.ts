/**
 * The text of a file of hosts, which may be a pipe: a signal ends the wait for what comes out of
 * it, and a device without an end does not take all memory.
 */

import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';

/** Reads up to `bytesMax`; throws for more, and for what cannot be read. */
export async function textOfFile(
  path: string,
  bytesMax: number,
  signal?: AbortSignal,
): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  const stream = streamOf(path);
  if (signal !== undefined) addAbortSignal(signal, stream);
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > bytesMax) throw new Error(`${path} is longer than ${bytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** A thread that waits in a call for a pipe would keep the process from its end. */
function streamOf(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const isPipe = fstatSync(fd).isFIFO();
  return isPipe
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream('', { fd });
}
