/** What a trace says, and above all what it never says. */

import { describe, expect, test } from 'vitest';

import { TracePort } from '../../src/bt/trace-port.ts';
import type { PortIo } from '../../src/port/port.ts';

const [CTRL, FIFO, INTMASK] = [0xce4, 0xce5, 0xce6];
const BLOCK = { base: CTRL, spacing: 1 };

const SECRET = [0xde, 0xad, 0xbe, 0xef];
const SET_USER_PASSWORD = [0x08, 0x18, 0x10, 0x47, ...SECRET];
/** Get Device SDR Info, which is known to hold no secret; the BMC takes any data. */
const ASK = [0x07, 0x10, 0x11, 0x20, ...SECRET];
const OEM = [0x07, 0xc0, 0x11, 0x01, ...SECRET];

interface Options {
  readonly payload?: boolean | 'all';
  readonly spacing?: number;
  readonly base?: number;
}

/** A traced port: reads give `bytes`, and `events` has the lines and the accesses as they came. */
function rig({ payload = false, base = CTRL, spacing = 1 }: Options = {}) {
  const events: string[] = [];
  const bytes: number[] = [];
  const note = (...words: readonly unknown[]): void => {
    events.push(`  ${words.join(' ')}`);
  };
  const inner: PortIo = {
    inb: (at) => {
      note('inb', at);
      return bytes.shift() ?? 0;
    },
    outb: (at, value) => {
      note('outb', at, value);
    },
    readBytes: (at, target, count) => {
      note('readBytes', at, count);
      target.set(bytes.splice(0, count));
    },
    writeBytes: (at, source, count) => {
      note('writeBytes', at, source.subarray(0, count));
    },
    close: () => {
      note('close');
    },
  };
  const write = (line: string): void => {
    events.push(line);
  };
  const port = new TracePort(inner, { base, spacing }, { write, payload });
  const lines = (): readonly string[] => events.filter((event) => !event.startsWith('  '));
  return { port, bytes, events, lines };
}

/** Sends `frame`, takes a reply whose body is `body`, and returns the two lines. */
function exchange(
  frame: readonly number[],
  body: readonly number[],
  options: Options,
): readonly string[] {
  const { port, bytes, lines } = rig(options);
  bytes.push(...body);
  port.writeBytes(FIFO, Uint8Array.from([...frame, 0x77, 0x77]), frame.length);
  port.readBytes(FIFO, new Uint8Array(255), body.length);
  return lines();
}

test('every access is handed on as it is, and told', () => {
  const { port, bytes, events } = rig();
  const target = new Uint8Array(5);
  bytes.push(0x48, 0x1c, 0x11, 0x01, 0x00);

  const status = port.inb(CTRL);
  port.outb(CTRL, 0x40);
  port.readBytes(FIFO, target, 4);
  port.writeBytes(FIFO, Uint8Array.of(3, 0x18, 0x12, 1, 0xff), 4);
  port.close();

  expect(status).toBe(0x48);
  expect([...target]).toEqual([0x1c, 0x11, 0x01, 0x00, 0]);
  expect(events).toEqual([
    '  inb 3300',
    'in  BT_CTRL    0x48 B2H_ATN H_BUSY',
    'out BT_CTRL    0x40 H_BUSY',
    '  outb 3300 64',
    '  readBytes 3301 4',
    'in  BMC2HOST   1c 11 01 00',
    'out HOST2BMC   03 18 12 01',
    '  writeBytes 3301 3,24,18,1',
    '  close',
  ]);
});

