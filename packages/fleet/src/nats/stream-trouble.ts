/** Reasons why the stream of events cannot be read, as a sentence that says what to do. */

import { isRefusal, refusalText } from './permissions.ts';

/** The sentence for an error of the library. */
export function streamTrouble(error: unknown, stream: string): string {
  const { message } = error as Error;
  if (/stream not found/i.test(message)) {
    return `there is no stream ${stream} of events: make it, once for all hosts (docs/fleet.md)`;
  }
  const reason = isRefusal(error) ? refusalText(error) : message;
  return `the stream ${stream} cannot be read: ${reason}`;
}
