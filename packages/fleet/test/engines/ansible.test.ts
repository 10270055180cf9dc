/**
 * Debian's Ansible runs the modules over a served simulated BMC, whose state lasts from one task
 * to the next: facts, settings that are made once, `--check`, `--diff`, and secrets that nothing
 * shows.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty, offenders } from '../../../../test/support/lists.ts';
import { FLEET, MAY_BE_APART, apart } from './apart.ts';
import type { Step } from './apart.ts';

const COLLECTION = join(FLEET, 'ansible');
const MODULES = join(COLLECTION, 'plugins/modules');

const COMMUNITY = 'hush-hush';
const PASSWORD = '0x68 0x75 0x73 0x68 0x2d 0x68 0x75 0x73 0x68';

/** A task: its module, its arguments, and more words of the task. */
type Task = readonly [module: string, args: object, more?: object];

const WANTED = { settings: { ipv4: { source: 'static', address: '192.0.2.9' } } };
const SECRET = { ...WANTED, snmp_community: COMMUNITY };
const POLICY = {
  ...{ netfn: 'chassis', cmd: '0x06', data: ['0x00'] },
  unless: { netfn: 'chassis', cmd: '0x01', reply: ['0x01', 'xx'] },
};

const TASKS: Readonly<Record<string, Task>> = {
  facts: ['facts', { gather: ['info', 'lan', 'sensors'] }],
  lanCheck: ['lan', SECRET, { check_mode: true, diff: true }],
  lanSet: ['lan', SECRET, { diff: true }],
  lanAgain: ['lan', SECRET],
  lanWrong: ['lan', { settings: { ipv5: {} } }, { ignore_errors: true }],
  rawRead: ['raw', { netfn: 'app', cmd: '1', changes: false }, { check_mode: true }],
  rawCheck: ['raw', POLICY, { check_mode: true, diff: true }],
  rawSet: ['raw', POLICY],
  rawAgain: ['raw', POLICY],
  rawFutile: [
    'raw',
    { ...POLICY, unless: { ...POLICY.unless, reply: ['0x7f'] } },
    { ignore_errors: true },
  ],
  rawRefused: ['raw', { netfn: 'app', cmd: '0xff' }, { ignore_errors: true }],
  rawOpenSecret: [
    'raw',
    { netfn: 'app', cmd: '0x47', data: ['0x02', '0x02'] },
    { ignore_errors: true },
  ],
  rawSecret: [
    'raw',
    { netfn: 'app', cmd: '0x47', secret_data: `0x02 0x02 ${PASSWORD} ${zeros(7)}` },
  ],
  absent: ['facts', { base: '0xe4' }],
  lacking: ['facts', { command: 'ipmi-bt-lacking' }, { ignore_errors: true }],
  lackingPath: ['raw', { ...POLICY, command: '/run/lacking' }, { ignore_errors: true }],
  silent: ['facts', { command: '/bin/true' }, { ignore_errors: true }],
  foreign: ['facts', { command: '/run/number' }, { ignore_errors: true }],
};

/** The part that `ansible-doc` prints of a module, and is looked at. */
interface Documented {
  readonly doc: { readonly options: object };
}

/** A result, of which a test looks at some fields. */
type Result = Readonly<Record<string, unknown>>;

function zeros(count: number): string {
  return Array.from({ length: count }, () => '0').join(' ');
}

/** A playbook is YAML, which JSON is. */
function playbook(): string {
  const tasks = Object.entries(TASKS).map(([register, [name, args, more]]) => ({
    ...{ [`ipmi_bt.fleet.ipmi_bt_${name}`]: { base: '0xce4', ...args }, register, ...more },
  }));
  const all = Object.keys(TASKS).map((name) => `'${name}': ${name}`);
  const copy = { dest: '/run/results', content: `{{ {${all.join(', ')}} | to_json }}` };
  const plays = { hosts: 'localhost', connection: 'local', gather_facts: false };
  return JSON.stringify([{ ...plays, tasks: [...tasks, { 'ansible.builtin.copy': copy }] }]);
}

let ran: Readonly<Record<'play' | 'results' | 'traces' | 'doc', Step>>;
let results: Readonly<Record<string, Result>> = {};

