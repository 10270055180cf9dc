/** Requests to satellite controllers, of many clients, each with sequence numbers of its own. */

import { describe, expect, test } from 'vitest';

import { bridge } from '../../src/commands/index.ts';
import { encodeIpmbRequest } from '../../src/ipmi/ipmb.ts';
import type { ExpectedAnswer } from '../../src/ipmi/requester.ts';
import { AWAITED_MAX, NUMBERS_OF_USER_MAX } from '../../src/serve/bridged-numbers.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import type { Grant } from '../../src/serve/policy.ts';
import type { Satellite } from '../../src/sim/bmc.ts';
import { brokerRig, userOf } from '../support/broker-rig.ts';
import { request } from '../support/rig.ts';

const CHANGE = { netFn: 0x30, cmd: 0x01 };

const AWAITED: ExpectedAnswer = { channel: 0, address: 0x2c, ...CHANGE };

/** Answers with its address and the data of the request. */
function echo(address: number): Satellite {
  return { address, answer: ({ data }) => [0x00, address, ...data] };
}

/** The message whose answer is awaited. */
const MESSAGE = { ...AWAITED, requester: 0x20, requesterLun: 2 };

/** A Send Message with that message, or another one. */
function sendMessage(seq: number, other: Partial<typeof MESSAGE> = {}) {
  const { channel, ...message } = { ...MESSAGE, ...other };
  const data = Uint8Array.of(7);
  return request(0x06, 0x34, channel, ...encodeIpmbRequest({ ...message, lun: 0, seq, data }));
}

describe('a bridged request', () => {
  test('of each of many clients gets its own answer', async () => {
    const { clock, client } = await brokerRig({
      ...{ satellites: [echo(0x2c), echo(0x2e)], responseMs: 1 },
    });
    const addresses = [0x2c, 0x2e];
    const ways = [1, 2, 3, 4].map((pid) =>
      addresses.map((address) => bridge(client(pid), { address }, { clock })),
    );

    const replies = ways.flatMap((both, pid) =>
      both.map(async (way, at) => {
        const { data } = await way.request({ ...CHANGE, data: Uint8Array.of(pid) });
        return [addresses[at], pid, ...data];
      }),
    );

    const expected = [0, 1, 2, 3].flatMap((pid) => addresses.map((at) => [at, pid, at, pid]));
    expect(await clock.until(Promise.all(replies))).toEqual(expected);
  });

  test('has the turn of others only for its Send Message', async () => {
    const { clock, client } = await brokerRig({
      ...{ satellites: [{ address: 0x2c, answer: () => undefined }], responseMs: 1 },
    });
    const silent = bridge(client(1), { address: 0x2c }, { clock });
    const late = silent.request(CHANGE).then(
      () => 'answered',
      (error: unknown) => String(error),
    );
    const startMs = clock.now();

    await clock.until(client(2).request({ netFn: 0x06, cmd: 0x01 }));

    expect(clock.now() - startMs).toBeLessThan(50);
    expect(await clock.until(late)).toMatch(/REQUEST_TIMEOUT: /);
  });
});

