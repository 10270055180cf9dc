/** Rows of sensors and of records of the event log, from a simulated BMC as an agent tells it. */

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';
import { expect, test } from 'vitest';

import { plainOf } from '../../src/agent/reads.ts';
import { answerText } from '../../src/fleet-tool/answer-text.ts';

async function textOf(name: 'sensors' | 'sel', sim: ConstructorParameters<typeof SimBmc>[0] = {}) {
  const port = new SimBmc(sim);
  const device = await open({ base: port.base, port });
  const bmc = commands(device);
  const list: unknown[] = [];
  for await (const item of name === 'sel' ? bmc.sel.entries() : bmc.sensors()) list.push(item);
  await device.close();
  const text = answerText({ kind: 'answer', body: { host: 'a', result: plainOf(list) } });
  return text.split('\n').map((line) => line.split(/ {2,}/));
}

test('sensors have the columns of sensor list, without thresholds', async () => {
  const [titles, first, ...more] = await textOf('sensors');

  expect(titles).toEqual(['key', 'name', 'reading', 'unit', 'status', 'states']);
  expect(first).toEqual(['0x20/0/0x30', 'CPU 0 Temp', '40', 'degrees C', 'ok']);
  expect(more).toContainEqual(['0x20/0/0x40', 'PSU 0 Status', 'na', 'na', 'ok', 'present']);
});

test('records of the event log have their time, subject and event', async () => {
  const [titles, first] = await textOf('sel');

  expect(titles).toEqual(['id', 'time', 'severity', 'subject', 'direction', 'event']);
  expect(first?.[0]).toBe('0x0001');
  expect(first?.slice(2)).toEqual([
    ...['information', 'Event Logging Disabled (0x00)', 'asserted', 'log cleared'],
  ]);
  expect(first?.[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('a record that cannot be read has its reason', async () => {
  const rows = await textOf('sel', { sel: { unreadable: { 1: 0xce } } });

  expect(rows[0]).toContain('error');
  expect(rows.flat().join(' ')).toContain('0xce');
});
