/**
 * `ipmi-bt serve` as a service of systemd, with the unit that is shipped: it starts, restarts and
 * stops, also when it is killed or hangs, in its sandbox; users other than root have what a policy
 * allows them.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty } from '../support/lists.ts';
import type { GuestResult } from './guest.ts';
import { BMC, DENIED, TAKEOVER, UNIT, WATCHDOG_S, systemdGuest } from './serve-systemd-guest.ts';
import { propertiesOf } from './unit-properties.ts';

const SERVED = 'the interface at 0xce4 is served as /dev/ipmi0, /run/ipmi-bt-serve/ce4.sock';
const ACTIVE = { ActiveState: 'active', SubState: 'running', Result: 'success' };

const MC_INFO = /^Device ID +: 66\n[^]*^IPMI Version +: 2\.0$/m;

/** Their numbers (capability.h). */
const CAPABILITIES: Readonly<Record<string, number>> = {
  ...{ CAP_CHOWN: 0, CAP_SYS_RAWIO: 17, CAP_SYS_PTRACE: 19, CAP_SYS_ADMIN: 21 },
};

/** `systemd-analyze security`: 0 is the safest, 10 no sandbox at all. */
const EXPOSURE_MAX = 3;

let guest: GuestResult;

beforeAll(async () => {
  guest = await systemdGuest();
});

function printed(step: string): string {
  return guest.step(step).stdout.trimEnd();
}

/** The exit code of systemctl, which the step printed first. */
function systemctlCode(step: string): string | undefined {
  return printed(step).split('\n')[0];
}

/** The value of the last line `NAME=` of the unit. */
function settingOf(name: string): string {
  const lines = UNIT.split('\n').filter((line) => line.startsWith(`${name}=`));
  return (
    nonEmpty(lines)
      .at(-1)
      ?.slice(name.length + 1) ?? ''
  );
}

describe('while ipmi_si has the interface', () => {
  test('--check says so', () => {
    expect(guest.step('check')).toMatchObject({ exitCode: 69, stderr: '' });
    expect(printed('check')).toMatch(/^Interface +: no: PORT_CLAIMED: .*ipmi_si has IPI0001:00/m);
    expect(printed('check')).toMatch(/^Device file +: CUSE is there/m);
  });

  test('the service refuses with that reason, and is not started again', () => {
    expect(systemctlCode('refused')).toBe('1');
    expect(propertiesOf(guest, 'refused')).toMatchObject({
      ...{ ActiveState: 'failed', Result: 'exit-code', NRestarts: '0', ExecMainStatus: '69' },
    });
    expect(printed('log of refusal')).toMatch(
      /^ipmi-bt: PORT_CLAIMED: .*ipmi_si has IPI0001:00.*--takeover/m,
    );
    expect(printed('log of refusal')).not.toContain('Scheduled restart');
  });

  test('the drop-in of the unit takes it, and gives it back at the end', () => {
    expect(TAKEOVER).toContain('ExecStart=/usr/bin/ipmi-bt serve --takeover\n');
    expect(systemctlCode('takeover')).toBe('0');
    expect(propertiesOf(guest, 'takeover')).toMatchObject({ ...ACTIVE, StatusText: SERVED });
    expect(printed('taken')).toMatch(/^none\nDevice ID +: 66\n/);
    expect(printed('log of takeover')).not.toMatch(/unknown|denied|EPERM|EACCES/);
    expect(printed('given back')).toMatch(/^ipmi_si\n 42 81 /);
  });
});

