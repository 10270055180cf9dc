/** An interrupt through /dev/uioN: what is counted, what is unmasked, and how it ends. */

import { describe, expect, test } from 'vitest';

import { FakeUio, errno, openLine, watchLine } from '../support/fake-uio.ts';
import { nonEmpty } from '../support/lists.ts';

const KINDS = ['ipmi-bt', 'uio_pci_generic', 'IPI0001:00'] as const;

describe.each(KINDS)('a line of the UIO device %s', (name) => {
  test('tells how many interrupts there were since the last time', () => {
    const uio = new FakeUio(name, 7);
    const { line, counts } = watchLine(uio);

    uio.interrupt(3);
    uio.turn();
    line.rearm();
    uio.interrupt();
    uio.turn();

    expect(counts).toEqual([3, 1]);
  });

  test('counts on when the kernel begins again at 0', () => {
    const uio = new FakeUio(name, 0xffff_ffff);
    const { counts } = watchLine(uio);

    uio.interrupt(2);
    uio.turn();

    expect(counts).toEqual([2]);
  });

  test('is silent when it is woken for nothing', () => {
    const uio = new FakeUio(name);
    const { counts, failures } = watchLine(uio);

    uio.turn();

    expect({ counts, failures }).toEqual({ counts: [], failures: [] });
  });

  test('lets each interrupt through once it is rearmed', () => {
    const uio = new FakeUio(name);
    const { line, counts } = watchLine(uio);

    for (let i = 0; i < 3; i++) {
      line.rearm();
      expect(uio.interrupt()).toBe(true);
      uio.turn();
    }

    expect(counts).toEqual([1, 1, 1]);
  });

  test('fails once when its driver is unbound, and is not watched any longer', () => {
    const uio = new FakeUio(name);
    const { line, counts, failures } = watchLine(uio);

    uio.unbind();
    uio.turn(false);
    uio.turn(false);

    expect(failures.map((error) => (error as NodeJS.ErrnoException).code)).toEqual(['EIO']);
    expect([counts, uio.watches]).toEqual([[], 0]);
    line.close();
    expect(uio.openFiles).toEqual([]);
  });

  test('closes in mid-wait, twice if need be, and leaves nothing', () => {
    const uio = new FakeUio(name);
    const { line, counts } = watchLine(uio);

    line.close();
    line.close();
    uio.interrupt();
    uio.turn();

    expect({ counts, watches: uio.watches, open: uio.openFiles }).toEqual({
      counts: [],
      watches: 0,
      open: [],
    });
  });

  test('may be closed from within a call of its own', () => {
    const uio = new FakeUio(name);
    const line = openLine(uio);
    line.watch(
      () => {
        line.close();
      },
      () => undefined,
    );

    uio.interrupt();
    uio.turn();

    expect([uio.watches, uio.openFiles]).toEqual([0, []]);
  });

  test('is not used after it was closed', () => {
    const line = openLine(new FakeUio(name));
    line.close();

    const uses = [
      () => {
        line.rearm();
      },
      () => {
        line.enable(true);
      },
      () => {
        line.watch(
          () => undefined,
          () => undefined,
        );
      },
    ];
    for (const use of nonEmpty(uses)) expect(use).toThrow('bug: /dev/uio0 is used after close()');
  });

  test('is watched once', () => {
    const { line } = watchLine(new FakeUio(name));

    const again = (): void => {
      line.watch(
        () => undefined,
        () => undefined,
      );
    };
    expect(again).toThrow('bug: /dev/uio0 is watched already');
  });
});

describe('the mask', () => {
  test('of the chip belongs to the module of this package, which is told', () => {
    const uio = new FakeUio('ipmi-bt');
    const { line } = watchLine(uio);

    line.enable(true);
    line.rearm();
    line.enable(false);

    expect([line.ownsMask, uio.written]).toEqual([true, [1, 0]]);
  });

  test.each(['uio_pci_generic', 'IPI0001:00'])('of the chip is left alone with %s', (name) => {
    const uio = new FakeUio(name);
    const line = openLine(uio);

    line.enable(true);
    line.enable(false);

    expect([line.ownsMask, uio.written, uio.configCalls]).toEqual([false, [], []]);
  });

  test('of PCI is bit 10 of the command register, and the other bits stay', () => {
    const uio = new FakeUio('uio_pci_generic');
    const { line } = watchLine(uio);
    uio.interrupt();
    uio.turn();

    line.rearm();

    expect(uio.configCalls).toEqual(['read at 4', 'write 3 1 at 4']);
  });

  test('of PCI is not written when it is clear', () => {
    const uio = new FakeUio('uio_pci_generic');
    const line = openLine(uio);

    line.rearm();

    expect(uio.configCalls).toEqual(['read at 4']);
  });

  test('is looked at once an interrupt, and at the beginning', () => {
    const uio = new FakeUio('IPI0001:00');
    const { line } = watchLine(uio);

    for (let i = 0; i < 3; i++) line.rearm();
    uio.interrupt();
    uio.turn();
    for (let i = 0; i < 3; i++) line.rearm();

    expect(uio.written).toEqual([1, 1]);
  });

  test('stays to be undone when that failed', () => {
    const uio = new FakeUio('IPI0001:00');
    const { line } = watchLine(uio);
    uio.refuse(errno('EIO'));

    for (let i = 0; i < 2; i++) {
      expect(() => {
        line.rearm();
      }).toThrow('EIO');
    }
  });

  test('is none where the driver takes no word', () => {
    const uio = new FakeUio('fpga');
    const { line } = watchLine(uio);
    uio.refuse(errno('ENOSYS'));

    expect(() => {
      line.rearm();
    }).not.toThrow();
  });
});
