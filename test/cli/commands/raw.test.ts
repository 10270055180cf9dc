/** `raw --retries`: what the command line says reaches the BMC. */

import { expect, test } from 'vitest';

import { UsageError } from '../../../src/cli/args.ts';
import { parseRaw, parseRetries, raw } from '../../../src/cli/commands/raw.ts';
import type { Session } from '../../../src/cli/session.ts';
import { open } from '../../../src/index.ts';
import { FaultyBmc } from '../../../src/sim/faults.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';

const ECHO = parseRaw(['0x30', '0x01', '7'], '0');

/** Sends the echo with this `--retries` to a BMC that drops the first two commands. */
async function send(retries: string | undefined) {
  const clock = new VirtualClock();
  const faults = [0, 1].map((at) => ({ kind: 'drop', at }) as const);
  const port = new FaultyBmc({ clock, faults, seed: 1 });
  const device = await open({ base: port.bmc.base, port, clock, bringUp: 'lazy' });
  const printed: string[] = [];
  const stdout = { write: (text: string) => printed.push(text), isClosed: false };
  const globals = { json: false };
  const session = {
    requester: device,
    globals,
    leftMs: () => 30_000,
    stdout,
  } as unknown as Session;
  const outcome = await clock
    .until(raw(ECHO, parseRetries(retries))(session))
    .catch((error: unknown) => (error as { code: string }).code);
  await device.close();
  return { outcome, printed, executed: port.bmc.executed.length };
}

test('without --retries a command that may change something is sent once', async () => {
  expect(await send(undefined)).toEqual({ outcome: 'BMC_UNRESPONSIVE', printed: [], executed: 1 });
});

test('with --retries it is repeated so often, and its reply printed', async () => {
  expect(await send('1')).toEqual({ outcome: 'REQUEST_TIMEOUT', printed: [], executed: 2 });
  expect(await send('2')).toEqual({ outcome: 0, printed: [' 07\n'], executed: 3 });
});

test.each(['x', '-1', '1001', '010', ''])('--retries %j is refused', (text) => {
  expect(() => parseRetries(text)).toThrow(UsageError);
});
