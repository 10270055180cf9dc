/** The commands that a user may send, by its grants and by those of its groups. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { BmcEvent } from '../../src/index.ts';
import { AppCmd, NetFn } from '../../src/ipmi/commands.ts';
import { encodeIpmbRequest } from '../../src/ipmi/ipmb.ts';
import type { Request } from '../../src/ipmi/message.ts';
import { isRepeatable } from '../../src/ipmi/repeatable.ts';
import { NO_GRANTS, deniedReason, isRead, mayHear } from '../../src/serve/policy.ts';
import { permissionOf, reservedReason } from '../../src/serve/policy.ts';
import type { Grant, Grants, Permission } from '../../src/serve/policy.ts';
import { offenders } from '../support/lists.ts';
import { request } from '../support/rig.ts';

const READ: readonly Grant[] = [{ kind: 'read' }];
const POWER: readonly Grant[] = [{ kind: 'command', netFn: 0x00, cmd: 0x02 }];

/** A Send Message to the controller at 0x2c; `before` stands between channel and message. */
function carrying({ netFn, cmd, lun, data }: Request, ...before: readonly number[]): Request {
  const message = encodeIpmbRequest({
    ...{ address: 0x2c, netFn, lun, requester: 0x20, requesterLun: 2, seq: 1, cmd, data },
  });
  return request(0x06, 0x34, 0x00, ...before, ...message);
}

/** The same as many times. */
function nested(asked: Request, times: number): Request {
  return times === 0 ? asked : carrying(nested(asked, times - 1));
}

/** The same with one byte of its message changed. */
function bent(asked: Request, at: number, change = 0x04): Request {
  return { ...asked, data: asked.data.with(at, (asked.data.at(at) ?? 0) ^ change) };
}

function isAllowed(permission: Permission, asked: Request): boolean {
  return deniedReason(permission, asked) === undefined;
}

describe('the permission', () => {
  const grants: Grants = {
    users: new Map([
      [1001, POWER],
      [1002, []],
    ]),
    groups: new Map([
      [50, READ],
      [51, POWER],
    ]),
    groupsOf: (uid) => (uid < 1004 ? [50] : []),
  };

  test.each([
    ['root may do everything', { uid: 0, gid: 0 }, 'all'],
    ['the user of the server may do everything', { uid: 990, gid: 50 }, 'all'],
    ['a user has its own grants, and not those of its group', { uid: 1001, gid: 50 }, POWER],
    ['a user of no grant has none, whatever its group has', { uid: 1002, gid: 50 }, []],
    ['a user has the grants of a group it is a member of', { uid: 1003, gid: 100 }, READ],
    ['a process has the grants of its group', { uid: 1004, gid: 51 }, POWER],
    ['grants of several groups add up', { uid: 1003, gid: 51 }, [...POWER, ...READ]],
    ['a group that is had twice counts once', { uid: 1003, gid: 50 }, READ],
    ['all others have none', { uid: 1004, gid: 100 }, []],
  ])('%s', (_, user, expected) => {
    expect(permissionOf(user, grants, 990)).toEqual(expected);
  });

  test('without a policy is that of root alone', () => {
    const uids = [0, 1, 990, 65_534];
    const found = uids.map((uid) => permissionOf({ uid, gid: 0 }, NO_GRANTS, 990));

    expect(found).toEqual(['all', [], 'all', []]);
  });
});

