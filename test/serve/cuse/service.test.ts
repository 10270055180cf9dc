/** A device file from the first check to its removal. */

import { describe, expect, test } from 'vitest';

import { checkCuse, serveCuse } from '../../../src/serve/cuse/service.ts';
import type { CuseOptions, CuseService } from '../../../src/serve/cuse/service.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { echoDevice } from '../../support/echo-device.ts';
import { FakeCuse, openRequest } from '../../support/fake-cuse.ts';
import { noNative } from '../../support/fake-native.ts';
import { errno } from '../../support/fake-uio.ts';
import { recordingLog } from '../../support/recording-log.ts';

function bench(options: Partial<CuseOptions> = {}, cuse = new FakeCuse(), load = cuse.load) {
  const { device, files } = echoDevice();
  const ends: string[] = [];
  const onEnd = (cause: Error): void => void ends.push(cause.message);
  const serve = (): CuseService =>
    serveCuse(
      { name: 'ipmi0', device, onEnd, ...options },
      { system: cuse, load, pool: cuse.pool, clock: new VirtualClock() },
    );
  return { cuse, files, ends, serve };
}

test('the file is made, is root’s alone, and is removed', async () => {
  const { cuse, serve, ends } = bench();

  const service = serve();

  expect(service.path).toBe('/dev/ipmi0');
  expect(cuse.exists('/dev/ipmi0')).toBe(true);
  await service.close();
  await service.close();
  expect(cuse.exists('/dev/ipmi0')).toBe(false);
  expect(cuse.changes).toEqual(['open /dev/cuse', 'access /dev/ipmi0 0:0 600', 'close']);
  expect(ends).toEqual([]);
});

test('the file has the mode and the owner that are wanted', async () => {
  const { cuse, serve } = bench({ name: 'ipmidev/0', access: { uid: 0, gid: 44, mode: 0o660 } });

  const service = serve();

  expect(cuse.changes).toContain('access /dev/ipmidev/0 0:44 660');
  await service.close();
});

describe.each(['addon', 'pool'] as const)('by the %s', (way) => {
  const served = (): ReturnType<typeof bench> => {
    const cuse = new FakeCuse();
    return bench({}, cuse, way === 'addon' ? cuse.load : noNative);
  };

  test('calls are answered', async () => {
    const { cuse, serve, files } = served();
    const service = serve();
    cuse.waiting.push(openRequest(4n));

    cuse.turn();

    expect([files.length, cuse.answers.at(-1)?.unique]).toEqual([1, 4n]);
    expect(service.statistics).toEqual({ requests: 1, notices: 0, bugs: 0, openFiles: 1 });
    const closed = service.close();
    cuse.turn();
    await closed;
  });

  test('the end by the kernel is told once, with all files released', async () => {
    const { cuse, serve, files, ends } = served();
    const service = serve();
    cuse.waiting.push(openRequest(4n), errno('ENODEV'));

    cuse.turn();
    cuse.turn();
    await service.close();

    expect([ends, files[0]?.isReleased]).toEqual([['ENODEV: in words, read'], true]);
    expect([cuse.isOpen, cuse.isWatched]).toEqual([false, false]);
  });
});

describe('nothing is left behind', () => {
  test.each<[string, (cuse: FakeCuse) => void, string]>([
    [
      'when the kernel refuses',
      (cuse) => (cuse.isWilling = false),
      'DEVICE_LOCKED: the kernel refused to make the device ipmi0',
    ],
    ["when the file is another's", (cuse) => (cuse.made = '246:0'), 'DEVICE_LOCKED: /dev/ipmi0 is'],
    ['when /dev has no file', (cuse) => (cuse.made = undefined), 'PORT_UNSUPPORTED: /dev/ipmi0 is'],
    [
      'when the owner cannot be changed',
      (cuse) => {
        cuse.onChange((change) => {
          if (change.startsWith('access')) throw errno('EPERM');
        });
      },
      'PORT_DENIED: /dev/ipmi0 cannot be given owner 0:0',
    ],
  ])('%s', (_, change, text) => {
    const { cuse, serve, ends } = bench();
    change(cuse);

    expect(serve).toThrow(text);
    expect([cuse.isOpen, cuse.isWatched, ends]).toEqual([false, false, []]);
  });
});

describe('a check', () => {
  const check = (cuse: FakeCuse, name = 'ipmi0', load = cuse.load): void => {
    checkCuse(name, { system: cuse, load, pool: cuse.pool, clock: new VirtualClock() });
  };

  test.each(['addon', 'pool'])('makes no device: %s', (way) => {
    const cuse = new FakeCuse();

    check(cuse, 'ipmi0', way === 'addon' ? cuse.load : noNative);

    expect(cuse.changes).toEqual(['open /dev/cuse', 'close']);
    expect(cuse.answers).toEqual([]);
  });

  test('fails as serving would', () => {
    const denied = new FakeCuse();
    denied.onChange(() => {
      throw errno('EACCES');
    });

    expect(() => {
      check(denied);
    }).toThrow('PORT_DENIED: CUSE cannot be used: EACCES');
    expect(() => {
      check(new FakeCuse({ '/dev/ipmi0': '' }));
    }).toThrow('PORT_DENIED: /dev/ipmi0 exists');
    expect(() => {
      check(new FakeCuse(), '../ipmi0');
    }).toThrow(RangeError);
  });
});

test('/dev/cuse is not opened when the name is taken', () => {
  const { cuse, serve } = bench({}, new FakeCuse({ '/dev/ipmi0': '' }));

  expect(serve).toThrow('PORT_DENIED: /dev/ipmi0 exists');
  expect(cuse.changes).toEqual([]);
});

test('/dev/cuse that cannot be opened is explained', () => {
  const { cuse, serve } = bench();
  cuse.onChange(() => {
    throw errno('EACCES');
  });

  expect(serve).toThrow('PORT_DENIED: CUSE cannot be used: EACCES');
});

test('mistakes in a flood are logged ten times a minute, and all counted', async () => {
  const { log, lines } = recordingLog();
  const device = { open: () => 0 };
  const { cuse, serve } = bench({ device, log });
  const service = serve();
  cuse.waiting.push(...Array.from({ length: 50 }, () => openRequest(4n)));

  while (cuse.waiting.length > 0) cuse.turn();

  expect([lines.length, service.statistics.bugs]).toEqual([10, 50]);
  await service.close();
});
