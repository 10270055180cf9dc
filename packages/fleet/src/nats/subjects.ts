/**
 * The subjects between an agent and its callers: `PREFIX.HOST.ENDPOINT.USER` for requests, and
 * `PREFIX-events.HOST` for events. The last token of a request names the user: a site lets each
 * user publish to its own token alone, so that the NATS server vouches for it.
 */

/** First token of all subjects, unless a site chooses another. */
export const DEFAULT_PREFIX = 'ipmi-bt';

/** The host that means every host; only for endpoints that read. */
export const ALL_HOSTS = 'all';

/** Everything that an agent answers. */
export const ENDPOINTS = ['raw', 'info', 'statistics', 'sensors', 'sel', 'lan', 'smoke'] as const;

/** One of them. */
export type Endpoint = (typeof ENDPOINTS)[number];

/** Longest host name of DNS (RFC 1035, 2.3.4), and longest token of a subject. */
export const HOST_CHARS_MAX = 253;

const TOKEN = /^[\w-]+$/;

/** The parts of the subject of a request. */
export interface RequestSubject {
  readonly prefix: string;
  /** As a token; see {@link hostToken}. */
  readonly host: string;
  readonly endpoint: Endpoint;
  readonly user: string;
}

/** The token of a host: its name in lower case, with `_` for each dot. Throws a `RangeError`. */
export function hostToken(name: string): string {
  const token = checkToken('the host name', name.toLowerCase().replaceAll('.', '_'));
  if (token !== ALL_HOSTS) return token;
  throw new RangeError(`the host name "${ALL_HOSTS}" means all hosts`);
}

/** Returns a name that is one token of a subject; throws a `RangeError` if it cannot be. */
export function checkToken(what: string, name: string): string {
  if (TOKEN.test(name) && name.length <= HOST_CHARS_MAX) return name;
  throw new RangeError(`${what} must have letters, digits, "-" and "_" only`);
}

/** The subject of a request. */
export function requestSubject({ prefix, host, endpoint, user }: RequestSubject): string {
  return `${prefix}.${host}.${endpoint}.${user}`;
}

/** The subjects that the agent of a host listens to. */
export function agentSubjects(prefix: string, host: string): readonly string[] {
  return [`${prefix}.${host}.*.*`, `${prefix}.${ALL_HOSTS}.*.*`];
}

/** The parts of the subject of a request; undefined for any other subject. */
export function parseSubject(subject: string): RequestSubject | undefined {
  const [prefix = '', host = '', word = '', user = '', ...more] = subject.split('.');
  const endpoint = ENDPOINTS.find((one) => one === word);
  if (endpoint === undefined || more.length > 0) return undefined;
  return [prefix, host, user].every((token) => TOKEN.test(token))
    ? { prefix, host, endpoint, user }
    : undefined;
}

/**
 * True for a subject at which only callers listen. An agent may publish to others, too, such as
 * that of its events: no user may have it do so by naming that as the place of an answer.
 */
export function isInbox(prefix: string, subject: string): boolean {
  const [first = ''] = subject.split('.');
  return !first.startsWith('$') && first !== prefix && first !== eventStream(prefix);
}

/** The subject of the events of a host; `*` for all hosts. */
export function eventSubject(prefix: string, host: string): string {
  return `${prefix}-events.${host}`;
}

/** The name of the JetStream stream that keeps the events. */
export function eventStream(prefix: string): string {
  return `${prefix}-events`;
}

/** First part of the subjects of answers to a user, which permissions keep from all others. */
export function inboxOf(user: string): string {
  return `_INBOX.${user}`;
}