describe('the bits of a register are named:', () => {
  test.each([
    [CTRL, 0x00, 'BT_CTRL    0x00'],
    [CTRL, 0x01, 'BT_CTRL    0x01 CLR_WR_PTR'],
    [CTRL, 0x02, 'BT_CTRL    0x02 CLR_RD_PTR'],
    [CTRL, 0x04, 'BT_CTRL    0x04 H2B_ATN'],
    [CTRL, 0x08, 'BT_CTRL    0x08 B2H_ATN'],
    [CTRL, 0x10, 'BT_CTRL    0x10 SMS_ATN'],
    [CTRL, 0x20, 'BT_CTRL    0x20 OEM0'],
    [CTRL, 0x40, 'BT_CTRL    0x40 H_BUSY'],
    [CTRL, 0x80, 'BT_CTRL    0x80 B_BUSY'],
    [INTMASK, 0x00, 'BT_INTMASK 0x00'],
    [INTMASK, 0x01, 'BT_INTMASK 0x01 B2H_IRQ_EN'],
    [INTMASK, 0x03, 'BT_INTMASK 0x03 B2H_IRQ_EN B2H_IRQ'],
    [INTMASK, 0x80, 'BT_INTMASK 0x80 BMC_HWRST'],
    [INTMASK, 0x60, 'BT_INTMASK 0x60'],
    [FIFO, 0x13, 'BMC2HOST   0x13'],
    [0xce7, 0x48, '0xce7      0x48'],
    [0xce3, 0x48, '0xce3      0x48'],
  ])('port %i reads %i: %s', (at, value, text) => {
    const { port, bytes, lines } = rig();
    bytes.push(value);

    port.inb(at);

    expect(lines()).toEqual([`in  ${text}`]);
  });

  test('a floating bus has all of them', () => {
    const { port, bytes, lines } = rig();
    bytes.push(0xff);

    port.inb(CTRL);

    const names = 'CLR_WR_PTR CLR_RD_PTR H2B_ATN B2H_ATN SMS_ATN OEM0 H_BUSY B_BUSY';
    expect(lines()).toEqual([`in  BT_CTRL    0xff ${names}`]);
  });
});

test('registers that lie apart are found', () => {
  const { port, lines } = rig({ base: 0x100, spacing: 4 });

  for (const at of [0x100, 0x104, 0x108, 0x101, 0x10c]) port.outb(at, 0x80);

  expect(lines()).toEqual([
    'out BT_CTRL    0x80 B_BUSY',
    'out HOST2BMC   0x80',
    'out BT_INTMASK 0x80 BMC_HWRST',
    'out 0x101      0x80',
    'out 0x10c      0x80',
  ]);
});

const HIDDEN = ['(+4 bytes)', '(+4 bytes)'];
const SHOWN = ['de ad be ef', 'de ad be ef'];

/** The payload in two lines of a trace, without the headers in front. */
function payloadOf(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.slice('out HOST2BMC   07 c0 11 01 '.length));
}

describe('payload', () => {
  const reply = [0x14, 0x11, 0x20, 0x00, ...SECRET];

  test('is counted and not shown', () => {
    expect(exchange(ASK, reply, { payload: false })).toEqual([
      'out HOST2BMC   07 10 11 20 (+4 bytes)',
      'in  BMC2HOST   14 11 20 00 (+4 bytes)',
    ]);
  });

  test('of a command that holds no secret is shown when asked for', () => {
    expect(exchange(ASK, reply, { payload: true })).toEqual([
      'out HOST2BMC   07 10 11 20 de ad be ef',
      'in  BMC2HOST   14 11 20 00 de ad be ef',
    ]);
  });

  test('is not shown in a reply to nobody, before anything was asked', () => {
    const { port, bytes, lines } = rig({ payload: true });
    bytes.push(...reply);

    port.readBytes(FIFO, new Uint8Array(255), reply.length);

    expect(lines()).toEqual(['in  BMC2HOST   14 11 20 00 (+4 bytes)']);
  });

  test('is not missed where there is none', () => {
    expect(exchange([3, 0x18, 0x11, 0x01], [0x1c, 0x11], { payload: false })).toEqual([
      'out HOST2BMC   03 18 11 01',
      'in  BMC2HOST   1c 11',
    ]);
  });

  test('that is read or written byte by byte is not shown, except the length byte', () => {
    const { port, bytes, lines } = rig({ payload: true });
    bytes.push(0x08, 0xde, 0xad, 0x00);

    port.outb(CTRL, 0x02);
    port.inb(FIFO);
    port.inb(FIFO);
    port.outb(FIFO, 0xad);
    port.outb(CTRL, 0x01);
    port.inb(FIFO);

    expect(lines().filter((line) => line.includes('2'))).toEqual([
      'out BT_CTRL    0x02 CLR_RD_PTR',
      'in  BMC2HOST   0x08',
      'in  BMC2HOST   (1 byte)',
      'out HOST2BMC   (1 byte)',
      'in  BMC2HOST   0xad',
    ]);
  });
});

