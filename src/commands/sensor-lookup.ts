/** The names, units and factors of sensors, for the words of events. */

import type { SensorFacts, SensorKey, SensorLookup } from '../ipmi/entry-words.ts';
import { convert, isNonLinear } from '../ipmi/sensor-factors.ts';
import { isSensor } from '../ipmi/sdr-record.ts';
import type { SdrItem } from './sdr.ts';
import { conversionOf, isAnalog, sensorsOf } from './sensor-ref.ts';
import type { SensorRef } from './sensor-ref.ts';

/**
 * Reads the records of sensors, such as `sdr.records({ cache })`, and resolves to a lookup for
 * `sel.entries({ sensors })` and `sel.drain({ sensors })`. A record with an error is left out. The
 * value of a non-linear sensor stays raw: its factors depend on the reading.
 */
export async function sensorLookup(records: AsyncIterable<SdrItem>): Promise<SensorLookup> {
  const known = new Map<string, SensorFacts>();
  for await (const { record } of records) {
    if (record === undefined || !isSensor(record)) continue;
    for (const ref of sensorsOf(record)) {
      const { owner, number } = ref;
      known.set(nameOf({ owner: owner.address, lun: owner.lun, number }), factsOf(ref));
    }
  }
  return (key) => known.get(nameOf(key));
}

function nameOf({ owner, lun, number }: SensorKey): string {
  return `${owner} ${lun} ${number}`;
}

function factsOf({ name, unit, record }: SensorRef): SensorFacts {
  if (!isAnalog(record)) return { name };
  const conversion = conversionOf(record);
  if (isNonLinear(conversion.linearization)) return { name };
  return { name, unit, convert: (raw) => convert(raw, conversion) };
}
