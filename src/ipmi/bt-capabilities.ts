/**
 * Get BT Interface Capabilities (IPMI 2.0 §22.10): decodes the answer, and replaces values that
 * cannot be true.
 */

/** The capabilities of a BT interface: raw values, as the BMC sent them. */
export interface BtCapabilities {
  /** Requests that the BMC can hold at once. The driver keeps one on the wire all the same. */
  readonly outstandingRequests: number;
  /** Largest length byte of a request. */
  readonly inputBytes: number;
  /** Largest length byte of a response. */
  readonly outputBytes: number;
  /** Longest time from request to response, seconds. */
  readonly responseTimeSeconds: number;
  /** Retries the BMC recommends. */
  readonly retries: number;
}

/** The bytes that a request's length byte counts besides the data: netFn/LUN, seq, cmd (§11.5). */
export const REQUEST_OVERHEAD_BYTES = 3;

/** The capabilities assumed of a BMC that does not tell its own. */
export const DEFAULT_CAPABILITIES: BtCapabilities = {
  outstandingRequests: 1,
  inputBytes: 63,
  outputBytes: 63,
  responseTimeSeconds: 5,
  retries: 2,
};

const RESPONSE_BYTES = 5;

/** Longest response time that is accepted; the specification ends at 30 s. */
const RESPONSE_TIME_MAX_SECONDS = 60;

/** Smallest length byte that still carries a command with some data. */
const BUFFER_BYTES_MIN = 8;

/** Decodes the response data; `undefined` when it is too short to be one. */
export function decodeBtCapabilities(data: Uint8Array): BtCapabilities | undefined {
  if (data.length < RESPONSE_BYTES) return undefined;
  const [outstanding = 0, input = 0, output = 0, seconds = 0, retries = 0] = data;
  return {
    outstandingRequests: outstanding,
    inputBytes: input,
    outputBytes: output,
    responseTimeSeconds: seconds,
    retries,
  };
}

/** Replaces values that cannot be true by ones that work. */
export function believable(raw: BtCapabilities): BtCapabilities {
  return {
    outstandingRequests: Math.max(raw.outstandingRequests, 1),
    inputBytes: believableBytes(raw.inputBytes),
    outputBytes: believableBytes(raw.outputBytes),
    responseTimeSeconds: believableSeconds(raw.responseTimeSeconds),
    retries: raw.retries,
  };
}

function believableBytes(bytes: number): number {
  // A 64-byte buffer also holds the length byte: BMCs that report 64 mean 63.
  if (bytes === 64) return 63;
  return bytes < BUFFER_BYTES_MIN ? DEFAULT_CAPABILITIES.inputBytes : bytes;
}

function believableSeconds(seconds: number): number {
  if (seconds === 0) return DEFAULT_CAPABILITIES.responseTimeSeconds;
  return Math.min(seconds, RESPONSE_TIME_MAX_SECONDS);
}
