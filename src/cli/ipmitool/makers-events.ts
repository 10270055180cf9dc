/**
 * The words of ipmitool for events of sensors where they depend on the manufacturer of the BMC: it
 * asks for the manufacturer, and for the board, where a description may have an addition.
 */

import { completionText } from '../../ipmi/completion.ts';
import { GET_DEVICE_ID } from '../../ipmi/device-id.ts';
import { SENSOR_SPECIFIC } from '../../ipmi/generic-events.ts';
import { ask, byteAt } from './ask.ts';
import type { Question } from './ask.ts';
import { dellText, isDellEvent } from './dell-events.ts';
import type { MakersEvent } from './dell-events.ts';
import { eventName, sensorTypeName } from './event-words.ts';
import { kontronEvent, kontronSensorType } from './kontron-events.ts';
import type { Maker, Session } from './session.ts';
import { SUPERMICRO_SENSOR, supermicroModule, supermicroText } from './supermicro-events.ts';

/** Enterprise numbers of manufacturers. */
const DELL = 674;
const QUANTA = 7244;
const SUPERMICRO: readonly number[] = [10876, 47488];
const KONTRON = 15000;

const MEMORY = 0x0c;

/** Types of sensors that are makers' own, up to the one behind. */
const [MAKERS_FIRST, MAKERS_END] = [0xc0, 0xf0];

/** Get Board ID of Supermicro, and Get Platform ID of Quanta, with its data. */
const GET_BOARD: Question = { netFn: 0x30, cmd: 0x21 };
const GET_PLATFORM: Question = { netFn: 0x36, cmd: 0x65, data: [0x4c, 0x1c, 0x00, 0x02] };

/** The platform of Quanta whose events name modules. */
const PURLEY = 2;

/** The words for an event. */
export interface EventWords {
  /** The type of its sensor. */
  readonly sensorType: string;
  /** Its description; undefined where ipmitool has none. */
  readonly event: string | undefined;
  /** A memory module that is no part of the description stands behind it. */
  readonly hasModule: boolean;
}

/** The words for an event, where necessary those of the manufacturer. */
export async function eventWords(session: Session, event: MakersEvent): Promise<EventWords> {
  const { sensorType, eventType } = event;
  const isSpecific = eventType === SENSOR_SPECIFIC;
  if (!isSpecific && sensorType < MAKERS_FIRST) return plainWords(event);
  const maker = await makerOf(session);
  if (maker.number === KONTRON) return kontronWords(event);
  if (!isSpecific) return plainWords(event);
  const addition = await additionOf(session, event, maker);
  const hasModule = maker.number !== QUANTA && !SUPERMICRO.includes(maker.number);
  return { ...plainWords(event), event: describedAs(event, addition), hasModule };
}

/** The words that each manufacturer has. */
export function plainWords(event: MakersEvent): EventWords {
  const sensorType = sensorTypeName(event.sensorType);
  return { sensorType, event: eventName(event), hasModule: true };
}

function kontronWords(event: MakersEvent): EventWords {
  const { sensorType, eventType, data } = event;
  const plain = plainWords(event);
  if (sensorType < MAKERS_FIRST) return plain;
  const name = kontronSensorType(sensorType) ?? plain.sensorType;
  if (eventType !== SENSOR_SPECIFIC || sensorType >= MAKERS_END) {
    return { ...plain, sensorType: name };
  }
  return { ...plain, sensorType: name, event: kontronEvent(sensorType, data[0] & 0x0f) };
}

/** The manufacturer, which is asked for once. */
async function makerOf(session: Session): Promise<Maker> {
  const { memory } = session;
  memory.maker ??= await askMaker(session);
  return memory.maker;
}

async function askMaker(session: Session): Promise<Maker> {
  const { netFn, cmd } = GET_DEVICE_ID;
  const reply = await ask(session, { netFn, cmd });
  if (reply?.completionCode !== 0) return { number: 0, ipmiVersion: 0 };
  const number = byteAt(reply, 6) | (byteAt(reply, 7) << 8) | (byteAt(reply, 8) << 16);
  return { number, ipmiVersion: byteAt(reply, 4) };
}

/** The addition to a description, which may be empty; undefined where there is none. */
async function additionOf(
  session: Session,
  event: MakersEvent,
  { number, ipmiVersion }: Maker,
): Promise<string | undefined> {
  if (number === DELL) return isDellEvent(event) ? dellText(event, ipmiVersion) : undefined;
  const isMemory = event.sensorType === MEMORY;
  if (number === QUANTA) return isMemory ? await quantaModule(session, event) : undefined;
  if (!SUPERMICRO.includes(number)) return undefined;
  if (!isMemory) return supermicroText(event);
  const board = await tellFailure(session, GET_BOARD, 'Get Board ID command failed');
  const id = board === undefined ? 0 : byteAt(board, 0) | (byteAt(board, 1) << 8);
  return id === 0 ? undefined : supermicroModule(event, id);
}

async function quantaModule(session: Session, { data }: MakersEvent): Promise<string> {
  const platform = await tellFailure(session, GET_PLATFORM, 'Get Platform ID command failed');
  if (platform === undefined || byteAt(platform, 0) !== PURLEY) return '';
  const [, , data3] = data;
  const channel = String.fromCharCode(0x41 + ((data3 >> 3) & 7));
  return `CPU${data3 >> 6}_${channel}${data3 & 7}`;
}

async function tellFailure(session: Session, question: Question, text: string) {
  const reply = await ask(session, question);
  if (reply === undefined) session.complain(text);
  else if (reply.completionCode !== 0) {
    const code = `0x${reply.completionCode.toString(16)}`;
    session.complain(`${text}: ${code} ${completionText(reply.completionCode)}`);
  }
  return reply?.completionCode === 0 ? reply : undefined;
}

/** Offsets of events without a name of their own, whose addition stands alone. */
const ALONE: Readonly<Record<number, readonly number[]>> = {
  0x0f: [0x0f],
  0xc1: [1, 2, 3],
  0xc2: [0, 2],
  0xc3: [1],
};

function describedAs(event: MakersEvent, addition: string | undefined): string | undefined {
  const name = eventName(event);
  if (addition === undefined) return name;
  if (name !== undefined) return `${name} (${addition})`;
  if (event.sensorType === SUPERMICRO_SENSOR) return addition;
  const isAlone = ALONE[event.sensorType]?.includes(event.data[0] & 0x0f) ?? false;
  return isAlone ? `(${addition})` : undefined;
}
