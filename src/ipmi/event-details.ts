/**
 * The meaning of event data 2 and 3 of a sensor-specific event (IPMI 2.0 table 42-3): the step of
 * the firmware, the user, the slot. A value that the table reserves is shown as its number, and a
 * value that means "unspecified" not at all.
 */

import { hexByte } from './hex.ts';

/** Event data 2 and 3; undefined where the event does not say that they are as in the table. */
export interface DetailBytes {
  readonly data2: number | undefined;
  readonly data3: number | undefined;
}

/** Makes words of a byte; empty when the byte says nothing. */
type Tell = (value: number) => string;

interface Detail {
  /** The offsets it goes with; all when absent. */
  readonly offsets?: readonly number[];
  readonly data2?: Tell;
  readonly data3?: Tell;
}

const UNSPECIFIED = 0xff;

const POST_ERRORS =
  '|no memory installed|no usable memory|unrecoverable disk failure|' +
  'unrecoverable system board failure|unrecoverable diskette failure|' +
  'unrecoverable disk controller failure|unrecoverable keyboard failure|' +
  'removable boot medium not found|unrecoverable video controller failure|no video device|' +
  'firmware ROM corrupted|processor voltage mismatch|processor speed mismatch';

const STEPS =
  '|memory initialization|hard disk initialization|secondary processor initialization|' +
  'user authentication|setup entered by the user|USB resource configuration|' +
  'PCI resource configuration|option ROM initialization|video initialization|' +
  'cache initialization|SMBus initialization|keyboard controller initialization|' +
  'management controller initialization|docking station attachment|enabling docking station|' +
  'docking station ejection|disabling docking station|calling the operating system wake-up vector|' +
  'starting the operating system|motherboard initialization||floppy initialization|keyboard test|' +
  'pointing device test|primary processor initialization';

const SUPPLY_ERRORS =
  'vendor mismatch|revision mismatch|processor missing|power rating mismatch|' +
  'voltage rating mismatch';

const LOG_ACTIONS =
  'entry added|entry added for an event without a standard form|' +
  'entry added beside entries of the SEL|log cleared|log disabled|log enabled';

const LOGS = 'MCA log|OEM log 1|OEM log 2';

const PEF_ACTIONS = 'alert|power off|reset|power cycle|OEM action|diagnostic interrupt';

const CLOCKS = 'SEL clock|SDR clock';

const POWER_STATES =
  'S0/G0|S1|S2|S3|S4|S5/G2|S4/S5|G3|sleeping in S1 to S3|G1|S5 by override|legacy on|legacy off';

/** Of the state at the time of the request; reserved for the one that was requested. */
const UNKNOWN_STATE = 0x0d;

const RESTART_CAUSES =
  '|chassis control command|reset button|power button|watchdog|OEM|always powered up|' +
  'power restored|PEF reset|PEF power cycle|soft reset|real-time clock';

const SLOTS =
  'PCI|drive array|peripheral connector|docking|internal expansion|slot of the entity|AdvancedTCA|' +
  'memory device|fan|PCI Express|SCSI|SATA or SAS|USB';

const WATCHDOG_INTERRUPTS = '|SMI|NMI|messaging interrupt';
const WATCHDOG_USES = '|BIOS FRB2|BIOS POST|OS load|SMS or OS|OEM';

const DEACTIVATIONS = '|by Close Session|by timeout|by a configuration change';

const VERSION_CHANGES =
  '|management controller device ID|management controller firmware revision|' +
  'management controller device revision|manufacturer ID|IPMI version|auxiliary firmware ID|' +
  'firmware boot block|other firmware|system firmware|SMBIOS|operating system|OS loader|' +
  'service partition|management agent|management application|management middleware|' +
  'programmable hardware|board or FRU module|board or FRU component|board or FRU, same version|' +
  'board or FRU, newer version|board or FRU, older version|board or FRU configuration';

const STATE_CAUSES =
  'normal|commanded by software|handle latch|hot-swap button|FRU action|communication lost|' +
  'communication lost by local failure|unexpected extraction|operator|IPMB address unknown|' +
  'unexpected deactivation';

