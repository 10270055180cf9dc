/** `AddonPort` over an addon that notes its calls; the real one is tested in native.test.ts. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { systemFiles } from '../../src/files.ts';
import { loadNative } from '../../src/native.ts';
import { openAddonPort } from '../../src/port/addon-port.ts';
import type { SystemError } from '../../src/port/denied.ts';
import type { PortIo, PortRange } from '../../src/port/port.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { fakeNative, noNative, systemError } from '../support/fake-native.ts';
import { nonEmpty } from '../support/lists.ts';
import { thrownBy } from '../support/thrown-by.ts';

const RANGE = { base: 0xce4, count: 3 };
const NO_FILES = fakeFiles({});

function accesses(port: PortIo): readonly (() => unknown)[] {
  const bytes = new Uint8Array(2);
  return [
    () => port.inb(0xce4),
    () => {
      port.outb(0xce4, 1);
    },
    () => {
      port.readBytes(0xce5, bytes, 2);
    },
    () => {
      port.writeBytes(0xce5, bytes, 2);
    },
  ];
}

test('each access is one call of the addon', () => {
  const { calls, load } = fakeNative();
  const port = openAddonPort(RANGE, NO_FILES, load);
  const target = new Uint8Array(3);

  expect(port.inb(0xce4)).toBe(0xe4);
  port.outb(0xce6, 0x80);
  port.readBytes(0xce5, target, 2);
  port.writeBytes(0xce5, Uint8Array.of(1, 2, 3), 2);

  expect(target).toEqual(Uint8Array.of(0xe5, 0xe5, 0));
  expect(calls).toEqual([
    'open 3300 3',
    'inb 3300',
    'outb 3302 128',
    'readBytes 3301 2',
    'writeBytes 3301 1,2',
  ]);
});

test('close() releases the claim once, and nothing gets through afterwards', () => {
  const { calls, load } = fakeNative();
  const port = openAddonPort(RANGE, NO_FILES, load);

  port.close();
  port.close();

  for (const access of nonEmpty(accesses(port)))
    expect(access).toThrow(/^bug: port I\/O after close\(\)$/);
  expect(calls).toEqual(['open 3300 3', 'release 1']);
});

test('a closed port stays closed while another has the same ports open', () => {
  const { calls, load } = fakeNative();
  const first = openAddonPort(RANGE, NO_FILES, load);
  first.close();
  const second = openAddonPort(RANGE, NO_FILES, load);

  expect(() => first.inb(0xce4)).toThrow('after close()');
  first.close();

  expect(second.inb(0xce4)).toBe(0xe4);
  expect(calls).toEqual(['open 3300 3', 'release 1', 'open 3300 3', 'inb 3300']);
});

test.each<[PortRange, typeof TypeError | typeof RangeError]>([
  [{ base: '0xce4' as unknown as number, count: 3 }, TypeError],
  [{ base: 0xce4 } as PortRange, TypeError],
  [{ base: -1, count: 3 }, RangeError],
  [{ base: Number.NaN, count: 3 }, RangeError],
  [{ base: 0xce4 + 0.5, count: 3 }, RangeError],
  [{ base: 0x10000, count: 1 }, RangeError],
  [{ base: 0xffff, count: 2 }, RangeError],
  [{ base: 0xce4, count: 0 }, RangeError],
  [{ base: 0xce4, count: 1.5 }, RangeError],
])('%j is refused before the addon is loaded', (range, kind) => {
  const load = (): never => {
    throw new Error('loaded');
  };

  expect(() => openAddonPort(range, NO_FILES, load)).toThrow(kind);
});

test('the last port of all can be opened', () => {
  const { calls, load } = fakeNative();

  openAddonPort({ base: 0xffff, count: 1 }, NO_FILES, load);

  expect(calls).toEqual(['open 65535 1']);
});

test('ports that are open already are DEVICE_LOCKED', () => {
  const cause = systemError('EBUSY', 16);

  const error = thrownBy(() => openAddonPort(RANGE, NO_FILES, fakeNative(cause).load));

  expect(error).toBeInstanceOf(IpmiError);
  expect(error).toMatchObject({ code: 'DEVICE_LOCKED', outcome: 'not-sent', cause });
  expect(String(error)).toContain('ioperm 0xce4+3: this process already has the ports open');
});

test('a refusal is explained', () => {
  const cause = systemError('EPERM', 1);

  const error = thrownBy(() => openAddonPort(RANGE, NO_FILES, fakeNative(cause).load));

  expect(error).toMatchObject({ code: 'PORT_DENIED', cause });
});

test('a missing addon is PORT_UNSUPPORTED and says how to build it', () => {
  const error = thrownBy(() => openAddonPort(RANGE, NO_FILES, noNative));

  expect(error).toMatchObject({ code: 'PORT_UNSUPPORTED', cause: new Error('no such module') });
  expect(String(error)).toContain('it was not built (run `npm run build:native`');
});

/** The error codes that the kernel's answer to ioperm(2) may become. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  granted: ['granted'],
  EPERM: ['PORT_DENIED', 'PORT_LOCKED_DOWN'],
  ENOSYS: ['PORT_UNSUPPORTED'],
};

test('the real addon opens the ports exactly where the kernel grants them', async ({
  annotate,
}) => {
  const answer = askKernel();

  const error = outcomeOf(() => {
    openAddonPort(RANGE, systemFiles).close();
  });

  expect(CODES[answer]).toContain(error instanceof IpmiError ? error.code : error);
  expect(error instanceof IpmiError ? error.cause : { code: 'granted' }).toMatchObject({
    code: answer,
  });
  await annotate(`the kernel says ${answer}`);
});

/** `granted`, or the errno with which the kernel refuses the ports to this process. */
function askKernel(): string {
  const native = loadNative();
  if (native.kind === 'missing') throw new Error(native.reason);
  const { ports } = native;
  const error = outcomeOf(() => {
    ports.release(ports.open(RANGE.base, RANGE.count));
  });
  return error === 'granted' ? error : ((error as SystemError).code ?? String(error));
}

function outcomeOf(call: () => void): unknown {
  try {
    call();
    return 'granted';
  } catch (error) {
    return error;
  }
}
