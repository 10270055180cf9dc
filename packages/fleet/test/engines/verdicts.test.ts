/**
 * The verdicts for NHC, Nagios and ClusterShell. NHC is a harness that has what NHC gives to a
 * check; the plugin is run by `negate` of Debian's monitoring-plugins, and `clush` is Debian's.
 */

import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { FLEET, MAY_BE_APART, apart } from './apart.ts';

const NEGATE = '/usr/lib/nagios/plugins/negate';

/** Commands whose output two hosts that are alike must share. */
const ALIKE = [
  ...['info', 'lan print', 'chassis status', 'sel info', 'sel list', 'sensor list'],
  'user list',
  ...['mc info', 'mc guid', 'fru list', 'sdr list', 'channel info', 'raw 6 1'],
];

/** NHC sources the file; `die` ends it, and returns only where NHC is to run all checks. */
function nhc(check: string): string {
  return `
    dbg() { echo "DBG $*"; }
    die() { local code=$1; shift; echo "DIE $code $*"; exit "$code"; }
    shopt -s extglob
    . '${join(FLEET, 'nhc/ipmi-bt.nhc')}'
    ${check}`;
}

/** Sensors as they are, but the first is too hot; a self test that has failed. */
const STUBS = `
mkdir /run/hot /run/ill
cat >/run/hot/ipmi-bt <<'END'
#!/bin/sh
/run/bin/ipmi-bt "$@" | sed '1s/"severity":"information"/"severity":"critical"/'
END
cat >/run/ill/ipmi-bt <<'END'
#!/bin/sh
case $* in *smoke*) exec /run/bin/ipmi-bt "$@" ;; esac
/run/bin/ipmi-bt "$@" | sed 's/^\\(Selftest *: \\)passed/\\1device error/'
END
chmod 755 /run/hot/ipmi-bt /run/ill/ipmi-bt
hot() { PATH="/run/hot:$PATH"; }
ill() { PATH="/run/ill:$PATH"; }
`;

