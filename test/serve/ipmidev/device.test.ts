/** The device as a whole: who may open it, what it counts, and how it ends. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import { IpmiDevice } from '../../../src/serve/ipmidev/device.ts';
import { FakeClients, echoing } from '../../support/fake-clients.ts';
import { ROOT_OPENER, ipmiBench, settled } from '../../support/open-ipmi-file.ts';

const [EPERM, EBUSY, ENODEV] = [1, 16, 19];

function ignore(): void {
  // Nobody polls.
}

test('a program that the broker has no room for gets EBUSY, until another has closed', () => {
  const device = new IpmiDevice({ clients: new FakeClients(echoing, { most: 2 }) });

  const first = device.open(ROOT_OPENER, 0, ignore);
  const second = device.open(ROOT_OPENER, 0, ignore);
  if (typeof first !== 'number') first.release();
  const third = device.open(ROOT_OPENER, 0, ignore);

  expect([typeof first, second, typeof third]).toEqual(['object', EBUSY, 'object']);
  expect(device.counters).toMatchObject({ opened: 2, openRefused: 1 });
  expect(device.openFiles).toBe(1);
});

test.each([
  ['COMMAND_DENIED', EPERM],
  ['DEVICE_CLOSED', ENODEV],
] as const)('a broker that refuses with %s makes it errno %i', (code, errno) => {
  const clients = new FakeClients(echoing);
  const device = new IpmiDevice({ clients });
  clients.open = () => {
    throw new IpmiError(code, 'no');
  };

  expect(device.open(ROOT_OPENER, 0, ignore)).toBe(errno);
});

test('a bug of the broker is not taken for a refusal', () => {
  const clients = new FakeClients(echoing);
  const device = new IpmiDevice({ clients });
  clients.open = () => {
    throw new Error('bug: none');
  };

  expect(() => device.open(ROOT_OPENER, 0, ignore)).toThrow('bug: none');
});

test('its end refuses further programs, and leaves those that are there their answers', async () => {
  const { device, open } = ipmiBench(new FakeClients(echoing));
  const program = open();
  program.send({ cmd: 9 });

  device.close();
  device.close();
  await settled();

  expect(program.receive()).toMatchObject({ result: 0, cmd: 9 });
  expect(device.open(ROOT_OPENER, 0, ignore)).toBe(ENODEV);
});

test('a program costs no other one anything: each has its own queue and limit', async () => {
  const { open } = ipmiBench(new FakeClients(echoing));
  const [flood, other] = [open(), open()];

  for (let sent = 0; sent < 200; sent += 1) flood.send();
  other.send({ cmd: 0x42 });
  await settled();

  expect(other.receive()).toMatchObject({ result: 0, cmd: 0x42 });
});
