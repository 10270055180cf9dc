/**
 * A host of its own for the engines of a site: a mount namespace with an empty `/run`, in which
 * `ipmi-bt` is on the PATH. Its BMC is simulated, and a server keeps its state from one call to the
 * next (`served`), or each call has its own.
 */

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The folder of the package. */
export const FLEET = resolve(import.meta.dirname, '../..');

const CLI = `'${process.execPath}' '${resolve(FLEET, '../../dist/cli.cjs')}'`;

/** Root may make a mount namespace. CI is root, and counts a test that was left out as a fault. */
export const MAY_BE_APART = spawnSync('unshare', ['-m', 'true']).status === 0;

/** Words that make the simulated machine sound, broken or unusable, as each call ends with them. */
export const MACHINES = {
  sound: '--only host,registers',
  // No check is over in a microsecond.
  broken: '--only registers --timeout 0.000001',
  // The baseline cannot be read.
  unusable: '--only host --baseline /nowhere',
} as const;

/** The end of a step. */
export interface Step {
  readonly exit: number;
  /** Standard output, with standard error where the step says so. */
  readonly output: string;
}

/** `machine NAME` chooses the next machine, `served` has a server begin. */
const PRELUDE = `
set -e
mount -t tmpfs none /run
mount -t tmpfs none /etc/default && mount -t tmpfs none /var/log
mkdir -m 755 /run/bin /run/ipmi-bt-serve
export HOME=/run TMPDIR=/run LC_ALL=C.UTF-8
export PATH="/run/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
cat >/run/bin/ipmi-bt <<'END'
#!/bin/sh
printf '%s\\n' "$*" >>/run/calls
exec ${CLI} $(cat /run/before) "$@" $(cat /run/after)
END
chmod 755 /run/bin/ipmi-bt
machine() {
  echo --sim >/run/before
  case $1 in
${Object.entries(MACHINES)
  .map(([name, words]) => `    ${name}) echo '${words}' >/run/after ;;`)
  .join('\n')}
  esac
}
served() {
  echo '--base 0xce4 --via serve' >/run/before
  : >/run/after
  ${CLI} --sim serve --sockets-only --socket /run/ipmi-bt-serve/ce4.sock >/run/served 2>&1 &
  until grep -q 'is served' /run/served; do kill -0 $! || exit 98; sleep 0.05; done
}
end_all() {
  kill $(jobs -p) 2>/dev/null
  wait
}
trap end_all EXIT
set +e
`;

/** Runs the steps one after the other, in one shell, after the lines of `start`. */
export function apart<Name extends string>(
  steps: Readonly<Record<Name, string>>,
  start = '',
): Readonly<Record<Name, Step>> {
  const names = Object.keys(steps) as Name[];
  const lines = names.map((name) => `( ${steps[name]}\n); printf '\\n@@%s\\n' $?`);
  const script = [PRELUDE, start, `printf '\\n@@0\\n'`, ...lines].join('\n');
  const how = { encoding: 'utf8', timeout: 280_000 } as const;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', script], how);
  // The first two are those of the start.
  const ends = stdout.split(/\n@@(\d+)\n/).slice(2);
  const results = names.map((name, at): [Name, Step] => {
    const [output, exit] = ends.slice(2 * at);
    if (output === undefined || exit === undefined) throw new Error(`no ${name}: ${stderr}`);
    return [name, { exit: Number(exit), output }];
  });
  return Object.fromEntries(results) as Record<Name, Step>;
}
