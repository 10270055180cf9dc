/** A CUSE device on a channel whose messages the test delivers, from after INIT on. */

import { CuseDevice } from '../../src/serve/cuse/device.ts';
import { echoDevice } from './echo-device.ts';
import type { Echo, EchoOptions } from './echo-device.ts';
import { FakeChannel, bytesOf, initRequest } from './fake-cuse.ts';
import type { Answer, Words } from './fake-cuse.ts';
import { recordingLog } from './recording-log.ts';

export interface CuseBench extends Omit<Echo, 'device'> {
  readonly channel: FakeChannel;
  readonly cuse: CuseDevice;
  /** What was logged. */
  readonly lines: readonly object[];
  /** The ends of the device that were told. */
  readonly ends: readonly string[];
}

/** What each line of a mistake has. */
export const BUG = { message: 'bug: a request of CUSE failed' };

export function cuseBench(options: EchoOptions = {}): CuseBench {
  const channel = new FakeChannel();
  const { device, files, openers } = echoDevice(options);
  const { log, lines } = recordingLog();
  const ends: string[] = [];
  const ended = (cause: Error): void => void ends.push(cause.message);
  const cuse = new CuseDevice({ channel, device, log, ended });
  channel.waiting.push(initRequest());
  cuse.begin('ipmi0');
  cuse.serve();
  channel.answers.length = 0;
  return { channel, cuse, files, openers, lines, ends };
}

/** The only reply to request 4, by its error and the words of its body. */
export function replyTo4(error: number, ...body: Words): readonly Answer[] {
  return [{ unique: 4n, error, body: bytesOf(body).toString('hex') }];
}
