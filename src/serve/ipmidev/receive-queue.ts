/** The messages that an open file has not received yet. Their number is bounded. */

/** `recv_type` of linux/ipmi.h. */
export const ReceiveType = {
  /** The answer to a request. */
  RESPONSE: 1,
  ASYNC_EVENT: 2,
  /** A command of another controller. */
  COMMAND: 3,
  /** The end of sending an answer to such a command. */
  RESPONSE_RESPONSE: 4,
} as const;

/** One message, as `struct ipmi_recv` has it. */
export interface ReceivedMessage {
  readonly type: (typeof ReceiveType)[keyof typeof ReceiveType];
  /** The bytes of its `struct ipmi_addr`. */
  readonly address: Uint8Array;
  readonly messageId: bigint;
  readonly netFn: number;
  readonly cmd: number;
  /** With the completion code at its front, in an answer. */
  readonly data: Uint8Array;
}

/**
 * Requests of a file that have no answer yet, or one that was not received: as many as the kernel's
 * driver allows a user (`max_msgs_per_user`).
 */
export const OUTSTANDING_MAX = 100;

/** Events and commands that wait; further ones are lost to this file. */
const UNASKED_MAX = 100;

export class ReceiveQueue {
  readonly #messages: ReceivedMessage[] = [];
  #outstanding = 0;
  #unasked = 0;

  /** There is no room for another answer. */
  get isFull(): boolean {
    return this.#outstanding >= OUTSTANDING_MAX;
  }

  /** Keeps room for the answer to a request. */
  reserve(): void {
    this.#outstanding += 1;
  }

  /** Adds an answer, for which there is room. */
  answer(message: ReceivedMessage): void {
    this.#messages.push(message);
  }

  /** Adds an event or a command; false when there is no room. */
  offer(message: ReceivedMessage): boolean {
    if (this.#unasked >= UNASKED_MAX) return false;
    this.#unasked += 1;
    this.#messages.push(message);
    return true;
  }

  get head(): ReceivedMessage | undefined {
    return this.#messages[0];
  }

  /** Removes the first message. */
  take(): void {
    const message = this.#messages.shift();
    if (message === undefined) return;
    if (isAnswer(message)) this.#outstanding -= 1;
    else this.#unasked -= 1;
  }

  clear(): void {
    this.#messages.length = 0;
  }
}

function isAnswer({ type }: ReceivedMessage): boolean {
  return type === ReceiveType.RESPONSE || type === ReceiveType.RESPONSE_RESPONSE;
}
