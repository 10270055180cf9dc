/**
 * Scripts as sites have them, run by both programs: fan control, a health check, provisioning,
 * metrics, inventory and sessions. Each program has a simulated BMC of its own behind a server. Its
 * state lasts from one command of a script to the next, and is compared at the end.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { describeWith } from '../support/describe-with.ts';
import { withoutOwnSteps } from '../support/ipmitool-dummy.ts';
import { nonEmpty } from '../support/lists.ts';
import { ROOT } from '../support/source-code.ts';

const SCRIPTS = join(ROOT, 'test/fixtures/ipmitool-scripts');
const NAMES = nonEmpty(readdirSync(SCRIPTS).sort());

/** Root may make a mount namespace. CI is root, and counts a test that was left out as a fault. */
const MAY_BE_APART = spawnSync('unshare', ['-m', 'true']).status === 0;

const CLI = `'${process.execPath}' '${join(ROOT, 'dist/cli.cjs')}'`;

/** Behind a script: the state that it has left, as Debian's ipmitool tells it. */
const STATE = [
  'lan print 1',
  'user list 1',
  'chassis status',
  'chassis bootparam get 5',
  'sel info',
];

/**
 * A server on a simulated BMC, and a program of the name ipmitool in front of all others: the line
 * that is given. `tell NAME` runs a script, and tells how it ended.
 */
function scriptsWith(line: string): string {
  return `
set -e
mount -t tmpfs none /run
mkdir -m 755 /run/bin /run/ipmi-bt-serve
export TZ=UTC LC_ALL=C.UTF-8 IPMI_DUMMY_SOCK=/run/ipmi-bt-serve/dummy.sock HOME=/run
theirs="$(command -v ipmitool) -I dummy"
printf '#!/bin/sh\\n%s\\n' "${line}" >/run/bin/ipmitool
chmod 755 /run/bin/ipmitool
export PATH="/run/bin:$PATH"
set +e
begin() {
  : >/run/served
  ${CLI} --sim serve --sockets-only --socket /run/ipmi-bt-serve/ce4.sock --dummy /run/ipmi-bt-serve/dummy.sock >/run/served 2>&1 &
  until grep -q 'is served' /run/served; do kill -0 $! || exit 98; sleep 0.05; done
}
tell() {
  begin
  "${SCRIPTS}/$1" >/run/out 2>/run/err
  printf '@@exit %s\\n@@stdout\\n' $?
  cat /run/out
  printf '@@stderr\\n'
  cat /run/err
  printf '@@state\\n'
  ${STATE.map((words) => `$theirs ${words} 2>&1`).join('; ')}
  printf '@@end\\n'
  kill %%; wait; rm -f /run/ipmi-bt-serve/dummy.sock
}
${NAMES.map((name) => `tell ${name}`).join('\n')}
`;
}

/**
 * Without what ipmitool's interface `dummy` tells with `-v`, which `sdr get` implies. The log was
 * cleared at another second.
 */
function comparable(told: string): string {
  return withoutOwnSteps(told).replace(/^(Last (?:Add|Del) Time  *: ).*/gm, '$1');
}

/** How each script ended, by its name. */
function runScripts(line: string): ReadonlyMap<string, string> {
  const how = { encoding: 'latin1', timeout: 280_000, maxBuffer: 16 * 1024 * 1024 } as const;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', scriptsWith(line)], how);
  const parts = stdout.split('@@end\n').slice(0, -1);
  if (parts.length !== NAMES.length) throw new Error(`${parts.length} scripts ended: ${stderr}`);
  return new Map(NAMES.map((name, at) => [name, parts[at] ?? '']));
}

describeWith('ipmitool', 'scripts print and do the same with both programs:', () => {
  let theirs: ReadonlyMap<string, string>;
  let ours: ReadonlyMap<string, string>;

  beforeAll(() => {
    if (!MAY_BE_APART) return;
    theirs = runScripts('exec $theirs \\"\\$@\\"');
    ours = runScripts(`exec ${CLI} --base 0xce4 --via serve ipmitool \\"\\$@\\"`);
  });

  test.runIf(MAY_BE_APART).each(NAMES)('%s', (name) => {
    const expected = comparable(theirs.get(name) ?? '');

    expect(comparable(ours.get(name) ?? '')).toBe(expected);
    // It has done something with the BMC, and the server was there.
    expect(expected).toMatch(/^@@exit \d+\n@@stdout\n[^@]/);
    expect(expected).toContain('Set in Progress');
  });
});