describe.each([
  ['Set User Password', SET_USER_PASSWORD, [0x1c, 0x10, 0x47, 0x00, ...SECRET]],
  ['an OEM command', OEM, [0xc4, 0x11, 0x01, 0x00, ...SECRET]],
  [
    'Get Bootstrap Account Credentials',
    [0x07, 0xb0, 0x11, 0x02, 0x52, 0xde, 0xad, 0xbe],
    [0xb4, 0x11, 0x02, 0x00, ...SECRET],
  ],
])('the payload of %s', (_, frame, body) => {
  test.each([true, false])('is hidden with payload %s, in request and reply', (payload) => {
    expect(payloadOf(exchange(frame, body, { payload }))).toEqual(HIDDEN);
  });

  test('is hidden in a reply that names another command', () => {
    const other = [0x14, 0x11, 0x20, 0x00, ...SECRET];

    expect(payloadOf(exchange(frame, other, { payload: true }))).toEqual(HIDDEN);
  });

  test('is hidden in a late reply to another request', () => {
    expect(payloadOf(exchange(ASK, body, { payload: true }))[1]).toBe(HIDDEN[1]);
  });

  test('is shown with payload all', () => {
    const [request = '', reply] = payloadOf(exchange(frame, body, { payload: 'all' }));

    expect(request).not.toContain('bytes');
    expect(reply).toBe(SHOWN[1]);
  });
});

test('a late reply with another sequence number is hidden', () => {
  const late = [0x14, 0x10, 0x20, 0x00, ...SECRET];

  expect(payloadOf(exchange(ASK, late, { payload: true }))).toEqual([SHOWN[0], HIDDEN[1]]);
});

test('a password is hidden on every logical unit', () => {
  const [length, , ...rest] = SET_USER_PASSWORD;
  const lines = exchange([length ?? 0, 0x1b, ...rest], [0x1f, 0x10, 0x47, 0x00], { payload: true });

  expect(lines[0]).toBe('out HOST2BMC   08 1b 10 47 (+4 bytes)');
});

test('after a password the next command is shown again', () => {
  const { port, bytes, lines } = rig({ payload: true });
  bytes.push(0x1c, 0x10, 0x47, 0x00, 0x14, 0x11, 0x20, 0x00, ...SECRET);
  const target = new Uint8Array(255);

  port.writeBytes(FIFO, Uint8Array.from(SET_USER_PASSWORD), 8);
  port.readBytes(FIFO, target, 4);
  port.writeBytes(FIFO, Uint8Array.from(ASK), 8);
  port.readBytes(FIFO, target, 8);

  expect(lines().at(-1)).toBe('in  BMC2HOST   14 11 20 00 de ad be ef');
});

test('a write that crashes has been told before', () => {
  const lines: string[] = [];
  const crash = (): never => {
    throw new Error('gone');
  };
  const inner = { inb: crash, outb: crash, readBytes: crash, writeBytes: crash, close: crash };
  const port = new TracePort(inner, BLOCK, { write: (line) => lines.push(line), payload: false });

  expect(() => {
    port.outb(CTRL, 0x04);
  }).toThrow('gone');

  expect(lines).toEqual(['out BT_CTRL    0x04 H2B_ATN']);
});