describe('a Send Message', () => {
  test.each([
    ['with the number of another client', (seq: number) => sendMessage(seq)],
    ['with a number that nobody awaits', (seq: number) => sendMessage(seq ^ 1)],
  ])('%s is refused', async (_, make) => {
    const { client, lines } = await brokerRig({ satellites: [echo(0x2c)] });
    const [one, other] = [client(1), client(2)];
    const { seq, cancel } = await one.expectAnswer(AWAITED);

    const sent = other.request(make(seq));

    const text =
      /COMMAND_DENIED: Send Message .*: its message has no sequence number of the server/;
    await expect(sent).rejects.toThrow(text);
    expect(other.refusal(make(seq))).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('data');
    cancel(false);
  });

  test.each<Partial<typeof MESSAGE>>([
    ...[{ channel: 1 }, { address: 0x2e }, { netFn: 0x32 }, { cmd: 0x02 }],
    ...[{ requester: 0x22 }, { requesterLun: 0 }],
  ])('with a number of its own is refused for another message: %o', async (other) => {
    const { client, bmc } = await brokerRig({ satellites: [echo(0x2c), echo(0x2e)] });
    const one = client(1);
    const { seq, cancel } = await one.expectAnswer(AWAITED);

    await expect(one.request(sendMessage(seq, other))).rejects.toThrow(/no sequence number/);

    expect(bmc.executed.some(({ cmd }) => cmd === 0x34)).toBe(false);
    cancel(false);
  });

  test('with a number of its own is sent, until its answer has come', async () => {
    const { clock, client } = await brokerRig({ satellites: [echo(0x2c)], responseMs: 1 });
    const one = client(1);
    const { seq, answer } = await one.expectAnswer(AWAITED);
    const reply = await clock.until(one.request(sendMessage(seq)));

    expect(reply.completionCode).toBe(0);
    expect((await clock.until(answer)).data).toEqual(Uint8Array.of(0x2c, 7));
    // The number was given back with the answer.
    await expect(one.request(sendMessage(seq))).rejects.toThrow(/no sequence number/);
  });

  test('whose number was given back before its turn is not sent', async () => {
    const { clock, client, bmc } = await brokerRig({ satellites: [echo(0x2c)], responseMs: 5 });
    const [one, other] = [client(1), client(2)];
    const first = other.request({ netFn: 0x06, cmd: 0x01 });
    const { seq, cancel } = await one.expectAnswer(AWAITED);
    const sent = one.request(sendMessage(seq));
    cancel(false);

    await expect(clock.until(sent)).rejects.toThrow(/COMMAND_DENIED: .*no sequence number/);
    await clock.until(first);
    expect(bmc.executed.some(({ cmd }) => cmd === 0x34)).toBe(false);
  });

  test('with an answer to another controller needs no number', async () => {
    const { client } = await brokerRig();

    expect(client(1).refusal(sendMessage(5, { netFn: 0x31 }))).toBeUndefined();
  });
});

