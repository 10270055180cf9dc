/**
 * Random bytes as requests: whatever comes, the process goes on, and each message whose header can
 * be read has one reply, which the kernel takes.
 */

import { expect, test } from 'vitest';

import type { IoctlAnswer } from '../../../src/serve/character-device.ts';
import { Rng } from '../../../src/sim/rng.ts';
import { commitSeed } from '../../support/commit-seed.ts';
import { cuseBench } from '../../support/cuse-bench.ts';
import { initRequest, ioctlRequest, openRequest } from '../../support/fake-cuse.ts';
import { pollRequest, releaseRequest, requestOf } from '../../support/fake-cuse.ts';
import type { Answer } from '../../support/fake-cuse.ts';
import { offenders } from '../../support/lists.ts';

const MESSAGES = 5_000;
const INTERRUPT = 36;

/** What the device answers to an ioctl: all that an implementation could do wrong, too. */
function drawAnswer(rng: Rng): IoctlAnswer {
  if (rng.chance(25)) throw new Error('bug: on purpose');
  const areas = Array.from({ length: rng.integer(0, 3) }, () => {
    return { address: 8n, size: rng.integer(0, 5000) };
  });
  if (rng.chance(50)) return { kind: 'retry', input: areas, output: areas };
  const output = new Uint8Array(rng.integer(0, 7));
  return { kind: 'done', result: rng.integer(-1000, 1000), output };
}

/** A request that is right, or has some bytes changed, or is cut. */
function drawMessage(rng: Rng): Buffer {
  const file = BigInt(rng.integer(0, 20));
  const input = Buffer.alloc(rng.integer(0, 50));
  const call = { command: rng.integer(0, 8), input, outputSize: rng.integer(0, 8) };
  const ioctl = ioctlRequest(4n, file, call);
  const [poll, release] = [pollRequest(4n, file), releaseRequest(4n, file)];
  const others = [initRequest(), openRequest(4n), requestOf(15, 4n), requestOf(INTERRUPT, 4n)];
  const message = Buffer.from(rng.pick([ioctl, poll, release, openRequest(4n), ...others]));
  for (let changes = rng.integer(0, 3); changes > 0; changes -= 1) {
    message[rng.integer(0, message.length - 1)] = rng.integer(0, 255);
  }
  return rng.chance(20) ? message.subarray(0, rng.integer(0, message.length)) : message;
}

interface Round {
  readonly message: Buffer;
  readonly answers: readonly Answer[];
}

function isWrong({ message, answers }: Round): boolean {
  if (answers.length !== countWanted(message)) return true;
  return answers.some(({ unique }) => unique !== message.readBigUInt64LE(8));
}

test.each([1, 2, commitSeed()])('seed %i', (seed) => {
  const rng = new Rng(seed);
  const { channel, cuse, files } = cuseBench({ ioctl: () => drawAnswer(rng) });

  const rounds = Array.from({ length: MESSAGES }, () => {
    const message = drawMessage(rng);
    const answers = channel.deliver(message);
    const file = files[rng.integer(0, files.length)];
    if (file !== undefined && rng.chance(50)) file.add('x');
    else file?.drain();
    return { message, answers };
  });

  expect(offenders(rounds, isWrong)).toEqual([]);
  const { openFiles, notices, bugs } = cuse.statistics;
  expect(Math.min(openFiles, notices, bugs)).toBeGreaterThan(0);
});

/** A signal has no reply if it is one; cut, it is a request like others. */
function countWanted(message: Buffer): number {
  if (message.length < 40 || message.readBigUInt64LE(8) === 0n) return 0;
  const isInterrupt = message.readUInt32LE(4) === INTERRUPT;
  return isInterrupt && message.readUInt32LE(0) === message.length ? 0 : 1;
}
