/** The ways by which commands read the sensors of controllers other than the one that is asked. */

import { expect, test } from 'vitest';

import { sensorWays } from '../../src/cli/sensor-ways.ts';
import { commands } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import { SimBmc, simSatellite } from '../../src/sim/bmc.ts';
import { fullRecord } from '../support/sdr-bytes.ts';
import { listOf } from '../support/sdr-rig.ts';

/** The sensor of a simulated satellite, as the repository of the BMC describes it. */
const INLET = fullRecord(1, { number: 0x08, owner: 0x2c, name: 'Inlet' });

const { signal } = new AbortController();

test('the BMC passes the questions on to the controller that has a sensor', async () => {
  const satellites = [simSatellite({ address: 0x2c })];
  const sim = new SimBmc({ sdrs: { records: [INLET] }, satellites });
  await using device = await open({ base: sim.base, port: sim });
  const globals = { bridge: undefined, timeoutMs: 60_000 } as never;

  const items = await listOf(commands(device).sensors(sensorWays({ device, globals, signal })));

  expect(items).toMatchObject([{ key: '0x2c/0/0x08', status: 'ok', value: 40 }]);
});

test('a controller that is asked through a bridge has its own sensors, and is no way', () => {
  const globals = { bridge: { channel: 0, address: 0x2c }, timeoutMs: 60_000 } as never;

  expect(sensorWays({ device: undefined as never, globals, signal })).toEqual({ ownAddress: 0x2c });
});
