/** Puts a recorder between a device and its interface: at the ports, the machine and the driver. */

import type { StateName } from '../bt/edges.ts';
import type { AskedListener } from '../driver/driver.ts';
import type { BmcInterface } from '../driver/machine.ts';
import type { PortIo } from '../port/port.ts';
import { RecordMachine } from './record-machine.ts';
import { RecordPort } from './record-port.ts';
import { Recorder } from './recorder.ts';
import type { RecorderParts } from './recorder.ts';

/** The places at which a device is recorded. */
export interface Recorded {
  readonly onAsked: AskedListener;
  readonly onEdge: (from: StateName, to: StateName) => void;
  /** Wraps the ports. */
  readonly port: (inner: PortIo) => PortIo;
  /** Wraps the machine of an interface. */
  readonly hardware: (inner: BmcInterface) => BmcInterface;
}

/** Begins a recording. */
export function recorded(parts: RecorderParts): Recorded {
  const recorder = new Recorder(parts);
  return {
    onAsked: recorder.asked,
    onEdge: (_, to) => {
      recorder.entered(to);
    },
    port: (inner) => new RecordPort(inner, parts.block, recorder),
    hardware: (inner) => ({ ...inner, machine: new RecordMachine(inner.machine, recorder) }),
  };
}
