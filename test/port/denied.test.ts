/** The error that a refusal of the ports leads to, and advice that fits the host. */

import { describe, expect, test } from 'vitest';

import type { Files } from '../../src/files.ts';
import { denied, foreseeDenial, type PortBackend } from '../../src/port/denied.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { systemError } from '../support/fake-native.ts';

const RANGE = { base: 0xce4, count: 3 };
const LOCKDOWN = '/sys/kernel/security/lockdown';
const DOCKER = { '/.dockerenv': '' };
const PODMAN = { '/run/.containerenv': '' };

const ALL = '000001ffffffffff';
const ALL_BUT_RAWIO = '000001fffffdffff';
const ONLY_RAWIO = '0000000000020000';

/** /proc/self/status of a process. */
function process(uid: number, capabilities: string, seccomp = 0): Record<string, string> {
  const ids = `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`;
  const status = `Name:\tnode\n${ids}\nCapEff:\t${capabilities}\nSeccomp:\t${seccomp}\n`;
  return {
    '/proc/self/status': status,
    '/proc/self/uid_map': '         0          0 4294967295\n',
  };
}

const ROOT = process(0, ALL);

const EPERM = systemError('EPERM', 1);

function messageOf(backend: PortBackend, files: Files, cause = EPERM): string {
  return denied({ backend, range: RANGE, cause }, files).message;
}

