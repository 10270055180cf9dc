/** The collectors `bmc`, `chassis`, `dcmi`, `sel` and `bmc-watchdog`, each on a simulated BMC. */

import { describe, expect, test } from 'vitest';

import { offenders } from '../../../../../test/support/lists.ts';
import { rig, startingWith } from '../../rig.ts';

/** Blocks of a system info parameter that is this string. */
function infoBlock(text: string, block: number): readonly number[] {
  const bytes = [0x00, text.length, ...Buffer.from(text)];
  const [from, to] = block === 0 ? [0, 16] : [16 * block, 16 * block + 16];
  return [0x00, 0x11, block, ...bytes.slice(from, to)];
}

/** Answers Get System Info Parameters with these strings by parameter. */
function systemInfo(strings: Readonly<Record<number, string>>) {
  return ({ netFn, cmd, data }: { netFn: number; cmd: number; data: Uint8Array }) => {
    if (netFn !== 0x06 || cmd !== 0x59) return undefined;
    const text = strings[data[1] ?? 0];
    return text === undefined ? [0x80] : infoBlock(text, data[2] ?? 0);
  };
}

describe('bmc', () => {
  test('tells firmware and maker, and N/A for what the host has not left there', async () => {
    const { scrape, failures } = await rig({ collectors: ['bmc'] });

    expect(startingWith(await scrape(), 'ipmi_bmc')).toEqual({
      'ipmi_bmc_info{firmware_revision="2.35",manufacturer_id="Reserved (0)",system_firmware_version="N/A",bmc_url=""}': 1,
    });
    expect(failures).toEqual([]);
  });

  test('reads long strings in blocks, and has the digits of the version', async () => {
    const url = 'https://bmc.example.org/console/of/this/machine';
    const answer = systemInfo({ 1: '1.2.30-beta', 6: url });
    const { scrape } = await rig({ collectors: ['bmc'], sim: { answer } });

    const [name] = Object.keys(startingWith(await scrape(), 'ipmi_bmc_info'));
    expect(name).toContain('system_firmware_version="1.2.30",');
    expect(name).toContain(`bmc_url="${url}"`);
  });

  test('names the maker as FreeIPMI does, or says its number', async () => {
    const answerOf = (low: number, high: number) => ({
      answer: ({ netFn, cmd }: { netFn: number; cmd: number }) =>
        netFn === 0x06 && cmd === 0x01
          ? [0, 0x20, 1, 2, 0x35, 2, 0x9f, low, high, 0, 0xb7, 0]
          : undefined,
    });
    const known = await rig({ collectors: ['bmc'], sim: answerOf(0xdb, 0x07) });
    const unknown = await rig({ collectors: ['bmc'], sim: answerOf(0xff, 0xef) });

    expect(Object.keys(await known.scrape())[0]).toContain('"HUAWEI Technology Co.,Ltd (2011)"');
    expect(Object.keys(await unknown.scrape())[0]).toContain('manufacturer_id="61439"');
  });
});

describe('chassis', () => {
  test.each([
    ['no fault', 0x00, 1, 1],
    ['a fault of a drive', 0x04, 0, 1],
    ['a fault of the cooling', 0x08, 1, 0],
  ])('%s', async (...[, state, drive, cooling]) => {
    const answer = ({ netFn, cmd }: { netFn: number; cmd: number }) =>
      netFn === 0x00 && cmd === 0x01 ? [0, 0x01, 0x00, state] : undefined;
    const { scrape } = await rig({ collectors: ['chassis'], sim: { answer } });

    expect(startingWith(await scrape(), 'ipmi_chassis')).toEqual({
      ipmi_chassis_power_state: 1,
      ipmi_chassis_drive_fault_state: drive,
      ipmi_chassis_cooling_fault_state: cooling,
    });
  });
});

describe('sel', () => {
  test('counts the entries and the free bytes', async () => {
    const { scrape, sim } = await rig({ collectors: ['sel'] });
    const before = await scrape();
    sim.logEvent([0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 0x30, 1, 0x50, 0, 0]);

    expect(before).toMatchObject({ ipmi_sel_logs_count: 2, ipmi_sel_free_space_bytes: 8160 });
    expect(await scrape()).toMatchObject({ ipmi_sel_logs_count: 3 });
  });
});

