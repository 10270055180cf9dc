/** A policy that is read again: a right one, and one that changes nothing. */

import { expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { reloadPolicy } from '../../src/serve/policy-reload.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import type { Grants } from '../../src/serve/policy.ts';
import { keepingLog } from '../support/broker-rig.ts';

test('a right policy is obeyed from then on', () => {
  const { log, lines } = keepingLog();
  const obeyed: Grants[] = [];
  const grants: Grants = { ...NO_GRANTS, groups: new Map([[60, [{ kind: 'read' }]]]) };

  const text = reloadPolicy({ read: () => grants, obey: (one) => void obeyed.push(one), log });

  expect(obeyed).toEqual([grants]);
  expect(text).toBe(
    'the policy was read again: 0 users and 1 groups beside root (/etc/ipmi-bt-serve.json)',
  );
  expect(lines).toEqual([
    { level: 'info', text: 'the policy was read again', fields: { users: 0, groups: 1 } },
  ]);
});

test('a wrong policy leaves the one before in force, and is logged with its line', () => {
  const { log, lines } = keepingLog();
  const obeyed: Grants[] = [];
  const read = (): Grants => {
    throw new ConfigError('/etc/ipmi-bt-serve.json:3: "reed" must be "read"');
  };

  const text = reloadPolicy({ read, obey: (one) => void obeyed.push(one), log });

  expect(obeyed).toEqual([]);
  expect(text).toBe(
    '/etc/ipmi-bt-serve.json:3: "reed" must be "read"; the policy of before stays in force',
  );
  expect(lines).toEqual([
    {
      level: 'error',
      text: 'the policy is wrong; the one before stays in force',
      fields: { error: '/etc/ipmi-bt-serve.json:3: "reed" must be "read"' },
    },
  ]);
});
