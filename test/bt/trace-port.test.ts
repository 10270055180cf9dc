/** What a trace says, and above all what it never says. */

import { describe, expect, test } from 'vitest';

import { TracePort } from '../../src/bt/trace-port.ts';
import type { PortIo } from '../../src/port/port.ts';

const [CTRL, FIFO, INTMASK] = [0xce4, 0xce5, 0xce6];
const BLOCK = { base: CTRL, spacing: 1 };

const SECRET = [0xde, 0xad, 0xbe, 0xef];
const SET_USER_PASSWORD = [0x08, 0x18, 0x10, 0x47, ...SECRET];
const ECHO = [0x07, 0xc0, 0x11, 0x01, ...SECRET];

interface Options {
  readonly payload?: boolean;
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

describe('payload', () => {
  const reply = [0xc4, 0x11, 0x01, 0x00, ...SECRET];

  test('is counted and not shown', () => {
    expect(exchange(ECHO, reply, { payload: false })).toEqual([
      'out HOST2BMC   07 c0 11 01 (+4 bytes)',
      'in  BMC2HOST   c4 11 01 00 (+4 bytes)',
    ]);
  });

  test('is shown when asked for', () => {
    expect(exchange(ECHO, reply, { payload: true })).toEqual([
      'out HOST2BMC   07 c0 11 01 de ad be ef',
      'in  BMC2HOST   c4 11 01 00 de ad be ef',
    ]);
  });

  test('is shown in a reply to nobody, before anything was asked', () => {
    const { port, bytes, lines } = rig({ payload: true });
    bytes.push(...reply);

    port.readBytes(FIFO, new Uint8Array(255), reply.length);

    expect(lines()).toEqual(['in  BMC2HOST   c4 11 01 00 de ad be ef']);
  });

  test('is not missed where there is none', () => {
    expect(exchange([3, 0x18, 0x11, 0x01], [0x1c, 0x11], { payload: false })).toEqual([
      'out HOST2BMC   03 18 11 01',
      'in  BMC2HOST   1c 11',
    ]);
  });
});

describe.each([true, false])('with payload %s, a password is hidden', (payload) => {
  const hidden = 'out HOST2BMC   08 18 10 47 (+4 bytes)';

  test('in the request and in its reply', () => {
    expect(exchange(SET_USER_PASSWORD, [0x1c, 0x10, 0x47, 0x00, ...SECRET], { payload })).toEqual([
      hidden,
      'in  BMC2HOST   1c 10 47 00 (+4 bytes)',
    ]);
  });

  test('in a reply that names another command', () => {
    expect(exchange(SET_USER_PASSWORD, [0x1c, 0x10, 0x01, 0x00, ...SECRET], { payload })).toEqual([
      hidden,
      'in  BMC2HOST   1c 10 01 00 (+4 bytes)',
    ]);
  });

  test('in a late reply to somebody else', () => {
    expect(exchange(ECHO, [0x1c, 0x10, 0x47, 0x00, ...SECRET], { payload })[1]).toBe(
      'in  BMC2HOST   1c 10 47 00 (+4 bytes)',
    );
  });

  test('on every LUN', () => {
    const [length, , ...rest] = SET_USER_PASSWORD;
    const lines = exchange([length ?? 0, 0x1b, ...rest], [0x1f, 0x10, 0x47, 0x00], { payload });

    expect(lines[0]).toBe('out HOST2BMC   08 1b 10 47 (+4 bytes)');
  });
});

test('after a password the next command is shown again', () => {
  const { port, bytes, lines } = rig({ payload: true });
  bytes.push(0x1c, 0x10, 0x47, 0x00, 0xc4, 0x11, 0x01, 0x00, ...SECRET);
  const target = new Uint8Array(255);

  port.writeBytes(FIFO, Uint8Array.from(SET_USER_PASSWORD), 8);
  port.readBytes(FIFO, target, 4);
  port.writeBytes(FIFO, Uint8Array.from(ECHO), 8);
  port.readBytes(FIFO, target, 8);

  expect(lines().at(-1)).toBe('in  BMC2HOST   c4 11 01 00 de ad be ef');
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