interface Case {
  readonly name: string;
  readonly files: Record<string, string>;
  readonly backend?: PortBackend;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'a user who is not root',
    files: process(1000, '0000000000000000'),
    says: /^PORT_DENIED: .* \(needs root or CAP_SYS_RAWIO: run it with sudo\)$/,
  },
  {
    name: 'a process whose status cannot be read',
    files: {},
    says: /^PORT_DENIED: .* \(needs root or CAP_SYS_RAWIO/,
  },
  {
    name: 'a user in a container',
    files: { ...process(1000, '0000000000000000'), ...PODMAN },
    says: /^PORT_DENIED: .* \(this container .* as root with --cap-add SYS_RAWIO\)$/,
  },
  {
    name: 'root in a container without the capability',
    files: { ...process(0, ALL_BUT_RAWIO, 2), ...DOCKER },
    says: /^PORT_DENIED: .* \(this container has no CAP_SYS_RAWIO.* --cap-add SYS_RAWIO\)$/,
  },
  {
    name: 'root in a container without the capability, at /dev/port',
    files: { ...process(0, ALL_BUT_RAWIO, 2), ...DOCKER },
    backend: 'dev-port',
    says: /^PORT_DENIED: .* --cap-add SYS_RAWIO --device \/dev\/port\)$/,
  },
  {
    name: 'root who dropped the capability',
    files: process(0, ALL_BUT_RAWIO),
    says: /^PORT_DENIED: .* \(root without CAP_SYS_RAWIO: .*CapabilityBoundingSet=/,
  },
  {
    name: 'kernel lockdown, integrity',
    files: { ...ROOT, [LOCKDOWN]: 'none [integrity] confidentiality\n' },
    says: /^PORT_LOCKED_DOWN: .* \(kernel lockdown "integrity", .*turn Secure Boot off/,
  },
  {
    name: 'kernel lockdown, confidentiality, beside a seccomp filter',
    files: {
      ...process(0, ONLY_RAWIO, 2),
      [LOCKDOWN]: 'none integrity [confidentiality]\n',
    },
    says: /^PORT_LOCKED_DOWN: .* \(kernel lockdown "confidentiality"/,
  },
  {
    name: 'a seccomp filter, with lockdown off',
    files: { ...process(0, ALL, 2), [LOCKDOWN]: '[none] integrity confidentiality\n' },
    says: /^PORT_DENIED: .* \(a seccomp filter forbids it: .*seccomp=unconfined/,
  },
  {
    name: 'a seccomp filter, with lockdown not to be seen',
    files: { ...process(0, ALL, 2), ...DOCKER },
    says: /^PORT_DENIED: .* \(a seccomp filter forbids it, or lockdown of the host/,
  },
  {
    name: 'root of a user namespace',
    files: { ...ROOT, '/proc/self/uid_map': '         0       1000          1\n' },
    says: /^PORT_DENIED: .* user namespace .*run as root outside of it/,
  },
  {
    name: 'a container without the device',
    files: { ...ROOT, ...PODMAN },
    backend: 'dev-port',
    says: /^PORT_DENIED: .* --device \/dev\/port\)$/,
  },
  {
    name: 'a security module',
    files: { ...ROOT, [LOCKDOWN]: '[none] integrity confidentiality\n' },
    says: /^PORT_DENIED: .* such as SELinux or AppArmor\)$/,
  },
  {
    name: 'root and nothing to be seen',
    files: ROOT,
    says: /^PORT_LOCKED_DOWN: .* \(most likely lockdown.*mount -t securityfs securityfs \/sys/,
  },
];

describe('EPERM', () => {
  test.each(CASES)('$name', ({ files, backend = 'native', says }) => {
    expect(messageOf(backend, fakeFiles(files))).toMatch(says);
  });
});

test('EACCES with the capability is a matter of permissions, whatever lockdown says', () => {
  const files = fakeFiles({ ...ROOT, [LOCKDOWN]: 'none [integrity] confidentiality\n' });

  expect(messageOf('dev-port', files, systemError('EACCES', 13))).toMatch(
    /^PORT_DENIED: open \/dev\/port: Permission denied \(file permissions .* forbid it\)$/,
  );
});

test('the message names the attempt and the cause is kept', () => {
  const cause = systemError('EPERM', 1);
  const files = fakeFiles(process(1000, '0000000000000000'));

  const error = denied({ backend: 'native', range: RANGE, cause }, files);

  expect(error).toMatchObject({ code: 'PORT_DENIED', outcome: 'not-sent', cause });
  expect(error.message).toMatch(/^PORT_DENIED: ioperm 0xce4\+3: Operation not permitted \(/);
});

test("Node's own errors, whose errno is negative, read alike", () => {
  const cause = Object.assign(systemError('EPERM', -1), { path: '/dev/port', syscall: 'open' });

  const { message } = denied({ backend: 'dev-port', range: RANGE, cause }, fakeFiles({}));

  expect(message).toMatch(/^PORT_DENIED: open \/dev\/port: Operation not permitted \(/);
});

test.each<[PortBackend, NodeJS.ErrnoException, RegExp]>([
  ['native', systemError('ENOSYS', 38), /^PORT_UNSUPPORTED: ioperm .*use the port type dev-port/],
  ['dev-port', systemError('ENOENT', 2), /^PORT_UNSUPPORTED: open .*the port type native/],
  ['dev-port', systemError('ENXIO', 6), /^PORT_UNSUPPORTED: open .*the port type native/],
  ['native', systemError('ENOMEM', 12), /^DEVICE_LOCKED: ioperm 0xce4\+3: ENOMEM.*try again/],
  ['dev-port', systemError('EMFILE', 24), /^DEVICE_LOCKED: open \/dev\/port: .*ulimit -n/],
])('%s, %s', (backend, cause, says) => {
  expect(messageOf(backend, fakeFiles(ROOT), cause)).toMatch(says);
});

test('a container without the file is told how to get it', () => {
  const message = messageOf('dev-port', fakeFiles(DOCKER), systemError('ENOENT', 2));

  expect(message).toMatch(/^PORT_UNSUPPORTED: .*--device \/dev\/port --cap-add SYS_RAWIO\)$/);
});

describe('a refusal is foreseen', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['of one who is not root', process(1000, '0000000000000000'), 'PORT_DENIED'],
    ['of root without CAP_SYS_RAWIO', process(0, ALL_BUT_RAWIO), 'PORT_DENIED'],
    ['under lockdown', { ...ROOT, [LOCKDOWN]: 'none [integrity]\n' }, 'PORT_LOCKED_DOWN'],
    ['in a user namespace', { ...ROOT, '/proc/self/uid_map': '0 1000 1\n' }, 'PORT_DENIED'],
    ['not where nothing is in the way', { ...ROOT, [LOCKDOWN]: '[none] integrity\n' }, undefined],
    ['not where lockdown is not shown', ROOT, undefined],
    ['not of one who has just the capability', process(1000, ONLY_RAWIO), undefined],
    ['not where rights are not shown', { '/proc/self/status': 'Name:\tnode\n' }, undefined],
    ['not where nothing is seen', {}, undefined],
  ])('%s', (_, files, code) => {
    expect(foreseeDenial(fakeFiles(files))?.code).toBe(code);
  });
});