describe('a user that may read', () => {
  test.each([
    ['Get Device ID', request(0x06, 0x01)],
    ['Get SDR', request(0x0a, 0x23, 0, 0, 0, 0, 0, 0xff)],
    ['Reserve SDR Repository', request(0x0a, 0x22)],
    ['Get Sensor Reading of a satellite', carrying(request(0x04, 0x2d, 1))],
    ['Read FRU Data', request(0x0a, 0x11, 0, 0, 0, 16)],
    ['Get LAN Configuration Parameters, the IP address', request(0x0c, 0x02, 1, 3, 0, 0)],
    ['Get Power Reading of DCMI', request(0x2c, 0x02, 0xdc, 1, 0, 0)],
    ['Get PICMG Properties, with which ipmitool starts', request(0x2c, 0x00, 0x00)],
    ['Get VSO Capabilities of VITA, with which ipmitool starts', request(0x2c, 0x00, 0x03)],
    ['Get PICMG Properties of a satellite', carrying(request(0x2c, 0x00, 0x00))],
    ['Get System Info Parameters, the name of the OS', request(0x06, 0x59, 0, 4, 0, 0)],
  ])('may send %s', (_, asked) => {
    expect(deniedReason(READ, asked)).toBeUndefined();
  });

  test.each([
    ['Chassis Control', request(0x00, 0x02, 0x00)],
    ['Clear SEL', request(0x0a, 0x47, 0, 0, 0x43, 0x4c, 0x52, 0xaa)],
    ['Set User Password', request(0x06, 0x47, 2, 2)],
    ['Get User Name, half of a login', request(0x06, 0x46, 2)],
    ['Get LAN Configuration Parameters, the community string', request(0x0c, 0x02, 1, 16, 0, 0)],
    ['Get System Boot Options, the mailbox', request(0x00, 0x09, 0x07, 0, 0)],
    ['Get Device ID of an OEM’s logical unit', { ...request(0x06, 0x01), lun: 3 }],
    ['Set Shelf Address Info of PICMG, which is Get Power Limit of DCMI', request(0x2c, 3, 0x00)],
    ['FRU Control of VITA, which restarts a board', request(0x2c, 0x04, 0x03, 0, 0)],
    ['a command of a body that is not known', request(0x2c, 0x02, 0x52, 0xa5)],
    ['a command of a group without a body', request(0x2c, 0x00)],
    ['Get PICMG Properties of an OEM’s logical unit', { ...request(0x2c, 0x00, 0x00), lun: 1 }],
    ['Get System Info Parameters, an OEM’s', request(0x06, 0x59, 0, 0xc0, 0, 0)],
    ['Get System Info Parameters of no parameter', request(0x06, 0x59, 0)],
    ['an OEM’s command', request(0x30, 0x01)],
    ['Master Write-Read, which writes to any bus', request(0x06, 0x52, 0, 0, 0)],
    ['Cold Reset of a satellite', carrying(request(0x06, 0x02))],
    ['Cold Reset behind two satellites', carrying(carrying(request(0x06, 0x02)))],
    ['a message that cannot be read', request(0x06, 0x34, 0, 1, 2, 3, 4, 5, 6, 7, 8)],
    ['an answer to a satellite', carrying(request(0x07, 0x01, 0x00))],
  ])('may not send %s', (_, asked) => {
    expect(isAllowed(READ, asked)).toBe(false);
    expect(isAllowed('all', asked)).toBe(true);
  });

  test('may send every command that is harmless to repeat, but for names of users', () => {
    const all = Array.from({ length: 64 * 256 }, (_, index) => [index >> 8, index & 0xff] as const);
    // Parameter 0 of the commands that have one, and the group of DCMI.
    const repeatable = all.filter(([netFn, cmd]) => isRepeatable(netFn, cmd));
    const refused = repeatable.filter(([netFn, cmd]) => !isRead(request(netFn, cmd, 0, 0)));

    expect(refused).toEqual([[NetFn.APP, AppCmd.GET_USER_NAME]]);
  });

  test('may send nothing whose name does not begin with Get, Read or Reserve', () => {
    const all = Array.from({ length: 64 * 256 }, (_, index) => request(index >> 8, index & 0xff));
    const reads = all.filter((asked) => isRead({ ...asked, data: Uint8Array.of(0xdc) }));
    const text = (asked: Request): string => deniedReason([], asked) ?? '';

    const named = reads.map(text).filter((line) => /^[A-Z]/.test(line));
    expect(named.length).toBeGreaterThan(20);
    expect(offenders(named, (line) => !/^(Get|Read|Reserve) /.test(line))).toEqual([]);
  });
});

