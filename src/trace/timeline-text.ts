/** A timeline in words, and as the fields of a JSON object. */

import { ctrlNames, intMaskNames } from '../bt/bits.ts';
import { hex } from '../errors.ts';
import { commandName, commandText } from '../ipmi/command-names.ts';
import { codeText } from '../ipmi/completion.ts';
import type { AccessEntry, Recording } from './recording.ts';
import type { AttemptSpan, RequestSpan, StateSpan, Timeline } from './timeline.ts';

const TIME_WIDTH = 12;

/** The timeline as a terminal shows it. */
export function timelineText(recording: Recording, timeline: Timeline): string {
  const { requests, stale } = timeline;
  const lines = [
    ...headLines(recording, timeline),
    ...requests.flatMap((request) => ['', ...requestLines(request)]),
    ...(stale.length === 0 ? [] : ['', 'Responses to no request of this recording:']),
    ...stale.map(stateLine),
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines above the timeline, on a terminal and on a page. */
export function headLines(recording: Recording, timeline: Timeline): readonly string[] {
  const { base, spacing, payload, program, isCutOff } = recording;
  const { requests, accesses, lengthMs } = timeline;
  const maker = program === '' ? '' : `, by ${program}`;
  const count = `${requests.length} requests, ${accesses} register accesses, ${ms(lengthMs)} ms`;
  return [
    `BT interface at ${hex(base)}, register spacing ${spacing}${maker}; payload: ${payload}`,
    isCutOff ? `${count}; the last line is cut off` : count,
  ];
}

/** The register accesses, a line each. */
export function registerText({ entries }: Pick<Recording, 'entries'>): string {
  let text = '';
  for (const entry of entries) {
    if (entry.kind === 'in' || entry.kind === 'out') {
      const way = entry.kind.padEnd(3);
      text += `${at(entry.atMs)}  ${way} ${entry.register.padEnd(10)} ${accessText(entry)}\n`;
    }
    if (entry.kind === 'again') text += `${at(entry.atMs)}  the same, ${entry.times} times more\n`;
  }
  return text;
}

/** The timeline as fields of JSON. */
export function timelineFields(recording: Recording, timeline: Timeline): object {
  const { base, spacing, payload, program, isCutOff } = recording;
  const { lengthMs, accesses, requests, stale } = timeline;
  return {
    ...{ base, register_spacing: spacing, program, payload, cut_off: isCutOff },
    ...{ length_ms: rounded(lengthMs), register_accesses: accesses },
    requests: requests.map(requestFields),
    stale: stale.map(stateFields),
  };
}

/** The name of a request on a line of its own: `#3 Get Device ID`. */
export function requestName({ id, netFn, cmd }: RequestSpan): string {
  return `#${id} ${commandName(netFn, cmd) ?? commandText(netFn, cmd)}`;
}

/** The end of a request, in words. */
export function fateOf({ completionCode, error, isSettled }: RequestSpan): string {
  if (!isSettled) return 'not settled when the recording ended';
  if (error !== undefined) return error;
  const code = completionCode ?? 0;
  return code === 0 ? 'answered' : `answered: ${codeText(code)}`;
}

/** The time from H2B_ATN to the reply, and what the deadline had left; in words. */
export function attemptText({ result, rungMs, states, toMs }: AttemptSpan): string {
  const left = states.findLast(({ state }) => state !== 'idle')?.leftAtEndMs;
  const leftText = left === undefined ? '' : `, ${ms(left)} ms left`;
  if (rungMs === undefined) return `${result ?? 'unfinished'}, never rung${leftText}`;
  return `${result ?? 'unfinished'} ${ms(toMs - rungMs)} ms after H2B_ATN${leftText}`;
}

/** Milliseconds, as fine as a register access. */
export function ms(value: number): string {
  return value.toFixed(3);
}

function requestLines(request: RequestSpan): readonly string[] {
  const { id, netFn, cmd, lun, dataBytes, internal, timeoutMs, overlaps } = request;
  const unit = lun === 0 ? '' : `, lun ${lun}`;
  const asker = internal ? ', by the library itself' : '';
  const what = `${commandText(netFn, cmd)}${unit}, ${dataBytes} bytes of data${asker}`;
  return [
    `#${id} ${what}`,
    `${at(request.fromMs)}  asked, to be answered within ${ms(timeoutMs)} ms`,
    ...overlaps.map((one) => `${' '.repeat(TIME_WIDTH)}  ${overlapText(one)}`),
    ...request.attempts.flatMap(attemptLines),
    `${at(request.toMs)}  ${fateOf(request)}, ${ms(request.toMs - request.fromMs)} ms in all`,
  ];
}

/** The request that was with the BMC while this one waited, in words. */
export function overlapText({ id, ms: time, isOrphan }: RequestSpan['overlaps'][number]): string {
  const text = `waited ${ms(time)} ms while #${id} was with the BMC`;
  return isOrphan ? `${text}, whose caller had given it up` : text;
}

function attemptLines(attempt: AttemptSpan): readonly string[] {
  return [
    `${at(attempt.fromMs)}  attempt with seq 0x${attempt.seq.toString(16).padStart(2, '0')}`,
    ...attempt.states.map(stateLine),
    `${at(attempt.toMs)}  ${attemptText(attempt)}`,
  ];
}

function stateLine({ state, fromMs, toMs, leftMs }: StateSpan): string {
  const left = leftMs === undefined ? '' : `, ${ms(leftMs)} ms left`;
  return `${at(fromMs)}    ${state.padEnd(9)} for ${ms(toMs - fromMs)} ms${left}`;
}

function accessText({ register, value, bytes, hidden }: AccessEntry): string {
  const names = nameBits(register, value ?? 0);
  const single = value === undefined ? '' : `0x${byteText(value)} ${names}`.trimEnd();
  const frame = (bytes ?? []).map(byteText).join(' ');
  return [single, frame, hidden === 0 ? '' : `(+${hidden} bytes)`].filter(Boolean).join(' ');
}

function nameBits(register: string, value: number): string {
  if (register === 'BT_CTRL') return ctrlNames(value);
  return register === 'BT_INTMASK' ? intMaskNames(value) : '';
}

function requestFields(request: RequestSpan): object {
  const { id, netFn, lun, cmd, dataBytes, internal, timeoutMs, fromMs, toMs } = request;
  return {
    ...{ id, net_fn: netFn, lun, cmd, name: commandName(netFn, cmd) ?? null },
    ...{ data_bytes: dataBytes, internal, asked_ms: rounded(fromMs), timeout_ms: timeoutMs },
    settled_ms: request.isSettled ? rounded(toMs) : null,
    completion_code: request.completionCode ?? null,
    error: request.error ?? null,
    overlaps: request.overlaps.map((one) => ({
      ...{ id: one.id, ms: rounded(one.ms), orphan: one.isOrphan },
    })),
    attempts: request.attempts.map((attempt) => ({
      seq: attempt.seq,
      from_ms: rounded(attempt.fromMs),
      to_ms: rounded(attempt.toMs),
      rung_ms: attempt.rungMs === undefined ? null : rounded(attempt.rungMs),
      result: attempt.result ?? null,
      states: attempt.states.map(stateFields),
    })),
  };
}

function stateFields({ state, fromMs, toMs, leftMs, leftAtEndMs }: StateSpan): object {
  return {
    ...{ state, from_ms: rounded(fromMs), to_ms: rounded(toMs) },
    left_ms: leftMs === undefined ? null : rounded(leftMs),
    left_at_end_ms: leftAtEndMs === undefined ? null : rounded(leftAtEndMs),
  };
}

function at(value: number): string {
  return ms(value).padStart(TIME_WIDTH);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0');
}
