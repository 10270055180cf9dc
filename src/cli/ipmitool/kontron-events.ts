/** The words of ipmitool for Kontron's own types of sensors, and for their events. */

/** The names of the types, from 0xc0 on; some have none. */
const TYPES = (
  'Firmware Info||Init Agent|IPMBL Link State|Board Reset|FRU Information Agent|' +
  'POST Value Sensor|FWUM Status|Switch Mngt Software Status|OEM Diagnostic Status|' +
  'Component Firmware Upgrade|FRU Over Current|FRU Sensor Error|FRU Power Denied|Reserved|' +
  'Board Reset|Clock Resource Control|Power State|FRU Mngt Power Failure|Jumper Status||||||' +
  '||||||||||||||||||||||||RTM Module Hotswap'
).split('|');

const FIRST_TYPE = 0xc0;

const [ASSERTED, DEASSERTED] = ['Asserted', 'Deasserted'];

/** Events by the type of the sensor, then by offset. */
const EVENTS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0xc1: {
    ...{ 0: 'Push Button', 1: 'Bridge Reset', 2: 'Backplane', 3: 'Hotswap Fault' },
    ...{ 4: 'Hotswap Healty', 5: 'Unknown', 6: 'ITP', 7: 'Hardware Watchdog' },
    8: 'Software Reset',
  },
  0xc3: { 2: 'IPMB L Disabled', 3: 'IPMB L Enabled' },
  0xc4: {
    ...{ 0: 'Push Button', 1: 'Hardware Power Failure', 2: 'Unknown', 3: 'Hardware Watchdog' },
    ...{ 4: 'Soft Reset', 5: 'Warm Reset', 6: 'Cold Reset', 7: 'IPMI Command' },
    ...{ 8: 'Setup Reset (Save CMOS)', 9: 'Power Up Reset' },
  },
  0xc6: { 14: 'Post Error (see data2)' },
  0xc7: {
    0: 'First Boot After Upgrade',
    1: 'First Boot After Rollback(error)',
    2: 'First Boot After Errors (watchdog)',
    3: 'First Boot After Manual Rollback',
    8: 'Firmware Watchdog Bite, reset occurred',
  },
  0xc8: { 0: 'Not Loaded', 1: 'Initializing', 2: 'Ready', 3: 'Failure (see data2)' },
  0xc9: { 0: 'Started', 1: 'Pass', 2: 'Fail' },
  0xca: { 0: 'In progress', 1: 'Success', 2: 'Failure' },
  0xcb: { 0: ASSERTED, 1: DEASSERTED },
  0xcc: { 0: ASSERTED, 1: DEASSERTED },
  0xcd: { 0: ASSERTED, 1: DEASSERTED },
  0xcf: { 0: ASSERTED, 1: DEASSERTED },
};

/** The name of a type from 0xc0 on; undefined where there is none. */
export function kontronSensorType(sensorType: number): string | undefined {
  const name = TYPES[sensorType - FIRST_TYPE];
  return name === '' ? undefined : name;
}

/** The event of such a sensor. */
export function kontronEvent(sensorType: number, offset: number): string | undefined {
  return EVENTS[sensorType]?.[offset];
}
