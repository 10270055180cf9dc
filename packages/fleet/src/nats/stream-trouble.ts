/** Reasons why the stream of events cannot be read, as a sentence. */

/** The sentence for an error of the library. */
export function streamTrouble(error: unknown, stream: string): string {
  const { name, message } = error as Error;
  if (/stream not found/i.test(message)) return `there is no stream ${stream} of events`;
  if (/permission/i.test(`${name} ${message}`)) {
    return `NATS gives this user no permission for the stream ${stream}: ${message}`;
  }
  return `the stream ${stream} cannot be read: ${message}`;
}
