/**
 * A device that a check has opened, and requests on it whose trouble is a finding: a request is
 * sent once, so that the check sees every answer that did not come.
 */

import type { Device } from '../device/device.ts';
import { IpmiError, bareText } from '../errors.ts';
import type { Silence } from '../errors.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion, codeText } from '../ipmi/completion.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestInput, Requester } from '../ipmi/requester.ts';
import type { Means } from './check.ts';
import type { Slug } from './events.ts';
import { note } from './ledger.ts';
import type { OpenChoice } from './subject.ts';

export const GET_DEVICE_ID: RequestInput = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };
export const GET_DEVICE_GUID: RequestInput = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_GUID };

/** The findings that the ways of giving no reply are. */
const SILENCES = {
  ...{ misfit: 'bt-wrong-answer', busy: 'bt-busy-stuck', nothing: 'bt-drops-requests' },
} as const satisfies Record<Silence | 'nothing', Slug>;

/** Requests that an interface must leave unanswered in a row to count as wedged. */
const WEDGED_AFTER = 2;

/** A device in use by a check. */
export interface Session {
  readonly device: Device;
  readonly means: Means;
  /** The counters of the device are explained: the check has reported it, or has caused it. */
  excuse(): void;
}

/** A request that got no usable answer. */
export interface Trouble {
  readonly kind: 'trouble';
  readonly slug: Slug;
  readonly text: string;
  readonly ms: number;
}

/** The result of a request. */
export type Exchange =
  { readonly kind: 'answer'; readonly reply: Reply; readonly ms: number } | Trouble;

/** Opens a device for `work`, closes it in any case, and keeps its counters for the end. */
export async function withDevice<T>(
  means: Means,
  choice: OpenChoice,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { subject, signal } = means;
  const device = await subject.open({ signal, ...choice });
  const explained = { is: false };
  const excuse = (): void => {
    explained.is = true;
  };
  try {
    return await work({ device, means, excuse });
  } finally {
    await device.close();
    if (!explained.is) note(subject, device.statistics());
  }
}

/** True when the BMC says that it has such a device; a BMC may drop commands of one it lacks. */
export function has({ device }: Session, support: number): boolean {
  return ((device.deviceId?.additionalSupport ?? 0) & support) !== 0;
}

/** Sends a request once. */
export async function ask(session: Session, request: RequestInput): Promise<Exchange> {
  const exchange = await askVia(session.device, request, session.means);
  if (exchange.kind === 'trouble') session.excuse();
  return exchange;
}

/**
 * The same through another process. Rejects with what is no finding about an answer, such as the
 * end of the check.
 */
export async function askVia(
  requester: Requester,
  request: RequestInput,
  { subject: { clock }, signal }: Means,
): Promise<Exchange> {
  const startMs = clock.now();
  try {
    const reply = await requester.request(request, { retries: 0, signal });
    const ms = clock.now() - startMs;
    // An interface says so that has waited in vain for what is behind it: there is no answer.
    if (reply.completionCode !== Completion.TIMEOUT) return { kind: 'answer', reply, ms };
    const text = `${replyText(reply)} came after ${Math.round(ms)} ms in the place of an answer`;
    return { kind: 'trouble', slug: 'bt-drops-requests', text, ms };
  } catch (error) {
    const slug = slugOf(error);
    if (slug === undefined || signal.aborted) throw error;
    return { kind: 'trouble', slug, text: textOf(error), ms: clock.now() - startMs };
  }
}

/** The finding that an error is; `undefined` when it tells nothing of the BMC's answers. */
export function slugOf(error: unknown): Slug | undefined {
  if (!(error instanceof IpmiError)) return undefined;
  switch (error.code) {
    case 'RESPONSE_MALFORMED':
      return 'bt-malformed';
    case 'DEVICE_ABSENT':
      return 'bt-absent';
    case 'REQUEST_TIMEOUT':
    case 'BMC_UNRESPONSIVE':
      return SILENCES[error.silence ?? 'nothing'];
    case 'PORT_DENIED':
    case 'PORT_LOCKED_DOWN':
    case 'PORT_UNSUPPORTED':
    case 'PORT_CLAIMED':
    case 'DEVICE_LOCKED':
    case 'DEVICE_CLOSED':
    case 'QUEUE_FULL':
    case 'REQUEST_TOO_LONG':
    case 'REQUEST_ABORTED':
    case 'COMMAND_FAILED':
    case 'COMMAND_DENIED':
      return undefined;
  }
}

/**
 * Reports a request without an answer, after a look at what the interface does next: as
 * `bt-wedged` if nothing more is answered, and then returns true; else as `slug`, or as what it is.
 */
export async function reportTrouble(
  session: Session,
  trouble: Trouble,
  { where, slug = trouble.slug, evidence = [] }: Where,
): Promise<boolean> {
  const { report } = session.means;
  const isWedged = await isSilent(session);
  const text = `${where}: ${trouble.text}`;
  if (isWedged) {
    const advice =
      `nor were ${WEDGED_AFTER} further requests answered. The interface is wedged: look at the ` +
      "BMC's own log, reset the BMC, and run this check again";
    report.fail('bt-wedged', `${text}; ${advice}`, evidence);
  } else {
    const advice = 'the next request was answered. Update the firmware of the BMC, or report this';
    report.fail(slug, `${text}; ${advice}`, evidence);
  }
  return isWedged;
}

/** The place of a trouble in words, and the rest of its finding. */
export interface Where {
  readonly where: string;
  readonly slug?: Slug;
  readonly evidence?: readonly string[];
}

async function isSilent(session: Session): Promise<boolean> {
  for (let tries = 0; tries < WEDGED_AFTER; tries += 1) {
    if ((await ask(session, GET_DEVICE_ID)).kind === 'answer') return false;
  }
  return true;
}

/** True when both are the same answer. */
export function isSameReply(one: Reply, other: Reply): boolean {
  return one.completionCode === other.completionCode && replyText(one) === replyText(other);
}

/** A reply for a finding: the completion code, and the data. */
export function replyText({ completionCode, data }: Reply): string {
  const bytes = Buffer.from(data).toString('hex');
  if (completionCode === 0) return bytes === '' ? 'no data' : bytes;
  const code = codeText(completionCode);
  return bytes === '' ? code : `${code} ${bytes}`;
}

/** The text of an error without its code, which the slug stands for. */
export function textOf(error: unknown): string {
  return error instanceof IpmiError ? bareText(error) : String(error);
}
