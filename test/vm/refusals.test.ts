/**
 * The reasons for which a real kernel refuses port I/O, and what the user is told about them: the
 * rights of an unprivileged user, of root with one capability less, lockdown.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, gaveUp, printed } from './expected.ts';
import { AS_NOBODY, WITHOUT_ADMIN, WITHOUT_RAWIO, bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const NATIVE = 'ipmi-bt --base 0xce4 --port native --trace raw 0x06 0x01';
const DEV_PORT = 'ipmi-bt --base 0xce4 --port dev-port --trace raw 0x06 0x01';

const LIST =
  "import { list } from '/opt/ipmi-bt/dist/index.js'; console.log(JSON.stringify(await list()))";

const REFUSED = {
  native: 'ioperm 0xce4+3: Operation not permitted',
  'dev-port': 'open /dev/port: Operation not permitted',
};

describe('capabilities', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      steps: stepsOf({
        'nobody, native': `${AS_NOBODY} ${NATIVE}`,
        'nobody, dev-port': `${AS_NOBODY} ${DEV_PORT}`,
        'no RAWIO, native': `${WITHOUT_RAWIO} ${NATIVE}`,
        'no RAWIO, dev-port': `${WITHOUT_RAWIO} ${DEV_PORT}`,
        'no ADMIN, native': `${WITHOUT_ADMIN} ${NATIVE}`,
        'no ADMIN, dev-port': `${WITHOUT_ADMIN} ${DEV_PORT}`,
        'no RAWIO, locate': `${WITHOUT_RAWIO} ipmi-bt locate`,
      }),
    });
  });

  test.each([
    ['native', REFUSED.native],
    ['dev-port', 'open /dev/port: Permission denied'],
  ])('an ordinary user is told to be root (%s)', (port, attempt) => {
    const text = `PORT_DENIED: ${attempt} (needs root or CAP_SYS_RAWIO: run it with sudo)`;

    expect(guest.step(`nobody, ${port}`)).toEqual(gaveUp(77, text));
  });

  test.each([
    ['native', REFUSED.native, '--cap-add SYS_RAWIO'],
    ['dev-port', REFUSED['dev-port'], '--cap-add SYS_RAWIO --device /dev/port'],
  ])('root without CAP_SYS_RAWIO is told where it gets lost (%s)', (port, attempt, flags) => {
    const advice =
      `root without CAP_SYS_RAWIO: a container needs ${flags}, ` +
      'a systemd unit needs it in CapabilityBoundingSet= and PrivateDevices=no';

    expect(guest.step(`no RAWIO, ${port}`)).toEqual(
      gaveUp(77, `PORT_DENIED: ${attempt} (${advice})`),
    );
  });

  test('locate chooses nothing that open() would refuse', () => {
    const { exitCode, stdout } = guest.step('no RAWIO, locate');

    expect(exitCode).toBe(77);
    expect(stdout).toContain('Verdict: not chosen: the ports cannot be had: root without CAP_SYS');
  });

  test.each(['native', 'dev-port'])(
    'ports whose owner cannot be seen are not touched (%s)',
    (port) => {
      const text =
        'PORT_CLAIMED: ports 0xce4, 0xce5, 0xce6: /proc/ioports hides the addresses, ' +
        'a kernel driver may have them (root lacks CAP_SYS_ADMIN; a container needs --cap-add SYS_ADMIN)';

      expect(guest.step(`no ADMIN, ${port}`)).toEqual(gaveUp(69, text));
    },
  );
});

describe('lockdown', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      append: 'lockdown=integrity',
      steps: stepsOf({
        state: 'cat /sys/kernel/security/lockdown',
        'seen, native': NATIVE,
        'seen, dev-port': DEV_PORT,
        locate: 'ipmi-bt locate',
        list: `node --input-type=module -e "${LIST}"`,
        unmount: 'umount /sys/kernel/security',
        'hidden, native': NATIVE,
        'hidden, dev-port': DEV_PORT,
        ipmitool: 'modprobe -a ipmi_si ipmi_devintf && ipmitool raw 0x06 0x01',
      }),
    });
  });

  test('the kernel says that it is locked down', () => {
    expect(guest.step('state')).toEqual(printed('none [integrity] confidentiality\n'));
  });

  test.each(['native', 'dev-port'] as const)('is named as the reason (%s)', (port) => {
    const advice =
      'kernel lockdown "integrity", which comes with Secure Boot, forbids port I/O: ' +
      'turn Secure Boot off, boot without lockdown=, or use the ipmi_si driver';

    expect(guest.step(`seen, ${port}`)).toEqual(
      gaveUp(77, `PORT_LOCKED_DOWN: ${REFUSED[port]} (${advice})`),
    );
  });

  test.each(['native', 'dev-port'] as const)(
    'is named as likely where securityfs is not mounted (%s)',
    (port) => {
      const advice =
        'most likely lockdown by Secure Boot; to see: ' +
        'mount -t securityfs securityfs /sys/kernel/security; cat /sys/kernel/security/lockdown';

      expect(guest.step('unmount')).toEqual(printed(''));
      expect(guest.step(`hidden, ${port}`)).toEqual(
        gaveUp(77, `PORT_LOCKED_DOWN: ${REFUSED[port]} (${advice})`),
      );
    },
  );

  test('keeps locate and list() from choosing an interface', () => {
    const text = 'the ports cannot be had: kernel lockdown "integrity"';

    expect(guest.step('locate').exitCode).toBe(77);
    expect(guest.step('locate').stdout).toContain(`Verdict: not chosen: ${text}`);
    expect(JSON.parse(guest.step('list').stdout)).toMatchObject([
      { base: 0xce4, rank: 1, chosen: false, reason: expect.stringContaining(text) as unknown },
    ]);
  });

  test('leaves the driver of the kernel as the way out', () => {
    expect(guest.step('ipmitool')).toEqual(printed(SIM_ID));
  });
});
