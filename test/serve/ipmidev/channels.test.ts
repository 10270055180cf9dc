/** The channels that messages can be sent to. */

import { expect, test } from 'vitest';

import { PRIMARY_IPMB, ipmbChannels } from '../../../src/serve/ipmidev/channels.ts';
import { answering } from '../../support/fake-clients.ts';

/** A BMC whose channels have these media by number; others it does not have. */
function bmc(media: Readonly<Record<number, number>>) {
  const asked: number[] = [];
  const requester = answering(({ data }) => {
    const channel = data?.[0] ?? 0;
    const medium = media[channel];
    asked.push(channel);
    if (medium === undefined) return { completionCode: 0xcc, data: new Uint8Array() };
    const info = [channel, medium, 1, 0, 0xf2, 0x1b, 0, 0, 0];
    return { completionCode: 0, data: Uint8Array.from(info) };
  });
  return { requester, asked };
}

test('are those with an IPMB, whatever else there is', async () => {
  const { requester, asked } = bmc({ 0: 1, 1: 4, 7: 1, 8: 0x0c, 11: 0x81 });

  expect([...(await ipmbChannels(requester))]).toEqual([0, 7, 11]);
  expect(asked).toHaveLength(12);
});

test('may be none', async () => {
  expect((await ipmbChannels(bmc({ 1: 4 }).requester)).size).toBe(0);
});

test('is the primary IPMB of a BMC that does not know of channels', async () => {
  const unknown = answering(() => ({ completionCode: 0xc1, data: new Uint8Array() }));

  expect(await ipmbChannels(unknown)).toBe(PRIMARY_IPMB);
});
