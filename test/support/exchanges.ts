/**
 * Commands and the one right answer to each, for tests that run over more than one BMC. Where BMCs
 * differ, the facts about the one at hand decide.
 */

import type { Reply } from '../../src/index.ts';

/** What a test has to know of a BMC to know its answers. */
export interface BmcFacts {
  /** The data of Get Device ID. */
  readonly deviceId: readonly number[];
  /**
   * Which of the commands a BMC need not have it has: Get Self Test Results, and an OEM command
   * (0x30/0x01) that returns its data.
   */
  readonly has: readonly ('selfTest' | 'echo')[];
}

/** A command, and the answer that is right. */
export interface RequestAndReply {
  readonly request: { netFn: number; cmd: number; lun: number; data: Uint8Array };
  readonly reply: Reply;
}

/** Get BT Interface Capabilities: 1 outstanding, length bytes up to 255, 10 s, no retries. */
export const CAPABILITIES = [1, 255, 255, 10, 0] as const;

/** Most data a reply has room for: its length byte counts to 255, and 4 bytes come first. */
const REPLY_DATA_MAX = 251;

const APP = 0x06;
const OEM = 0x30;

const OK = 0x00;
const INVALID_COMMAND = 0xc1;
const INVALID_COMMAND_ON_LUN = 0xc2;

/** A completion code and the data behind it. */
type Answer = readonly [completionCode: number, ...data: number[]];

/** A name, and what the BMC is asked under it, in order. */
type Conversation = readonly [string, (facts: BmcFacts) => readonly RequestAndReply[]];

export const CONVERSATIONS: readonly Conversation[] = [
  ['Get Device ID', (facts) => [getDeviceId(facts)]],
  ['Get Self Test Results', (facts) => [getSelfTestResults(facts)]],
  ['Set and Get BMC Global Enables', () => [...globalEnables(0x0c), ...globalEnables(0x08)]],
  ['Get Message Flags', () => [exchange([APP, 0x31], [], [OK, 0x00])]],
  ['Get BT Interface Capabilities', () => [exchange([APP, 0x36], [], [OK, ...CAPABILITIES])]],
  ['an OEM echo', (facts) => [echo(facts, 20)]],
  ['a command that no BMC has', () => [exchange([0x2e, 0x7f], payload(3), [INVALID_COMMAND])]],
  ['a command to LUN 1', () => [exchange([APP, 0x01, 1], [], [INVALID_COMMAND_ON_LUN])]],
];

/** Get Device ID (§20.1). */
export function getDeviceId({ deviceId }: BmcFacts): RequestAndReply {
  return exchange([APP, 0x01], [], [OK, ...deviceId]);
}

/** Set BMC Global Enables, and Get, which must say the same (§22.1, §22.2). */
export function globalEnables(value: number): readonly RequestAndReply[] {
  return [exchange([APP, 0x2e], [value], [OK]), exchange([APP, 0x2f], [], [OK, value])];
}

/** The OEM echo of so many bytes; a BMC that has none says so at any length. */
export function echo({ has }: BmcFacts, length: number): RequestAndReply {
  const data = payload(length);
  const echoed: Answer = [OK, ...data.slice(0, REPLY_DATA_MAX)];
  return exchange([OEM, 0x01], data, has.includes('echo') ? echoed : [INVALID_COMMAND]);
}

/** The bytes of the BT frame that asks. */
export function requestFrame({ request }: RequestAndReply, seq: number): readonly number[] {
  const { netFn, lun, cmd, data } = request;
  return [3 + data.length, (netFn << 2) | lun, seq, cmd, ...data];
}

/** The bytes of the BT frame that answers. */
export function replyFrame({ request, reply }: RequestAndReply, seq: number): readonly number[] {
  const netFnLun = ((request.netFn | 1) << 2) | request.lun;
  const { completionCode, data } = reply;
  return [4 + data.length, netFnLun, seq, request.cmd, completionCode, ...data];
}

function getSelfTestResults({ has }: BmcFacts): RequestAndReply {
  const passed: Answer = [OK, 0x55, 0x00];
  return exchange([APP, 0x04], [], has.includes('selfTest') ? passed : [INVALID_COMMAND]);
}

/** Bytes that differ from one place to the next and from one length to another. */
function payload(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
}

function exchange(
  [netFn, cmd, lun = 0]: readonly [netFn: number, cmd: number, lun?: number],
  data: readonly number[],
  [completionCode, ...replyData]: Answer,
): RequestAndReply {
  return {
    request: { netFn, cmd, lun, data: Uint8Array.from(data) },
    reply: { completionCode, data: Uint8Array.from(replyData) },
  };
}
