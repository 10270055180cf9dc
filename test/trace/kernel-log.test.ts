/** Lines of a kernel's log as kernels and tools print them, and lines that are none. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { KernelLogError, KernelLogReader } from '../../src/trace/kernel-log.ts';
import type { KernelLog } from '../../src/trace/kernel-log.ts';

/** Reads a log. */
function read(text: string): KernelLog {
  const reader = new KernelLogReader();
  for (const line of text.split('\n')) reader.take(line);
  return reader.end();
}

const STATE = 'BT: RD_WAIT [ H_BUSY B2H ] TO=4996000 - 4000 ';

describe('a line is read with', () => {
  test.each([
    ['the stamp of dmesg', '[  120.377028] '],
    ['a level', '<4>[  120.377028] '],
    ['dmesg -x', 'kern  :warn  : [  120.377028] '],
    ['the caller', '[  120.377028][    T1] '],
    ['syslog', 'Aug 21 18:14:50 uv4-sys kernel: [  120.377028] '],
    ['journalctl -o short-monotonic', '[  120.377028] uv4-sys kernel: '],
    ['no space', '[120.377028] '],
  ])('%s', (_, prefix) => {
    expect(read(`${prefix}${STATE}`).lines).toEqual([
      {
        ...{ kind: 'state', atUs: 120_377_028, state: 'RD_WAIT' },
        ...{ bits: ['H_BUSY', 'B2H'], leftUs: 4_996_000 },
      },
    ]);
  });
});

describe('read as', () => {
  const at = '[ 1.000002] ';
  const us = 1_000_002;
  test.each([
    ['**Start2: 1534434704.377029859', { kind: 'mark', atUs: us, name: 'Start2' }],
    ['Send: 18 08', { kind: 'send', atUs: us, netFn: 6, cmd: 8, bytes: 2 }],
    ['Recv:: 1c 08 d5', { kind: 'receive', netFn: 7, cmd: 8, bytes: 3, completionCode: 0xd5 }],
    ['BT: write 4 bytes seq=0x01 03 18 00 36', { kind: 'write', netFn: 6, cmd: 0x36 }],
    ['IPMI BT: flag reset [ ]', { kind: 'note', text: 'IPMI BT: flag reset [ ]' }],
    ['ipmi_si: \u001b[2Jx', { kind: 'note', text: 'ipmi_si: ?[2Jx' }],
  ])('%j', (text, line) => {
    const { lines, malformed } = read(`${at}${STATE}\n${at}${text}`);

    expect(lines[1]).toMatchObject(line);
    expect(malformed).toBe(0);
  });

  test.each([
    ['another driver', 'usb 1-1: new device', 0],
    ['a dump of a message', 'BT: got 4 bytes seq=0x01 03 1c 00 36', 0],
    ['an unknown state', 'BT: WR_BYTE [ ] TO=1 - 0', 1],
    ['a state cut off', 'BT: WR_BYTES [ H2B', 1],
    ['a mark cut off', '**Start2: 15344', 1],
    ['a message cut off', 'Send: 18 0', 1],
    ['a message of one byte', 'Send: 18', 1],
    ['nothing', '', 0],
  ])('nothing: %s', (_, text, malformed) => {
    expect(read(`${at}${STATE}\n${at}${text}`)).toMatchObject({
      ...{ lines: [{ kind: 'state' }], malformed, states: 1, total: 2 },
    });
  });
});

test('of a message no payload is kept', () => {
  const log = read(`[ 1.000002] ${STATE}\n[ 1.000003] Send: 18 47 02 02 de ad be ef`);

  expect(JSON.stringify(log)).not.toMatch(/222|173|190|239|dead/);
});

test('the log of 2018 is read to its last line', () => {
  const log = read(readFileSync('test/fixtures/bt-race-2018.log', 'utf8').trimEnd());

  expect(log).toMatchObject({ total: 150, states: 118, malformed: 0 });
  expect(log.lines.filter(({ kind }) => kind === 'mark')).toHaveLength(8);
});

test.each([
  ['', /^there is no line such as "BT: RD_WAIT/],
  ['[ 1.000000] usb 1-1: new device\n', /among 2: load ipmi_si with bt_debug=7/],
  [`[Tue Aug 21 18:14:50 2018] ${STATE}`, /^its BT lines lack a stamp such as \[ {2}120\.377028\]/],
])('a log without such lines is refused: %j', (text, message) => {
  expect(() => read(text)).toThrow(message);
  expect(() => read(text)).toThrow(KernelLogError);
});

test('lines of states without a stamp among others count as malformed', () => {
  expect(read(`[ 1.000002] ${STATE}\nAug 21 host kernel: ${STATE}`).malformed).toBe(1);
});
