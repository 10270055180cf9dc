/** Recordings of a device on a virtual clock, so that every line is the same each run. */

import type { Device } from '../../src/index.ts';
import type { PayloadChoice } from '../../src/bt/disclosure.ts';
import { openFrom } from '../../src/registry/open.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { readRecording } from '../../src/trace/reader.ts';
import type { Recording } from '../../src/trace/recording.ts';

export const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** The OEM command by which the simulated BMC sends its data back; its payload counts as secret. */
export const ECHO = { netFn: 0x30, cmd: 0x01 };

export const SECRET = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);

export interface Recorded {
  readonly payload?: PayloadChoice;
  readonly sim?: SimOptions;
  /** What is done with the device; it is closed afterwards. */
  readonly life: (device: Device, sim: SimBmc) => Promise<unknown>;
}

/** Records a life; resolves to the text of the recording. */
export async function record({ payload = false, sim, life }: Recorded): Promise<string> {
  const clock = new VirtualClock(1000);
  const bmc = new SimBmc({ clock, ...sim });
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line), payload, program: 'test 1' };
  const { base, spacing } = bmc;
  const place = { base, spacing: spacing as 1, port: bmc, clock };
  const live = async (): Promise<void> => {
    const device = await openFrom(0x10, { ...place, bringUp: 'lazy', record: sink });
    await life(device, bmc);
    await device.close();
  };
  await clock.until(live());
  return `${lines.join('\n')}\n`;
}

/** The same, read. */
export async function recording(options: Recorded): Promise<Recording> {
  return readRecording(await record(options));
}
