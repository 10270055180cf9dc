/**
 * Giving an interface back to the kernel's driver, on hosts described in tables: the time, the
 * process that does it, and what is left when it fails.
 */

import { describe, expect, test } from 'vitest';

import { UNTOUCHED } from '../../src/kernel/give-back.ts';
import { Users } from '../../src/share/users.ts';
import {
  BASE,
  DEVICE,
  DRIVER,
  GIVING,
  PATIENCE_MS,
  RECORD,
  TAKING,
  UNBOUND,
  bench,
  changesOf,
  textOf,
  released,
} from '../support/kernel-bench.ts';

describe('giving back', () => {
  const LATER = '(later: ipmi-bt release --base 0xce4)';

  test('binds nothing when the kernel has removed the device with its driver', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();
    system.set(`${DEVICE}/driver_override`, undefined);
    system.set(`${DEVICE}/ipmi/ipmi0/dev`, undefined);

    await clock.until(takeover.giveBack(released()));

    expect(changesOf(system)).toEqual([...TAKING, `remove ${RECORD}`]);
  });

  test('has the interrupt on record meanwhile', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();

    expect(JSON.parse(textOf(system))).toMatchObject({ device: 'IPI0001:00', irq: 6 });
    await clock.until(takeover.giveBack(released()));
  });

  test('waits for a BMC that is busy', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();

    await clock.until(takeover.giveBack(released(3)));

    expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
    expect(clock.now()).toBe(30);
  });

  test('gives up on one that stays busy: not bound, and the record stays', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();

    await expect(clock.until(takeover.giveBack(released(Infinity)))).rejects.toThrow(
      'BMC_UNRESPONSIVE: IPI0001:00 was not given back to ipmi_si: ' +
        `the BMC is busy: BT_CTRL reads 0x80 B_BUSY ${LATER}`,
    );
    expect(changesOf(system)).toEqual(TAKING);
    expect(clock.now()).toBe(PATIENCE_MS);
  });

  test('is tried again by the process that takes over next', async () => {
    const { system, clock, takeover, take, users, folder } = bench({});
    await take();
    const left = takeover.giveBack(released(Infinity)).catch(() => undefined);
    await clock.until(left);
    users.close();

    const next = bench({ folder, table: { ...UNBOUND, [RECORD]: textOf(system) } });
    await next.take();
    await next.clock.until(next.takeover.giveBack(released()));

    expect(changesOf(next.system)).toEqual(GIVING);
  });

  test('is left to the next process that borrows it as well', async () => {
    const first = bench({});
    await first.take();
    const second = bench({
      folder: first.folder,
      table: { ...UNBOUND, [RECORD]: textOf(first.system) },
    });
    await second.take();

    await first.clock.until(first.takeover.giveBack(released()));
    expect(changesOf(first.system)).toEqual(TAKING);
    await second.clock.until(second.takeover.giveBack(released()));

    expect(changesOf(second.system)).toEqual(GIVING);
  });

  test('waits for a process that uses the ports, and names the failure after it', async () => {
    const { system, clock, takeover, take, folder } = bench({});
    await take();
    const user = new Users({ base: BASE, folder });
    expect(user.enter()).toBe(true);

    await expect(clock.until(takeover.giveBack(released()))).rejects.toThrow(
      `DEVICE_LOCKED: IPI0001:00 was not given back to ipmi_si: another process uses the interface`,
    );
    expect(changesOf(system)).toEqual(TAKING);
    user.close();
  });

  test('does not happen to what is claimed until it is released', async () => {
    const { system, clock, takeover, take, recordFile } = bench({});
    await take();
    const record = recordFile.read();
    if (record !== undefined) recordFile.write({ ...record, keep: true });

    await clock.until(takeover.giveBack(released()));

    expect(changesOf(system).at(-1)).toBe(`replace ${RECORD}`);
  });

  test('that the kernel refuses is told, and the record stays', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();
    system.onChange((change) => {
      if (change.includes('/bind')) throw new Error('ENODEV: no such device');
    });

    await expect(clock.until(takeover.giveBack(released()))).rejects.toThrow(
      `given back to ipmi_si: ${DRIVER}/bind: ENODEV: no such device ${LATER}`,
    );
    expect(changesOf(system)).toEqual(TAKING);
  });

  test('that the kernel takes and does not do is told', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();
    system.onChange(() => undefined);

    await expect(clock.until(takeover.giveBack(released()))).rejects.toThrow(
      `given back to ipmi_si: the driver did not take it ${LATER}`,
    );
  });

  test('to a driver that was unloaded meanwhile has nothing to do', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();
    system.set(`${DRIVER}/bind`, undefined);

    await clock.until(takeover.giveBack(released()));

    expect(changesOf(system)).toEqual([...TAKING, `remove ${RECORD}`]);
  });
});

