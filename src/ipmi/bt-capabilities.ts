/**
 * Get BT Interface Capabilities (IPMI 2.0 §22.10): decoding, and what is made of values that no
 * BMC can mean.
 */

/** What the BMC says of its BT interface. Raw values, as the BMC sent them. */
export interface BtCapabilities {
  /** Requests the BMC says it can hold at once. The driver keeps one on the wire all the same. */
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

/** What the length byte of a request counts besides the data: netFn/LUN, seq, cmd (§11.5). */
export const REQUEST_OVERHEAD_BYTES = 3;

/** What every BT interface is taken to be able to do when it does not say. */
export const DEFAULT_CAPABILITIES: BtCapabilities = {
  outstandingRequests: 1,
  inputBytes: 63,
  outputBytes: 63,
  responseTimeSeconds: 5,
  retries: 2,
};

const RESPONSE_BYTES = 5;

/** Longest time a BMC is believed to need; the specification ends at 30 s. */
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

/** The same with absurd values replaced by ones that work. */
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
  // A 64-byte buffer holds the length byte too: BMCs that say 64 mean 63.
  if (bytes === 64) return 63;
  return bytes < BUFFER_BYTES_MIN ? DEFAULT_CAPABILITIES.inputBytes : bytes;
}

function believableSeconds(seconds: number): number {
  if (seconds === 0) return DEFAULT_CAPABILITIES.responseTimeSeconds;
  return Math.min(seconds, RESPONSE_TIME_MAX_SECONDS);
}
