/** Records of what has no reading, as `ipmitool sdr` prints them. */

import type { IdString } from '../../ipmi/id-string.ts';
import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { cString, hex, hexUpper } from './c-text.ts';
import { deviceName, entityName } from './entity-words.ts';
import { sensorTypeName } from './event-words.ts';
import type { Style } from './sensor-status.ts';

type OfKind<Kind extends SdrRecord['kind']> = Extract<SdrRecord, { readonly kind: Kind }>;

/** A part of the system, as records name it. */
type Entity = OfKind<'fru-locator'>['entity'];

/** Characters of a name. */
const NAME_CHARS = 16;

/** The bits in which ipmitool takes the address span to be; §43.7 has it in the lowest three. */
const SPAN_SHIFT = 5;

/** An entity as `%d.%d` writes it. */
export function entityNumber({ id, instance }: Entity): string {
  return `${id}.${instance.number}`;
}

/** The same in the column of `elist`. */
export function entityColumn({ id, instance }: Entity): string {
  return `${String(id).padStart(2)}.${instance.number}`;
}

/** An entity and its kind. */
export function entityText(entity: Entity): string {
  return `${entityNumber(entity)} (${entityName(entity.id)})`;
}

/** The name, in which ipmitool has a character more than it is long; none where its length is 0. */
function shortName({ form, bytes }: IdString): string {
  const isNone = form.length === 0 && form.encoding === 'unicode' && form.reserved === 0;
  const text = cString(bytes.subarray(0, form.length + 1)).slice(0, NAME_CHARS);
  return isNone ? '' : text;
}

/** A record of a sensor that only sends events. */
export function eventOnlyText(record: OfKind<'event-only'>, style: Style): string {
  const { entity, number, sensorType } = record;
  const name = shortName(record.name);
  if (style.verbose > 0) {
    return [
      `Sensor ID              : ${name} (0x${number.toString(16)})`,
      `Entity ID              : ${entityText(entity)}`,
      `Sensor Type            : ${sensorTypeName(sensorType)} (0x${hex(sensorType)})`,
      '\n',
    ].join('\n');
  }
  if (style.csv) return `${name},${hexUpper(number)}h,ns,${entityNumber(entity)},Event-Only\n`;
  const first = name.padEnd(NAME_CHARS);
  if (!style.isExtended) return `${first} | Event-Only        | ns\n`;
  return `${first} | ${hexUpper(number)}h | ns  | ${entityColumn(entity)} | Event-Only\n`;
}

/** A management controller. */
export function controllerText(record: OfKind<'controller-locator'>, style: Style): string {
  const { entity, start, access } = record;
  if (style.verbose > 0) return controllerLines(record);
  const name = shortName(record.name);
  if (style.csv) return `${name},00h,ok,${entityNumber(entity)}\n`;
  const kind = start.isStatic ? 'Static' : 'Dynamic';
  const address = `${hexUpper(addressOf(access))}h`;
  const first = name.padEnd(NAME_CHARS);
  if (!style.isExtended) {
    return `${first} | ${kind} MC @ ${address} ${start.isStatic ? ' ' : ''} | ok\n`;
  }
  return `${first} | 00h | ok  | ${entityColumn(entity)} | ${kind} MC @ ${address}\n`;
}

const EVENT_GENERATION = ['Enable', 'Disable', 'Do Not Init Controller', 'Reserved'];

/** The devices of a controller, bit 7 first, in the words of this command. */
const DEVICES = [
  'Chassis Device',
  'Bridge',
  'IPMB Event Generator',
  'IPMB Event Receiver',
  'FRU Inventory Device',
  'SEL Device',
  'SDR Repository',
  'Sensor Device',
];

