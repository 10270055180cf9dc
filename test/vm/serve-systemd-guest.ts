/**
 * The Debian guest of `serve-systemd.test.ts`: the unit of `docs/systemd` as it is shipped, then
 * with the drop-in that it describes for `--takeover`, and with one of the test's own.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { guestProgram } from './compile.ts';
import { bootDebian } from './debian.ts';
import type { GuestResult } from './guest.ts';
import { ROOT } from './project.ts';
import { stepsOf } from './steps.ts';

const NAME = 'ipmi-bt-serve';

/** The unit as it is shipped. */
export const UNIT = readFileSync(join(ROOT, 'docs/systemd', `${NAME}.service`), 'utf8');

/** The drop-in for `--takeover` that the unit's first comment has. */
export const TAKEOVER = UNIT.split('\n')
  .filter((line) => line.startsWith('#   '))
  .map((line) => line.slice('#   '.length))
  .join('\n');

/** Seconds within which the server must show that it lives: only a stopped one does not. */
export const WATCHDOG_S = 6;

/** Restarts without a pause, and lets a group use the device file. */
const OWN = `[Service]
ExecStart=
ExecStart=/usr/bin/ipmi-bt serve --mode 660 --group ipmi
RestartSec=100ms
WatchdogSec=${WATCHDOG_S}
`;

const DROP_IN = `/run/systemd/system/${NAME}.service.d/test.conf`;
const DROP = (text: string): string => {
  const folder = `mkdir -p ${DROP_IN.replace(/\/[^/]*$/, '')}`;
  return `${folder}; cat > ${DROP_IN} << 'END'\n${text}\nEND\nsystemctl daemon-reload`;
};

const PROPERTIES = 'ActiveState,SubState,Result,NRestarts,StatusText,MainPID,ExecMainStatus';
const SHOW = `systemctl show ${NAME} --property=${PROPERTIES}`;
const PID = `$(systemctl show -P MainPID ${NAME})`;

/** Sends a signal to the server; to nothing else if it is not there. */
const SIGNAL = (name: string): string => `systemctl kill --kill-whom=main --signal=${name} ${NAME}`;

/** What was logged since the step `begin` of that name. */
const LOGGED = `journalctl --unit=${NAME} --output=cat --cursor-file=/tmp/cursor`;

const DRIVER = 'basename "$(readlink /sys/bus/platform/devices/IPI0001:00/driver || echo none)"';

/** What a server leaves, and what it must not. */
const LEFT = `ls /dev | grep -c ipmi; ls /run/${NAME}; cat /run/${NAME}/*.lock`;

/** Waits until systemd has started the service again `count` times; not for one that it gave up. */
const RESTARTED = (count: number): string => {
  const restarts = `[ "$(systemctl show -P NRestarts ${NAME})" -ge ${count} ]`;
  const active = `[ "$(systemctl is-active ${NAME})" = active ]`;
  const failed = `systemctl is-failed --quiet ${NAME}`;
  return `until ${restarts} && ${active}; do ! ${failed} || exit 1; sleep 0.2; done`;
};

/** Prefixes of a command for a user in the group, and for one in no group. */
const AS = (user: string): string =>
  `setpriv --reuid=${user} --regid=${user} --init-groups --inh-caps=-all`;

/** Cold Reset, which nothing in this guest may send. */
export const DENIED = { netFn: 0x06, cmd: 0x02 } as const;

/** It allows as well what ipmitool asks for at each start (PICMG, VITA). */
const POLICY = { groups: { ipmi: ['read'] } };

const POLICY_FILE = '/etc/ipmi-bt-serve.json';

/** The BMC; it is silent where the OEM echo is asked for. */
export const BMC = new ExternBmc({
  plan: ({ netFn }) => (netFn === 0x30 ? { drop: 'request' } : {}),
});

