/**
 * Get Self Test Results (IPMI 2.0 §20.4): decodes the answer.
 */

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

/** Decodes the response data; `undefined` when it is too short. */
export function decodeSelfTest(data: Uint8Array): SelfTest | undefined {
  const [code, detail] = data;
  if (code === undefined || detail === undefined) return undefined;
  return { result: RESULTS[code] ?? 'device-specific failure', code, detail };
}
