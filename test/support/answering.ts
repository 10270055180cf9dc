/** A `Requester` that answers from a function, and keeps what it was asked. */

import type { Reply } from '../../src/ipmi/message.ts';
import type { RequestInput, RequestOptions, Requester } from '../../src/ipmi/requester.ts';

/** What one request was, and with which options. */
export interface Asked {
  readonly input: RequestInput;
  readonly options: RequestOptions;
}

/** Answers with a completion code and the data behind it. */
export class Answering implements Requester {
  readonly asked: Asked[] = [];
  readonly #answer: (input: RequestInput) => readonly number[];

  constructor(answer: (input: RequestInput) => readonly number[]) {
    this.#answer = answer;
  }

  request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    this.asked.push({ input, options });
    const [completionCode = 0, ...data] = this.#answer(input);
    return Promise.resolve({ completionCode, data: Uint8Array.from(data) } as Reply);
  }
}
