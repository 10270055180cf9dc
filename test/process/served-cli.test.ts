/**
 * Commands over a server in another process. Its socket lies in the /run of a mount namespace, so
 * that the host's is left alone; without the right to make one, the reason is asserted.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { ROOT } from '../support/source-code.ts';

const CLI = `${process.execPath} ${join(ROOT, 'dist', 'cli.cjs')}`;
const TSX = `${process.execPath} --import tsx`;
const SERVING = join(ROOT, 'test', 'support', 'serving.ts');

/** Runs lines of a shell that has a /run of its own. */
function runApart(...lines: readonly string[]) {
  const script = ['mount -t tmpfs none /run || exit 99', ...lines].join('\n');
  const how = { encoding: 'utf8', cwd: ROOT, timeout: 280_000 } as const;
  return spawnSync('unshare', ['-m', '/bin/sh', '-c', script], how);
}

/** The shell has the server's end of a pipe as descriptor 3, and closes it to stop the server. */
const START = [
  'mkfifo /run/stop',
  `${TSX} ${SERVING} < /run/stop > /run/out &`,
  'exec 3> /run/stop',
  'until grep -q ready /run/out; do kill -0 $! || exit 98; sleep 0.1; done',
];

test('raw and info work over it, and the ports are refused', { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = runApart(
    ...START,
    `${CLI} --base 0xce4 raw 0x06 0x01`,
    `${CLI} --base 0xce4 --json info | grep -o '"port_backend":"[a-z]*"'`,
    `${CLI} --base 0xce4 --via ports raw 0x06 0x01; echo "exit $?"`,
    `${CLI} --base 0xce4 --trace raw 0x06 0x01; echo "exit $?"`,
    `${CLI} smoke --base 0xce4 > /dev/null; echo "exit $?"`,
    'exec 3>&-; wait',
    `${CLI} --base 0xce4 --via serve raw 0x06 0x01; echo "exit $?"`,
  );

  if (status === null || status === 1 || status === 99) {
    expect(stderr).toMatch(/unshare|mount/);
    return;
  }
  const [reply, ...others] = stdout.split('\n');
  expect(reply).toMatch(/^ 20 01( [0-9a-f]{2}){9,13}$/);
  expect(others).toEqual([
    ...['"port_backend":"serve"', 'exit 75', 'exit 75', 'exit 75', 'exit 69', ''],
  ]);
  const isTold = /has 0xce4: .*; stop it with `systemctl stop ipmi-bt-serve` or `kill \d+`/g;
  // The report of smoke, which is not looked at here, has the third.
  expect(stderr.match(isTold)).toHaveLength(2);
});
