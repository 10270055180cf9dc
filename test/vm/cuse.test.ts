/**
 * A device file that Node serves by CUSE, in each way in which a program can use one: with the
 * addon, which says when a request waits, and without it, where a thread of Node's pool waits.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty, offenders } from '../support/lists.ts';
import { guestProgram } from './compile.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const WAYS = ['addon', 'pool'] as const;

const USES = 'plain polls edges sharing narrow killed';

/** The threads of a program, which take long: other guests have them by way of the addon. */
const MORE_USES = { addon: '', pool: ' threads' };

/** Codes that `process.exit()` is given, and of a process that SIGKILL ends. */
const [EXITED, KILLED] = [3, 137];

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'none',
    modules: ['cuse'],
    processors: 2,
    files: { ...programFiles('cuse-echo'), ...(await guestProgram('cuse-client')) },
    steps: stepsOf({
      load: 'modprobe cuse',
      ...Object.fromEntries(WAYS.flatMap((way) => Object.entries(stepsBy(way)))),
    }),
  });
});

/** Of three servers: one is stopped, one exits while its device is used, and one is killed. */
function stepsBy(way: (typeof WAYS)[number]): Record<string, string> {
  const wait = 'until [ -e /dev/echo ]; do kill -0 $! || exit 1; usleep 20000; done';
  const serve = `node ${GUEST_ROOT}/cuse-echo.mjs echo ${way} > /tmp/echo 2>&1 & ${wait}; server=$!`;
  const orphan = (signal: string): string => {
    const client = 'cuse-client /dev/echo orphaned & client=$!';
    const inPoll = "until grep -q '^7 ' /proc/$client/syscall; do usleep 10000; done";
    const end = `kill -${signal} $server; wait $client || exit 1; wait $server; echo $?`;
    return `${serve}\n${client}\n${inPoll}; ${end}`;
  };
  return {
    [`${way}: uses`]: `${serve}; cuse-client /dev/echo ${USES}${MORE_USES[way]}; code=$?
kill $server; wait $server; cat /tmp/echo >&2; ls /dev/echo >&2; exit $code`,
    [`${way}: exits`]: orphan('HUP'),
    [`${way}: killed`]: orphan('KILL'),
  };
}

/** The lines of a step of `cuse-client`, which must all say that it is as it should be. */
function linesOf(step: string): readonly string[] {
  const lines = guest.step(step).stdout.trimEnd().split('\n');
  expect(offenders(nonEmpty(lines), (line) => !/: ok$|^\d+$/.test(line))).toEqual([]);
  return lines;
}

describe.each(WAYS)('by way of the %s', (way) => {
  test('each use of a device file is served, and the file goes with its server', () => {
    const { exitCode, stderr } = guest.step(`${way}: uses`);

    expect(linesOf(`${way}: uses`).length).toBeGreaterThan(30);
    expect({ exitCode, closed: /^closed$/m.test(stderr) }).toEqual({ exitCode: 0, closed: true });
    expect(stderr).toContain('/dev/echo: No such file or directory');
    expect(/"bugs":(\d+)/.exec(stderr)?.[1]).toBe('1');
  });

  test.for([
    ['exits', EXITED],
    ['killed', KILLED],
  ] as const)('a client that waits is told when its server ends: %s', ([end, code]) => {
    expect(linesOf(`${way}: ${end}`).at(-1)).toBe(String(code));
  });
});
