/** Frames of every length, cut at every byte, and answers that differ in one field. */

import { describe, expect, test } from 'vitest';

import { decodeReply, encodeRequest, isAnswer, misfit } from '../../src/bt/frame.ts';
import type { Request } from '../../src/ipmi/message.ts';
import { nonEmpty } from '../support/lists.ts';

const SEQ = 0x5a;

/** Stands where nothing was written. */
const UNTOUCHED = 0xee;

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}

function request(fields: Partial<Request> = {}): Request {
  return { netFn: 0x06, cmd: 0x01, lun: 0, data: new Uint8Array(), ...fields };
}

/** The frame, and nothing behind it. */
function frameOf(fields: Partial<Request> = {}, seq = SEQ): Uint8Array {
  const target = new Uint8Array(256);
  return target.subarray(0, encodeRequest(request(fields), seq, target));
}

/** Every value of a byte for which `holds`. */
function bytesThat(holds: (value: number) => boolean): readonly number[] {
  return [...counting(256)].filter(holds);
}

describe('encodeRequest()', () => {
  test('packs netFn and LUN into one byte', () => {
    expect([...frameOf({ netFn: 0x3e, cmd: 0xff, lun: 3 }, 0xff)]).toEqual([3, 0xfb, 0xff, 0xff]);
    expect([...frameOf()]).toEqual([3, 0x18, SEQ, 0x01]);
  });

  test.each([...counting(253)])('%d data bytes: counts them, and writes no byte more', (length) => {
    const target = new Uint8Array(256).fill(UNTOUCHED);
    const data = counting(length);

    const bytes = encodeRequest(request({ data }), SEQ, target);

    const written = [length + 3, 0x18, SEQ, 0x01, ...data];
    expect(bytes).toBe(length + 4);
    expect([...target]).toEqual([...written, ...Array<number>(252 - length).fill(UNTOUCHED)]);
  });

  test('253 data bytes, which a length byte cannot count, are our bug and write nothing', () => {
    const target = new Uint8Array(512).fill(UNTOUCHED);

    expect(() => encodeRequest(request({ data: counting(253) }), SEQ, target)).toThrow(
      /^bug: frame of 256 bytes$/,
    );
    expect(target).toEqual(new Uint8Array(512).fill(UNTOUCHED));
  });
});

describe('decodeReply()', () => {
  /** A buffer of the longest body, full of an earlier reply. */
  const body = Uint8Array.of(0x1c, SEQ, 0x01, 0xc0, ...counting(251));

  test.each([...counting(256)].slice(4))('length %d: takes what it counts', (length) => {
    const { completionCode, data } = decodeReply(body, length);

    expect(completionCode).toBe(0xc0);
    expect([...data]).toEqual([...counting(length - 4)]);
  });

  test.each([0, 1, 2, 3])('length %d, too short to be a reply, brings no data', (length) => {
    expect(decodeReply(body, length).data).toEqual(new Uint8Array());
  });

  test('the data stay what they are when the buffer takes the next frame', () => {
    const buffer = body.slice();
    const { data } = decodeReply(buffer, 6);

    buffer.fill(0xff);

    expect([...data]).toEqual([0, 1]);
  });
});

describe('isAnswer()', () => {
  const frame = frameOf({ netFn: 0x0a, cmd: 0x43, lun: 1 });
  const answer = [0x2d, SEQ, 0x43] as const;

  test('takes exactly the netFn that answers, with the LUN of the request', () => {
    const taken = bytesThat((netFnLun) =>
      isAnswer(Uint8Array.of(netFnLun, answer[1], answer[2]), frame),
    );

    expect(taken).toEqual([0x2d]);
  });

  test('takes exactly the seq of the request', () => {
    const taken = bytesThat((seq) => isAnswer(Uint8Array.of(answer[0], seq, answer[2]), frame));

    expect(taken).toEqual([SEQ]);
  });

  test('takes exactly the cmd of the request', () => {
    const taken = bytesThat((cmd) => isAnswer(Uint8Array.of(answer[0], answer[1], cmd), frame));

    expect(taken).toEqual([0x43]);
  });

  test.each([0, 1, 2])('does not take an answer cut to %d bytes', (length) => {
    expect(isAnswer(Uint8Array.from(answer.slice(0, length)), frame)).toBe(false);
  });

  test('knows the answer of every netFn and LUN, which no other request shares', () => {
    const netFnLuns = bytesThat((value) => (value & 0x04) === 0);
    const frames = netFnLuns.map((value) => frameOf({ netFn: value >> 2, lun: value & 3 }));

    for (const netFnLun of nonEmpty(netFnLuns)) {
      const body = Uint8Array.of(netFnLun + 4, SEQ, 0x01);
      const answered = frames.filter((one) => isAnswer(body, one));
      expect(answered.map(([, packed]) => packed)).toEqual([netFnLun]);
    }
  });

  test('takes LUN 0 besides only where it is told to, and no other LUN', () => {
    const taken = bytesThat((netFnLun) =>
      isAnswer(Uint8Array.of(netFnLun, answer[1], answer[2]), frame, true),
    );

    expect(taken).toEqual([0x2c, 0x2d]);
    expect(isAnswer(Uint8Array.of(0x2c, SEQ ^ 1, 0x43), frame, true)).toBe(false);
    expect(isAnswer(Uint8Array.of(0x2c, SEQ, 0x44), frame, true)).toBe(false);
  });

  test("does not take the host's own frame back", () => {
    expect(isAnswer(frame.subarray(1), frame)).toBe(false);
  });
});

test.each([
  ['is an answer', [0x1c, SEQ, 0x01, 0x00], undefined],
  ['has another number', [0x20, SEQ + 1, 0x01, 0x00], undefined],
  ['is of another command', [0x20, SEQ, 0x02, 0x00], undefined],
  ['is of another network function', [0x20, SEQ, 0x01, 0x00], 'NetFn/LUN 0x20 instead of 0x1c'],
])('what %s has this fault: %j', (_, body, fault) => {
  expect(misfit(Uint8Array.from(body), frameOf())).toBe(fault);
});
