/**
 * The words and the judgements of FreeIPMI 1.6.10 about sensors, which `ipmi_exporter` passes on:
 * the names of sensor types, and the state of a sensor by the events that are asserted. Measured on
 * its library, with its default configuration; `sensor-words.test.ts` measures them again.
 */

/** The states of a sensor, as they are exported. */
export const SensorState = { NOMINAL: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: NaN } as const;

/** Names of the sensor types 0x00 to 0x2c. */
const TYPE_NAMES: readonly string[] = (
  'Reserved|Temperature|Voltage|Current|Fan|Physical Security|' +
  'Platform Security Violation Attempt|Processor|Power Supply|Power Unit|Cooling Device|' +
  'Other Units Based Sensor|Memory|Drive Slot|POST Memory Resize|System Firmware Progress|' +
  'Event Logging Disabled|Watchdog 1|System Event|Critical Interrupt|Button/Switch|Module/Board|' +
  'Microcontroller/Coprocessor|Add In Card|Chassis|Chip Set|Other Fru|Cable/Interconnect|' +
  'Terminator|System Boot Initiated|Boot Error|OS Boot|OS Critical Stop|Slot/Connector|' +
  'System ACPI Power State|Watchdog 2|Platform Alert|Entity Presence|Monitor ASIC/IC|LAN|' +
  'Management Subsystem Health|Battery|Session Audit|Version Change|FRU State'
).split('|');

const OEM_TYPE = 0xc0;

/** The name of a sensor type. */
export function sensorTypeName(type: number): string {
  return TYPE_NAMES[type] ?? (type >= OEM_TYPE ? 'OEM Reserved' : 'Unrecognized');
}

/** Event type of thresholds; every sensor type has the same states by their six comparisons. */
export const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;

const THRESHOLD_STATES = 'nccncc';

/** States by offset (nominal, warning, critical), and the sensor types that have them. */
type States = readonly (readonly [letters: string, sensorTypes: readonly number[]])[];

/** By event type; what is not here is not interpreted. */
const BY_EVENT_TYPE: Readonly<Record<number, States>> = {
  0x02: [['nnn', [0x12]]],
  0x03: [
    ['nw', [0x01, 0x02, 0x04, 0x08, 0x09, 0x0e, 0x0f, 0x12]],
    ['nc', [0x07, 0x0c, 0x15, 0x1e, 0x20, 0x24]],
    ['wn', [0x0d]],
    ['nn', [0x14]],
  ],
  0x04: [['nc', [0x0d]]],
  0x05: [['nc', [0x01, 0x02]]],
  0x06: [['nc', [0x02]]],
  0x07: [
    [
      'nwccwccwn',
      [
        ...[0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0c, 0x0d, 0x0f],
        ...[0x12, 0x14, 0x18, 0x19, 0x1b, 0x1e, 0x21, 0x28],
      ],
    ],
  ],
  0x08: [['cn', [0x04, 0x09, 0x0d, 0x0f, 0x15, 0x25, 0x28]]],
  0x0a: [['nwwwwwcwc', [0x04]]],
  0x0b: [['ncwcccww', [0x04, 0x08, 0x09, 0x0a, 0x0c]]],
};

/** States by offset of each sensor type with events of its own. */
const OF_SENSOR_TYPE: Readonly<Record<number, string>> = {
  0x05: 'ccccccc',
  0x06: 'cccccc',
  0x07: 'cccccccnccwcw',
  0x08: 'nccccccw',
  0x09: 'nnwwcccc',
  0x0c: 'wccccwncnwc',
  0x0d: 'nccnnccnc',
  0x0f: 'ccn',
  0x10: 'ccnccwc',
  0x12: 'wncnnw',
  0x13: 'cccwcccwcccw',
  0x14: 'nnnww',
  0x1b: 'nc',
  0x1e: 'ccccw',
  0x1f: 'nnnnnnwnnwc',
  0x21: 'cwnnnnwwwn',
  0x22: 'nnnnnnnnnnnnnc',
  0x23: 'wcccnnnnw',
  0x25: 'ncc',
  0x28: 'cccccc',
  0x29: 'wcn',
  0x2a: 'nnwc',
  0x2b: 'wwccccnn',
  0x2c: 'ccwwnwwc',
};

/** A sensor as far as its state depends on it. */
export interface Interpreted {
  readonly sensorType: number;
  readonly eventType: number;
  /** Offsets of the events that are asserted. */
  readonly offsets: readonly number[];
}

/** The state of a sensor: the worst of its events; unknown for a kind that is not interpreted. */
export function interpret({ sensorType, eventType, offsets }: Interpreted): number {
  const letters = lettersOf(sensorType, eventType);
  if (letters === undefined) return SensorState.UNKNOWN;
  const asserted = offsets.map((offset) => letters.charAt(offset));
  if (asserted.includes('c')) return SensorState.CRITICAL;
  // An event that has no letter is not recognized, and does not count.
  return asserted.includes('w') ? SensorState.WARNING : SensorState.NOMINAL;
}

function lettersOf(sensorType: number, eventType: number): string | undefined {
  if (eventType === THRESHOLD) return THRESHOLD_STATES;
  if (eventType === SENSOR_SPECIFIC) return OF_SENSOR_TYPE[sensorType];
  return BY_EVENT_TYPE[eventType]?.find(([, types]) => types.includes(sensorType))?.[0];
}