describe.runIf(MAY_BE_APART)('Ansible', () => {
  beforeAll(() => {
    ran = apart(
      {
        play: 'ansible-playbook -vvv -i localhost, /run/site.yml 2>&1',
        results: 'cat /run/results',
        // The secret in what Ansible shows, in command lines, and in files that it left.
        traces: `grep -rlF -e '${COMMUNITY}' -e '${PASSWORD}' /run --exclude=site.yml`,
        doc: 'ansible-doc -j -t module ipmi_bt.fleet.ipmi_bt_{facts,lan,raw}',
      },
      `
  served
  exec 2>/run/stderr
  printf '#!/bin/sh\\necho 1\\n' >/run/number
  chmod +x /run/number
  cat >/run/site.yml <<'END'
  ${playbook()}
END
  ansible-galaxy collection install '${COLLECTION}' -p /run/collections >/run/galaxy
  export ANSIBLE_COLLECTIONS_PATH=/run/collections ANSIBLE_PIPELINING=1 ANSIBLE_NOCOLOR=1
  export ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3 ANSIBLE_REMOTE_TMP=/run/remote`,
    );
    expect(ran.play).toMatchObject({ exit: 0 });
    results = JSON.parse(ran.results.output) as typeof results;
  });

  /** Expects these fields of the results. */
  function expectResults(expected: Readonly<Record<string, Result>>): void {
    expect(results).toMatchObject(expected);
  }

  describe('facts', () => {
    test('are what the command prints', () => {
      expectResults({
        facts: {
          changed: false,
          ansible_facts: {
            ipmi_bt: {
              present: true,
              info: { firmware_revision: '2.35', self_test: { result: 'passed' } },
              lan: { ipv4: { address: '192.0.2.10' }, snmp_community: null },
              sensors: [{ name: 'CPU 0 Temp', value: 40 }, {}, {}],
            },
          },
        },
      });
    });

    test('of a host without the interface say so, and do not fail', () => {
      expectResults({
        absent: { failed: false, ansible_facts: { ipmi_bt: { present: false } } },
      });
    });

    test('of a host without ipmi-bt say what to install', () => {
      const remedy = expect.stringMatching(
        /install the package ipmi-bt-standalone .*"command"/,
      ) as string;
      expectResults({
        lacking: { failed: true, changed: false, rc: 69, msg: remedy },
        lackingPath: { failed: true, changed: false, rc: 69, msg: remedy },
      });
      expect(results['lacking']?.['msg']).toMatch(/^ipmi-bt-lacking is no program on this host: /);
      expect(results['lackingPath']?.['msg']).toMatch(/^\/run\/lacking is no program /);
    });

    test('of another program than ipmi-bt are an error in words', () => {
      expectResults({
        silent: { failed: true, msg: 'info: ipmi-bt said nothing' },
        foreign: { failed: true, msg: 'ipmi-bt printed no JSON of its own: 1' },
      });
    });
  });

  describe('ipmi_bt_lan', () => {
    const CHANGES = [
      { path: 'lan.ipv4.address', from: '192.0.2.10', to: '192.0.2.9', secret: false },
      { path: 'lan.snmpCommunity', from: null, to: null, secret: true },
    ];
    const DIFF = {
      before: 'lan.ipv4.address: "192.0.2.10"\nlan.snmpCommunity: "(secret)"\n',
      after: 'lan.ipv4.address: "192.0.2.9"\nlan.snmpCommunity: "(secret), another"\n',
    };

    test('changes what differs, once, and --check only tells it', () => {
      expectResults({
        lanCheck: { changed: true, changes: CHANGES, diff: DIFF },
        // It is all there still: the check has set nothing.
        lanSet: { changed: true, changes: CHANGES, diff: DIFF },
        lanAgain: { changed: false, changes: [] },
      });
    });

    test('fails with the error of the command', () => {
      expectResults({
        lanWrong: {
          ...{ failed: true, changed: false, rc: 64 },
          error: { code: 'USAGE', outcome: 'not-sent' },
        },
      });
    });
  });

  describe('ipmi_bt_raw', () => {
    test('sends a command unless the BMC is as wanted', () => {
      expectResults({
        rawRead: { changed: false, sent: true, reply: expect.arrayContaining([32, 1, 2]) },
        rawCheck: { changed: true, sent: false, diff: { before: '21 xx\n', after: '01 xx\n' } },
        rawSet: { changed: true, sent: true },
        rawAgain: { changed: false, sent: false },
      });
    });

    test('fails where the BMC refuses, or takes it and is not as wanted', () => {
      expectResults({
        rawRefused: { failed: true, msg: 'netfn 0x06 cmd 0xff: Invalid command (0xc1)' },
        rawFutile: {
          ...{ failed: true, changed: true },
          msg: 'the BMC took the command, and is not as wanted: 01',
        },
      });
    });

    test('takes a secret by secret_data alone, and shows no reply to it', () => {
      expectResults({
        rawOpenSecret: {
          ...{ failed: true, changed: false },
          msg: 'this command carries a secret: give its bytes by secret_data',
        },
        rawSecret: { changed: true, sent: true },
      });
      expect(results['rawSecret']).not.toHaveProperty('reply');
    });
  });

  test('no secret is in any result, command line or file', () => {
    const { traces, play } = ran;

    // grep found nothing, in files that are there.
    expect(traces).toEqual({ exit: 1, output: '' });
    expect(play.output).toContain('"snmp_community": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"');
    expect(offenders([COMMUNITY, PASSWORD], (secret) => play.output.includes(secret))).toEqual([]);
  });

  test('each module documents all of its arguments', () => {
    const docs = JSON.parse(ran.doc.output) as Readonly<Record<string, Documented>>;
    const names = readdirSync(MODULES).map((file) => file.replace('.py', ''));

    expect(names.sort()).toEqual(['ipmi_bt_facts', 'ipmi_bt_lan', 'ipmi_bt_raw']);
    for (const name of nonEmpty(names)) {
      const options = Object.keys(docs[`ipmi_bt.fleet.${name}`]?.doc.options ?? {});
      const source = readFileSync(join(MODULES, `${name}.py`), 'utf8');
      const spec = source.slice(source.indexOf('\ndef main'));
      const own = [...spec.matchAll(/\b([a-z_]+)=dict\(type/g)].map(([, word]) => word);
      // `reply` belongs to `unless`; the last three are shared.
      const known = new Set(own.filter((word) => word !== 'reply'));
      expect(options.sort()).toEqual([...known, 'base', 'command', 'timeout'].sort());
    }
  });
});
