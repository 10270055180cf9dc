/** Any ioctl with any memory: an errno or an answer within a few rounds, and never a throw. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FakeClients, echoing } from '../../support/fake-clients.ts';
import { checkAnswer } from '../../support/caller-memory.ts';
import { IOCTL_NAMES, ioctlNumber, systemAddress } from '../../support/ipmi-caller.ts';
import { ipmiBench, settled } from '../../support/open-ipmi-file.ts';

/** The address of an address, and its length. */
const GUIDED_64 = [0, 0x20, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0];
const GUIDED_32 = [0, 0x20, 0, 0, 8, 0, 0, 0];

const anyName = fc.constantFrom(...IOCTL_NAMES);

test('any bytes as structures, addresses and data', async () => {
  const { open, device } = ipmiBench(new FakeClients(echoing));
  const program = open();
  const other = open({ is32Bit: true });
  const small = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
  const bytes = fc.array(small, { minLength: 64, maxLength: 64 });

  let accepted = 0;
  for (const { memory } of [program, other]) memory.write(0x2000n, systemAddress());

  await fc.assert(
    fc.asyncProperty(anyName, fc.boolean(), bytes, async (name, is32Bit, memory) => {
      const caller = is32Bit ? other : program;
      caller.memory.write(0x1000n, memory);
      // Often an address that is one, so that calls come further.
      const isGuided = (memory[0] ?? 0) % 2 === 0;
      if (isGuided) caller.memory.write(0x1000n, is32Bit ? GUIDED_32 : GUIDED_64);
      const result = caller.ioctl(name, 0x1000n);
      expect(result).toBeGreaterThan(-134);
      expect(result).toBeLessThanOrEqual(0);
      if (result === 0 && name.startsWith('send')) accepted += 1;
      await settled();
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(0);
  expect(device.counters).toMatchObject({ sent: accepted, lossesAnswered: 0 });
});

test('any bytes as a round that no kernel would make', () => {
  const file = ipmiBench(new FakeClients(echoing)).open().file;
  const numbers = fc.oneof(
    fc.nat(0xffffffff),
    fc.tuple(anyName, fc.boolean()).map(([name, is32Bit]) => ioctlNumber(name, is32Bit)),
  );
  const round = fc.record({
    ...{ command: numbers, is32Bit: fc.boolean() },
    ...{ input: fc.uint8Array({ maxLength: 400 }), outputSize: fc.nat(400) },
  });
  fc.assert(
    fc.property(round, (call) => {
      const { outputSize } = call;
      const answer = file.ioctl({ ...call, argument: 0x1000n });
      checkAnswer(answer, { output: outputSize > 0 ? [{ address: 1n, size: outputSize }] : [] });
      expect(['retry', 'done']).toContain(answer.kind);
    }),
    { numRuns: 5000 },
  );
});
