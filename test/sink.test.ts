/** Sinks that fail, as those of programs do: what is written down is as without them. */

import { describe, expect, test } from 'vitest';

import { openFrom } from '../src/registry/open.ts';
import { openDoor } from '../src/registry/door.ts';
import { OpenDevices } from '../src/registry/open-devices.ts';
import { targetAt } from '../src/registry/target.ts';
import { SimBmc } from '../src/sim/bmc.ts';
import { safeSink } from '../src/sink.ts';
import { silentLog } from '../src/log.ts';
import { btBlock } from '../src/port/register-block.ts';
import { WAYS, unhandledRejections } from './support/failing.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const FULL = new Error('ENOSPC');

type Write = (line: string) => unknown;

/** Opens a device with a sink that fails at each line with `mark`, and sends it a request. */
async function life(option: 'record' | 'trace', mark: string, fail: Write) {
  const [lines, warnings] = [[] as string[], [] as unknown[]];
  const unhandled = unhandledRejections();
  const write = (line: string): unknown => {
    lines.push(line);
    return line.includes(mark) ? fail(line) : undefined;
  };
  const warn = (fields: object, message: string): void => void warnings.push([message, fields]);
  const logger = { ...silentLog, child: () => ({ ...silentLog, warn }) };
  const sim = new SimBmc();
  const device = await openFrom(1, { base: sim.base, port: sim, logger, [option]: { write } });
  const { completionCode } = await device.request(GET_DEVICE_ID);
  await device.close();
  const end = { warnings, unhandled: await unhandled(), completionCode };
  return { lines, end: { ...end, executed: sim.executed.length } };
}

describe.each(Object.entries(WAYS))('a sink that %s ends', (_, fail) => {
  test.each(['"schema"', '"request"', '"attempt"', '"state"', '"in"', '"ended"', '"settled"'])(
    'the recording, and no request, at a line with %s',
    async (mark) => {
      const { end } = await life('record', mark, fail);

      expect(end).toEqual({
        warnings: [['the recording ends here: its sink has failed', { reason: 'ENOSPC' }]],
        ...{ unhandled: [], completionCode: 0, executed: 3 },
      });
    },
  );

  test.each(['in  BT_CTRL', 'out HOST2BMC'])(
    'the trace, and no request, at a line with %s',
    async (mark) => {
      const { end } = await life('trace', mark, fail);

      expect(end).toEqual({
        warnings: [['the trace ends here: its sink has failed', { reason: 'ENOSPC' }]],
        ...{ unhandled: [], completionCode: 0, executed: 3 },
      });
    },
  );
});

test('nothing more is handed to a sink that has thrown, and the log says it once', async () => {
  const { lines } = await life('record', '"attempt"', WAYS['throws'] ?? (() => undefined));

  expect(lines.filter((line) => line.includes('"attempt"'))).toHaveLength(1);
  expect(lines.at(-1)).toContain('"attempt"');
});

test('a sink of the door below a device ends its trace alone', async () => {
  const sim = new SimBmc();
  const write = (): void => {
    throw FULL;
  };
  const door = await openDoor({
    options: { port: sim, trace: { write } },
    target: targetAt(btBlock(sim.base, 1)),
    firstSeq: 1,
    deadlineMs: Infinity,
    openDevices: new OpenDevices(),
  });

  expect(door.registers.status()).toBe(0);
  await door.close();
});

test('a sink keeps what it says of payload and program, and its own this', () => {
  class Lines {
    readonly all: string[] = [];
    readonly payload = 'all';
    readonly program = 'p 1';
    write(line: string): boolean {
      return this.all.push(line) > 0;
    }
  }
  const lines = new Lines();

  const safe = safeSink(lines, 'trace', silentLog);
  safe.write('a');

  expect(safe).toMatchObject({ payload: 'all', program: 'p 1' });
  expect(lines.all).toEqual(['a']);
});

test('what is thrown and is no error is described, not quoted', () => {
  const warnings: unknown[] = [];
  const warn = (fields: object): void => void warnings.push(fields);
  const write = (): void => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as JavaScript may
    throw null;
  };

  safeSink({ write }, 'trace', { ...silentLog, warn }).write('a');

  expect(warnings).toEqual([{ reason: 'null' }]);
});
