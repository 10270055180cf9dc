/** The messages of a service to systemd. */

import { describe, expect, test } from 'vitest';

import type { NativeLoad } from '../../src/native.ts';
import { ServiceManager } from '../../src/serve/systemd.ts';
import type { ServiceEnvironment } from '../../src/serve/systemd.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { keepingLog } from '../support/broker-rig.ts';
import { fakeNative, noNative } from '../support/fake-native.ts';

const PID = 77;

/** Systemd listens, and wants a sign of life every 30 s. */
const WATCHED: ServiceEnvironment = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '30000000' };

/** A service, and what systemd is told; while `isAway`, systemd cannot be told. */
function rig(environment: ServiceEnvironment, addon?: () => NativeLoad) {
  const clock = new VirtualClock();
  const { log, lines } = keepingLog();
  const native = fakeNative();
  const systemd = { isAway: false };
  const load = (): NativeLoad => {
    const loaded = native.load();
    if (loaded.kind === 'missing') return loaded;
    const notifySystemd = (path: string, text: string): void => {
      if (systemd.isAway) throw new Error('ECONNREFUSED: connection refused, sendto');
      loaded.sockets.notifySystemd(path, text);
    };
    return { ...loaded, sockets: { ...loaded.sockets, notifySystemd } };
  };
  const manager = new ServiceManager({
    ...{ environment, pid: PID, clock, log, load: addon ?? load },
  });
  const told = (): readonly string[] =>
    native.calls.map((call) => call.replace('notifySystemd /run/notify ', ''));
  return { clock, lines, manager, systemd, told };
}

describe('systemd', () => {
  test('is told that the service is ready, its state on one line, and its end', () => {
    const { manager, told, clock } = rig({ NOTIFY_SOCKET: '/run/notify' });
    manager.ready('served as\n/dev/ipmi0');
    manager.status('the BMC is lost\nREADY=0');
    manager.stopping();

    expect(told()).toEqual([
      ...['READY=1\nSTATUS=served as /dev/ipmi0', 'STATUS=the BMC is lost READY=0', 'STOPPING=1'],
    ]);
    expect(clock.pending).toBe(0);
  });

  test('is told twice within its time that the service lives, until it ends', async () => {
    const { manager, told, clock } = rig({ ...WATCHED, WATCHDOG_PID: String(PID) });
    await clock.pass(60_000);
    expect(told()).toEqual([]);
    manager.ready('up');

    await clock.pass(14_999);
    expect(told()).toHaveLength(1);
    await clock.pass(30_002);
    expect(told().slice(1)).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);

    manager.stopping();
    manager.stopping();
    await clock.pass(60_000);
    expect(told().slice(4)).toEqual(['STOPPING=1']);
    expect(clock.pending).toBe(0);
  });

  test('with a watchdog without an end is told once an hour', async () => {
    const { manager, told, clock } = rig({ ...WATCHED, WATCHDOG_USEC: '18446744073709551615' });
    manager.ready('up');
    await clock.pass(7_200_001);

    expect(told().slice(1)).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
    manager.stopping();
  });

  test.each([
    ['of another process', { ...WATCHED, WATCHDOG_PID: '78' }],
    ['without a time', { ...WATCHED, WATCHDOG_USEC: '' }],
    ['with none that is one', { ...WATCHED, WATCHDOG_USEC: 'soon' }],
    ['of no time', { ...WATCHED, WATCHDOG_USEC: '0' }],
  ])('does not hear the signs of life of a watchdog %s', async (_, environment) => {
    const { manager, told, clock } = rig(environment);
    manager.ready('up');
    await clock.pass(60_000);

    expect(told()).toEqual(['READY=1\nSTATUS=up']);
    expect(clock.pending).toBe(0);
  });

  test('that cannot be told is logged once, until it can', async () => {
    const { manager, told, clock, lines, systemd } = rig(WATCHED);
    systemd.isAway = true;
    manager.ready('up');
    await clock.pass(60_001);
    expect(lines).toEqual([
      {
        level: 'warn',
        text: 'systemd is not told',
        fields: {
          path: '/run/notify',
          error: 'Error: ECONNREFUSED: connection refused, sendto',
        },
      },
    ]);

    systemd.isAway = false;
    await clock.pass(15_000);
    systemd.isAway = true;
    await clock.pass(15_000);

    expect(told()).toEqual(['WATCHDOG=1']);
    expect(lines).toHaveLength(2);
    manager.stopping();
  });

  test('that is not there is told nothing, and the addon is not loaded for it', () => {
    const { manager, lines, told } = rig({ WATCHDOG_USEC: '0' }, () => {
      throw new Error('the addon was loaded');
    });
    manager.ready('up');
    manager.stopping();

    expect([told(), lines]).toEqual([[], []]);
  });

  test('is not told without the addon, which is logged', () => {
    const { manager, lines, clock } = rig({ NOTIFY_SOCKET: '/run/notify' }, noNative);
    manager.ready('up');
    manager.stopping();

    expect(lines.map(({ text }) => text)).toEqual([
      'systemd is not told that the service is ready',
    ]);
    expect(clock.pending).toBe(0);
  });
});