describe('the unit as it is shipped', () => {
  test('systemd finds no fault in it', () => {
    expect(guest.step('verify')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('it starts when it is ready, and shows what it serves', () => {
    expect(guest.step('driver gone')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(systemctlCode('start')).toBe('0');
    expect(propertiesOf(guest, 'start')).toMatchObject({ ...ACTIVE, StatusText: SERVED });
    expect(printed('status')).toContain(`Status: "${SERVED}"`);
  });

  test('root alone may open the device file, and ipmitool works', () => {
    expect(guest.step('device file')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed('device file')).toMatch(/^600 root:root\n/);
    expect(printed('device file').replace(/^.*\n/, '')).toMatch(MC_INFO);
  });

  test('it leaves the folder of the locks to the group that an administrator gave it', () => {
    expect(printed('folder')).toBe('2770 ipmi');
  });

  test('the process has the capabilities that the unit lists, and no network', () => {
    const names = nonEmpty(settingOf('CapabilityBoundingSet').split(' '));
    const bits = names.reduce((all, name) => all + 2 ** (CAPABILITIES[name] ?? NaN), 0);
    const mask = bits.toString(16).padStart(16, '0');
    const lines = printed('capabilities').split('\n');

    expect(lines.map((line) => line.split(/:\s*/))).toEqual([
      ...[
        ['CapInh', '0'.repeat(16)],
        ['CapPrm', mask],
        ['CapEff', mask],
        ['CapBnd', mask],
      ],
      ...[
        ['CapAmb', '0'.repeat(16)],
        ['NoNewPrivs', '1'],
        ['Seccomp', '2'],
      ],
    ]);
    expect(printed('network').trim()).toBe('lo');
  });

  test('what it is exposed to is little, as systemd counts it', () => {
    const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(printed('security')) ?? [];

    expect(Number(exposure)).toBeGreaterThan(0);
    expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX);
  });
});

describe('a service that ends', () => {
  test('a restart tells a client that waits, and serves the same name', () => {
    const before = propertiesOf(guest, 'start');
    const after = propertiesOf(guest, 'restart');

    expect(systemctlCode('restart')).toBe('0');
    expect(after).toMatchObject({ ...ACTIVE, NRestarts: '0', StatusText: SERVED });
    expect(after['MainPID']).not.toBe(before['MainPID']);
    // Its request is answered as lost, and ENOTCONN is for any further one.
    expect(printed('client of the restart')).toBe('held=1\ncode=255 errno=107');
  });

  test('one that is killed is started again', () => {
    expect(propertiesOf(guest, 'killed')).toMatchObject({ ...ACTIVE, NRestarts: '1' });
    expect(printed('killed')).toMatch(/\/dev\/ipmi0$/);
    expect(printed('log of restarts')).toContain('Main process exited, code=killed, status=9/KILL');
  });

  test('one that shows no life is ended by systemd and started again, and leaves no core', () => {
    const after = propertiesOf(guest, 'hung');

    expect(after).toMatchObject({ ...ACTIVE, NRestarts: '2', StatusText: SERVED });
    expect(after['MainPID']).not.toBe(guest.step('hung').stderr.trim());
    expect(printed('hung')).toMatch(/\/dev\/ipmi0$/);
    expect(printed('log of restarts')).toContain(`Watchdog timeout (limit ${WATCHDOG_S}s)!`);
    expect(guest.step('core')).toMatchObject({ stdout: '', stderr: '' });
  });

  test('a stop succeeds, and leaves the name for the next start and nothing else', () => {
    expect(systemctlCode('stop')).toBe('0');
    expect(propertiesOf(guest, 'stop')).toMatchObject({
      ...{ ActiveState: 'inactive', SubState: 'dead', Result: 'success', ExecMainStatus: '0' },
    });
    expect(printed('left')).toBe('0\nce4.lock\nipmi0');
  });
});

describe('users other than root', () => {
  test('a member of the group reads, by the device file and by the socket', () => {
    expect(printed('mode for the group')).toBe('660 root:ipmi');
    expect(guest.step('member reads')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed('member reads')).toMatch(MC_INFO);
    expect(guest.step('member reads by socket')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed('member reads by socket')).toMatch(/^ ?42 81 /);
  });

  test('what the policy does not allow is denied in both ways, and does not reach the BMC', () => {
    expect(guest.step('member is denied').exitCode).toBe(1);
    expect(guest.step('member is denied').stderr).toContain('Operation not permitted');
    expect(guest.step('member is denied by socket').exitCode).toBe(77);
    expect(guest.step('member is denied by socket').stderr).toMatch(/^ipmi-bt: COMMAND_DENIED: /);
    const sent = nonEmpty(BMC.executed).map(({ netFn, cmd }) => ({ netFn, cmd }));
    expect(sent).not.toContainEqual(DENIED);
  });

  test('a policy that is changed counts from the reload on, and a wrong one does not', () => {
    expect(guest.step('wrong policy')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(guest.step('no grants').exitCode).toBe(77);
    expect(guest.step('no grants').stderr).toMatch(/^ipmi-bt: COMMAND_DENIED: /);
    expect(guest.step('grants again')).toMatchObject({ exitCode: 0, stderr: '' });
    const [before, after] = [propertiesOf(guest, 'restart'), propertiesOf(guest, 'grants again')];
    expect(after).toMatchObject({ ...ACTIVE, NRestarts: '0', MainPID: before['MainPID'] });
  });

  test('a user in no group cannot open the device file', () => {
    expect(guest.step('stranger is denied').exitCode).toBe(1);
    expect(guest.step('stranger is denied').stderr).toContain('Could not open device');
  });
});