describe('when no register was touched since', () => {
  test('it is given back without a look at the BMC', async () => {
    const { system, clock, takeover, take } = bench({});
    await take();

    await clock.until(takeover.giveBack(UNTOUCHED));

    expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
    expect(clock.now()).toBe(0);
  });
});

describe('at the exit of the process', () => {
  test('a free interface is given back at once', async () => {
    const { system, takeover, take } = bench({});
    await take();

    takeover.giveBackNow(released());

    expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
  });

  test('one that would have to be waited for is left to release', async () => {
    const { system, takeover, take } = bench({});
    await take();

    takeover.giveBackNow(released(1));

    expect(changesOf(system)).toEqual(TAKING);
  });
});

describe('the guardian', () => {
  test('is there before the driver is unbound, and is dismissed when it is bound again', async () => {
    const { system, obey, clock, takeover, take, guardians } = bench({});
    const seen: string[] = [];
    system.onChange((change) => {
      obey(change);
      if (change.includes('bind'))
        seen.push(`${guardians.join(' ')}: ${change.replace(/.*\//, '')}`);
    });
    await take();

    await clock.until(takeover.giveBack(released()));

    expect(seen).toEqual(['started: unbind IPI0001:00', 'started: bind IPI0001:00']);
    expect(guardians).toEqual(['started', 'dismissed']);
  });

  test('is dismissed when taking fails, and the driver has its device', async () => {
    const { system, take, guardians } = bench({});
    system.onChange((change) => {
      if (change.includes('unbind')) throw new Error('EIO');
    });

    await expect(take()).rejects.toThrow('PORT_CLAIMED');

    expect(guardians).toEqual(['started', 'dismissed']);
  });

  test('stays when the process exits and the BMC is busy, to wait in its place', async () => {
    const { takeover, take, guardians } = bench({});
    await take();

    takeover.giveBackNow(released(1));

    expect(guardians).toEqual(['started']);
  });

  test('stays when the process exits in the middle of giving back', async () => {
    const { clock, takeover, take, guardians } = bench({});
    await take();
    const giving = takeover.giveBack(released(3));

    takeover.giveBackNow(released(1));
    await clock.until(giving);

    expect(guardians).toEqual(['started']);
  });

  test('is dismissed after a failure that was told', async () => {
    const { clock, takeover, take, guardians } = bench({});
    await take();

    await expect(clock.until(takeover.giveBack(released(Infinity)))).rejects.toThrow();

    expect(guardians).toEqual(['started', 'dismissed']);
  });

  test('is there for each process that borrows what was taken, but not for what is claimed', async () => {
    const first = bench({});
    await first.take();
    const text = textOf(first.system);
    const joined = bench({ folder: first.folder, table: { ...UNBOUND, [RECORD]: text } });
    await joined.take();
    const claimed = text.replace('"keep":false', '"keep":true');
    const owner = bench({ table: { ...UNBOUND, [RECORD]: claimed } });
    await owner.take();

    expect([joined.guardians, owner.guardians]).toEqual([['started'], []]);
  });
});

describe('a device that is assigned to another driver', () => {
  test.each([
    ['vfio-platform', `echo > ${DEVICE}/driver_override`],
    ['ipmi_bt_uio', 'ipmi-bt irq unbind --base 0xce4'],
  ])('is not bound, and the error says how to undo that: %s', async (driver, undo) => {
    const { system, clock, takeover, take } = bench({});
    await take();
    system.set(`${DEVICE}/driver_override`, `${driver}\n`);

    await expect(clock.until(takeover.giveBack(released()))).rejects.toThrow(
      `IPI0001:00 was not given back to ipmi_si: ${DEVICE}/driver_override keeps it for ` +
        `${driver}, first: ${undo} (later: ipmi-bt release --base 0xce4)`,
    );
    expect(changesOf(system)).toEqual(TAKING);
  });

  test.each(['(null)\n', '\n', 'ipmi_si\n'])(
    'to none, or to ipmi_si, is bound: %j',
    async (text) => {
      const { system, clock, takeover, take } = bench({});
      await take();
      system.set(`${DEVICE}/driver_override`, text);

      await clock.until(takeover.giveBack(released()));

      expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
    },
  );
});