describe('dcmi', () => {
  const POWER = 'ipmi_dcmi_power_consumption_watts';
  const UP = 'ipmi_up{collector="dcmi"}';

  test('tells the power', async () => {
    const { scrape } = await rig({ collectors: ['dcmi'] });

    expect(await scrape()).toMatchObject({ [POWER]: 202, [UP]: 1 });
  });

  test.each([0, 65_535])('%d W is no reading, and no failure', async (watts) => {
    const { scrape, sim } = await rig({ collectors: ['dcmi'] });
    sim.dcmi.watts = { now: watts, least: watts, most: watts, average: watts };

    const samples = await scrape();
    expect(Object.keys(samples)).not.toContain(POWER);
    expect(samples).toMatchObject({ [UP]: 1 });
  });

  test('a BMC that refuses the command is down for this collector', async () => {
    const answer = ({ netFn }: { netFn: number }) => (netFn === 0x2c ? [0xc1] : undefined);
    const { scrape, failures } = await rig({ collectors: ['dcmi'], sim: { answer } });

    const samples = await scrape();
    expect(Object.keys(samples)).not.toContain(POWER);
    expect(samples).toMatchObject({ [UP]: 0 });
    expect(failures).toEqual(['dcmi: Error: the BMC answered 0xc1 (Invalid command)']);
  });

  /** Times at which the BMC was asked for its power. */
  async function timesOf(run: (one: Awaited<ReturnType<typeof rig>>) => Promise<void>) {
    const times: number[] = [];
    const at = { now: () => 0 };
    const answer = ({ netFn }: { netFn: number }) => {
      if (netFn === 0x2c) times.push(at.now());
      return undefined;
    };
    const one = await rig({ collectors: ['dcmi'], sim: { answer } });
    at.now = () => one.clock.now();
    await run(one);
    return times;
  }

  test('is asked once in five seconds, however often it is scraped', async () => {
    const times = await timesOf(async ({ scrape, clock }) => {
      for (let count = 0; count < 20; count += 1) {
        expect(await scrape()).toMatchObject({ [POWER]: 202 });
        await clock.pass(300);
      }
    });

    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? NaN));
    expect(times).toHaveLength(20);
    expect(offenders(gaps, (gap) => !(gap >= 5000))).toEqual([]);
  });

  test('is not asked by a scrape that is over before its time comes', async () => {
    const times = await timesOf(async ({ scrape }) => {
      await scrape();
      const samples = await scrape(1000);
      expect(samples).toMatchObject({ [UP]: 0, ipmi_scrape_duration_seconds: 1 });
      expect(Object.keys(samples)).not.toContain(POWER);
    });

    expect(times).toHaveLength(1);
  });

  test('is not asked within five seconds of a request that was given up', async () => {
    const times = await timesOf(async ({ scrape, sim, clock }) => {
      sim.fail('silent');
      await scrape(2000);
      sim.calm();
      await clock.pass(100);
      await scrape(4000);
      expect(await scrape(9000)).toMatchObject({ [POWER]: 202 });
    });

    expect(times).toHaveLength(1);
  });
});

describe('bmc-watchdog', () => {
  const PREFIX = 'ipmi_bmc_watchdog_';

  test('tells a timer that runs', async () => {
    const answer = ({ netFn, cmd }: { netFn: number; cmd: number }) =>
      netFn === 0x06 && cmd === 0x25 ? [0, 0x44, 0x21, 30, 0, 0x58, 0x02, 0x2c, 0x01] : undefined;
    const { scrape } = await rig({ collectors: ['bmc-watchdog'], sim: { answer } });

    const samples = startingWith(await scrape(), PREFIX);
    const set = Object.entries(samples).filter(([, value]) => value !== 0);
    expect(Object.fromEntries(set)).toEqual({
      [`${PREFIX}timer_state`]: 1,
      [`${PREFIX}timer_use_state{name="SMS/OS"}`]: 1,
      [`${PREFIX}logging_state`]: 1,
      [`${PREFIX}timeout_action_state{action="Hard Reset"}`]: 1,
      [`${PREFIX}pretimeout_interrupt_state{interrupt="NMI / Diagnostic Interrupt"}`]: 1,
      [`${PREFIX}pretimeout_interval_seconds`]: 30,
      [`${PREFIX}initial_countdown_seconds`]: 60,
      [`${PREFIX}current_countdown_seconds`]: 30,
    });
    expect(Object.keys(samples)).toHaveLength(5 + 5 + 4 + 4);
  });

  test('has no use for a number without a name, and no logging where that is off', async () => {
    const answer = ({ netFn, cmd }: { netFn: number; cmd: number }) =>
      netFn === 0x06 && cmd === 0x25 ? [0, 0x87, 0x00, 0, 0, 0, 0, 0, 0] : undefined;
    const { scrape } = await rig({ collectors: ['bmc-watchdog'], sim: { answer } });

    const samples = startingWith(await scrape(), PREFIX);
    const set = Object.entries(samples).filter(([, value]) => value !== 0);
    expect(set.map(([name]) => name)).toEqual([
      `${PREFIX}timeout_action_state{action="None"}`,
      `${PREFIX}pretimeout_interrupt_state{interrupt="None"}`,
    ]);
  });
});