/** By sensor type. */
const DETAILS: Readonly<Record<number, readonly Detail[]>> = {
  0x05: [{ offsets: [4], data2: (value) => `network controller ${value}` }],
  0x08: [{ offsets: [6], data3: (value) => named(SUPPLY_ERRORS, value & 0x0f) }],
  0x0c: [{ data3: (value) => `module ${value}` }],
  0x0f: [
    { offsets: [0], data2: (value) => named(POST_ERRORS, value) },
    { offsets: [1, 2], data2: (value) => named(STEPS, value) },
  ],
  0x10: [
    { offsets: [0], data2: (value) => `module ${value}` },
    { offsets: [1], data2: (value) => `event type ${hexByte(value)}`, data3: tellLogged },
    { offsets: [5], data3: (value) => (value <= 100 ? `${value} % full` : unnamed(value)) },
  ],
  0x12: [
    { offsets: [3], data2: tellAuxiliaryLog },
    { offsets: [4], data2: tellPefActions },
    { offsets: [5], data2: tellClock },
  ],
  0x19: [
    {
      offsets: [0],
      data2: (value) => `requested ${named(POWER_STATES, value)}`,
      data3: (value) => (value === UNKNOWN_STATE ? '' : `state ${named(POWER_STATES, value)}`),
    },
  ],
  0x1d: [
    {
      offsets: [7],
      data2: (value) => named(RESTART_CAUSES, value & 0x0f),
      data3: (value) => `channel ${value & 0x0f}`,
    },
  ],
  0x21: [{ data2: (value) => named(SLOTS, value & 0x7f), data3: (value) => `slot ${value}` }],
  0x23: [{ data2: tellWatchdog }],
  0x28: [
    { offsets: [0, 4], data2: (value) => `sensor ${hexByte(value)}` },
    { offsets: [5], data2: tellFru, data3: (value) => `device ${hexByte(value)}` },
  ],
  0x2a: [{ data2: tellUser, data3: tellSession }],
  0x2b: [{ data2: (value) => named(VERSION_CHANGES, value) }],
  0x2c: [{ data2: tellStateChange }],
};

/** Event data 2 of one event means another thing by what data 3 says. */
const CORRECTABLE_MACHINE_CHECK = { sensorType: 0x10, offset: 6 } as const;
const VENDOR_NUMBER = 0x80;

/** The details of a sensor-specific event in words; undefined when the event gives none. */
export function eventDetail(
  sensorType: number,
  offset: number,
  { data2, data3 }: DetailBytes,
): string | undefined {
  const check = CORRECTABLE_MACHINE_CHECK;
  if (sensorType === check.sensorType && offset === check.offset) {
    return data2 === undefined || data2 === UNSPECIFIED ? undefined : tellProcessor(data2, data3);
  }
  const detail = DETAILS[sensorType]?.find(({ offsets }) => offsets?.includes(offset) ?? true);
  const texts = [tell(detail?.data2, data2), tell(detail?.data3, data3)];
  const text = texts.filter((one) => one !== '').join(', ');
  return text === '' ? undefined : text;
}

function tell(words: Tell | undefined, value: number | undefined): string {
  return words === undefined || value === undefined || value === UNSPECIFIED ? '' : words(value);
}

/** The name of a value; empty for one that is unspecified, its number when it is reserved. */
function named(names: string, value: number): string {
  const list = names.split('|');
  const name = list[value] ?? '';
  return name !== '' || value === 0 ? name : unnamed(value);
}

function unnamed(value: number): string {
  return `code ${hexByte(value)}`;
}

/** Bits 5 and 4, and the offset in bits 3:0. */
function tellLogged(value: number): string {
  if ((value & 0x20) !== 0) return 'all events';
  return `offset ${value & 0x0f} ${(value & 0x10) === 0 ? 'deasserted' : 'asserted'}`;
}

function tellProcessor(data2: number, data3 = 0): string {
  const isVendors = data3 !== UNSPECIFIED && (data3 & VENDOR_NUMBER) !== 0;
  return isVendors ? `processor ${data2} by the vendor's number` : `processor instance ${data2}`;
}

function tellAuxiliaryLog(value: number): string {
  return `${named(LOG_ACTIONS, value >> 4)}, ${named(LOGS, value & 0x0f)}`;
}

function tellPefActions(value: number): string {
  const actions = PEF_ACTIONS.split('|');
  return actions.filter((_, bit) => (value & (1 << bit)) !== 0).join(', ');
}

function tellClock(value: number): string {
  const which = (value & 0x80) === 0 ? 'first' : 'second';
  return `${named(CLOCKS, value & 0x0f)}, ${which} of a pair`;
}

/** Bits 7:4 the interrupt, 3:0 the use of the timer; 15 is unspecified in both. */
function tellWatchdog(value: number): string {
  const [interrupt, use] = [value >> 4, value & 0x0f];
  const texts = [
    use === 0x0f ? '' : named(WATCHDOG_USES, use),
    interrupt === 0x0f ? '' : named(WATCHDOG_INTERRUPTS, interrupt),
  ];
  return texts.filter((text) => text !== '').join(', ');
}

function tellFru(value: number): string {
  const kind = (value & 0x80) === 0 ? 'physical' : 'logical';
  return `${kind} FRU, LUN ${(value >> 3) & 3}, bus ${value & 7}`;
}

function tellUser(value: number): string {
  const user = value & 0x3f;
  return user === 0 ? '' : `user ${user}`;
}

function tellSession(value: number): string {
  const how = named(DEACTIVATIONS, (value >> 4) & 3);
  return `channel ${value & 0x0f}${how === '' ? '' : `, ${how}`}`;
}

/** Bits 7:4 the cause, 3:0 the state before; cause 15 is unknown. */
function tellStateChange(value: number): string {
  const cause = value >> 4;
  const why = cause === 0x0f ? '' : `, ${named(STATE_CAUSES, cause)}`;
  return `before: M${value & 0x0f}${why}`;
}
