/** UIO devices that misbehave, and lines that cannot be opened. */

import { describe, expect, test } from 'vitest';

import { openUioLine } from '../../src/port/uio-line.ts';
import { noNative } from '../support/fake-native.ts';
import { FakeUio, errno, openLine, watchLine } from '../support/fake-uio.ts';

describe('what makes no sense', () => {
  test.each(['', 'many\n', '-1\n', '99999999999\n', '3'])(
    'for a count before, %j, makes of the first count one interrupt',
    (event) => {
      const uio = new FakeUio('ipmi-bt', 1000);
      uio.set('/sys/class/uio/uio0/event', event);
      const { counts } = watchLine(uio);

      uio.interrupt(2);
      uio.turn();
      uio.interrupt(2);
      uio.turn();

      expect(counts).toEqual([1, 2]);
    },
  );

  test.each([0, 1, 3])('in a read of %i bytes ends the line', (length) => {
    const uio = new FakeUio('ipmi-bt');
    const { counts, failures } = watchLine(uio);

    uio.garbage.push(new Uint8Array(length));
    uio.turn();

    expect(failures).toEqual([new Error(`a read gave ${length} bytes, not 4`)]);
    expect([counts, uio.watches]).toEqual([[], 0]);
  });

  test('is an end of watching without an error: it ends the line, too', () => {
    const uio = new FakeUio('ipmi-bt');
    const { failures } = watchLine(uio);

    uio.turn(false);

    expect(failures).toEqual([new Error('/dev/uio0 can no longer be waited for')]);
    expect(uio.watches).toBe(0);
  });

  test('is no error when a line was rearmed before it fired', () => {
    const uio = new FakeUio('uio_pci_generic');
    const { line, counts } = watchLine(uio);

    uio.interrupt();
    line.rearm();
    uio.turn();

    expect(counts).toEqual([1]);
  });
});

describe('a line is refused', () => {
  test.each(['/dev/uio1', '/dev/uio', '/dev/../dev/uio0', 'uio0', '/dev/null', ''])(
    'as no UIO device: %j',
    (path) => {
      const uio = new FakeUio('ipmi-bt');

      expect(() => openUioLine(path, { system: uio, load: uio.load })).toThrow(
        `DEVICE_ABSENT: ${path} is no UIO device`,
      );
      expect(uio.openFiles).toEqual([]);
    },
  );

  test('that the kernel has and /dev has not', () => {
    const uio = new FakeUio('ipmi-bt');
    uio.set('/dev/uio0', undefined);

    expect(() => openLine(uio)).toThrow(
      'PORT_UNSUPPORTED: /dev/uio0 is a UIO device that is not in /dev (a container needs --device',
    );
    expect(uio.openFiles).toEqual([]);
  });

  test('where there is no addon to wait with', () => {
    const uio = new FakeUio('ipmi-bt');

    expect(() => openUioLine('/dev/uio0', { system: uio, load: noNative })).toThrow(
      /^PORT_UNSUPPORTED: \/dev\/uio0: the native addon is needed .* not built .*build:native/,
    );
  });

  test.each([
    ['EACCES', 'PORT_DENIED'],
    ['EPERM', 'PORT_DENIED'],
    ['ENOENT', 'DEVICE_ABSENT'],
    ['ENODEV', 'DEVICE_ABSENT'],
    ['EMFILE', 'DEVICE_LOCKED'],
  ])('when the system says %s', (code, ours) => {
    const uio = new FakeUio('ipmi-bt');
    uio.onChange(() => {
      throw errno(code);
    });

    expect(() => openLine(uio)).toThrow(expect.objectContaining({ code: ours }));
    expect(uio.openFiles).toEqual([]);
  });

  test('with nothing left open when the configuration space is refused', () => {
    const uio = new FakeUio('uio_pci_generic');
    uio.onChange((change) => {
      if (change.endsWith('config')) throw errno('EACCES');
    });

    expect(() => openLine(uio)).toThrow('PORT_DENIED');
    expect(uio.openFiles).toEqual([]);
  });
});
