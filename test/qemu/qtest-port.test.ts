/**
 * The test port itself: it must end with a clear error where QEMU does, or a suite built on it
 * would hang.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { describeWithQemu } from './describe-with-qemu.ts';
import { startQemu } from './qemu.ts';

describeWithQemu('the qtest port', () => {
  test('says what QEMU said when it does not start', async () => {
    const start = startQemu({ bmc: 'sim', args: ['-device', 'nonsense'] });

    await expect(start).rejects.toThrow(
      /QEMU is gone; it said: .*'nonsense' is not a valid device/,
    );
  });

  test('throws, and goes on throwing, when QEMU dies under it', async () => {
    const qemu = await startQemu({ bmc: 'sim' });
    onTestFinished(() => qemu.stop());

    qemu.kill();

    const looksUntilDeath = (): void => {
      for (;;) qemu.port.inb(qemu.base);
    };
    expect(looksUntilDeath).toThrow('QEMU is gone');
    expect(() => qemu.port.inb(qemu.base)).toThrow('QEMU is gone');
  });

  test('is closed once, and QEMU and its files are gone after stop()', async () => {
    const qemu = await startQemu({ bmc: 'sim' });

    qemu.port.close();
    qemu.port.close();
    expect(() => qemu.port.inb(qemu.base)).toThrow('the qtest port is closed');

    await qemu.stop();
    await qemu.stop();
    expect(existsSync(dirname(qemu.bmcPath))).toBe(false);
  });
});
