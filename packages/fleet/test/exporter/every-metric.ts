/** A simulated BMC with a sensor for each metric, and its exporter behind a server. */

import { open, systemClock } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

import { compactRecord, fullRecord } from '../../../../test/support/sdr-bytes.ts';
import { Exporter } from '../../src/exporter/exporter.ts';
import { ExporterServer } from '../../src/exporter/server.ts';
import { Web } from '../../src/web/web.ts';

/** Sensors of each unit, and one with states; numbers of sensors are those of records. */
const RECORDS = [
  fullRecord(1, { number: 1, name: 'Inlet', units: [0, 1, 0], sensorType: 0x01 }),
  fullRecord(2, { number: 2, name: '12V', units: [0, 4, 0], sensorType: 0x02 }),
  fullRecord(3, { number: 3, name: 'PSU current', units: [0, 5, 0], sensorType: 0x03 }),
  fullRecord(4, { number: 4, name: 'PSU power', units: [0, 6, 0], sensorType: 0x0b }),
  fullRecord(5, { number: 5, name: 'Fan 1', units: [0, 18, 0], sensorType: 0x04 }),
  fullRecord(6, { number: 6, name: 'Fan duty', units: [1, 0, 0], sensorType: 0x04 }),
  compactRecord(7, { number: 7, name: 'PSU "A"' }),
];

/** The parts of a test that are looked at, and their end. */
export interface EveryMetric {
  readonly port: number;
  readonly sim: SimBmc;
  readonly close: () => Promise<void>;
}

/** Starts it on a free port. */
export async function everyMetric(webConfig?: string): Promise<EveryMetric> {
  const sim = new SimBmc({ sdrs: { records: RECORDS } });
  for (const [index] of RECORDS.entries()) sim.sensors.set(index + 1, { raw: 40 + index });
  sim.sensors.set(7, { states: 1 << 7 });
  const device = await open({ base: sim.base, port: sim });
  const onFailure = (collector: string, error: unknown): never => {
    throw new Error(`${collector}: ${String(error)}`);
  };
  const exporter = new Exporter({ requester: device, clock: systemClock, onFailure });
  exporter.follow(device);
  const server = new ExporterServer({
    scrape: (limits) => exporter.scrape(limits),
    web: new Web({ path: webConfig, onError: () => undefined }),
    times: { timeoutS: 10, marginS: 0.5 },
    ...{ path: '/metrics', onError: () => undefined },
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const close = async (): Promise<void> => {
    await server.close();
    exporter.close();
    await device.close();
  };
  return { port, sim, close };
}