describe('a grant', () => {
  test('of a command is for that one, at the BMC and behind it', () => {
    expect(isAllowed(POWER, request(0x00, 0x02, 1))).toBe(true);
    expect(isAllowed(POWER, carrying(request(0x00, 0x02, 1)))).toBe(true);
    expect(isAllowed(POWER, request(0x00, 0x01))).toBe(false);
    expect(isAllowed(POWER, carrying(request(0x00, 0x01)))).toBe(false);
  });

  test('of a network function is for all of its commands', () => {
    const chassis: readonly Grant[] = [{ kind: 'netFn', netFn: 0x00 }];

    expect(isAllowed(chassis, request(0x00, 0x02, 1))).toBe(true);
    expect(isAllowed(chassis, request(0x06, 0x01))).toBe(false);
  });

  test('is for the innermost command, however many messages it is in', () => {
    const depths = Array.from({ length: 20 }, (_, times) => times);
    const sends: readonly Grant[] = [...READ, { kind: 'command', netFn: 0x06, cmd: 0x34 }];
    const allowed = (asked: Request) => depths.filter((n) => isAllowed(sends, nested(asked, n)));

    expect(allowed(request(0x06, 0x01))).toEqual(depths);
    expect(allowed(request(0x06, 0x02))).toEqual([]);
    // A Send Message that carries nothing could be filled up by the controller that gets it.
    expect(allowed(request(0x06, 0x34, 0x00))).toEqual([]);
  });

  test.each([
    ['to an OEM’s logical unit of the BMC', { ...carrying(request(0x06, 0x01)), lun: 1 }],
    [
      'to an OEM’s logical unit of a satellite',
      carrying({ ...carrying(request(0x06, 0x01)), lun: 3 }),
    ],
    ['with a wrong checksum', bent(carrying(request(0x06, 0x01)), 2)],
    ['in whose inner message a checksum is wrong', carrying(bent(nested(request(6, 1), 1), -1))],
    ['that ends too early', request(0x06, 0x34, ...nested(request(6, 1), 1).data.slice(0, -1))],
    ['to address 0, plain or to all', request(6, 0x34, 0, 0, 0xe8, 0x18, 0, 0x20, 6, 1, 0xd9)],
    ['of no message', request(0x06, 0x34)],
  ])('of Send Message and of reading is not for a Send Message %s', (_, asked) => {
    const sends: readonly Grant[] = [...READ, { kind: 'command', netFn: 0x06, cmd: 0x34 }];

    expect(isAllowed(sends, asked)).toBe(false);
    expect(isAllowed('all', asked)).toBe(true);
  });

  test('of reading is for a broadcast', () => {
    expect(isAllowed(READ, carrying(request(0x06, 0x01), 0x00))).toBe(true);
    expect(isAllowed(READ, carrying(request(0x06, 0x02), 0x00))).toBe(false);
  });

  test('of reading never lets a command of another kind through, whatever bytes it is in', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const inner = fc.tuple(fc.nat(31), fc.nat(255), bytes).map(([netFn, cmd, data]) => {
      return request(netFn * 2, cmd, ...data);
    });

    fc.assert(
      fc.property(inner, fc.nat(5), (asked, times) => {
        const isAnswered = isAllowed(READ, nested(asked, times));
        const isSendMessage = asked.netFn === 0x06 && asked.cmd === 0x34;
        if (!isSendMessage) expect(isAnswered).toBe(isRead(asked));
      }),
    );
  });

  test('of Send Message is for answers, and carries no other command', () => {
    const send: readonly Grant[] = [{ kind: 'command', netFn: 0x06, cmd: 0x34 }];

    expect(isAllowed(send, carrying(request(0x07, 0x01, 0)))).toBe(true);
    expect(isAllowed(send, carrying(request(0x06, 0x02)))).toBe(false);
  });

  test('that lacks is told by the name of the command, and not by its data', () => {
    const reason = deniedReason(READ, carrying(request(0x06, 0x47, 0xde, 0xad)));

    expect(reason).toBe('Set User Password (netFn 0x06 cmd 0x47) is not permitted to this user');
  });
});

test.each([
  ['Get Message', request(0x06, 0x33)],
  ['Read Event Message Buffer', request(0x06, 0x35)],
  ['Get Message inside Send Message', carrying(request(0x06, 0x33))],
  ['Read Event Message Buffer, two Send Messages deep', carrying(carrying(request(0x06, 0x35)))],
])('%s is the server’s alone', (_, asked) => {
  expect(reservedReason(asked)).toMatch(/only the server takes messages and events/);
  expect(reservedReason(request(0x06, 0x01))).toBeUndefined();
});

test('events are told to those that may read them otherwise, and messages to others than them', () => {
  const kinds: readonly BmcEvent['kind'][] = ['event', 'message', 'watchdogPretimeout', 'oem'];
  const heard = (permission: Permission) => kinds.filter((kind) => mayHear(permission, kind));

  expect(heard('all')).toEqual(kinds);
  expect(heard(READ)).toEqual(['event', 'watchdogPretimeout', 'oem']);
  expect(heard(POWER)).toEqual([]);
  expect(heard([{ kind: 'command', netFn: 0x06, cmd: 0x33 }])).toEqual(['message']);
  expect(heard([{ kind: 'netFn', netFn: 0x06 }])).toEqual(kinds);
});
