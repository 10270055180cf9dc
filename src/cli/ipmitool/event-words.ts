/**
 * The words of ipmitool for types of sensors, and for their states and events (IPMI 2.0 tables 42-2
 * and 42-3): its spelling, and its order.
 */

import { SENSOR_SPECIFIC } from '../../ipmi/generic-events.ts';

/** The types of sensors, from 0 on. */
export const SENSOR_TYPES: readonly string[] = (
  'reserved|Temperature|Voltage|Current|Fan|Physical Security|Platform Security|Processor|' +
  'Power Supply|Power Unit|Cooling Device|Other|Memory|Drive Slot / Bay|POST Memory Resize|' +
  'System Firmwares|Event Logging Disabled|Watchdog1|System Event|Critical Interrupt|' +
  'Button|Module / Board|Microcontroller|Add-in Card|Chassis|Chip Set|Other FRU|' +
  'Cable / Interconnect|Terminator|System Boot Initiated|Boot Error|OS Boot|' +
  'OS Critical Stop|Slot / Connector|System ACPI Power State|Watchdog2|Platform Alert|' +
  'Entity Presence|Monitor ASIC|LAN|Management Subsys Health|Battery|Session Audit|' +
  'Version Change|FRU State'
).split('|');

/** States by event type, then by offset, separated by `|`; an offset without a name is empty. */
const GENERIC: Readonly<Record<number, string>> = {
  0x01:
    'Lower Non-critical going low |Lower Non-critical going high|Lower Critical going low |' +
    'Lower Critical going high|Lower Non-recoverable going low |' +
    'Lower Non-recoverable going high|Upper Non-critical going low |' +
    'Upper Non-critical going high|Upper Critical going low |Upper Critical going high|' +
    'Upper Non-recoverable going low |Upper Non-recoverable going high',
  0x02: 'Transition to Idle|Transition to Active|Transition to Busy',
  0x03: 'State Deasserted|State Asserted',
  0x04: 'Predictive Failure Deasserted|Predictive Failure Asserted',
  0x05: 'Limit Not Exceeded|Limit Exceeded',
  0x06: 'Performance Met|Performance Lags',
  0x07:
    'Transition to OK|Transition to Non-critical from OK|' +
    'Transition to Critical from less severe|Transition to Non-recoverable from less severe|' +
    'Transition to Non-critical from more severe|Transition to Critical from Non-recoverable|' +
    'Transition to Non-recoverable|Monitor|Informational',
  0x08: 'Device Absent|Device Present',
  0x09: 'Device Disabled|Device Enabled',
  0x0a:
    'Transition to Running|Transition to In Test|Transition to Power Off|' +
    'Transition to On Line|Transition to Off Line|Transition to Off Duty|' +
    'Transition to Degraded|Transition to Power Save|Install Error',
  0x0b:
    'Fully Redundant|Redundancy Lost|Redundancy Degraded|' +
    'Non-Redundant: Sufficient from Redundant|Non-Redundant: Sufficient from Insufficient|' +
    'Non-Redundant: Insufficient Resources|Redundancy Degraded from Fully Redundant|' +
    'Redundancy Degraded from Non-Redundant',
  0x0c: 'D0 Power State|D1 Power State|D2 Power State|D3 Power State',
};

