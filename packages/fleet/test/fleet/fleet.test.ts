/** The hosts of a fleet, as they are found. */

import { expect, test } from 'vitest';

import { Fleet } from '../../src/fleet/fleet.ts';
import type { Transport } from '../../src/fleet/transport.ts';

function fleetOf(hosts: readonly string[], isCut: boolean): Fleet {
  const transport: Transport = {
    send: () => () => undefined,
    discover: () => Promise.resolve({ hosts, isCut }),
    close: () => Promise.resolve(),
  };
  return new Fleet(transport);
}

test('hosts that are found are each there once, in their natural order', async () => {
  const fleet = fleetOf(['uv10', 'uv2', 'uv10'], false);

  expect(await fleet.hosts(1)).toEqual(['uv2', 'uv10']);
});

test('where names were left out, hosts() says so, and discover() has the others', async () => {
  const fleet = fleetOf(['uv10', 'uv2'], true);

  await expect(fleet.hosts(1)).rejects.toThrow(
    /^more than 100000 names of hosts were told, .*: name the hosts \(--hosts\)$/,
  );
  expect(await fleet.discover(1)).toEqual({ hosts: ['uv2', 'uv10'], isCut: true });
});
