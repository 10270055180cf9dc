/** The durable consumer of readers, over Debian's NATS server: made, changed or refused. */

import { expect, test, vi } from 'vitest';

import { NO_STREAM, PATIENCE, ReaderRig } from './reader-rig.ts';

test('without a stream, or a permission to read it, an error says so', async () => {
  const rig = new ReaderRig();
  const { stream } = await rig.start();
  const permission =
    /^the stream ipmi-bt-events cannot be read: NATS does not let this user publish to \$JS\./;
  const opening = rig.open({ connection: await rig.connect('bob') });
  await expect(opening).rejects.toMatchObject({ name: 'EventStreamError', message: permission });
  await stream.destroy();
  await expect(rig.open({ connection: await rig.connect('reader') })).rejects.toMatchObject({
    ...{ name: 'EventStreamError', message: NO_STREAM },
  });
});

test.each<[setting: string, config: object]>([
  ['ack_policy none', { ack_policy: 'none' }],
  ['ack_policy all', { ack_policy: 'all' }],
  ['max_deliver 2', { ack_policy: 'explicit', max_deliver: 2 }],
  ['headers_only', { ack_policy: 'explicit', headers_only: true }],
  ['deliver_policy new', { ack_policy: 'explicit', deliver_policy: 'new' }],
  ['deliver_policy last', { ack_policy: 'explicit', deliver_policy: 'last' }],
  [
    'filter_subject ipmi-bt-events.uv1',
    { ack_policy: 'explicit', filter_subject: 'ipmi-bt-events.uv1' },
  ],
])('a consumer of another that loses events, by %s, is refused', async (setting, config) => {
  const rig = new ReaderRig();
  const { stream } = await rig.start();
  await stream.makeConsumer({ durable_name: 'reader', ...config });

  await expect(rig.open({ connection: await rig.connect('reader') })).rejects.toThrow(
    `the consumer reader of ipmi-bt-events has ${setting}, by which events would be lost: have its `,
  );
});

test('a consumer that is there with other settings is changed, and its time not made shorter', async () => {
  const rig = new ReaderRig();
  const { publish, stream } = await rig.start();
  const connection = await rig.connect('reader');
  for (const [id, ackWaitMs, longestMs] of [
    ['a', 30_000, 30_000],
    ['b', 40_000, 40_000],
    ['c', 20_000, 40_000],
  ] as const) {
    const reader = await rig.open({ connection, ackWaitMs });
    await publish(id);
    await vi.waitFor(() => {
      expect(rig.told).toContain(id);
    }, PATIENCE);
    await reader.close();
    expect(await stream.consumer('reader')).toMatchObject({
      config: { ack_wait: longestMs * 1e6, max_ack_pending: 10_000 },
    });
  }

  expect(rig.told).toEqual(['a', 'b', 'c']);
});

test('a consumer of all events that an administrator has made is taken', async () => {
  const rig = new ReaderRig();
  const { publish, stream } = await rig.start();
  await stream.makeConsumer({
    ...{ durable_name: 'reader', ack_policy: 'explicit', filter_subject: 'ipmi-bt-events.*' },
  });
  await publish('a');
  const reader = await rig.open({ connection: await rig.connect('reader') });
  await rig.untilTold('a');
  await reader.close();
});
