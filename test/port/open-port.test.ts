/** Which way to the ports is taken, and that a refusal is never answered by trying the other. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { type OpenedPort, openPort, type OpenPortOptions } from '../../src/port/open-port.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { fakeNative, noNative, systemError } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NO_DEV_PORT = '/nowhere/port';

/** A plain file in place of /dev/port: every port reads 0x5a. */
function devPort(): string {
  const path = join(tempFolder(), 'port');
  writeFileSync(path, new Uint8Array(0x10000).fill(0x5a));
  return path;
}

function open(options: Partial<OpenPortOptions>): OpenedPort {
  const range = { base: 0xce4, count: 3 };
  const opened = openPort({ kind: 'auto', range, files: fakeFiles({}), ...options });
  onTestFinished(() => {
    opened.port.close();
  });
  return opened;
}

function errorOf(options: Partial<OpenPortOptions>): IpmiError {
  try {
    open(options);
  } catch (error) {
    if (error instanceof IpmiError) return error;
    throw error;
  }
  throw new Error('it opened');
}

test('auto takes the addon where there is one', () => {
  const { port, backend, instead } = open({ load: fakeNative().load, devPort: devPort() });

  expect(backend).toBe('native');
  expect(instead).toBeUndefined();
  expect(port.inb(0xce4)).toBe(0xe4);
});

test.each([
  ['the addon was not built', /it was not built/, noNative],
  ['the kernel has no ioperm', /ioperm/, fakeNative(systemError('ENOSYS', 38)).load],
])('auto takes /dev/port where %s, and says why', (_, reason, load) => {
  const { port, backend, instead } = open({ load, devPort: devPort() });

  expect(backend).toBe('dev-port');
  expect(instead).toMatch(reason);
  expect(port.inb(0xce4)).toBe(0x5a);
});

test.each([
  ['EPERM', 1, 'PORT_DENIED'],
  ['EACCES', 13, 'PORT_DENIED'],
  ['EBUSY', 16, 'DEVICE_LOCKED'],
  ['ENOMEM', 12, 'DEVICE_LOCKED'],
] as const)('auto does not go round %s of ioperm', (code, errno, expected) => {
  const cause = systemError(code, errno);

  const error = errorOf({ load: fakeNative(cause).load, devPort: devPort() });

  expect(error).toMatchObject({ code: expected, cause });
});

test('with neither way there is one error that gives both reasons', () => {
  const error = errorOf({ load: noNative, devPort: NO_DEV_PORT });

  expect(error.code).toBe('PORT_UNSUPPORTED');
  expect(error.message).toMatch(
    /^PORT_UNSUPPORTED: the native addon .*; open \/nowhere\/port: No such file or directory/,
  );
  expect(error.cause).toBeInstanceOf(AggregateError);
});

test('native does not fall back', () => {
  const error = errorOf({ kind: 'native', load: noNative, devPort: devPort() });

  expect(error.code).toBe('PORT_UNSUPPORTED');
});

test('dev-port does not load the addon', () => {
  const { calls, load } = fakeNative();

  const { backend } = open({ kind: 'dev-port', load, devPort: devPort() });

  expect(backend).toBe('dev-port');
  expect(calls).toEqual([]);
});

test("a caller's mistake is no reason to fall back", () => {
  const range = { base: 0x10000, count: 3 };

  expect(() => open({ range, load: noNative, devPort: devPort() })).toThrow(RangeError);
});
