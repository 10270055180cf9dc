/** The additions of ipmitool to descriptions of Dell's events: bytes 2 and 3 of their data. */

import type { EventBytes } from './event-words.ts';

/** An event, and the sensor that sent it. */
export interface MakersEvent extends EventBytes {
  readonly sensor: number;
}

/** Event data 1: bytes 2 and 3 are the maker's. */
const [MASK_2, MAKERS_2] = [0xc0, 0x80];
const [MASK_3, MAKERS_3] = [0x30, 0x20];

const OFFSET = 0x0f;

/** Types of sensors. */
const MEMORY = 0x0c;
const EVENT_LOG = 0x10;
const SECONDARY = 0xc1;

/** Sensors: link errors, memory, processors, and the addresses of network interfaces. */
const LINK_SENSOR = 0x29;
const MEMORY_SENSOR = 0x1c;
const PROCESSOR_SENSOR = 0x0a;
const ADDRESS_SENSOR = 0x25;
const SECONDARY_SENSOR = 0x23;

/** The byte of Get Device ID that says IPMI 1.5. */
const IPMI_1_5 = 0x51;

/** Errors of the power-on self-test. */
const POST_ERRORS: Readonly<Record<number, string>> = {
  0x80: 'No memory is detected.',
  0x81: 'Memory is detected but is not configurable.',
  0x82: 'Memory is configured but not usable.',
  0x83: 'System BIOS shadow failed.',
  0x84: 'CMOS failed.',
  0x85: 'DMA controller failed.',
  0x86: 'Interrupt controller failed.',
  0x87: 'Timer refresh failed.',
  0x88: 'Programmable interval timer error.',
  0x89: 'Parity error.',
  0x8a: 'SIO failed.',
  0x8b: 'Keyboard controller failed.',
  0x8c: 'System management interrupt initialization failed.',
  0x8d: 'TXT-SX Error.',
  0xc0: 'Shutdown test failed.',
  0xc1: 'BIOS POST memory test failed.',
  0xc2: 'RAC configuration failed.',
  0xc3: 'CPU configuration failed.',
  0xc4: 'Incorrect memory configuration.',
  0xfe: 'General failure after video.',
};

/** Errors of trusted execution, by byte 3. */
const TRUST_ERRORS: Readonly<Record<number, string>> = {
  0x01: 'BIOS TXT Error',
  0x02: 'Processor/FIT TXT',
  0x03: 'BIOS ACM TXT Error',
  0x04: 'SINIT ACM TXT Error',
  0xff: 'Unrecognized TT Error12',
};

/** True where ipmitool adds something, be it empty. */
export function isDellEvent({ sensor, data: [data1] }: MakersEvent): boolean {
  const isMakers = (data1 & MASK_2) === MAKERS_2 || (data1 & MASK_3) === MAKERS_3;
  return isMakers || (data1 === SECONDARY && sensor === SECONDARY_SENSOR);
}

type Text = (event: MakersEvent, ipmiVersion: number) => string;

/** By the type of the sensor. */
const TEXTS: Readonly<Record<number, Text>> = {
  0x07: processorText,
  [MEMORY]: memoryText,
  0x0f: postText,
  [EVENT_LOG]: memoryText,
  0x13: busText,
  0x20: trustText,
  0x23: ({ data: [data1, data2] }) =>
    data1 === SECONDARY && data2 === 0x04
      ? 'Hard Reset|Interrupt type None,SMS/OS Timer used at expiration'
      : '',
  0x2b: versionText,
  [SECONDARY]: addressText,
  0xc2: busText,
  0xc3: busText,
};

/** The addition; the version of IPMI is the byte of Get Device ID. */
export function dellText(event: MakersEvent, ipmiVersion: number): string {
  return TEXTS[event.sensorType]?.(event, ipmiVersion) ?? '';
}

/** Bytes 2 and 3 both have a bit of the maker's. */
function hasBoth(data1: number): boolean {
  return (data1 & MAKERS_2) !== 0 && (data1 & MAKERS_3) !== 0;
}

/** The lowest bit that is set, from 1 on. */
function processorText({ sensor, data: [data1, data2, data3] }: MakersEvent): string {
  if ((data1 & MASK_2) !== MAKERS_2) return '';
  const offset = data1 & OFFSET;
  const bit = [0, 1, 2, 3, 4, 5, 6, 7].find((at) => ((data2 >> at) & 1) !== 0);
  if (bit === undefined) {
    return { 0: 'CPU Internal Err | ', 6: 'CPU Protocol Err | ' }[offset] ?? '';
  }
  if (offset === 6 && sensor === PROCESSOR_SENSOR) return `FSB ${bit + 1} `;
  return `CPU ${bit + 1} | APIC ID ${data3} `;
}

function postText({ data: [data1, data2] }: MakersEvent): string {
  return (data1 & OFFSET) === 0x0f && (data1 & MAKERS_2) !== 0 ? (POST_ERRORS[data2] ?? '') : '';
}

function trustText({ data: [data1, , data3] }: MakersEvent): string {
  return (data1 & OFFSET) === 0 && hasBoth(data1) ? (TRUST_ERRORS[data3] ?? '') : '';
}

function versionText({ data: [data1, data2, data3] }: MakersEvent): string {
  if ((data1 & OFFSET) !== 2 || !hasBoth(data1) || data2 !== 2 || data3 > 1) return '';
  return `between BMC/iDRAC Firmware and ${data3 === 0 ? 'other hardware' : 'CPU'}`;
}

