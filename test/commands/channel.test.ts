/** Operations on channels, on a simulated BMC. */

import { describe, expect, test } from 'vitest';

import { Channels } from '../../src/commands/channel.ts';
import { Caller } from '../../src/commands/caller.ts';
import { systemClock } from '../../src/clock.ts';
import { Answering } from '../support/answering.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { networkRig } from '../support/network-rig.ts';

test('the list takes fourteen transactions, and has no channel that is not there', async () => {
  const { bmc, count } = await commandsRig();

  const channels = await bmc.channel.list();

  expect(count()).toBe(14);
  expect(channels.map(({ number, medium, protocol }) => [number, medium, protocol])).toEqual([
    [0, 'ipmb', 'ipmb-1.0'],
    [1, 'lan-802.3', 'ipmb-1.0'],
    [15, 'system-interface', 'bt-15'],
  ]);
  expect(channels.map(({ isPresent }) => isPresent)).toEqual([false, false, true]);
  expect(channels[1]).toMatchObject({ sessionSupport: 'multi-session', vendorId: 7154 });
});

test('a BMC that does not know the command is an error', async () => {
  const channels = new Channels(new Caller(new Answering(() => [0xc1])), systemClock);

  await expect(channels.list()).rejects.toMatchObject({ completionCode: 0xc1 });
});

test('the channel that the request comes by is told with its number, in one transaction', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.channel.info(0x0e)).toMatchObject({ number: 15, isPresent: true });
  expect(count()).toBe(1);
});

test('another channel is told from it, in two transactions', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.channel.info(15)).toMatchObject({ number: 15, isPresent: true });
  expect(await bmc.channel.info(1)).toMatchObject({ number: 1, isPresent: false });
  expect(count()).toBe(4);
});

test('access is that in force and that after a power-up, in two transactions', async () => {
  const { bmc, count } = await commandsRig();

  const access = await bmc.channel.access(1);

  expect(count()).toBe(2);
  expect(access.volatile.settings).toMatchObject({ mode: 'always', hasAlerting: true });
  expect(access.nonVolatile.limit.privilege).toBe('administrator');
});

test('a channel without sessions has no access, which the error says', async () => {
  const { bmc } = await commandsRig();

  await expect(bmc.channel.access(0)).rejects.toThrow('0x82 (the channel has no sessions');
});

test('cipher suites are asked for until a block is not full', async () => {
  const { bmc, count } = await commandsRig();

  const suites = await bmc.channel.cipherSuites(1);

  expect(count()).toBe(1);
  expect(suites.map(({ id }) => id)).toEqual([3, 17]);
});

describe('apply', () => {
  const wanted = { mode: 'disabled', privilege: 'operator', alerting: false } as const;

  test('sets both memories, and a second one changes nothing', async () => {
    const { bmc, count } = await commandsRig();

    const first = await bmc.channel.apply(wanted);

    // One finds the channel, two read, and a set and a read for each memory.
    expect(count()).toBe(1 + 2 + 4);
    expect(first).toMatchObject({ channel: 1, isCheck: false, unverified: [] });
    expect(first.changes.map(({ path, from, to }) => [path, from, to])).toEqual([
      ['channel.nonVolatile.mode', 'always', 'disabled'],
      ['channel.nonVolatile.alerting', true, false],
      ['channel.nonVolatile.privilege', 'administrator', 'operator'],
      ['channel.volatile.mode', 'always', 'disabled'],
      ['channel.volatile.alerting', true, false],
      ['channel.volatile.privilege', 'administrator', 'operator'],
    ]);
    expect((await bmc.channel.apply(wanted)).changes).toEqual([]);
    expect(count()).toBe(1 + 2);
  });

  test('sets only the part that differs', async () => {
    const { bmc, sent } = networkRig();

    await bmc.channel.apply({ channel: 1, privilege: 'user', memory: 'volatile' });

    const sets = sent.filter(([netFn, cmd]) => netFn === 0x06 && cmd === 0x40);
    expect(sets).toEqual([[0x06, 0x40, 1, 0x02, 0x82]]);
  });

  test('with check it sends nothing that sets', async () => {
    const { bmc, sent } = networkRig();

    const { changes, isCheck } = await bmc.channel.apply(wanted, { check: true });

    expect([changes.length, isCheck]).toEqual([6, true]);
    expect(sent.map(([, cmd]) => cmd)).toEqual([0x42, 0x41, 0x41]);
  });

  test('a mode that the BMC refuses is an error with the setting', async () => {
    const { bmc } = networkRig();

    const where = 'COMMAND_FAILED: channel.nonVolatile.mode: Set Channel Access';
    const reason = 'answered 0x83 (the channel does not support this access mode)';
    await expect(bmc.channel.apply({ mode: 'shared' })).rejects.toThrow(
      `${where} (netFn 0x06 cmd 0x40), §22.22: the BMC ${reason}; nothing was set before it`,
    );
  });

  test.each([
    [{ mode: 'open' }, 'channel.mode: "open" is none of disabled, pre-boot, always, shared'],
    [{ channel: 12 }, 'channel.channel: 12 is not an integer from 0 to 11'],
    [{ mod: 'always' }, 'channel has no setting "mod"; did you mean mode?'],
    [{ alerting: 'yes' }, 'channel.alerting: "yes" is not true or false'],
    [[], 'channel: an array is not an object'],
  ])('refuses %j', async (settings, message) => {
    const { bmc, sent } = networkRig();

    await expect(bmc.channel.apply(settings as never)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });
});
