/** NUMA nodes, and moving this process to their CPUs. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { systemFiles } from '../../src/files.ts';
import { nodesOf, taskset } from '../../src/smoke/affinity.ts';
import { fakeFiles } from '../support/fake-files.ts';

const NODES = '/sys/devices/system/node';

test('nodes are listed by their numbers, those without CPUs are not', () => {
  const files = fakeFiles({
    [`${NODES}/node10/cpulist`]: '1024-1151,1400\n',
    [`${NODES}/node2/cpulist`]: '64-127\n',
    [`${NODES}/node3/cpulist`]: '\n',
    [`${NODES}/possible`]: '0-10\n',
    '/proc/self/status': 'Cpus_allowed:\tff\nCpus_allowed_list:\t0-1791\nMems_allowed:\t1\n',
  });

  expect(nodesOf(files)).toEqual({
    allowed: '0-1791',
    nodes: [
      { name: 'node2', cpus: '64-127' },
      { name: 'node10', cpus: '1024-1151,1400' },
    ],
  });
});

test('a kernel without NUMA has none', () => {
  expect(nodesOf(fakeFiles({}))).toEqual({ allowed: undefined, nodes: [] });
});

test('taskset moves this process to the CPUs where it is, and refuses those that are not', () => {
  const { allowed } = nodesOf(systemFiles);
  const trouble = allowed === undefined ? 'not known' : taskset(allowed);

  expect([undefined, expect.stringContaining('taskset')]).toContainEqual(trouble);
  expect(taskset('9999999')).toMatch(/^taskset \(util-linux\) failed: ./);
  expect(readFileSync('/proc/self/status', 'utf8')).toContain(`Cpus_allowed_list:\t${allowed}\n`);
});