describe.runIf(MAY_BE_APART)('a verdict', () => {
  test('NHC fails a node for what its BMC says, and for nothing else', () => {
    const ran = apart(
      {
        sound: `machine sound; ${nhc('check_ipmi_bt')}`,
        broken: `machine broken; ${nhc('check_ipmi_bt; echo not reached')}`,
        unusable: `machine unusable; ${nhc('check_ipmi_bt')}`,
        served: `served; ${nhc('check_ipmi_bt && check_ipmi_bt_sensors && check_ipmi_bt_sel 10')}`,
        full: nhc('check_ipmi_bt_sel 511'),
        octal: nhc('check_ipmi_bt_sel 08'),
        word: nhc('check_ipmi_bt_sel abc'),
        hot: `hot; ${nhc('check_ipmi_bt_sensors')}`,
        ill: `ill; ${nhc('check_ipmi_bt')}`,
        absent: `echo '--base 0xe4 --via serve' >/run/before; ${nhc('check_ipmi_bt_sensors')}`,
      },
      STUBS,
    );

    expect(Object.values(ran).map(({ exit }) => exit)).toEqual([...[0, 1, 0, 0, 1, 0, 1, 1, 1, 0]]);
    expect(ran.sound.output).toMatch(/^DBG check_ipmi_bt: exit code 0: PASS: [^\n]*\n$/);
    expect(ran.broken.output).toMatch(
      /^DIE 1 check_ipmi_bt: FAIL: smoke test .*registers[^\n]*\n$/,
    );
    expect(ran.unusable.output).toMatch(/^DBG check_ipmi_bt: exit code 64: .*--baseline[^\n]*\n$/);
    expect(ran.served.output.split('\n')).toEqual([
      'DBG check_ipmi_bt_self_test: passed',
      'DBG check_ipmi_bt_sensors: no sensor is critical',
      'DBG check_ipmi_bt_sel: the event log has room for 510 entries',
      '',
    ]);
    expect(ran.full.output).toBe(
      'DIE 1 check_ipmi_bt_sel: the event log has room for 510 entries\n',
    );
    expect(ran.hot.output).toBe('DIE 1 check_ipmi_bt_sensors: critical: CPU 0 Temp\n');
    expect(ran.ill.output).toBe(
      'DIE 1 check_ipmi_bt_self_test: the self test of the BMC: device error\n',
    );
    expect(ran.absent.output).toMatch(/^DBG check_ipmi_bt_sensors: exit code 69: [^\n]*\n$/);
  });

  test('the plugin has a line and a code that Nagios knows, whatever happens', () => {
    const plugin = join(FLEET, 'nagios/check_ipmi_bt');
    const ran = apart(
      {
        sound: `machine sound; ${plugin}`,
        broken: `machine broken; ${plugin}`,
        unusable: `machine unusable; ${plugin}`,
        'wrong option': `machine sound; ${plugin} --no-such-option`,
        hung: `printf '#!/bin/sh\\nexec sleep 60\\n' >/run/ill/ipmi-bt; ill
          CHECK_IPMI_BT_SECONDS=0.2 ${plugin}`,
        'not installed': `rm /run/bin/ipmi-bt; ${plugin}`,
        'asked for help': `cp /run/kept /run/bin/ipmi-bt; machine sound; ${plugin} --help`,
        crashed: `printf '#!/bin/sh\necho "a|b"; exit 1\n' >/run/ill/ipmi-bt; ill; ${plugin}`,
      },
      `${STUBS}cp /run/bin/ipmi-bt /run/kept`,
    );

    expect(Object.values(ran).map(({ exit }) => exit)).toEqual([0, 2, 3, 3, 3, 3, 3, 3]);
    expect(ran.sound.output).toMatch(/^BT OK [^\n]* - [^\n|]*(\|[^\n|]*)?\n$/);
    expect(ran.broken.output).toMatch(/^BT CRITICAL [^\n]*check-time-out[^\n]*\n$/);
    expect(ran.unusable.output).toMatch(/^BT UNKNOWN - [^\n]*baseline[^\n]*\n$/);
    expect(ran['wrong option'].output).toMatch(/^BT UNKNOWN - ipmi-bt ended with 64: [^\n]*\n$/);
    expect(ran.hung.output).toBe('BT UNKNOWN - the smoke test took too long\n');
    expect(ran['not installed'].output).toMatch(/^BT UNKNOWN - ipmi-bt ended with 127: [^\n]*\n$/);
    expect(ran['asked for help'].output).toMatch(/^BT UNKNOWN - ipmi-bt ended with 0 without a /);
    expect(ran.crashed.output).toBe('BT UNKNOWN - ipmi-bt ended with 1 without a verdict: a/b\n');
  });

  test('the plugin works under negate, and where a server has the interface', () => {
    const plugin = join(FLEET, 'nagios/check_ipmi_bt');
    const ran = apart(
      {
        negated: `machine broken; ${NEGATE} -t 60 --substitute ${plugin}`,
        served: `served; ${NEGATE} -t 60 --substitute ${plugin}`,
        ill: `ill; ${plugin}`,
      },
      STUBS,
    );

    expect(Object.values(ran).map(({ exit }) => exit)).toEqual([0, 2, 2]);
    expect(ran.negated.output).toMatch(/^BT OK [^\n]*check-time-out/);
    expect(ran.served.output).toBe(
      'BT CRITICAL - the self test passed; a server has the interface\n',
    );
    expect(ran.ill.output).toBe('BT CRITICAL - the self test of the BMC: device error\n');
  });

  test('the health check of Slurm asks for the self test where a server has the interface', () => {
    const health = join(FLEET, 'slurm/ipmi-bt-health');
    const start = `${STUBS}served
cat >/run/bin/scontrol <<'END'
#!/bin/sh
case $2 in show) echo "State=IDLE Reason=none" ;; *) printf '%s\\n' "$@" >>/run/drained ;; esac
END
chmod 755 /run/bin/scontrol
: >/run/drained
health() { env -i SLURMD_NODENAME=node1 ${health}; cat /run/drained; }`;
    const ran = apart(
      {
        served: 'echo "PATH=$PATH" >/etc/default/ipmi-bt-slurm; health',
        ill: 'echo "PATH=/run/ill:$PATH" >/etc/default/ipmi-bt-slurm; health',
      },
      start,
    );

    expect(ran.served.output).toBe('');
    expect(ran.ill.output.split('\n')).toEqual([
      ...['update', 'NodeName=node1', 'State=DRAIN'],
      ...['Reason=ipmi-bt: FAIL: the self test of the BMC: device error', ''],
    ]);
  });

  test('clush -b makes one block of hosts that are alike', () => {
    const clush = (hosts: string): string => `clush -q -R exec -w 'node[1-${hosts}]' -b -S`;
    const ran = apart({
      verdict: `cat >/run/bin/on <<'END'
#!/bin/sh
case $1 in node3) words='--only registers --timeout 0.000001' ;; *) words='--only registers' ;; esac
exec ipmi-bt smoke --quick $words 2>/dev/null
END
        chmod 755 /run/bin/on; echo --sim >/run/before; : >/run/after
        ${clush('3')} on %h 2>/dev/null`,
      reads: `served; echo '${ALIKE.join('\n')}' >/run/reads
        ${clush('2')} 'ipmi-bt exec /run/reads && ipmi-bt --json exec /run/reads' 2>&1`,
    });

    const { verdict, reads } = ran;
    const line = '-'.repeat(15);
    expect(verdict.exit).toBe(1);
    expect(verdict.output.split('\n')).toEqual([
      ...[line, 'node[1-2]', line],
      expect.stringMatching(/^PASS: smoke test of the simulated BMC: 1 of 1 checks passed$/),
      ...[line, 'node3', line],
      expect.stringMatching(/^FAIL: smoke test of the simulated BMC: /),
      '',
    ]);
    expect(reads.exit).toBe(0);
    expect(reads.output.split('\n').slice(0, 3)).toEqual([line, 'node[1-2]', line]);
    expect(reads.output.split(line)).toHaveLength(3);
    expect(reads.output.match(/"schema"/g)?.length).toBeGreaterThanOrEqual(ALIKE.length);
  });
});