/** Boots it and runs all steps. */
export async function systemdGuest(): Promise<GuestResult> {
  return await bootDebian({
    bmc: BMC,
    units: { [`${NAME}.service`]: UNIT },
    files: {
      ...(await guestProgram('ipmi-clients')),
      [POLICY_FILE]: Buffer.from(JSON.stringify(POLICY)),
    },
    timeoutMs: 500_000,
    steps: stepsOf({
      users: 'groupadd ipmi; useradd -G ipmi collector; useradd stranger',
      verify: `systemd-analyze verify --man=no ${NAME}.service`,
      ...takeoverSteps(),
      'driver gone': 'modprobe -r acpi_ipmi ipmi_si ipmi_devintf',
      ...shippedSteps(),
      ...groupSteps(),
      ...reloadSteps(),
      killed: `${SIGNAL('KILL')}; ${RESTARTED(1)}; ${SHOW}; ls /dev/ipmi0`,
      hung: `echo ${PID} >&2; ${SIGNAL('STOP')}; ${RESTARTED(2)}; ${SHOW}; ls /dev/ipmi0`,
      'log of restarts': LOGGED,
      stop: `systemctl stop ${NAME}; echo $?; ${SHOW}`,
      left: LEFT,
      core: 'find / -xdev -name "core*" -type f -size +1M',
      uptime: 'cat /proc/uptime',
    }),
  });
}

/** The kernel's driver has the interface: it is refused, and then taken. */
function takeoverSteps(): Record<string, string> {
  return {
    check: 'ipmi-bt serve --check',
    refused: `systemctl start ${NAME}; echo $?; ${SHOW}`,
    'log of refusal': LOGGED,
    takeover: `${DROP(TAKEOVER)}; systemctl start ${NAME}; echo $?; ${SHOW}`,
    taken: `${DRIVER}; ipmitool mc info`,
    'log of takeover': LOGGED,
    'given back': `systemctl stop ${NAME}; ${DRIVER}; ipmitool raw 0x06 0x01; rm ${DROP_IN}`,
  };
}

/** The unit without a drop-in. */
function shippedSteps(): Record<string, string> {
  const folder = 'chgrp ipmi /run/ipmi-bt; chmod 2770 /run/ipmi-bt';
  const mode = 'stat -c "%a %G" /run/ipmi-bt';
  return {
    start: `${folder}; systemctl daemon-reload; systemctl start ${NAME}; echo $?; ${SHOW}`,
    status: `systemctl status ${NAME} --no-pager`,
    'device file': 'stat -c "%a %U:%G" /dev/ipmi0; ipmitool mc info',
    folder: mode,
    capabilities: `grep -E "Cap|NoNewPrivs|Seccomp:" /proc/${PID}/status`,
    network: `tail -n +3 /proc/${PID}/net/dev | cut -d: -f1`,
    security: `systemd-analyze security --no-pager ${NAME}`,
  };
}

/** Restarted with a drop-in, while a client waits; then users other than root. */
function groupSteps(): Record<string, string> {
  const held = 'until [ -s /tmp/last ]; do kill -0 $! || exit 1; sleep 0.1; done';
  const denied = `raw ${DENIED.netFn} ${DENIED.cmd}`;
  return {
    'drop-in': `${DROP(OWN)}; ${LOGGED} > /dev/null`,
    restart: `ipmi-clients last > /tmp/last & ${held}; systemctl restart ${NAME}; echo $?; ${SHOW}`,
    'client of the restart': 'cat /tmp/last',
    'mode for the group': 'stat -c "%a %U:%G" /dev/ipmi0',
    'member reads': `${AS('collector')} ipmitool mc info`,
    'member is denied': `${AS('collector')} ipmitool ${denied}`,
    'member reads by socket': `${AS('collector')} ipmi-bt raw 0x06 0x01`,
    'member is denied by socket': `${AS('collector')} ipmi-bt ${denied}`,
    'stranger is denied': `${AS('stranger')} ipmitool mc info`,
  };
}

/** Another policy while the server runs: one that is wrong, one that allows nothing, the first. */
function reloadSteps(): Record<string, string> {
  const log = `journalctl --unit=${NAME} --output=cat`;
  const reload = (policy: string, said: string): string => {
    const write = `echo '${policy}' > ${POLICY_FILE}; count=$(${log} | grep -c '${said}')`;
    const told = `[ $(${log} | grep -c '${said}') -gt $count ]`;
    return `${write}; systemctl reload ${NAME} || exit 1; until ${told}; do sleep 0.1; done`;
  };
  const ask = `${AS('collector')} ipmi-bt raw 0x06 0x01`;
  return {
    'wrong policy': `${reload('{"groups": {"ipmi": ["reed"]}}', 'stays in force')}; ${ask}`,
    'no grants': `${reload('{"groups": {}}', 'was read again')}; ${ask}`,
    'grants again': `${reload(JSON.stringify(POLICY), 'was read again')}; ${ask}; ${SHOW}`,
  };
}
