/**
 * What makes a Debian out of an image the guest of a test: the units that run its steps and end it
 * in time, and those switched off that only cost time.
 */

import type { GuestFiles } from './cpio.ts';

/** For the processes of a step, as in a guest without systemd. */
const ENVIRONMENT = 'HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/** Ends the boot, devices included, and only then begins with the steps. */
const RUN = [
  'dmesg -n 7',
  'systemctl is-system-running --wait > /dev/null',
  'udevadm settle',
  '. /steps/run',
  'reboot -ff',
].join('; ');

/** Its job ends at once, or the system would be "starting" until the last step has ended. */
const STEPS_UNIT = `[Unit]
Description=Steps of the test
After=multi-user.target

[Service]
Type=simple
Environment=${ENVIRONMENT}
ExecStart=/bin/sh -c '${RUN}'
StandardOutput=file:/dev/console
StandardError=file:/dev/console
IgnoreSIGPIPE=no
`;

/** From early on, so that a boot that hangs is ended, too, and says what it waits for. */
const LIMIT_UNIT = `[Unit]
Description=Time limit of the test
DefaultDependencies=no

[Service]
Type=simple
Environment=${ENVIRONMENT}
ExecStart=/bin/sh -c '. /steps/last-words; systemctl list-jobs; journalctl -n 30; reboot -ff'
StandardOutput=file:/dev/console
StandardError=file:/dev/console
`;

/** Units whose files are empty, and which therefore cannot be started. */
const SWITCHED_OFF = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'fstrim.timer'],
  ...['e2scrub_all.timer', 'e2scrub_reap.service', 'systemd-tmpfiles-clean.timer'],
  ...['getty.target', 'getty@.service', 'serial-getty@.service', 'console-getty.service'],
  ...['systemd-networkd.service', 'systemd-resolved.service', 'systemd-timesyncd.service'],
  ...['systemd-logind.service', 'systemd-update-utmp.service'],
  ...['systemd-update-utmp-runlevel.service', 'modprobe@drm.service', 'modprobe@dm_mod.service'],
  ...['modprobe@loop.service', 'modprobe@efi_pstore.service', 'dev-hugepages.mount'],
];

/**
 * Drivers not loaded for hardware that is there: the floppy drive has the interrupt of the BMC, and
 * the others take their time.
 */
const NOT_LOADED = ['floppy', 'kvm_amd', 'ccp', 'ata_piix', 'ata_generic', 'psmouse', 'pcspkr'];

/** Files of a Debian guest that ends itself `budgetS` seconds after its kernel's start. */
export function systemFiles(budgetS: number): GuestFiles {
  const off = SWITCHED_OFF.map((name) => [unitPath(name), new Uint8Array()] as const);
  return {
    ...Object.fromEntries(off),
    [unitPath('test-steps.service')]: Buffer.from(STEPS_UNIT),
    [unitPath('multi-user.target.d/steps.conf')]: wants('test-steps.service'),
    [unitPath('test-limit.service')]: Buffer.from(LIMIT_UNIT),
    [unitPath('test-limit.service.d/limit.conf')]: text([
      '[Service]',
      `Environment=budget_s=${budgetS}`,
    ]),
    [unitPath('sysinit.target.d/limit.conf')]: wants('test-limit.service'),
    '/etc/modprobe.d/test.conf': text(NOT_LOADED.map((name) => `blacklist ${name}`)),
    // As in `initramfs.ts`: ipmitool takes its time over all names of vendors.
    '/usr/share/misc/enterprise-numbers.txt': text(['0', '  Reserved']),
    '/etc/hostname': text(['guest']),
    // Or it would be the first boot of this machine, at which all presets are applied.
    '/etc/machine-id': text(['0123456789abcdef'.repeat(2)]),
  };
}

function unitPath(name: string): string {
  return `/etc/systemd/system/${name}`;
}

function wants(unit: string): Uint8Array {
  return text(['[Unit]', `Wants=${unit}`]);
}

function text(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
