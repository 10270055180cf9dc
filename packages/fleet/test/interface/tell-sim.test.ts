/** The word of a simulated BMC. */

import { expect, test } from 'vitest';

import { tellSim } from '../../src/interface/tell-sim.ts';

test('a simulated BMC is told, and a real one is not', () => {
  const told: string[] = [];
  const log = { warn: (_: object, message: string) => void told.push(message) };
  tellSim({ sim: false }, log);
  tellSim({ sim: true }, log);

  expect(told).toEqual(['the BMC is simulated (--sim): nothing here is of this machine']);
});