describe('a client', () => {
  test('awaits a limited number of answers, which leaves numbers for others', async () => {
    const { client } = await brokerRig();
    const [one, other] = [client(1), client(2)];
    const asked = Array.from({ length: AWAITED_MAX }, () => one.expectAnswer(AWAITED));

    const more = one.expectAnswer(AWAITED);
    await expect(more).rejects.toThrow(/QUEUE_FULL: 16 requests of this client/);
    const awaited = await Promise.all(asked.map(async (one) => await one));
    const others = await other.expectAnswer(AWAITED);
    expect(awaited.map(({ seq }) => seq)).not.toContain(others.seq);
    awaited[0]?.cancel(false);
    expect((await one.expectAnswer(AWAITED)).seq).toBeTypeOf('number');
  });

  test('that closes gives its numbers back, and fails what it awaits', async () => {
    const { clock, client } = await brokerRig({
      ...{ satellites: [{ address: 0x2c, answer: () => undefined }], responseMs: 1 },
    });
    const one = client(1);
    const sent = await one.expectAnswer(AWAITED);
    const unsent = await one.expectAnswer(AWAITED);
    await clock.until(one.request(sendMessage(sent.seq)));

    one.close();

    const closed = { code: 'DEVICE_CLOSED' };
    await expect(sent.answer).rejects.toMatchObject(closed);
    await expect(unsent.answer).rejects.toMatchObject(closed);
    // The answer to the one that was sent may still come: its number alone is not used again.
    const others = [2, 3, 4, 5].map((pid) => client(pid));
    const asked = Array.from({ length: 63 }, async (_, index) => {
      return (await others[index >> 4]?.expectAnswer(AWAITED))?.seq ?? -1;
    });
    const seqs = await Promise.all(asked);
    expect(seqs).toContain(unsent.seq);
    expect(seqs).not.toContain(sent.seq);
    await expect(others[3]?.expectAnswer(AWAITED)).rejects.toThrow(/QUEUE_FULL: 64 requests/);
  });

  test('that closes while it is given a number has none', async () => {
    const { client } = await brokerRig();
    const one = client(1);
    const asked = one.expectAnswer(AWAITED);

    one.close();

    await expect(asked).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    const others = [2, 3, 4, 5].map((pid) => client(pid));
    const given = Array.from({ length: 64 }, async (_, index) => {
      return (await others[index >> 4]?.expectAnswer(AWAITED))?.seq;
    });
    expect(new Set(await Promise.all(given)).size).toBe(64);
  });

  test('cannot keep numbers out of use for messages that it never sent', async () => {
    const { client } = await brokerRig();
    const one = client(1);
    for (let count = 0; count < 100; count += 1) (await one.expectAnswer(AWAITED)).cancel(true);

    expect((await one.expectAnswer(AWAITED)).seq).toBeTypeOf('number');
  });

  test('of a user leaves numbers to others, however many clients that user has', async () => {
    const read: readonly Grant[] = [{ kind: 'read' }];
    const grants = { ...NO_GRANTS, users: new Map([[1000, read]]) };
    const { broker, client } = await brokerRig({}, grants);
    const reading = { ...AWAITED, netFn: 0x04, cmd: 0x2d };
    const asked = Array.from({ length: 40 }, async () => {
      return await broker.open(userOf(1000)).expectAnswer(reading);
    });

    const settled = await Promise.allSettled(asked);

    const given = settled.filter(({ status }) => status === 'fulfilled');
    expect(given).toHaveLength(NUMBERS_OF_USER_MAX);
    expect((await client(1).expectAnswer(AWAITED)).seq).toBeTypeOf('number');
  });

  test('of a user leaves numbers to others, when it gives up what it has sent as well', async () => {
    const read: readonly Grant[] = [{ kind: 'read' }];
    const grants = { ...NO_GRANTS, users: new Map([[1000, read]]) };
    const silent = { address: 0x2c, answer: () => undefined };
    const { clock, broker, client } = await brokerRig({ satellites: [silent] }, grants);
    const reading = { ...AWAITED, netFn: 0x04, cmd: 0x2d };
    const outcomes: string[] = [];
    for (let round = 0; round < 64; round += 1) {
      const one = broker.open(userOf(1000));
      try {
        const { seq, cancel } = await one.expectAnswer(reading);
        await clock.until(one.request(sendMessage(seq, reading)));
        if (round % 2 === 0) cancel();
        outcomes.push('sent');
      } catch (error) {
        outcomes.push((error as { code: string }).code);
      }
      one.close();
    }

    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(NUMBERS_OF_USER_MAX);
    expect(outcomes.at(-1)).toBe('QUEUE_FULL');
    expect((await client(1).expectAnswer(AWAITED)).seq).toBeTypeOf('number');
    await clock.pass(10_001);
    expect((await broker.open(userOf(1000)).expectAnswer(reading)).seq).toBeTypeOf('number');
  });

  test('that may not send a command awaits no answer to it, and a message in a message may', async () => {
    const read: readonly Grant[] = [{ kind: 'read' }];
    const grants = { ...NO_GRANTS, users: new Map([[1000, read]]) };
    const { broker } = await brokerRig({}, grants);
    const [reader, nobody] = [broker.open(userOf(1000)), broker.open(userOf(1001))];
    const inner = { ...AWAITED, netFn: 0x06, cmd: 0x34 };

    await expect(reader.expectAnswer(AWAITED)).rejects.toThrow(/COMMAND_DENIED/);
    await expect(nobody.expectAnswer(inner)).rejects.toThrow(/COMMAND_DENIED/);
    expect((await reader.expectAnswer(inner)).seq).toBeTypeOf('number');
    expect(broker.status().totals.denied).toBe(2);
  });
});