/** The same by sensor type, for event type 0x6f. */
const SPECIFIC: Readonly<Record<number, string>> = {
  0x05:
    'General Chassis intrusion|Drive Bay intrusion|I/O Card area intrusion|' +
    'Processor area intrusion|System unplugged from LAN|Unauthorized dock|FAN area intrusion',
  0x06:
    'Front Panel Lockout violation attempted|Pre-boot password violation - user password|' +
    'Pre-boot password violation - setup password|' +
    'Pre-boot password violation - network boot password|Other pre-boot password violation|' +
    'Out-of-band access password violation',
  0x07:
    'IERR|Thermal Trip|FRB1/BIST failure|FRB2/Hang in POST failure|' +
    'FRB3/Processor startup/init failure|Configuration Error|' +
    'SM BIOS Uncorrectable CPU-complex Error|Presence detected|Disabled|' +
    'Terminator presence detected|Throttled|Uncorrectable machine check exception|' +
    'Correctable machine check error',
  0x08:
    'Presence detected|Failure detected|Predictive failure|Power Supply AC lost|' +
    'AC lost or out-of-range|AC out-of-range, but present|Config Error|Power Supply Inactive',
  0x09:
    'Power off/down|Power cycle|240VA power down|Interlock power down|AC lost|' +
    'Soft-power control failure|Failure detected|Predictive failure',
  0x0c:
    'Correctable ECC|Uncorrectable ECC|Parity|Memory Scrub Failed|Memory Device Disabled|' +
    'Correctable ECC logging limit reached|Presence Detected|Configuration Error|Spare|' +
    'Throttled|Critical Overtemperature',
  0x0d:
    'Drive Present|Drive Fault|Predictive Failure|Hot Spare|Parity Check In Progress|' +
    'In Critical Array|In Failed Array|Rebuild In Progress|Rebuild Aborted',
  0x0f: 'Unknown Error|Unknown Hang|Unknown Progress',
  0x10:
    'Correctable memory error logging disabled|Event logging disabled|Log area reset/cleared|' +
    'All event logging disabled|Log full|Log almost full',
  0x11:
    'BIOS Reset|OS Reset|OS Shut Down|OS Power Down|OS Power Cycle|OS NMI/Diag Interrupt|' +
    'OS Expired|OS pre-timeout Interrupt',
  0x12:
    'System Reconfigured|OEM System boot event|Undetermined system hardware failure|' +
    'Entry added to auxiliary log|PEF Action|Timestamp Clock Sync',
  0x13:
    'NMI/Diag Interrupt|Bus Timeout|I/O Channel check NMI|Software NMI|PCI PERR|PCI SERR|' +
    'EISA failsafe timeout|Bus Correctable error|Bus Uncorrectable error|Fatal NMI|' +
    'Bus Fatal Error|Bus Degraded',
  0x14: 'Power Button pressed|Sleep Button pressed|Reset Button pressed|FRU Latch|FRU Service',
  0x19: 'Soft Power Control Failure|Thermal Trip',
  0x1b: 'Connected|Config Error',
  0x1d:
    'Initiated by power up|Initiated by hard reset|Initiated by warm reset|' +
    'User requested PXE boot|Automatic boot to diagnostic|OS initiated hard reset|' +
    'OS initiated warm reset|System Restart',
  0x1e:
    'No bootable media|Non-bootable disk in drive|PXE server not found|Invalid boot sector|' +
    'Timeout waiting for selection',
  0x1f:
    'A: boot completed|C: boot completed|PXE boot completed|Diagnostic boot completed|' +
    'CD-ROM boot completed|ROM boot completed|boot completed - device not specified|' +
    'Installation started|Installation completed|Installation aborted|Installation failed',
  0x20:
    'Error during system startup|Run-time critical stop|OS graceful stop|' +
    'OS graceful shutdown|PEF initiated soft shutdown|Agent not responding',
  0x21:
    'Fault Status|Identify Status|Device Installed|Ready for Device Installation|' +
    'Ready for Device Removal|Slot Power is Off|Device Removal Request|Interlock|' +
    'Slot is Disabled|Spare Device',
  0x22:
    'S0/G0: working|S1: sleeping with system hw & processor context maintained|' +
    'S2: sleeping, processor context lost|' +
    'S3: sleeping, processor & hw context lost, memory retained|' +
    'S4: non-volatile sleep/suspend-to-disk|S5/G2: soft-off|S4/S5: soft-off|' +
    'G3: mechanical off|Sleeping in S1/S2/S3 state|G1: sleeping|S5: entered by override|' +
    'Legacy ON state|Legacy OFF state||Unknown',
  0x23:
    'Timer expired|Hard reset|Power down|Power cycle|reserved|reserved|reserved|reserved|' +
    'Timer interrupt',
  0x24:
    'Platform generated page|Platform generated LAN alert|Platform Event Trap generated|' +
    'Platform generated SNMP trap, OEM format',
  0x25: 'Present|Absent|Disabled',
  0x27: 'Heartbeat Lost|Heartbeat',
  0x28:
    'Sensor access degraded or unavailable|Controller access degraded or unavailable|' +
    'Management controller off-line|Management controller unavailable|Sensor failure|' +
    'FRU failure',
  0x29: 'Low|Failed|Presence Detected',
  0x2b:
    'Hardware change detected||Hardware incompatibility detected|' +
    'Firmware or software incompatibility detected|Invalid or unsupported hardware version|' +
    'Invalid or unsupported firmware or software version|Hardware change success',
  0x2c:
    'Not Installed|Inactive|Activation Requested|Activation in Progress|Active|' +
    'Deactivation Requested|Deactivation in Progress|Communication lost',
  0xf0:
    'Transition to M0|Transition to M1|Transition to M2|Transition to M3|Transition to M4|' +
    'Transition to M5|Transition to M6|Transition to M7',
  0xf1:
    'IPMB-A disabled, IPMB-B disabled|IPMB-A enabled, IPMB-B disabled|' +
    'IPMB-A disabled, IPMB-B enabled|IPMB-A enabled, IPMB-B enabled',
  0xf2: 'Module Handle Closed|Module Handle Opened|Quiesced',
};

