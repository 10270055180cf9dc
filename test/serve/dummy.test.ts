/** The socket of ipmitool's interface `dummy`: layout, hostile bytes, answers of our own. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { IpmiError } from '../../src/errors.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import type { RequestInput } from '../../src/ipmi/requester.ts';
import type { Clients } from '../../src/serve/broker-client.ts';
import { DummyService } from '../../src/serve/dummy.ts';
import type { DummySocket } from '../../src/serve/dummy.ts';
import { keepingLog } from '../support/broker-rig.ts';
import { dummyRequest } from '../support/dummy-message.ts';

/** A peer that writes when it is told to, and keeps what it is sent. */
class FakeSocket implements DummySocket {
  readonly written: Uint8Array[] = [];
  /** The peer does not read. */
  isStuck = false;
  isPaused = false;
  fate = '';
  readonly #listeners: { readonly name: string; readonly call: (word: never) => void }[] = [];

  on(name: string, call: (word: never) => void): void {
    this.#listeners.push({ name, call });
  }

  tell(name: string, word?: Uint8Array | Error): void {
    for (const one of this.#listeners) if (one.name === name) one.call(word as never);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    return !this.isStuck;
  }

  end(): void {
    this.fate = 'ended';
  }

  destroySoon(): void {
    this.fate = 'closed';
  }

  destroy(): void {
    this.fate = 'destroyed';
  }
}

/** Clients that answer with the data of the request, or as `answer` says. */
function rig(answer: (input: RequestInput) => Promise<Reply> = echo) {
  const asked: RequestInput[] = [];
  let count = 0;
  const clients: Clients = {
    open: (opener) => {
      count += 1;
      return {
        ...{ opener, pending: 0, refusal: () => undefined, listen: () => () => undefined },
        ...{ mayAll: true, mayHear: () => true },
        request: (input) => {
          asked.push(input);
          return answer(input);
        },
        expectAnswer: () => {
          throw new Error('bug: nothing is bridged here');
        },
        close: () => void (count -= 1),
      };
    },
  };
  const { log, lines } = keepingLog();
  const service = new DummyService({ clients, log, clock: systemClock });
  const socket = new FakeSocket();
  service.accept({ socket, pid: 5, uid: 0, gid: 0 });
  return { service, socket, asked, lines, openClients: () => count };
}

function echo({ data = new Uint8Array() }: RequestInput): Promise<Reply> {
  return Promise.resolve({ completionCode: 0, data });
}

/** A response: netFn, cmd, seq, lun, completion code, length, pointer. */
function response(netFn: number, cmd: number, [code = 0, ...data]: readonly number[]) {
  const head = [netFn, cmd, 0, 0, code, 0, 0, 0, data.length, 0, 0, 0, 0, 0, 0, 0];
  return [...head, 0, 0, 0, 0, 0, 0, 0, 0, ...data];
}

/** Lets what was asked be answered. */
async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The same for what follows from that in some further turns. */
async function allSettled(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await settled();
}

describe('a request', () => {
  test('is answered in one piece, with the layout of ipmitool', async () => {
    const { socket, asked, service } = rig();
    socket.tell('data', dummyRequest(0x06, 0x01, [1, 2, 3]));
    await settled();

    expect(asked).toEqual([{ netFn: 6, lun: 0, cmd: 1, data: Uint8Array.of(1, 2, 3) }]);
    expect(socket.written.map((bytes) => [...bytes])).toEqual([response(7, 1, [0, 1, 2, 3])]);
    expect(service.counters()).toEqual({
      ...{ connections: 1, requests: 1, ownAnswers: { timeout: 0, denied: 0, lost: 0 } },
    });
  });

  test('may come in pieces of any size, and several at once', async () => {
    const all = Uint8Array.of(
      ...dummyRequest(6, 1),
      ...dummyRequest(6, 2, [9]),
      ...dummyRequest(6, 3),
    );
    for (let size = 1; size <= all.length; size += 1) {
      const { socket } = rig();
      for (let at = 0; at < all.length; at += size) {
        socket.tell('data', all.subarray(at, at + size));
      }
      await allSettled();

      const codes = socket.written.map((bytes) => [bytes[1], bytes[8]]);
      expect(codes).toEqual([
        [1, 0],
        [2, 1],
        [3, 0],
      ]);
    }
  });

  test('waits for a peer that does not read', async () => {
    const { socket, asked } = rig();
    socket.isStuck = true;
    socket.tell('data', Uint8Array.of(...dummyRequest(6, 1), ...dummyRequest(6, 2)));
    await allSettled();
    expect(asked.map(({ cmd }) => cmd)).toEqual([1]);
    expect(socket.isPaused).toBe(true);

    socket.tell('drain');
    await allSettled();
    expect(asked.map(({ cmd }) => cmd)).toEqual([1, 2]);
  });

  test('waits for the answer to the one before it, also when its peer sends no more', async () => {
    const answers: ((reply: Reply) => void)[] = [];
    const { socket, asked } = rig(() => new Promise((resolve) => answers.push(resolve)));
    socket.tell('data', Uint8Array.of(...dummyRequest(6, 1), ...dummyRequest(6, 2)));
    socket.tell('end');
    await allSettled();
    expect(asked.map(({ cmd }) => cmd)).toEqual([1]);

    answers[0]?.({ completionCode: 0, data: new Uint8Array() });
    await allSettled();
    expect(asked.map(({ cmd }) => cmd)).toEqual([1, 2]);
    expect(socket.written.map((bytes) => [...bytes])).toEqual([response(7, 1, [0])]);
  });

  test('with more data than a BMC takes is not sent, and the next one is', async () => {
    for (const length of [253, 300, 65_535]) {
      const { socket, asked, lines } = rig();
      const long = dummyRequest(
        6,
        1,
        Array.from({ length }, () => 7),
      );
      socket.tell('data', long.subarray(0, 100));
      socket.tell('data', long.subarray(100));
      socket.tell('data', dummyRequest(6, 2));
      await settled();
      await settled();

      expect(asked.map(({ cmd }) => cmd)).toEqual([2]);
      expect(socket.written.map((bytes) => [...bytes])).toEqual([
        response(7, 1, [0xff]),
        response(7, 2, [0]),
      ]);
      const error = `${length} data bytes; a BT frame takes at most 252`;
      expect(lines.map(({ fields }) => fields)).toMatchObject([{ error, completionCode: 0xff }]);
    }
  });
});

describe('requests that are refused at once', () => {
  test('have one turn of the event loop each, so that others have theirs', async () => {
    const denied = new IpmiError('COMMAND_DENIED', 'because');
    const { socket, service } = rig(() => Promise.reject(denied));
    const many = Array.from({ length: 100 }, () => [...dummyRequest(6, 1)]).flat();
    socket.tell('data', Uint8Array.from(many));
    await settled();

    expect(socket.written.length).toBeLessThan(3);
    while (socket.written.length < 100) await settled();
    expect(service.counters().ownAnswers.denied).toBe(100);
  });
});

describe('without an answer', () => {
  test.each([
    ['REQUEST_TIMEOUT', 0xc3, 'timeout'],
    ['BMC_UNRESPONSIVE', 0xc3, 'timeout'],
    ['COMMAND_DENIED', 0xd4, 'denied'],
    ['DEVICE_CLOSED', 0xff, 'lost'],
    ['QUEUE_FULL', 0xff, 'lost'],
    ['RESPONSE_MALFORMED', 0xff, 'lost'],
  ] as const)('%s is completion code %i, counted and logged', async (code, number, reason) => {
    const { socket, service, lines } = rig(() => Promise.reject(new IpmiError(code, 'because')));
    socket.tell('data', dummyRequest(0x0a, 0x44, [0xde, 0xad]));
    await settled();

    expect(socket.written.map((bytes) => [...bytes])).toEqual([response(0x0b, 0x44, [number])]);
    expect(service.counters().ownAnswers[reason]).toBe(1);
    const opener = { door: 'dummy', pid: 5, uid: 0, gid: 0 };
    const fields = { ...opener, netFn: 0x0a, cmd: 0x44, completionCode: number, error: 'because' };
    const text = 'answered with a completion code of our own';
    expect(lines).toEqual([{ level: 'warn', text, fields }]);
  });
});

describe('a connection', () => {
  test('ends with the goodbye of ipmitool, and counts until its peer has closed it', async () => {
    const { socket, asked, openClients } = rig();
    socket.tell('data', Uint8Array.of(...dummyRequest(0x3f, 0xff), ...dummyRequest(6, 1)));
    socket.tell('data', dummyRequest(6, 2));
    socket.tell('end');
    await settled();

    expect([socket.fate, asked, openClients()]).toEqual(['closed', [], 1]);
    socket.tell('close');
    expect(openClients()).toBe(0);
  });

  test('that breaks while a request is under way closes its client, and is written nothing', async () => {
    const { socket, openClients } = rig();
    socket.tell('data', dummyRequest(6, 1));
    socket.tell('error', new Error('ECONNRESET'));
    socket.tell('close');
    await settled();

    expect([socket.fate, socket.written, openClients()]).toEqual(['destroyed', [], 0]);
  });

  test('that ends in the middle of a request is ended', async () => {
    const { socket, asked } = rig();
    socket.tell('data', dummyRequest(6, 1).subarray(0, 15));
    socket.tell('end');
    await settled();

    expect([socket.fate, asked]).toEqual(['ended', []]);
  });

  test('is refused when there are too many clients', () => {
    const { log, lines } = keepingLog();
    const clients: Clients = {
      open: () => {
        throw new IpmiError('QUEUE_FULL', 'too many');
      },
    };
    const socket = new FakeSocket();
    new DummyService({ clients, log, clock: systemClock }).accept({
      socket,
      pid: 5,
      uid: 7,
      gid: 7,
    });

    expect(socket.fate).toBe('destroyed');
    expect(lines.map(({ text }) => text)).toEqual(['connection refused']);
  });

  test('is ended with the service', () => {
    const { socket, service, openClients } = rig();
    service.close();

    expect([socket.fate, openClients()]).toEqual(['destroyed', 0]);
  });

  test('of chance bytes gets no more answers than it has sent requests, and each its own', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunks, async (pieces) => {
        const { socket, service, asked } = rig();
        for (const piece of pieces) {
          socket.tell('data', piece);
          await settled();
        }
        const { requests } = service.counters();
        expect(socket.written).toHaveLength(requests);
        expect(asked.length).toBeLessThanOrEqual(requests);
      }),
    );
  });
});
