/**
 * Debian's Slurm, a controller and one node, runs the health check and the prolog: a node with a
 * sound BMC has its job, one with a BMC that is broken is drained, with the finding as its reason.
 */

import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { FLEET, MAY_BE_APART, apart } from './apart.ts';
import type { Step } from './apart.ts';

const FILES = join(FLEET, 'slurm');

/** The usual configuration, but for folders, ports and times. */
const CONF = `
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$((20000 + $$ % 20000))
SlurmdPort=$((40000 + $$ % 20000))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=/run/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
StateSaveLocation=/run/slurm/state
SlurmdSpoolDir=/run/slurm/spool
SlurmctldPidFile=/run/slurm/slurmctld.pid
SlurmdPidFile=/run/slurm/slurmd.pid
SlurmctldLogFile=/run/slurm/slurmctld.log
SlurmdLogFile=/run/slurm/slurmd.log
HealthCheckProgram=${FILES}/ipmi-bt-health
HealthCheckInterval=1
Prolog=${FILES}/ipmi-bt-prolog
Epilog=${FILES}/ipmi-bt-prolog
PrologFlags=Alloc
NodeName=$node NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES State=UP
`;

/** `wait_for` repeats a command until it succeeds; `checked` waits for checks that begin now. */
const START = `
node=$(hostname -s)
mount -t tmpfs none /etc/slurm
mkdir -p -m 755 /run/munge /run/slurm/state /run/slurm/spool
head -c 1024 /dev/urandom >/run/munge/key
chmod 400 /run/munge/key
munged --foreground --force --key-file=/run/munge/key --socket=/run/munge/socket \\
  --seed-file=/run/munge/seed --pid-file=/run/munge/pid --log-file=/run/munge/log 2>/run/munge/out &
cat >/etc/slurm/slurm.conf <<END
${CONF}
END
defaults() { printf '%s\\n' "PATH=$PATH" "$@" >/etc/default/ipmi-bt-slurm; }
defaults
machine sound
wait_for() {
  local turns=0
  until "$@"; do
    ((turns += 1))
    ((turns < 2000)) || { cat /run/slurm/*.log >&2; exit 97; }
    sleep 0.1
  done
}
wait_for test -S /run/munge/socket
slurmctld -D >/run/slurm/out 2>&1 &
slurmd -D >/run/slurm/out 2>&1 &
state() { sinfo -h -N -o '%T: %E'; }
node_is() { state 2>/dev/null | grep -q "$1"; }
more_calls() { (($(wc -l </run/calls) >= $1)); }
checked() { wait_for more_calls $(($(wc -l </run/calls) + 2)); }
wait_for node_is idle
`;

const STEPS = {
  job: 'timeout 200 srun -N1 echo "the job ran" 2>&1; wait_for node_is idle',
  unusable: 'machine unusable; checked; state',
  broken: 'machine broken; wait_for node_is drained; state',
  held: `scontrol update NodeName=$node State=DRAIN Reason=repair; checked; state`,
  prolog: `machine sound; checked
    defaults 'IPMI_BT_PROLOG_OPTIONS="--only registers --timeout 0.000001"'
    scontrol update NodeName=$node State=RESUME; wait_for node_is idle
    sbatch -o /run/job --wrap 'echo the job ran' >/dev/null
    wait_for node_is 'drained: Prolog'; state; squeue -h -o %T; cat /run/job 2>/dev/null`,
  explained: "machine broken; wait_for node_is 'ipmi-bt: '; state",
};

describe.runIf(MAY_BE_APART)('Slurm', () => {
  let ran: Readonly<Record<keyof typeof STEPS, Step>>;

  beforeAll(() => {
    ran = apart(STEPS, START);
  });

  test('gives a job to a node whose BMC is sound', () => {
    expect(ran.job).toEqual({ exit: 0, output: 'the job ran\n' });
  });

  test('leaves a node alone where the test cannot be done', () => {
    expect(ran.unusable).toEqual({ exit: 0, output: 'idle: none\n' });
  });

  test('drains a node whose BMC is broken, with the finding as the reason', () => {
    expect(ran.broken.output).toMatch(/^drained: ipmi-bt: FAIL: smoke test of .*registers.*\n$/);
  });

  test('keeps the reason of somebody who drained the node', () => {
    expect(ran.held.output).toBe('drained: repair\n');
  });

  test('keeps a job from a node whose prolog fails, and the health check says why', () => {
    expect(ran.prolog.output).toBe('drained: Prolog error\nPENDING\n');
    expect(ran.explained.output).toMatch(/^drained: ipmi-bt: FAIL: smoke test of .*\n$/);
  });
});