function controllerLines(record: OfKind<'controller-locator'>): string {
  const { access, channel, start, support, entity, name } = record;
  const required = (is: boolean): string => (is ? 'Required' : 'Not Required');
  const devices = DEVICES.map((device, index) => {
    const has = (support & (0x80 >> index)) !== 0;
    return ` ${device.padEnd(21)} : ${has ? 'Yes' : 'No'}`;
  });
  return [
    `Device ID              : ${cString(name.bytes)}`,
    `Entity ID              : ${entityText(entity)}`,
    `Device Slave Address   : ${hexUpper(addressOf(access))}h`,
    `Channel Number         : ${hexUpper(channel.channel, 1)}h`,
    `ACPI System P/S Notif  : ${required(start.wantsSystemPowerState)}`,
    `ACPI Device P/S Notif  : ${required(start.wantsDevicePowerState)}`,
    `Controller Presence    : ${start.isStatic ? 'Static' : 'Dynamic'}`,
    `Logs Init Agent Errors : ${start.logsAgentErrors ? 'Yes' : 'No'}`,
    `Event Message Gen      : ${EVENT_GENERATION[start.eventGeneration] ?? ''}`,
    'Device Capabilities',
    ...devices,
    '\n',
  ].join('\n');
}

/** A device on a bus. */
export function genericText(record: OfKind<'generic-locator'>, style: Style): string {
  const { access, device, entity, oem } = record;
  const [way, own] = [addressOf(access), device.address * 2 + device.channelHigh];
  if (style.verbose > 0) {
    const { span, bus } = record;
    return [
      ...deviceHead(record, way),
      `Device Slave Address   : ${hexUpper(own)}h`,
      `Address Span           : ${hexUpper(span.reserved >> SPAN_SHIFT)}h`,
      `Channel Number         : ${hexUpper(bus.channelLow, 1)}h`,
      ...deviceTail(record),
    ].join('\n');
  }
  const name = shortName(record.name);
  if (style.csv) return `${name},00h,ns,${entityNumber(entity)}\n`;
  const first = name.padEnd(NAME_CHARS);
  if (!style.isExtended) {
    return `${first} | Generic @${hexUpper(way)}:${hexUpper(own)}.${String(oem).padEnd(2)} | ok\n`;
  }
  const place = `@${hexUpper(way)}h:${hexUpper(own)}h.${oem}`;
  return `${first} | 00h | ns  | ${entityColumn(entity)} | Generic Device ${place}\n`;
}

/** A FRU. */
export function fruText(record: OfKind<'fru-locator'>, style: Style): string {
  const { access, device, bus, channel, entity } = record;
  if (style.verbose > 0) {
    const label = bus.isLogical ? 'Logical FRU Device     ' : 'Slave Address          ';
    return [
      ...deviceHead(record, addressOf(access)),
      `${label}: ${hexUpper(device)}h`,
      `Channel Number         : ${hexUpper(channel.channel, 1)}h`,
      ...deviceTail(record),
    ].join('\n');
  }
  const name = shortName(record.name);
  if (style.csv) return `${name},00h,ns,${entityNumber(entity)}\n`;
  const first = name.padEnd(NAME_CHARS);
  if (!style.isExtended) {
    const place = `${hex(entity.id)}.${entity.instance.number.toString(16)}`;
    const kind = bus.isLogical ? 'Log' : 'Phy';
    return `${first} | ${kind} FRU @${hexUpper(device)}h ${place} | ok\n`;
  }
  const kind = bus.isLogical ? 'Logical' : 'Physical';
  return `${first} | 00h | ns  | ${entityColumn(entity)} | ${kind} FRU @${hexUpper(device)}h\n`;
}

type OnBus = OfKind<'generic-locator'> | OfKind<'fru-locator'>;

function deviceHead({ name, entity }: OnBus, way: number): readonly string[] {
  return [
    `Device ID              : ${cString(name.bytes)}`,
    `Entity ID              : ${entityText(entity)}`,
    `Device Access Address  : ${hexUpper(way)}h`,
  ];
}

function deviceTail({ bus, deviceType, deviceTypeModifier, oem }: OnBus): readonly string[] {
  const type = `${hexUpper(deviceType, 1)}h.${hexUpper(deviceTypeModifier, 1)}h`;
  return [
    `LUN.Bus                : ${hexUpper(bus.lun, 1)}h.${hexUpper(bus.busId, 1)}h`,
    `Device Type.Modifier   : ${type} (${deviceName(deviceType, deviceTypeModifier)})`,
    `OEM                    : ${hexUpper(oem)}h`,
    '\n',
  ];
}

/** A byte of an address as it stands in the record. */
function addressOf({ address, reserved }: OnBus['access']): number {
  return address * 2 + reserved;
}
