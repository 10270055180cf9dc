/** Failed system calls on files: the code, and the remedy, for every errno that Linux has. */

import { constants } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { IpmiError } from '../src/errors.ts';
import { fileTrouble, isDenied, permissionRemedy } from '../src/file-trouble.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: in words, open '/x'`), { code, syscall: 'open' });
}

/** The error for a call that failed with `code`. */
function troubleOf(code: string): IpmiError {
  const error = fileTrouble('the file /x cannot be had', systemError(code));
  if (!(error instanceof IpmiError)) throw new Error(`bug: ${String(error)}`);
  return error;
}

function asUser(uid: number): void {
  const spy = vi.spyOn(process, 'geteuid').mockReturnValue(uid);
  onTestFinished(() => {
    spy.mockRestore();
  });
}

test.each(Object.keys(constants.errno))('%s is trouble on this host, and no bug', (code) => {
  const error = troubleOf(code);

  expect(['PORT_DENIED', 'DEVICE_LOCKED']).toContain(error.code);
  expect(error.outcome).toBe('not-sent');
  expect(error.message).toMatch(
    new RegExp(`^${error.code}: the file /x cannot be had: ${code}: in words, .* \\(.+\\)$`),
  );
});

test.each([
  ['EROFS', 'PORT_DENIED', 'read-only'],
  ['ELOOP', 'PORT_DENIED', 'remove the path'],
  ['EISDIR', 'PORT_DENIED', 'remove the path'],
  ['ENOTDIR', 'PORT_DENIED', 'remove the path'],
  ['ENAMETOOLONG', 'PORT_DENIED', 'too long'],
  ['ENOSPC', 'DEVICE_LOCKED', 'df -i'],
  ['EDQUOT', 'DEVICE_LOCKED', 'free space'],
  ['EMFILE', 'DEVICE_LOCKED', 'ulimit -n'],
  ['ENFILE', 'DEVICE_LOCKED', 'fs.file-max'],
  ['EIO', 'DEVICE_LOCKED', 'dmesg'],
  ['ESTALE', 'DEVICE_LOCKED', 'try again'],
] as const)('%s is %s, and the remedy fits', (errno, code, remedy) => {
  const error = troubleOf(errno);

  expect(error.code).toBe(code);
  expect(error.message).toContain(remedy);
});

describe('a lack of permission', () => {
  test('is a matter of root for a user, and of the place for root', () => {
    asUser(1000);
    expect([permissionRemedy(), troubleOf('EACCES').message]).toEqual([
      'run as root',
      expect.stringMatching(/\(run as root\)$/),
    ]);

    asUser(0);
    expect(permissionRemedy()).not.toContain('run as root');
    expect(troubleOf('EPERM').message).not.toContain('run as root');
  });

  test('is told from other failures', () => {
    const codes = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EBUSY'];

    expect(codes.map((code) => isDenied(systemError(code)))).toEqual([
      ...[true, true, true],
      ...[false, false],
    ]);
  });
});

test('what no system call has thrown is left as it is', () => {
  const own = [
    new Error('bug: mistake'),
    Object.assign(new TypeError('x'), { code: 'ERR_X' }),
    'text',
  ];

  expect(own.map((error) => fileTrouble('the file', error))).toEqual(own);
});
