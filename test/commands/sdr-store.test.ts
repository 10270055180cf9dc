/** Device SDRs: of a BMC without a repository, and of a controller behind the BMC. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { bridge, commands } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { directBmc } from '../support/direct-bmc.ts';
import { fullRecord, record } from '../support/sdr-bytes.ts';
import { byKey, listOf, memory } from '../support/sdr-rig.ts';

const TEMP = fullRecord(1, { number: 0x30, name: 'Temp', nominal: 40 });
const OTHER = fullRecord(2, { number: 0x30, name: 'Other', nominal: 50, lun: 1 });
const OEM = record(3, 0xc0, [1, 2, 3]);

/** The network function, the command and the logical unit of Get SDR Repository Info and so on. */
const INFO = [0x0a, 0x20, 0];
const DEVICE_INFO = [0x04, 0x20, 0];
const DEVICE_SDR = [0x04, 0x21, 0];

function sentTo(sim: SimBmc, from: number): readonly (readonly number[])[] {
  return sim.executed.slice(from).map(({ netFn, cmd, lun }) => [netFn, cmd, lun]);
}

describe('a BMC without a repository', () => {
  test('gives its device SDRs, for one transaction more', async () => {
    const { sim, bmc } = await commandsRig(new SimBmc({ deviceSdrs: [TEMP, OEM] }));
    const from = sim.executed.length;

    const items = await listOf(bmc.sdr.records());

    expect(items.map(({ recordId }) => recordId)).toEqual([1, 3]);
    expect(sentTo(sim, from)).toEqual([
      ...[INFO, DEVICE_INFO, DEVICE_SDR, DEVICE_SDR],
      [0x04, 0x20, 0],
    ]);
  });

  test('is asked for them at each logical unit that has sensors', async () => {
    const { sim, bmc } = await commandsRig(new SimBmc({ deviceSdrs: [TEMP, OTHER] }));
    const from = sim.executed.length;

    const items = byKey(await listOf(bmc.sensors({ source: 'device' })));

    expect([items['0x20/0/0x30']?.value, items['0x20/1/0x30']?.value]).toEqual([40, 50]);
    const [ofFirst, ofSecond] = [0, 1].map((unit) =>
      sentTo(sim, from).flatMap(([, cmd, lun]) => (lun === unit ? [cmd] : [])),
    );
    expect(ofFirst).toEqual([0x20, 0x21, 0x2d, 0x20]);
    expect(ofSecond).toEqual([0x20, 0x21, 0x2d, 0x20]);
  });

  test('has nothing kept in a cache', async () => {
    const { bmc } = await commandsRig(new SimBmc({ deviceSdrs: [TEMP] }));
    const cache = memory();

    expect(await listOf(bmc.sdr.records({ cache }))).toHaveLength(1);
    expect(cache.texts.size).toBe(0);
  });

  test('is the error where the repository was asked for', async () => {
    const { bmc } = await commandsRig(new SimBmc({ deviceSdrs: [TEMP] }));

    await expect(listOf(bmc.sdr.records({ source: 'repository' }))).rejects.toThrow(
      'Get SDR Repository Info',
    );
  });

  test('and without device SDRs is told by the repository', async () => {
    const { bmc } = await commandsRig(
      new SimBmc({
        answer: ({ netFn, cmd }) => (netFn === 0x0a && cmd === 0x20 ? [0xc1] : undefined),
      }),
    );

    await expect(listOf(bmc.sdr.records())).rejects.toThrow('Get SDR Repository Info');
  });
});

test('a BMC that has both is asked for the repository, unless device SDRs are named', async () => {
  const sdrs = { records: [OEM] };
  const { bmc } = await commandsRig(new SimBmc({ sdrs, deviceSdrs: [TEMP] }));

  expect(await listOf(bmc.sdr.records())).toMatchObject([{ recordId: 3 }]);
  expect(await listOf(bmc.sdr.records({ source: 'device' }))).toMatchObject([{ recordId: 1 }]);
  expect(await bmc.sdr.deviceInfo()).toEqual({
    sensors: 1,
    units: { withSensors: 1, isDynamic: false, reserved: 0 },
    change: undefined,
  });
});

test('a record that several logical units give is one item', async () => {
  const { bmc } = await commandsRig(
    new SimBmc({
      deviceSdrs: [TEMP],
      answer: ({ netFn, cmd, lun }) => {
        if (netFn !== 0x04) return undefined;
        if (cmd === 0x20) return [0, 1, 0x03];
        return cmd === 0x21 && lun === 1 ? [0, 0xff, 0xff, ...TEMP] : undefined;
      },
    }),
  );

  expect(await listOf(bmc.sdr.records())).toHaveLength(1);
});

test('a controller without reservations gives parts under number 0', async () => {
  const { bmc } = await commandsRig(
    new SimBmc({
      deviceSdrs: [TEMP],
      answer: ({ netFn, cmd, data }) => {
        if (netFn !== 0x04) return undefined;
        if (cmd === 0x22) return [0xc1];
        const [low, high, , , offset = 0, count = 0] = data;
        if (cmd !== 0x21) return undefined;
        if (count > 16 || low !== 0 || high !== 0) return [0xca];
        return [0, 0xff, 0xff, ...TEMP.slice(offset, offset + count)];
      },
    }),
  );

  expect(await listOf(bmc.sdr.records())).toMatchObject([
    { recordId: 1, bytes: Uint8Array.from(TEMP) },
  ]);
});

test('device SDRs that change while they are read are read again', async () => {
  let looks = 0;
  const { bmc } = await commandsRig(
    new SimBmc({
      deviceSdrs: [TEMP],
      answer: ({ netFn, cmd }) => {
        if (netFn !== 0x04 || cmd !== 0x20) return undefined;
        looks += 1;
        return [0, 1, 0x81, looks === 1 ? 1 : 2, 0, 0, 0];
      },
    }),
  );

  expect(await listOf(bmc.sdr.records())).toHaveLength(1);
  expect(looks).toBe(3);
});

test('sensors of a controller behind the BMC are read through a bridge', async () => {
  const behind = directBmc({
    deviceSdrs: [fullRecord(1, { number: 7, owner: 0x2c, name: 'Inlet', nominal: 21 })],
    answer: ({ netFn, cmd }) => (netFn === 0x04 && cmd === 0x2d ? [0, 23, 0xc0, 0xc0] : undefined),
  });
  const { clock, device } = await behindBmc({
    satellites: [
      {
        address: 0x2c,
        answer: (input) => behind.answered(input),
      },
    ],
  });

  const satellite = commands(bridge(device, { address: 0x2c }, { clock }), { clock });
  const items = await clock.until(listOf(satellite.sensors({ ownAddress: 0x2c })));

  expect(items).toMatchObject([{ key: '0x2c/0/0x07', name: 'Inlet', value: 23, status: 'ok' }]);
});

async function behindBmc(options: SimOptions) {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, responseMs: 1, ...options });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
  onTestFinished(() => clock.until(device.close()));
  return { clock, device };
}
