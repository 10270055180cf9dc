/**
 * Every machine profile through bring-up, discovery, placements and whole lives: what holds for one
 * class of servers has to hold for the other.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { open } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES, decodeBtCapabilities } from '../../src/ipmi/bt-capabilities.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { smbios } from '../support/hosts.ts';
import { judgeAll } from '../support/placements.ts';
import { E4, PROFILES, planOn, simOptions } from '../support/profiles.ts';
import { wire } from '../support/rig.ts';
import { live } from '../support/simulation.ts';

const A_BATCH = 50;
const LIVES = Math.max(A_BATCH, Number(process.env['IPMI_BT_LIVES'] ?? 2000) / 5);
const FIRST_SEED = 20_000;

/** A transaction is four polls then; see `placements.test.ts`. */
const PLACED_RESPONSE_MS = 0.3;

const GET_DEVICE_ID = 0x01;
const GET_BT_CAPABILITIES = 0x36;

describe.each(PROFILES)('$name', (profile) => {
  const { base, irq, capabilities } = profile;

  test('is found by what its firmware says', () => {
    const host = { ...smbios(Buffer.from(profile.type38, 'hex')), '/proc/ioports': '0-0 : a\n' };

    const { candidates } = discover({ files: fakeFiles(host) });

    expect(candidates).toMatchObject([
      { type: 'bt', space: 'io', base, spacing: 1, irq, ipmiVersion: '2.0', rank: 1 },
    ]);
  });

  test('is brought up with two commands to LUN 0, and answers', async () => {
    const clock = new VirtualClock();
    const sim = new SimBmc({ clock, ...simOptions(profile) });
    const device = await clock.until(open({ base, port: sim, clock }));
    onTestFinished(() => clock.until(device.close()));

    const raw = decodeBtCapabilities(Uint8Array.from(capabilities ?? []));
    expect(device.capabilities).toEqual(raw ?? DEFAULT_CAPABILITIES);
    expect(device.deviceId).toMatchObject({ deviceId: 0x20 });
    expect(sim.executed.map(({ lun, cmd }) => [lun, cmd])).toEqual([
      [0, GET_BT_CAPABILITIES],
      [0, GET_DEVICE_ID],
    ]);
    const reply = await clock.until(device.request({ netFn: 0x06, cmd: 0x01 }));
    expect(reply.completionCode).toBe(0);
    expect(sim.interrupts.value).toBe(0);
  });

  const batches = Array.from({ length: LIVES / A_BATCH }, (_, batch) => batch * A_BATCH);

  test.each(batches)(
    'keeps its promises in fifty lives, from the seed %i behind the first',
    async (at) => {
      let lives = 0;
      for (let seed = FIRST_SEED + at; seed < FIRST_SEED + at + A_BATCH; seed += 1) {
        const plan = planOn(profile, seed);
        await live(plan).catch((cause: unknown) => {
          throw new Error(`SEED=${seed} on ${profile.name}: ${String(cause)}`, { cause });
        });
        lives += 1;
      }
      expect(lives).toBe(50);
    },
  );
});

// `placements.test.ts` does the same at 0xce4, and with interrupts.
test('keeps its promises at every placement of requests, abort and close(), at 0xe4', async () => {
  const placed = await judgeAll((clock, stepped) => {
    const how = { ...simOptions(E4), responseMs: PLACED_RESPONSE_MS, showsBusy: false };
    const bmc = new SimBmc({ clock, ...how });
    return { bmc, ...wire(bmc, stepped, { base: E4.base }) };
  }, 'second');
  process.stdout.write(`${E4.name}: ${placed}\n`);
}, 600_000);

const BUSY = 0xc0;
const CODES = [0x01, 0x80, 0xbe, 0xc1, 0xc2, 0xc7, 0xc9, 0xcc, 0xd4, 0xd5, 0xd6, 0xff];

describe('a BMC that answers the capabilities with a completion code only', () => {
  test.each(CODES)('0x%x: has the defaults, and is asked once', async (code) => {
    const { device, sim } = await opened(code);

    expect(device.capabilities).toEqual(DEFAULT_CAPABILITIES);
    expect(asked(sim)).toBe(1);
  });

  test('that says "busy" is asked again, and has the defaults in the end', async () => {
    const { device, sim } = await opened(BUSY);

    expect(device.capabilities).toEqual(DEFAULT_CAPABILITIES);
    expect(asked(sim)).toBeGreaterThan(1);
  });
});

async function opened(code: number) {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, ...simOptions(E4, code) });
  const device = await clock.until(open({ base: E4.base, port: sim, clock }));
  onTestFinished(() => clock.until(device.close()));
  return { device, sim };
}

function asked(sim: SimBmc): number {
  return sim.executed.filter(({ cmd }) => cmd === GET_BT_CAPABILITIES).length;
}