function addressText({ sensor, data: [data1, data2, data3] }: MakersEvent): string {
  if (sensor !== ADDRESS_SENSOR) return '';
  const offset = data1 & OFFSET;
  if (offset === 2) return 'Device option ROM failed to support link tuning or flex address';
  if (offset === 3) return 'Failed to get link tuning or flex address data from BMC/iDRAC';
  if (offset !== 1) return '';
  const place = hasBoth(data1) ? ` at ${placeText('bus', data2, data3)}` : '';
  return `Failed to program Virtual Mac Address${place}`;
}

function placeText(bus: string, data2: number, data3: number): string {
  const [number, device] = [data3 & 0x7f, (data2 >> 3) & 0x1f].map(twoDigits);
  return `${bus}:${number ?? ''} device:${device ?? ''} function:${data2 & 7}`;
}

function twoDigits(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

const BUS_ERRORS: Readonly<Record<number, string>> = {
  0: 'PCIe Error |',
  1: 'I/O Error |',
  4: 'PCI PERR |',
  5: 'PCI SERR |',
};

function busText({ sensor, data: [data1, data2, data3] }: MakersEvent): string {
  const offset = data1 & OFFSET;
  if (sensor === LINK_SENSOR) {
    return offset === 2 && hasBoth(data1) ? linkText(data2, data3) : '';
  }
  if (offset === 2) return 'IO channel Check NMI';
  const isSlot = (data3 & 0x80) !== 0;
  const place = isSlot ? `Slot ${data3 & 0x7f}` : placeText('PCI bus', data2, data3);
  return `${BUS_ERRORS[offset] ?? ' '}${place}`;
}

/** ipmitool does not shift the numbers of links and agents. */
function linkText(data2: number, data3: number): string {
  return (
    `Partner-(LinkId:${data2 & 0xc0},AgentId:${data2 & 0x30})|` +
    `ReportingAgent(LinkId:${data2 & 0x0c},AgentId:${data2 & 0x03})|` +
    ((data3 & 0xfc) === 0 ? 'LinkWidthDegraded|' : '') +
    ((data3 & 2) !== 0 ? 'PA_Type:IOH|' : 'PA-Type:CPU|') +
    ((data3 & 1) !== 0 ? 'RA-Type:IOH' : 'RA-Type:CPU')
  );
}

const CONTROLLERS = [
  'South Bound Memory',
  'South Bound Config',
  'North Bound memory',
  'North Bound memory-corr',
];

function memoryText({ sensorType, sensor, data }: MakersEvent, ipmiVersion: number): string {
  const [data1, data2, data3] = data;
  const offset = data1 & OFFSET;
  const isMakers = (data1 & (MAKERS_2 | MAKERS_3)) !== 0;
  const isMemory = sensorType === MEMORY;
  if (isMakers && isMemory && offset === 0 && sensor === MEMORY_SENSOR) {
    return hasBoth(data1) ? checksumText(data2, data3) : '';
  }
  const card = (data1 & MAKERS_2) === 0 ? '' : cardText(data2, ipmiVersion);
  const modules = (data1 & MAKERS_3) === 0 ? '' : modulesText(data, ipmiVersion);
  return `${memoryError(isMakers, isMemory, offset)}${card}${modules}`;
}

function memoryError(isMakers: boolean, isMemory: boolean, offset: number): string {
  if (!isMakers) return !isMemory && offset === 3 ? 'All Even Logging Disabled' : '';
  if (!isMemory) return offset === 0 ? 'Corr Memory Log Disabled | ' : '';
  return { 0: 'Correctable ECC | ', 1: 'UnCorrectable ECC | ' }[offset] ?? '';
}

/** ipmitool forgets to end the text behind a comma, where there is nothing else. */
function checksumText(data2: number, data3: number): string {
  const found = CONTROLLERS.filter((_, at) => ((data2 >> at) & 1) !== 0);
  const channel = data3 < 0xff ? `|Failing_Channel:${data3}` : '';
  return `CRC Error on:${found.join(',')}${channel}`;
}

function cardText(data2: number, ipmiVersion: number): string {
  const [card, bank] = [data2 >> 4, data2 & 0x0f];
  const first = card < 8 ? `Card ${letter(card)}` : '';
  return bank !== 0x0f && ipmiVersion === IPMI_1_5 ? `${first}Bank ${bank + 1}` : first;
}

function letter(index: number): string {
  return String.fromCharCode((0x41 + index) & 0xff);
}

/** Modules of a node, by the upper half of byte 2; 4 where it is another one. */
const MODULES_OF_NODE: Readonly<Record<number, number>> = {
  ...{ 0x9: 6, 0xa: 8, 0xb: 9, 0xc: 12, 0xd: 24, 0xe: 3 },
};

/** The modules whose bits are set. */
function modulesText([data1, data2, data3]: EventBytes['data'], ipmiVersion: number): string {
  if (ipmiVersion === IPMI_1_5) return `DIMM ${letter(data3)}`;
  const [kind, group] = [data2 >> 4, data2 & 0x0f];
  const first = (data1 & MAKERS_2) !== 0 && group !== 0x0f ? (group << 3) & 0xff : 0;
  const modules = [0, 1, 2, 3, 4, 5, 6, 7].filter((at) => ((data3 >> at) & 1) !== 0);
  const isByNode = kind > 7 && kind !== 0x0f;
  const size = MODULES_OF_NODE[kind] ?? 4;
  const names = modules.map((at) => {
    const module = first + at;
    if (!isByNode) return ` DIMM${module + 1}`;
    return ` DIMM${letter(Math.floor(module / size))}${(module % size) + 1}`;
  });
  return names.join(',');
}
