/** `ipmi-bt watch`: what it prints, how it ends, and that it leaves the BMC as it was. */

import { describe, expect, test } from 'vitest';

import type { Globals } from '../../../src/cli/globals.ts';
import { watch } from '../../../src/cli/commands/watch.ts';
import { open } from '../../../src/index.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { EndedBySignal } from '../../../src/signals.ts';
import { SIM_LINE, runCli, startCli } from '../../support/cli-run.ts';

const SIM = ['--sim', '--sim-events', '20'];
const LINE = 'critical: Temperature 0x30 asserted: upper critical, going high\n';

/** The values that BMC Global Enables were set to, in order, as a trace shows it. */
function enablesSet(stderr: string): readonly string[] {
  const frames = stderr.matchAll(/^out HOST2BMC {3}04 18 .. 2e (..)$/gm);
  return [...frames].map(([, value = '']) => value);
}

test('--count ends it after so many events, a line each', async () => {
  expect(await runCli(...SIM, 'watch', '--count', '2')).toEqual({
    stdout: LINE + LINE,
    stderr: SIM_LINE,
    exit: 0,
  });
});

test('--json prints an object a line', async () => {
  const { stdout, exit } = await runCli(...SIM, '--json', 'watch', '--count', '2');

  const [first, second, ...more] = stdout.trimEnd().split('\n');
  expect({ exit, more }).toEqual({ exit: 0, more: [] });
  expect(second).toBe(first);
  expect(JSON.parse(first ?? '')).toEqual({
    schema: 'ipmi-bt/event',
    version: 1,
    kind: 'event',
    format: 'sensor',
    record_id: null,
    record_type: 2,
    timestamp_seconds: null,
    seconds_since_start: null,
    generator_id: 0x20,
    evm_revision: 4,
    sensor_type: 1,
    sensor_type_text: 'Temperature',
    sensor_number: 0x30,
    direction: 'asserted',
    event_type: 1,
    event_offset: 9,
    event_text: 'upper critical, going high',
    detail_text: null,
    severity: 'critical',
    reading_raw: 0x60,
    threshold_raw: 0x5f,
    raw: [0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 0x30, 1, 0x59, 0x60, 0x5f],
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it without a word, and events are kept as before', async (name, exit) => {
  const run = startCli('--sim', '--trace-payload', 'watch');
  await run.told(' 2e 0c');

  run.kill(name);

  const { stdout, stderr, ...ended } = await run.ended;
  expect({ stdout, ...ended }).toEqual({ stdout: '', exit });
  expect(enablesSet(stderr)).toEqual(['0c', '08']);
  expect(stderr).not.toContain('ipmi-bt: REQUEST');
});

test('it outlives --timeout, which is for opening', async () => {
  const { stdout, exit } = await runCli(
    ...['--sim', '--sim-events', '700', '--timeout', '0.3', 'watch', '--count', '1'],
  );

  expect({ stdout, exit }).toEqual({ stdout: LINE, exit: 0 });
});

test('a BMC that refuses what events need is told of once, on standard error', async () => {
  const clock = new VirtualClock();
  const answer = ({ cmd }: { cmd: number }) => (cmd === 0x2f ? [0xc1] : undefined);
  const device = await clock.until(
    open({ base: 0xce4, port: new SimBmc({ clock, answer }), clock }),
  );
  const written: string[] = [];
  const output = {
    write: (text: string) => void written.push(text),
    isClosed: false,
    failure: undefined,
  };
  const end = new AbortController();
  const globals = { json: false } as Globals;
  const streams = { stdout: output, stderr: output, backend: 'sim' };
  const session = { device, requester: device, globals, ...streams, leftMs: () => 1000 };
  const done = watch(Infinity)({ ...session, signal: end.signal });

  await clock.pass(100_000);
  end.abort(new EndedBySignal('SIGINT'));

  expect(await done).toBe(130);
  const reason = 'the BMC refuses Get BMC Global Enables with 0xc1 (Invalid command)';
  expect(written).toEqual([`ipmi-bt: warning: events may not come: ${reason}\n`]);
  await clock.until(device.close());
});

test('it ends when its output is closed', async () => {
  const run = startCli(...SIM, 'watch');

  run.closeStdout();

  expect((await run.ended).exit).toBe(0);
});

describe('--count', () => {
  test('0 takes nothing from the BMC', async () => {
    const { stdout, stderr } = await runCli(...SIM, '--trace-payload', 'watch', '--count', '0');

    expect({ stdout, set: enablesSet(stderr) }).toEqual({ stdout: '', set: [] });
  });

  test('that is no number is a mistake', async () => {
    expect((await runCli(...SIM, 'watch', '--count', 'many')).exit).toBe(64);
  });
});
