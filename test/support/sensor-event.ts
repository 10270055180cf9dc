/** Event records of sensors, to be decoded. */

import { decodeEventRecord } from '../../src/ipmi/event-record.ts';
import type { SensorEvent } from '../../src/ipmi/event-record.ts';

/** A record of a sensor, with these bytes from the sensor type on. */
export function sensorEvent(...bytes: readonly number[]): SensorEvent {
  const head = [0x34, 0x12, 0x02, 0x78, 0x56, 0x34, 0x12, 0x20, 0x00, 0x04];
  const record = decodeEventRecord(Uint8Array.of(...head, ...bytes));
  if (record.format !== 'sensor') throw new Error('decoded as no event of a sensor');
  return record;
}

/** The offsets, of all 16, that have words. */
export function offsetsWithWords(sensorType: number, eventType: number): readonly number[] {
  const offsets = Array.from({ length: 16 }, (_, offset) => offset);
  return offsets.filter((offset) => {
    const { eventText } = sensorEvent(sensorType, 1, eventType, offset, 0, 0);
    return !eventText.startsWith('event type');
  });
}
