/** The story of a kernel's log in words, and as the fields of a JSON object. */

import { commandText } from '../ipmi/command-names.ts';
import { codeText } from '../ipmi/completion.ts';
import type { KernelLog } from './kernel-log.ts';
import type { Clash, Command, KernelStory, Transaction } from './kernel-story.ts';

/** Lines of the drivers behind a clash that are shown. */
const AFTER_MAX = 5;

/** The story as a terminal shows it. */
export function kernelText(log: KernelLog, story: KernelStory): string {
  const { transactions, clashes, after } = story;
  const unread = log.malformed === 0 ? '' : `; ${log.malformed} of its lines cannot be read`;
  const lines = [
    `${log.total} lines, ${log.states} of the BT state machine${unread}`,
    '',
    `Transactions: ${transactions.length}`,
    ...transactions.map((one) => `  ${stamp(one.fromUs)}  ${transactionText(one)}`),
    latencyText(transactions),
    '',
    `Requests begun while another was on the wire: ${clashes.length}`,
    ...clashes.flatMap(clashLines),
    ...(clashes.some(isOwnClash) ? ['', OWN_TEXT] : []),
    ...(after.length === 0 ? [] : ['', 'What the drivers said then:']),
    ...after.slice(0, AFTER_MAX).map(({ atUs, text }) => `  ${stamp(atUs)}  ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The story as fields of JSON; times are in microseconds since the kernel's start. */
export function kernelFields(
  log: KernelLog,
  { transactions, clashes, after }: KernelStory,
): object {
  return {
    lines: log.total,
    state_lines: log.states,
    malformed_lines: log.malformed,
    transactions: transactions.map(transactionFields),
    clashes: clashes.map((clash) => ({
      at_us: clash.atUs,
      ...commandFields(clash.command),
      state: clash.state,
      on_wire: clash.onWire === undefined ? null : transactionFields(clash.onWire),
      forged_code: clash.forged?.completionCode ?? null,
      forged_at_us: clash.forged?.atUs ?? null,
    })),
    after: after.slice(0, AFTER_MAX).map(({ atUs, text }) => ({ at_us: atUs, text })),
  };
}

const OWN_TEXT = `The state machine began a request of its own (CAP_BEGIN) without telling ipmi_si, which took the
interface for idle and began the next one. Linux 4.19 asks for the capabilities in bt_detect(), before
there are other requests ("ipmi: Move BT capabilities detection to the detect call").`;

function isOwnClash({ onWire }: Clash): boolean {
  return onWire?.origin === 'own';
}

function transactionFields(one: Transaction): object {
  return {
    from_us: one.fromUs,
    origin: one.origin,
    ...commandFields(one.command),
    written_us: one.writtenUs ?? null,
    taken_us: one.takenUs ?? null,
    reply_seen_us: one.seenUs ?? null,
    by_interrupt: one.isByInterrupt,
    read_us: one.readUs ?? null,
    latency_us: latencyOf(one) ?? null,
    restarts: one.restarts,
    last_state: one.lastState,
  };
}

function commandFields(command: Command | undefined): object {
  return { net_fn: command?.netFn ?? null, cmd: command?.cmd ?? null };
}

function transactionText(one: Transaction): string {
  const { restarts } = one;
  const again = restarts === 0 ? '' : `, begun anew ${restarts} times`;
  return `${nameOf(one)}: ${fateOf(one)}${again}`;
}

function nameOf({ origin, command }: Transaction): string {
  const own = origin === 'own' ? ", the state machine's own" : '';
  return `${requestText(command)}${own}`;
}

function requestText(command: Command | undefined): string {
  if (command === undefined) return 'a request that the log does not name';
  return commandText(command.netFn, command.cmd);
}

function fateOf(one: Transaction): string {
  const latencyUs = latencyOf(one);
  if (latencyUs !== undefined) {
    const way = one.isByInterrupt ? 'by interrupt' : 'polled';
    return `answered after ${milliseconds(latencyUs)} ms (${way})`;
  }
  if (one.writtenUs === undefined) return `not written; the last line of it is ${one.lastState}`;
  return `no reply in this log; the last line of it is ${one.lastState}`;
}

function latencyOf({ writtenUs, seenUs }: Transaction): number | undefined {
  return writtenUs === undefined || seenUs === undefined ? undefined : seenUs - writtenUs;
}

/** The first answer stands apart: a BMC that has slept is slow to wake up. */
function latencyText(transactions: readonly Transaction[]): string {
  const known = transactions.map(latencyOf).filter((us) => us !== undefined);
  const [first, ...others] = known;
  if (first === undefined) return 'Latency: no transaction was answered.';
  const sorted = others.toSorted((one, other) => one - other);
  const [least = 0] = sorted;
  const most = sorted.at(-1) ?? 0;
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const range = `${milliseconds(least)} to ${milliseconds(most)} ms, median ${milliseconds(middle)} ms`;
  const rest = sorted.length === 0 ? '' : `; the ${sorted.length} others ${range}`;
  return `Latency, from written to seen: first answer ${milliseconds(first)} ms${rest}.`;
}

function clashLines(clash: Clash, index: number): readonly string[] {
  const { atUs, command, state, onWire, forged } = clash;
  return [
    `${index + 1}. ${stamp(atUs)}  ${requestText(command)} was begun in ${state}.`,
    `   ${wireText(onWire)}`,
    ...(forged === undefined ? [] : [`   ${forgedText(clash, forged)}`]),
  ];
}

function wireText(onWire: Transaction | undefined): string {
  if (onWire === undefined) return 'The log does not show which request was on the wire.';
  const { fromUs, writtenUs } = onWire;
  const written = writtenUs === undefined ? 'not written yet' : `written by ${stamp(writtenUs)}`;
  return `On the wire was ${nameOf(onWire)}, begun at ${stamp(fromUs)}, ${written}.`;
}

function forgedText({ atUs }: Clash, forged: NonNullable<Clash['forged']>): string {
  const { completionCode: code } = forged;
  const what = codeText(code);
  const since = `${forged.atUs - atUs} us later`;
  return (
    `The answer at ${stamp(forged.atUs)}, ${since}, is forged: ${what} comes from the kernel, ` +
    'which had read nothing from the BMC.'
  );
}

/** As the log prints it. */
function stamp(us: number): string {
  return (us / 1e6).toFixed(6);
}

function milliseconds(us: number): string {
  return (us / 1000).toFixed(1);
}