const FIRMWARE_STAGES =
  'Unspecified|Memory initialization|Hard-disk initialization|Secondary CPU Initialization|' +
  'User authentication|User-initiated system setup|USB resource configuration|' +
  'PCI resource configuration|Option ROM initialization|Video initialization|' +
  'Cache initialization|SMBus initialization|Keyboard controller initialization|' +
  'Management controller initialization|Docking station attachment|' +
  'Enabling docking station|Docking station ejection|Disabling docking station|' +
  'Calling operating system wake-up vector|System boot initiated|' +
  'Motherboard initialization|reserved|Floppy initialization|Keyboard test|' +
  'Pointing device test|Primary CPU initialization';

/** The thing that changed, behind the words for a change of firmware or software. */
const CHANGES =
  '|, Mngmt Ctrl Dev Id|, Mngmt Ctrl Firm Rev|, Mngmt Ctrl Dev Rev|, Mngmt Ctrl Manuf Id|' +
  ', Mngmt Ctrl IPMI Vers|, Mngmt Ctrl Aux Firm Id|, Mngmt Ctrl Firm Boot Block|' +
  ', Mngmt Ctrl Other|, BIOS/EFI change|, SMBIOS change|, O/S change|, O/S loader change|' +
  ', Service Diag change|, Mngmt SW agent change|, Mngmt SW App change|, Mngmt SW Middle|' +
  ', Prog HW Change (FPGA)|, board/FRU module change|, board/FRU component change|' +
  ', board/FRU replace equ ver|, board/FRU replace new ver|, board/FRU replace old ver|' +
  ', board/FRU HW conf change';

/** States that event data 2 tells apart: by sensor type, then by offset. */
const DETAILED: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0x08: {
    6:
      'Config Error: Vendor Mismatch|Config Error: Revision Mismatch|' +
      'Config Error: Processor Missing|Config Error: Power Supply Rating Mismatch|' +
      'Config Error: Voltage Rating Mismatch',
  },
  0x0f: {
    0:
      'Unspecified|No system memory installed|No usable system memory|' +
      'Unrecoverable IDE device failure|Unrecoverable system-board failure|' +
      'Unrecoverable diskette failure|Unrecoverable hard-disk controller failure|' +
      'Unrecoverable PS/2 or USB keyboard failure|Removable boot media not found|' +
      'Unrecoverable video controller failure|No video device selected|' +
      'BIOS corruption detected|CPU voltage mismatch|CPU speed mismatch failure',
    1: FIRMWARE_STAGES,
    2: FIRMWARE_STAGES,
  },
  0x2b: {
    1: prefixed('Firmware or software change detected'),
    7: prefixed('Firmware or software change success'),
  },
};

/** Event data 1, bits 7:6: event data 2 says something. */
const HAS_DATA_2 = 0xc0;

/** Bits of event data 1 that are the offset. */
const OFFSET = 0x0f;

function prefixed(words: string): string {
  return CHANGES.split('|')
    .map((change) => `${words}${change}`)
    .join('|');
}

/** The type of a sensor. */
export function sensorTypeName(sensorType: number): string {
  return SENSOR_TYPES[sensorType] ?? 'Unknown';
}

/** The states that a sensor can tell, by offset; undefined for one without a name. */
export function stateNames(sensorType: number, eventType: number): readonly (string | undefined)[] {
  const names = eventType === SENSOR_SPECIFIC ? SPECIFIC[sensorType] : GENERIC[eventType];
  return names?.split('|').map((name) => (name === '' ? undefined : name)) ?? [];
}

/** The offset of a state by its name, in any case; undefined for one that there is not. */
export function stateOffset(
  { sensorType, eventType }: Pick<EventBytes, 'sensorType' | 'eventType'>,
  state: string,
): number | undefined {
  const wanted = state.toLowerCase();
  const isWanted = (name: string | undefined): boolean => name?.toLowerCase() === wanted;
  const offset = stateNames(sensorType, eventType).findIndex(isWanted);
  if (offset >= 0) return offset;
  const detailed = eventType === SENSOR_SPECIFIC ? (DETAILED[sensorType] ?? {}) : {};
  const [found] =
    Object.entries(detailed).find(([, names]) => names.split('|').some(isWanted)) ?? [];
  return found === undefined ? undefined : Number(found);
}

/** The type of an event, and its data. */
export interface EventBytes {
  readonly sensorType: number;
  readonly eventType: number;
  /** Event data 1 to 3. */
  readonly data: readonly [number, number, number];
}

/** The description of an event; undefined where ipmitool has none. */
export function eventName({ sensorType, eventType, data }: EventBytes): string | undefined {
  const [data1, data2] = data;
  const offset = data1 & OFFSET;
  if (eventType === SENSOR_SPECIFIC && (data1 & HAS_DATA_2) !== 0) {
    const detail = DETAILED[sensorType]?.[offset]?.split('|')[data2];
    if (detail !== undefined) return detail;
  }
  return stateNames(sensorType, eventType)[offset];
}
