/** The configuration of SOL, on a simulated BMC. */

import { expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';

test('it takes nine transactions', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.sol.get(1)).toMatchObject({
    enable: { isEnabled: true },
    authentication: { privilege: 'administrator' },
    accumulate: { intervalMs: 60, threshold: 96 },
    bitRate: { rate: '115200' },
    payloadPort: 623,
  });
  expect(count()).toBe(9);
});

test('a parameter that the BMC does not have is undefined', async () => {
  const answer = ({ netFn, data }: { netFn: number; data: Uint8Array }) =>
    netFn === 0x0c && (data[1] ?? 0) >= 7 ? [0x80] : undefined;
  const { bmc } = await commandsRig(new SimBmc({ answer }));

  expect(await bmc.sol.get(1)).toMatchObject({ payloadChannel: undefined, payloadPort: undefined });
});

test('a channel without SOL is an error, as is a parameter that is cut short', async () => {
  const { bmc, count } = await commandsRig();
  const answer = ({ netFn }: { netFn: number }) => (netFn === 0x0c ? [0x00, 0x11] : undefined);
  const cut = await commandsRig(new SimBmc({ answer }));

  await expect(bmc.sol.get(3)).rejects.toMatchObject({ completionCode: 0xcc });
  expect(count()).toBe(9);
  await expect(bmc.sol.get(16)).rejects.toThrow(RangeError);
  await expect(cut.bmc.sol.get(1)).rejects.toMatchObject({
    code: 'RESPONSE_MALFORMED',
    message: expect.stringContaining('parameter 0: byte 1 is missing') as string,
  });
});
