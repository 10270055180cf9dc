/**
 * The kernel's own driver of IPMI interfaces, `ipmi_si`: each interface it has shows its parameters
 * in a file that every user may read, also where /proc/ioports hides the addresses.
 */

import type { Files } from '../files.ts';
import { interruptNumber } from '../port/interrupt-number.ts';
import { BUSES, driverPath } from './bus-device.ts';
import type { BusDevice, Owner } from './bus-device.ts';

/** The driver's name. It gives an interface back when it is told to. */
export const IPMI_SI = 'ipmi_si';

/** A device of `ipmi_si`, and the file with its parameters. */
export interface SiDevice extends Owner {
  readonly path: string;
  /** Undefined when the file is not understood. */
  readonly parameters: SiParameters | undefined;
}

/** The parameters of one interface. */
export interface SiParameters {
  /** Such as `bt` or `kcs`. */
  readonly type: string;
  readonly space: 'io' | 'memory';
  /** Of the first register. */
  readonly address: number;
  /** Addresses from one register to the next. */
  readonly spacing: number;
  /** Undefined when the interface has no interrupt. */
  readonly irq: number | undefined;
}

/** Lists the devices that `ipmi_si` has, on every bus. */
export function findSiDevices(files: Files): readonly SiDevice[] {
  return BUSES.flatMap((bus) => {
    const folder = driverPath({ bus, driver: IPMI_SI });
    return files.list(folder).flatMap((device) => {
      const path = `${folder}/${device}/params`;
      const text = files.readText(path);
      if (text === undefined) return [];
      return [{ bus, device, driver: IPMI_SI, path, parameters: parseParameters(text) }];
    });
  });
}

/** The interrupt of a device, as `ipmi_si` tells it while it has the device. */
export function siIrq({ bus, device }: BusDevice, files: Files): number | undefined {
  const found = findSiDevices(files).find((one) => one.bus === bus && one.device === device);
  return found?.parameters?.irq;
}

// `bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32`: rsp is the distance between registers. An
// interface is in use also where an unknown kernel leaves out what comes behind that.
function parseParameters(text: string): SiParameters | undefined {
  const match = /^(\w+),(i\/o|mem),0x([\da-f]{1,13}),rsp=(\d+)(?:,.*\birq=(\d+))?/.exec(text);
  if (match === null) return undefined;
  const [, type = '', space, address = '', spacing, irq = '0'] = match;
  return {
    type,
    space: space === 'mem' ? 'memory' : 'io',
    address: Number.parseInt(address, 16),
    spacing: Number(spacing),
    irq: interruptNumber(Number(irq)),
  };
}
