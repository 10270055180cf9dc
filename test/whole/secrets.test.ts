/**
 * Secrets stay secret: random bytes go through the command line as request data and replies of
 * commands that are not known to be harmless, and nothing but the reply itself tells them.
 */

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { IpmiError, open } from '../../src/index.ts';
import { isSecret } from '../../src/ipmi/secret.ts';
import type { Log } from '../../src/log.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { runCli } from '../support/cli-run.ts';
import { scriptLines } from '../support/script-lines.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { offenders } from '../support/lists.ts';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

/** So many bytes of a secret in a row are no coincidence. */
const TELLING_BYTES = 3;

/** A request whose data, and whose answer, must not be shown. */
function secretRequest(rng: Rng) {
  for (;;) {
    const netFn = rng.integer(0, 0x1f) * 2;
    const data = Uint8Array.from({ length: rng.integer(4, 32) }, () => rng.integer(0x10, 0xff));
    const request = { netFn, cmd: rng.integer(0, 0xff), lun: 0, data };
    if (isSecret(request)) return request;
  }
}

/** Every way in which a few bytes in a row are commonly written. */
function spellings(bytes: Uint8Array): readonly string[] {
  const spelt: string[] = [];
  for (let at = 0; at + TELLING_BYTES <= bytes.length; at += 1) {
    const few = [...bytes.subarray(at, at + TELLING_BYTES)];
    const hex = few.map((byte) => byte.toString(16).padStart(2, '0'));
    spelt.push(hex.join(' '), hex.join(''), hex.join(','), few.join(','), few.join(' '));
    spelt.push(`0x${hex.join(' 0x')}`, `0x${hex.join(', 0x')}`, few.join(', '));
    spelt.push(JSON.stringify(Object.fromEntries(few.entries())).slice(1, -1));
  }
  return spelt;
}

function expectUntold(text: string, secret: Uint8Array): void {
  expect(offenders(spellings(secret), (spelling) => text.includes(spelling))).toEqual([]);
}

/** Faults in which the command and its answer end in each kind of error and warning. */
function faultOf(rng: Rng): Fault {
  const faults: readonly Fault[] = [
    { kind: 'drop', at: 1 },
    { kind: 'late', at: 1, byMs: 8000 },
    { kind: 'code', at: 1, code: 0xc0 },
    { kind: 'twice', at: 1 },
    { kind: 'stale', at: 1 },
    { kind: 'wrong', at: 1, what: 'cmd' },
    { kind: 'length', at: 1, length: 2 },
    { kind: 'busy', fromMs: 1, forMs: 40_000, flapping: false },
  ];
  return faults[rng.integer(0, faults.length - 1)] ?? { kind: 'drop', at: 1 };
}

test.each(SEEDS)('a library user sees a secret in its reply only (seed %i)', async (seed) => {
  const rng = new Rng(seed);
  const clock = new VirtualClock();
  const told: string[] = [];
  const note = (fields: object, message: string): void => {
    told.push(JSON.stringify({ ...fields, message }));
  };
  const logger: Log = {
    ...{ trace: note, debug: note, info: note, warn: note, error: note },
    child: () => logger,
  };
  const request = secretRequest(rng);
  const answer = Uint8Array.from({ length: 16 }, () => rng.integer(0x10, 0xff));
  const bmc = new FaultyBmc({
    ...{ clock, seed, strict: false, faults: [faultOf(rng)] },
    answer: ({ netFn, cmd }) =>
      netFn === request.netFn && cmd === request.cmd ? [0, ...answer] : undefined,
  });
  const trace = { write: (line: string) => void told.push(line), payload: true };
  const device = await clock.until(
    open({ base: 0xce4, port: bmc, clock, logger, trace, bringUp: 'lazy' }),
  );
  const ask = async (): Promise<void> => {
    try {
      await device.request(request, { timeoutMs: 25_000 });
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
      told.push(String(error.stack), JSON.stringify(error), String(error.cause));
    }
  };

  await clock.until(Promise.all([ask(), ask(), ask()]));
  told.push(JSON.stringify(device.statistics()), inspect(device, { depth: 9, showHidden: true }));
  await clock.until(device.close());

  expect(told.some((line) => line.includes(' bytes)'))).toBe(true);
  expectUntold(told.join('\n'), request.data);
  expectUntold(told.join('\n'), answer);
});

describe.each(SEEDS.slice(0, 2))(
  'the command tells a secret in its reply only (seed %i)',
  (seed) => {
    const rng = new Rng(seed);
    const { data } = secretRequest(rng);
    const bytes = [...data].map((byte) => `0x${byte.toString(16)}`);
    const word = `S${rng.integer(100_000, 999_999)}t`;

    test.each([[[]], [['--json']]])('in traces and logs %j', async (options) => {
      const all = [...options, '--trace-payload', '--log-level', 'trace'];
      const { stderr } = await runCli('--sim', ...all, 'raw', '0x30', '1', ...bytes);

      expect(stderr).toContain(' bytes)');
      expectUntold(stderr, data);
    });

    test.each([
      [['raw', word]],
      [['raw', '0x06', word]],
      [['raw', '0x06', '0x47', ...bytes, word]],
      [['raw', '0x06', '0x47', `0x${word}`]],
      [['raw', '0x06', '0x47', `-${word}`]],
      [['raw', '0x06', '0x47', `--${word}`]],
      [['raw', '0x06', '0x47', `--lun=${word}`]],
      [['raw', '0x06', '0x47', '--lun', word]],
      [['raw', '0x06', '0x47', '--retries', word]],
      [['raw', '0x06', '0x47', '--spacing', word]],
      [['raw', '0x06', '0x47', '--timeout', word]],
      [['raw', '0x06', '0x47', '--irq', word]],
      [['raw', '0x06', '0x47', `--json=${word}`]],
      [['raw', '0x07', '0x47', word]],
      [['exec', '-', word]],
      [['exec', '-', `--${word}`]],
      [[`raw 0x06 0x47 ${word}`]],
    ])('in usage errors: %j', async (words) => {
      const options = seed % 2 === 0 ? [] : ['--json'];
      const { stdout, stderr, exit } = await runCli('--sim', ...options, ...words);

      expect(exit).toBe(64);
      expect(stdout + stderr).not.toContain(word);
    });

    test.each([
      word,
      `user set password 2 ${word}`,
      `${word} raw 6 1`,
      `raw ${word} 1`,
      `raw 6 ${word}`,
      `raw 6 0x47 2 ${word}`,
      `raw 6 0x47 2 --${word}`,
      `raw 6 0x47 2 -${word}`,
      `raw 6 0x47 --lun ${word}`,
      `raw 6 0x47 --retries=${word}`,
    ])('in errors about a line of exec: %j', (line) => {
      const error = thrownBy(() => scriptLines('script', line));

      expect(error).toBeInstanceOf(UsageError);
      expect(String(error)).not.toContain(word);
    });
  },
);
