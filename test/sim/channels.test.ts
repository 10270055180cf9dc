/** The channels of the simulated BMC, as their specification has them. */

import { expect, test } from 'vitest';

import { SPEC_COMMANDS, CommandProcessor } from '../../src/sim/commands.ts';
import { networkRig } from '../support/network-rig.ts';

test('the channel that the request comes by is the system interface', () => {
  const { execute } = networkRig();

  expect(execute(0x06, 0x42, 0x0e)).toEqual([0, 0x0f, 0x0c, 0x08, 0, 0xf2, 0x1b, 0, 0, 0]);
  expect(execute(0x06, 0x42, 0x02)).toEqual([0xcc]);
  expect(execute(0x06, 0x42)).toEqual([0xc7]);
});

test('access is for the LAN alone', () => {
  const { execute } = networkRig();

  expect(execute(0x06, 0x41, 0x00, 0x80)).toEqual([0x82]);
  expect(execute(0x06, 0x41, 0x02, 0x80)).toEqual([0xcc]);
  expect(execute(0x06, 0x41, 0x01, 0x00)).toEqual([0xcc]);
  expect(execute(0x06, 0x41, 0x01)).toEqual([0xc7]);
  expect(execute(0x06, 0x40, 0x01, 0x43, 0x00)).toEqual([0x83]);
  expect(execute(0x06, 0x40, 0x00, 0x42, 0x00)).toEqual([0x82]);
  expect(execute(0x06, 0x40, 0x01)).toEqual([0xc7]);
});

test('a restart puts the access that is stored in force', () => {
  const nothing = (): void => undefined;
  const effects = { setSmsAttention: nothing, dropInterrupts: nothing, restart: nothing };
  const facts = { capabilities: [], guid: [], satellites: [] };
  const bmc = new CommandProcessor(SPEC_COMMANDS, effects, facts);
  const execute = (cmd: number, ...data: number[]): readonly number[] =>
    bmc.execute({ netFn: 6, cmd, lun: 0, seq: 0, atMs: 0, data: Uint8Array.from(data) });

  execute(0x40, 0x01, 0x80, 0x82);
  expect(execute(0x41, 0x01, 0x80)).toEqual([0, 0x00, 0x02]);
  bmc.reset();

  expect(execute(0x41, 0x01, 0x80)).toEqual([0, 0x02, 0x04]);
});
