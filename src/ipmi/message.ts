/**
 * An IPMI request and its reply, independent of the interface (IPMI 2.0 chapter 5).
 */

/** An IPMI command for the BMC. */
export interface Request {
  /** Network function, even, 0x00..0x3e. */
  readonly netFn: number;
  /** Command, 0x00..0xff. */
  readonly cmd: number;
  /** Logical unit, 0..3. */
  readonly lun: number;
  /** Request data, 0..252 bytes. */
  readonly data: Uint8Array;
}

/** The BMC's answer to a request. `JSON.stringify()` prints its data as an array. */
export interface Reply {
  /** 0x00 is success; every value comes from the BMC, never from this driver. */
  readonly completionCode: number;
  /** Response data without the completion code, 0..251 bytes. */
  readonly data: Uint8Array;
}

/** A reply as it is received. */
export class ReceivedReply implements Reply {
  readonly completionCode: number;
  readonly data: Uint8Array;

  constructor(completionCode: number, data: Uint8Array) {
    this.completionCode = completionCode;
    this.data = data;
  }

  /** The same with the data as an array of numbers. */
  toJSON(): object {
    return { completionCode: this.completionCode, data: [...this.data] };
  }
}

/** Most data a request can carry: the length byte of a BT frame ends at 255 (§11.5). */
export const REQUEST_DATA_BYTES_MAX = 252;

/** The answer of a controller, and what it answers. */
export interface IpmbResponse extends Reply {
  /** Network function of the response, odd. */
  readonly netFn: number;
  /** Slave address of the controller that answers. */
  readonly address: number;
  readonly seq: number;
  readonly cmd: number;
}
