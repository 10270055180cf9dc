/** Get Self Test Results (IPMI 2.0 §20.4). */

import { decodeFrontOr, mapped, nothing, struct, u8 } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';

/** Results, in the words that `ipmitool mc selftest` prints. */
export type SelfTestResult =
  | 'passed'
  | 'not implemented'
  /** Data or devices are corrupted or cannot be reached; `detail` has a bit for each. */
  | 'device error'
  /** The BMC should be taken out of service; the manufacturer defines `detail`. */
  | 'fatal hardware error'
  /** The manufacturer defines both bytes. */
  | 'device-specific failure'
  /** 0xff, which the specification gives no meaning. */
  | 'reserved';

/** The last self test of the BMC. */
export interface SelfTest {
  readonly result: SelfTestResult;
  /** First byte, 0x55 for passed. */
  readonly code: number;
  /** Second byte. */
  readonly detail: number;
}

const RESULTS: Readonly<Record<number, SelfTestResult>> = {
  0x55: 'passed',
  0x56: 'not implemented',
  0x57: 'device error',
  0x58: 'fatal hardware error',
  0xff: 'reserved',
};

/** Get Self Test Results (§20.4). */
export const GET_SELF_TEST_RESULTS: Command<void, SelfTest> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_SELF_TEST_RESULTS,
  section: '§20.4',
  request: nothing,
  response: mapped(
    struct<Pick<SelfTest, 'code' | 'detail'>>({ code: u8, detail: u8 }),
    ({ code, detail }): SelfTest => {
      return { result: RESULTS[code] ?? 'device-specific failure', code, detail };
    },
    (test) => test,
  ),
};

/** The faults of a device error, by the bits of `detail`, bit 0 first. */
const DEVICE_ERRORS = [
  'controller firmware is corrupted',
  'boot block firmware is corrupted',
  'FRU internal use area is corrupted',
  'SDR repository is empty',
  'no answer on the IPMB',
  'no access to the FRU device of the BMC',
  'no access to the SDR repository',
  'no access to the SEL device',
] as const;

/** The faults of a device error, in words; none of any other result. */
export function selfTestFaults({ result, detail }: SelfTest): readonly string[] {
  if (result !== 'device error') return [];
  return DEVICE_ERRORS.filter((_, bit) => (detail & (1 << bit)) !== 0);
}

/** Decodes the response data; `undefined` when it is too short. */
export function decodeSelfTest(data: Uint8Array): SelfTest | undefined {
  return decodeFrontOr(GET_SELF_TEST_RESULTS.response, data);
}
