/**
 * `ipmi-bt watch`: prints the events and messages of the BMC, a line or a JSON object each, until a
 * number of them was printed or a signal ends it.
 */

import { stayAlive, systemClock } from '../../clock.ts';
import type { BmcEvent, EventRecord, SensorEvent } from '../../index.ts';
import { parseNumber } from '../args.ts';
import { hexByte, jsonLine, lossText } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { OutputError, tellUser } from '../output.ts';
import type { Output } from '../output.ts';
import { exitOf, runSession } from '../session.ts';
import type { Command, Session } from '../session.ts';

export const WATCH_COMMAND = command({
  name: 'watch',
  help: 'print events and messages of the BMC, one per line',
  options: {
    count: { value: 'n', help: 'end after n lines; by default only a signal ends the command' },
  },
  examples: [
    { line: 'watch', help: 'print events until the command is interrupted' },
    { line: '--json watch --count 1', help: 'print the next event as JSON' },
  ],
  exitCodes: {
    0: 'n lines were printed',
    129: 'SIGHUP ended the command, which is no error',
    130: 'SIGINT ended the command, which is no error',
    143: 'SIGTERM ended the command, which is no error',
  },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'full', watch(parseLimit(options.count))),
});

const COUNT_MAX = 1_000_000_000;

/** Reads `--count`; without it there is no end. */
function parseLimit(text: string | undefined): number {
  return text === undefined ? Infinity : parseNumber(text, '--count', COUNT_MAX);
}

/** The command that prints `count` events. */
export function watch(count: number): Command {
  return async (session) => {
    const { device } = session;
    device.on('lost', (reason) => {
      tellUser(lossText(reason));
    });
    device.on('ready', () => {
      tellUser('the BMC is ready again');
    });
    device.on('noEvents', (reason) => {
      session.stderr.write(`ipmi-bt: warning: events may not come: ${reason}\n`);
    });
    const letEnd = stayAlive(systemClock);
    try {
      return await printEvents(session, count);
    } finally {
      letEnd();
    }
  };
}

/** Resolves to the exit code; rejects when standard output cannot be written. */
function printEvents(session: Session, count: number): Promise<number> {
  const { device, globals, signal, stdout } = session;
  return new Promise((resolve, reject) => {
    let left = count;
    const end = (exit: number): void => {
      device.off('event', print);
      resolve(exit);
    };
    const print = (event: BmcEvent): void => {
      stdout.write(globals.json ? jsonLine('event', fields(event)) : `${line(event)}\n`);
      left -= 1;
      if (stdout.isClosed) tellLost(stdout, event, reject);
      // With no reader left, no more events are taken from the BMC.
      if (left <= 0 || stdout.isClosed) end(0);
    };
    const interrupt = (): void => {
      end(exitOf(signal));
    };
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    else if (count === 0) end(0);
    else device.on('event', print);
  });
}

/** Tells the event that was taken from the BMC and could not be printed. */
function tellLost(
  { failure }: Output,
  event: BmcEvent,
  reject: (error: OutputError) => void,
): void {
  if (failure === undefined) tellUser(`not printed, because nobody reads: ${line(event)}`);
  else reject(new OutputError(`${failure.message}; not printed: ${line(event)}`));
}

function line(event: BmcEvent): string {
  switch (event.kind) {
    case 'event':
      return recordLine(event.record);
    case 'message':
      return `message from channel ${event.channel}: ${bytes(event.data)}`;
    case 'watchdogPretimeout':
      return 'critical: the watchdog is about to run out';
    case 'oem':
      return `OEM message flags 0x${hexByte(event.flags)}`;
  }
}

function recordLine(record: EventRecord): string {
  if (record.format !== 'sensor') {
    const kind = record.format === 'oem' ? 'OEM record' : 'record of reserved type';
    return `${kind} 0x${hexByte(record.recordType)}: ${bytes(record.raw)}`;
  }
  const { severity, sensorTypeText, sensorNumber, direction, eventText } = record;
  return `${severity}: ${sensorTypeText} 0x${hexByte(sensorNumber)} ${direction}: ${eventText}`;
}

function bytes(data: Uint8Array): string {
  return [...data].map((byte) => hexByte(byte)).join(' ');
}

function fields(event: BmcEvent): object {
  switch (event.kind) {
    case 'event':
      return { kind: 'event', ...recordFields(event.record) };
    case 'message':
      return { kind: 'message', channel: event.channel, data: [...event.data] };
    case 'watchdogPretimeout':
      return { kind: 'watchdog_pretimeout', severity: 'critical' };
    case 'oem':
      return { kind: 'oem_flags', flags: event.flags };
  }
}

function recordFields(record: EventRecord): object {
  const { format, recordId, recordType, timestamp, secondsSinceStart, raw } = record;
  return {
    format,
    record_id: recordId ?? null,
    record_type: recordType,
    timestamp_seconds: timestamp ?? null,
    seconds_since_start: secondsSinceStart ?? null,
    ...(record.format === 'sensor' ? sensorFields(record) : {}),
    raw: [...raw],
  };
}

function sensorFields(event: SensorEvent): object {
  return {
    generator_id: event.generatorId,
    evm_revision: event.evmRevision,
    sensor_type: event.sensorType,
    sensor_type_text: event.sensorTypeText,
    sensor_number: event.sensorNumber,
    direction: event.direction,
    event_type: event.eventType,
    event_offset: event.eventOffset,
    event_text: event.eventText,
    detail_text: event.detailText ?? null,
    severity: event.severity,
    reading_raw: event.reading ?? null,
    threshold_raw: event.threshold ?? null,
  };
}
