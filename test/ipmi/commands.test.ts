/** Which commands make a BMC restart. */

import { expect, test } from 'vitest';

import { restartsBmc } from '../../src/ipmi/commands.ts';

test('of all commands, Cold Reset and Warm Reset make the BMC restart', () => {
  const restarting = [];
  for (let netFn = 0; netFn <= 0x3f; netFn += 1) {
    for (let cmd = 0; cmd <= 0xff; cmd += 1) {
      if (restartsBmc(netFn, cmd)) restarting.push([netFn, cmd]);
    }
  }

  expect(restarting).toEqual([
    [0x06, 0x02],
    [0x06, 0x03],
  ]);
});
