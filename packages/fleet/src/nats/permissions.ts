/**
 * The refusals of a NATS server: its users may publish and subscribe to some subjects alone. A
 * refusal names the subject as the permissions of docs/fleet.md have it, and what to do.
 */

/** An error of the library for a subject that the server does not let this user have. */
export interface Violation extends Error {
  readonly operation: 'publish' | 'subscription';
  readonly subject: string;
}

/** A refusal, as a log has it. */
export interface Refusal {
  readonly operation: 'publish' | 'subscribe';
  /** With `>` in place of what is another one each time. */
  readonly subject: string;
  readonly remedy: string;
}

/** Subjects whose end is another one each time, by the number of the words that stay. */
const CHANGING: readonly (readonly [first: RegExp, words: number])[] = [
  [/^_INBOX\./, 2],
  [/^\$SRV\./, 1],
  [/^\$JS\.ACK\./, 3],
  [/^\$JS\.API\.CONSUMER\.CREATE\./, 5],
];

/** True for an error of the library that says so, also where another one has it as its cause. */
export function isRefusal(error: unknown): boolean {
  return violationIn(error) !== undefined;
}

/** The refusal that an error says; only for one of {@link isRefusal}. */
export function refusalOf(error: unknown): Refusal {
  const violation = violationIn(error);
  if (violation === undefined) throw new Error('bug: no refusal of NATS');
  const { operation, subject } = violation;
  const isPublish = operation === 'publish';
  const pair = 'give a key and a name that belong together (--nkey, and --user or --host)';
  const rights = `let the user of this key ${isPublish ? 'publish' : 'subscribe'} to it`;
  const again = isPublish ? '' : ', and start this again';
  const remedy = `${pair}; or ${rights} (the permissions of docs/fleet.md)${again}`;
  return { operation: isPublish ? 'publish' : 'subscribe', subject: shortened(subject), remedy };
}

/** The refusal in one sentence. */
export function refusalText(error: unknown): string {
  const { operation, subject, remedy } = refusalOf(error);
  return `NATS does not let this user ${operation} to ${subject}: ${remedy}`;
}

function violationIn(error: unknown): Violation | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'PermissionViolationError') return at as Violation;
  }
  return undefined;
}

function shortened(subject: string): string {
  const [, count] = CHANGING.find(([first]) => first.test(subject)) ?? [];
  const words = subject.split('.');
  if (count === undefined || words.length <= count) return subject;
  return `${words.slice(0, count).join('.')}.>`;
}
