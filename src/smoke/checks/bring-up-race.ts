/**
 * `bring-up-race`: hands Get Device GUID and Get Device ID in while the capabilities request of
 * bring-up is on the wire, at places of chance. That is the moment at which a driver of 2018 met
 * itself on the wire and forged completion code 0xD5. Behind a BMC of 10 ms an answer a place takes
 * 45 ms, so that the full 50 take 2.5 s, and the quick 6 take 0.3 s.
 */

import type { Device } from '../../device/device.ts';
import { hex } from '../../errors.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import type { Check, Means } from '../check.ts';
import { GET_DEVICE_GUID, GET_DEVICE_ID, ask, askVia, isSameReply } from '../session.ts';
import { replyText, reportTrouble, withDevice } from '../session.ts';
import type { Exchange, Session } from '../session.ts';
import { Tracer } from '../tracer.ts';

/** The completion code that a driver of 2018 forged. */
const FORGED = Completion.NOT_IN_THIS_STATE;

const BRING_UP_MS = 30_000;

/** Findings of a kind that tell more than the number of them. */
const FINDINGS_MAX = 5;

/** A request that is handed in during bring-up, and its reply at rest. */
interface Racer {
  readonly name: string;
  readonly request: RequestInput;
  readonly expected: Reply;
}

/** The accesses between which the capabilities request is on the wire. */
interface Window {
  readonly from: number;
  readonly to: number;
}

export const BRING_UP_RACE: Check = {
  id: 'bring-up-race',
  question: 'Does every request get its own answer that is handed in during bring-up?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 120,
  run,
};

async function run(means: Means): Promise<void> {
  const { report, random } = means;
  const racers = await racersOf(means);
  if (racers === undefined) return;
  const window = await windowOf(means);
  report.fact('accesses-of-capabilities', window.to - window.from);
  const places = means.amount(50, 6);
  let findings = 0;
  for (let place = 0; place < places && findings < FINDINGS_MAX; place += 1) {
    const at = racers.map(() => random.integer(window.from, window.to));
    findings += await race(means, racers, at);
    report.progress((place + 1) / places);
  }
  report.measure({ name: 'places', value: places, unit: '1' });
}

/** The answers at rest; undefined, and reported, when there are none. */
async function racersOf(means: Means): Promise<readonly Racer[] | undefined> {
  return await withDevice(means, {}, async (session) => {
    const racers: Racer[] = [];
    const requests = [
      ['Get Device GUID', GET_DEVICE_GUID],
      ['Get Device ID', GET_DEVICE_ID],
    ] as const;
    for (const [name, request] of requests) {
      const exchange = await ask(session, request);
      if (exchange.kind === 'trouble') {
        await reportTrouble(session, exchange, { where: `${name} at rest` });
        return undefined;
      }
      racers.push({ name, request, expected: exchange.reply });
    }
    return racers;
  });
}

/** Watches one bring-up alone; its accesses are counted from its first one on. */
async function windowOf(means: Means): Promise<Window> {
  const tracer = new Tracer(means.subject.clock);
  return await withDevice(means, { bringUp: 'lazy', trace: tracer }, async ({ device }) => {
    const before = tracer.accesses;
    await bringUp(device, means);
    const from = (tracer.rungAt[0] ?? before + 1) - before;
    const reply = tracer.replies.find(({ cmd }) => cmd === AppCmd.GET_BT_CAPABILITIES);
    return { from, to: Math.max((reply?.at ?? tracer.accesses) - before - 1, from) };
  });
}

function bringUp(device: Device, { subject: { clock }, signal }: Means): Promise<void> {
  const deadlineMs = clock.now() + BRING_UP_MS;
  return device.bringUp('full', { clock, deadlineMs, attemptMs: undefined, signal });
}

/** One bring-up with both requests handed in at their places; resolves to the findings. */
async function race(
  means: Means,
  racers: readonly Racer[],
  at: readonly number[],
): Promise<number> {
  const tracer = new Tracer(means.subject.clock);
  return await withDevice(means, { bringUp: 'lazy', trace: tracer }, async (session) => {
    const { device } = session;
    const exchanges = racers.map(({ request }, index) => {
      const exchange = new Promise<Exchange>((resolve) => {
        tracer.after(at[index] ?? 1, () => {
          resolve(askVia(device, request, means));
        });
      });
      // It is awaited behind bring-up, which may fail and close the device first.
      exchange.catch(() => undefined);
      return exchange;
    });
    await bringUp(device, means);
    // The BMC may have been quicker this time, so that a place lies behind bring-up.
    tracer.callAll();
    const found = await judge(session, await Promise.all(exchanges), { racers, at, tracer });
    return found + tellForged(session, { at, tracer });
  });
}

interface Race {
  readonly racers: readonly Racer[];
  readonly at: readonly number[];
  readonly tracer: Tracer;
}

async function judge(
  session: Session,
  exchanges: readonly Exchange[],
  { racers, at, tracer }: Race,
): Promise<number> {
  let findings = 0;
  for (const [index, { name, expected }] of racers.entries()) {
    const exchange = exchanges[index];
    const where = `${name}, handed in at register access ${at[index] ?? 0} of bring-up`;
    const evidence = tracer.evidence();
    if (exchange === undefined) continue;
    if (exchange.kind === 'trouble') {
      await reportTrouble(session, exchange, { where, slug: 'bt-bring-up-race', evidence });
    } else if (!isSameReply(exchange.reply, expected) && exchange.reply.completionCode !== FORGED) {
      const got = `got ${replyText(exchange.reply)} instead of ${replyText(expected)}`;
      const advice = 'the answers of two requests were mixed up; report this with its accesses';
      session.means.report.fail('bt-bring-up-race', `${where}, ${got}; ${advice}`, evidence);
    } else continue;
    session.excuse();
    findings += 1;
  }
  return findings;
}

/** Any 0xD5 came from the BMC, because this driver makes up no code. */
function tellForged({ means: { report } }: Session, { at, tracer }: Omit<Race, 'racers'>): number {
  const forged = tracer.replies.filter(({ completionCode }) => completionCode === FORGED);
  const [first] = forged;
  if (first === undefined) return 0;
  const text =
    `the BMC answered command ${hex(first.cmd)} with 0xd5 (not supported in present ` +
    `state) while the interface came up, with requests handed in at accesses ${at.join(' and ')}; ` +
    'a driver that takes this for an answer fails to initialize. Update the firmware of the BMC';
  report.fail('bt-forged-completion', text, tracer.evidence());
  return 1;
}
