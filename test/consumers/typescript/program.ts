/** A program in strict TypeScript, with every entry of the package. */

import { IpmiError, completionText, open } from 'ipmi-bt';
import type { Device, OpenOptions, Reply } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import type { ChassisStatus } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { FaultyBmc } from 'ipmi-bt/sim/faults';
import { SimIrqLine } from 'ipmi-bt/sim/irq-line';
import { RecordingError, replay } from 'ipmi-bt/sim/replay';

const sim = new SimBmc();
const options: OpenOptions = { base: sim.base, port: sim, clock: new VirtualClock() };
const device: Device = await open(options);
const reply: Reply = await device.request({ netFn: 0x06, cmd: 0x01 });
const status: ChassisStatus = await commands(device).chassis.status();
await device.close();

// @ts-expect-error a reply's completion code is no string
const text: string = reply.completionCode;
// @ts-expect-error there is no option of this name
const wrong: OpenOptions = { bass: 0xce4 };

const entries = [FaultyBmc, SimIrqLine, VirtualClock, replay, IpmiError, RecordingError];
const ok = [...entries.map((one) => typeof one), typeof status, typeof text, typeof wrong];
console.log(completionText(reply.completionCode), reply.data.length, ok.length);
