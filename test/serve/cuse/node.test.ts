/** What stands in the way of a device file, in the words of the error, with its remedy. */

import { describe, expect, test } from 'vitest';

import { checkBefore, checkMade, checkName, giveAccess } from '../../../src/serve/cuse/node.ts';
import { describingFolder, openTrouble } from '../../../src/serve/cuse/node.ts';
import { FakeSystem } from '../../support/fake-files.ts';
import type { FakeTable } from '../../support/fake-files.ts';
import { errno } from '../../support/fake-uio.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const CUSE = { '/dev/cuse': { device: '10:203' } };

function textOf(call: () => void): string {
  return (thrownBy(call) as Error).message;
}

function textBefore(name: string, table: FakeTable): string {
  return textOf(() => {
    checkBefore(name, new FakeSystem(table));
  });
}

describe('a name', () => {
  test.each(['ipmi0', 'ipmi12', 'ipmidev/0', 'ipmi-bt.0'])('can be %s', (name) => {
    expect(() => {
      checkName(name);
    }).not.toThrow();
  });

  test.each(['', '.', '..', '/ipmi0', '../ipmi0', 'a/b/c', 'a/', 'a/..', 'a\0b', 'x'.repeat(99)])(
    'cannot be %j',
    (name) => {
      expect(() => {
        checkName(name);
      }).toThrow(RangeError);
    },
  );

  test('of two parts is one folder in /sys', () => {
    expect(describingFolder('ipmidev/0')).toBe('/sys/class/cuse/ipmidev!0');
  });
});

describe('before, it is refused', () => {
  test.each<[string, FakeTable, string]>([
    [
      'what the kernel serves',
      { ...CUSE, '/sys/class/ipmi/ipmi0/dev': '246:0', '/dev/ipmi0': { device: '246:0' } },
      "PORT_CLAIMED: the kernel's driver ipmi_devintf has /dev/ipmi0: run `modprobe -r ipmi_devintf`, or serve another name, such as ipmidev/0",
    ],
    [
      'what another process serves',
      { ...CUSE, '/sys/class/cuse/ipmi0/dev': '245:0', '/dev/ipmi0': { device: '245:0' } },
      'DEVICE_LOCKED: another process serves /dev/ipmi0: end it (`fuser -v /dev/cuse` names it)',
    ],
    [
      'a file in its place',
      { ...CUSE, '/dev/ipmi0': '' },
      'PORT_DENIED: /dev/ipmi0 exists, and no driver has made it: remove it, or serve another name',
    ],
    [
      'a link to nothing in its place',
      { ...CUSE, '/dev/ipmi0': { linkTo: '/nothing' } },
      'PORT_DENIED: /dev/ipmi0 exists, and no driver has made it: remove it, or serve another name',
    ],
    [
      'a kernel without the module',
      {},
      "PORT_UNSUPPORTED: there is no /dev/cuse, and no module cuse: install the package of modules of the running kernel (CONFIG_CUSE), or use the other sockets of the server, such as ipmitool's dummy",
    ],
    [
      'a module that is not loaded',
      {
        '/proc/sys/kernel/osrelease': '6.1.0\n',
        '/lib/modules/6.1.0/modules.dep': 'kernel/fs/fuse/cuse.ko.xz: kernel/fs/fuse/fuse.ko.xz\n',
      },
      'PORT_UNSUPPORTED: there is no /dev/cuse: run `modprobe cuse`',
    ],
    [
      'the same on a host that is locked down',
      {
        '/proc/sys/kernel/osrelease': '6.1.0\n',
        '/lib/modules/6.1.0/modules.dep': 'kernel/fs/fuse/cuse.ko: kernel/fs/fuse/fuse.ko\n',
        '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
      },
      'PORT_UNSUPPORTED: there is no /dev/cuse: run `modprobe cuse` (lockdown "integrity" loads it only if it is signed)',
    ],
    [
      'a container',
      { '/sys/class/misc/cuse/dev': '10:203' },
      'PORT_UNSUPPORTED: CUSE is loaded, and /dev/cuse absent: a container needs --device /dev/cuse, a systemd unit DeviceAllow=/dev/cuse rw',
    ],
  ])('%s', (_, table, text) => {
    expect(textBefore('ipmi0', table)).toBe(text);
  });

  test('nothing where the name is free', () => {
    const files = new FakeSystem({ ...CUSE, '/sys/class/ipmi/ipmi1/dev': '246:1' });

    expect(() => {
      checkBefore('ipmi0', files);
    }).not.toThrow();
  });
});

describe('when /dev/cuse cannot be opened', () => {
  test.each(['ENOENT', 'ENODEV', 'ENXIO'])('%s names the module', (code) => {
    const error = openTrouble(errno(code), new FakeSystem({})) as Error;

    expect(error.message).toContain('PORT_UNSUPPORTED: there is no /dev/cuse');
  });

  test.each(['EACCES', 'EPERM'])('%s names the permission', (code) => {
    const error = openTrouble(errno(code), new FakeSystem(CUSE)) as Error;

    expect(error.message).toContain(`PORT_DENIED: CUSE cannot be used: ${code}: in words, read (`);
  });

  test('all else names the reason', () => {
    const error = openTrouble(errno('EMFILE'), new FakeSystem(CUSE)) as Error;

    expect(error.message).toContain('DEVICE_LOCKED: CUSE cannot be used: EMFILE');
  });
});

describe('after INIT', () => {
  const made = '/sys/class/cuse/ipmi0/dev';

  function textAfter(table: FakeTable): string {
    return textOf(() => {
      checkMade('ipmi0', new FakeSystem(table));
    });
  }

  test('the device of the kernel is right', () => {
    const files = new FakeSystem({ [made]: '245:0\n', '/dev/ipmi0': { device: '245:0' } });

    expect(() => {
      checkMade('ipmi0', files);
    }).not.toThrow();
  });

  test("another's is refused", () => {
    expect(textAfter({ [made]: '245:0\n', '/dev/ipmi0': { device: '246:0' } })).toBe(
      'DEVICE_LOCKED: /dev/ipmi0 is not the device 245:0 that the kernel has made, but 246:0: end the driver that has it, or serve another name',
    );
  });

  test('a /dev that the kernel does not fill is refused', () => {
    expect(textAfter({ [made]: '245:0\n' })).toBe(
      'PORT_UNSUPPORTED: /dev/ipmi0 is not the device 245:0 that the kernel has made, which is not in /dev: serve on the host, where /dev is a devtmpfs, and not in a container',
    );
  });

  test('no device is refused', () => {
    expect(textAfter({})).toBe(
      'DEVICE_LOCKED: the kernel did not make the device ipmi0: /sys/class/cuse/ipmi0 is absent (its log may say why (dmesg); /sys must be mounted)',
    );
  });
});

describe('the file gets', () => {
  const access = { uid: 0, gid: 44, mode: 0o660 };

  test('its owner and mode', () => {
    const system = new FakeSystem({});

    giveAccess('ipmi0', access, system);

    expect(system.changes).toEqual(['access /dev/ipmi0 0:44 660']);
  });

  test('not what the process may not give', () => {
    const system = new FakeSystem({});
    system.onChange(() => {
      throw errno('EPERM');
    });

    const text = textOf(() => {
      giveAccess('ipmi0', access, system);
    });
    expect(text).toBe(
      'PORT_DENIED: /dev/ipmi0 cannot be given owner 0:44 and mode 660: EPERM: in words, read (it needs CAP_CHOWN and CAP_FOWNER, and a /dev that can be written)',
    );
  });
});
