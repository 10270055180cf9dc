/**
 * `platform-event`: sends the BMC an event, and waits until a listener is told of it, as `watch`
 * is: through the event message buffer, SMS_ATN and Read Event Message Buffer. It takes 1 s.
 */

import { GlobalEnable } from '../../bmc/global-enables.ts';
import { sleep } from '../../clock.ts';
import type { BmcEvent } from '../../ipmi/bmc-event.ts';
import { AppCmd, NetFn, PLATFORM_EVENT } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import { Skipped } from '../check.ts';
import type { Check, Means } from '../check.ts';
import { ask, replyText, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

const GET_ENABLES: RequestInput = { netFn: NetFn.APP, cmd: AppCmd.GET_GLOBAL_ENABLES };

/** A listener enables the buffer within a second; the event service looks each 200 ms. */
const ENABLED_WITHIN_MS = 5000;
const TOLD_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * System management software, event message format 1.0, an OEM sensor and an OEM event, for which
 * no filter of the BMC acts: §29.3 and table 42-3. The tag stands in event data 2 and 3.
 */
const GENERATOR = 0x41;
const EVENT = [0x04, 0xc0, 0x00, 0x70, 0xa0] as const;

/** Offset of the event in a record, behind the generator. */
const EVENT_AT = 9;

export const PLATFORM_EVENT_CHECK: Check = {
  id: 'platform-event',
  question: 'Does an event reach a listener through the event message buffer?',
  risk: 'write',
  changes:
    'Sends one Platform Event, which the BMC may also write into its SEL, and takes the events ' +
    'that wait in its event message buffer.',
  isOnce: true,
  needs: ['enables'],
  limitSeconds: 60,
  run: (means) => withDevice(means, {}, (session) => run(session, means)),
};

async function run(session: Session, means: Means): Promise<void> {
  const { report, random } = means;
  const told: BmcEvent[] = [];
  const listener = (event: BmcEvent): void => {
    told.push(event);
  };
  session.device.on('event', listener);
  try {
    if (!(await isEnabled(session))) return;
    report.progress(0.3);
    const event = [...EVENT, random.integer(0, 255), random.integer(0, 255)];
    if (!(await send(session, event))) return;
    report.progress(0.6);
    await expectToldOf(session, told, event);
  } finally {
    session.device.off('event', listener);
    tellTaken(means, told);
  }
}

/** Waits until the event service has enabled the buffer. */
async function isEnabled(session: Session): Promise<boolean> {
  const { subject, signal, report } = session.means;
  const endMs = subject.clock.now() + ENABLED_WITHIN_MS;
  while (subject.clock.now() < endMs) {
    const exchange = await ask(session, GET_ENABLES);
    if (exchange.kind === 'trouble') {
      await reportTrouble(session, exchange, { where: 'Get BMC Global Enables' });
      return false;
    }
    const { completionCode, data } = exchange.reply;
    if (completionCode !== Completion.OK) {
      throw new Skipped(`the BMC does not tell its enables: ${replyText(exchange.reply)}`);
    }
    if (((data[0] ?? 0) & GlobalEnable.EVENT_MESSAGE_BUFFER) !== 0) return true;
    await sleep(subject.clock, LOOK_EVERY_MS, signal);
  }
  const text =
    `the event message buffer was not enabled within ${ENABLED_WITHIN_MS} ms of the first ` +
    'listener, so that events are lost; see `ipmi-bt watch --log debug` for the reason';
  report.fail('bt-enables-lost', text);
  return false;
}

async function send(session: Session, event: readonly number[]): Promise<boolean> {
  const data = Uint8Array.of(GENERATOR, ...event);
  const request = { netFn: NetFn.SENSOR_EVENT, cmd: PLATFORM_EVENT, data };
  const exchange = await ask(session, request);
  if (exchange.kind === 'trouble') {
    await reportTrouble(session, exchange, { where: 'Platform Event' });
    return false;
  }
  if (exchange.reply.completionCode === Completion.OK) return true;
  throw new Skipped(`the BMC does not accept Platform Event: ${replyText(exchange.reply)}`);
}

async function expectToldOf(
  session: Session,
  told: readonly BmcEvent[],
  event: readonly number[],
): Promise<void> {
  const { subject, signal, report } = session.means;
  const startMs = subject.clock.now();
  const endMs = startMs + TOLD_WITHIN_MS;
  while (!told.some((one) => isOurs(one, event))) {
    if (subject.clock.now() >= endMs) {
      const text =
        `the BMC accepted Platform Event, and ${TOLD_WITHIN_MS} ms later no listener was told of ` +
        `it; ${told.length} other events came. Programs that wait for events miss them: update ` +
        'the firmware of the BMC, or read its SEL instead';
      report.fail('bt-event-lost', text);
      return;
    }
    await sleep(subject.clock, LOOK_EVERY_MS, signal);
  }
  report.measure({ name: 'told-after', value: subject.clock.now() - startMs, unit: 'ms' });
}

function isOurs(told: BmcEvent, event: readonly number[]): boolean {
  if (told.kind !== 'event') return false;
  const { raw } = told.record;
  return event.every((byte, at) => raw[EVENT_AT + at] === byte);
}

/** Events of others were taken from the buffer as well, and stand nowhere else perhaps. */
function tellTaken({ report }: Means, told: readonly BmcEvent[]): void {
  const records = told.flatMap((one) => (one.kind === 'event' ? [one.record] : []));
  const foreign = records.filter(({ raw }) => raw[7] !== GENERATOR);
  if (foreign.length === 0) return;
  const text = `${foreign.length} events of others were taken from the event message buffer`;
  const lines = foreign.map(({ raw }) => Buffer.from(raw).toString('hex'));
  report.warn('bt-event-lost', `${text}; here they are`, lines);
}
