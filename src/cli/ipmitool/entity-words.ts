/** The words of ipmitool for entities (IPMI 2.0 table 43-13), and for devices on a bus (43-12). */

/** Entities from 0 on. */
const COMMON = (
  'Unspecified|Other|Unknown|Processor|Disk or Disk Bay|Peripheral Bay|System Management Module|' +
  'System Board|Memory Module|Processor Module|Power Supply|Add-in Card|Front Panel Board|' +
  'Back Panel Board|Power System Board|Drive Backplane|System Internal Expansion Board|' +
  'Other System Board|Processor Board|Power Unit|Power Module|Power Management|' +
  'Chassis Back Panel Board|System Chassis|Sub-Chassis|Other Chassis Board|Disk Drive Bay|' +
  'Peripheral Bay|Device Bay|Fan Device|Cooling Unit|Cable/Interconnect|Memory Device|' +
  'System Management Software|BIOS|Operating System|System Bus|Group|Remote Management Device|' +
  'External Environment|Battery|Processing Blade|Connectivity Switch|Processor/Memory Module|' +
  'I/O Module|Processor/IO Module|Management Controller Firmware|IPMI Channel|PCI Bus|' +
  'PCI Express Bus|SCSI Bus (parallel)|SATA/SAS Bus|Processor/Front-Side Bus|' +
  'Real Time Clock(RTC)|Reserved|Air Inlet|Reserved|Reserved|Reserved|Reserved|Reserved|' +
  'Reserved|Reserved|Reserved|Air Inlet|Processor|Baseboard/Main System Board'
).split('|');

/** All entities with a name, in ipmitool's order. */
export const ENTITIES: readonly (readonly [id: number, name: string])[] = [
  ...COMMON.map((name, id) => [id, name] as const),
  [0xa0, 'PICMG Front Board'],
  [0xc0, 'PICMG Rear Transition Module'],
  [0xc1, 'PICMG AdvancedMC Module'],
  [0xf0, 'PICMG Shelf Management Controller'],
  [0xf1, 'PICMG Filtration Unit'],
  [0xf2, 'PICMG Shelf FRU Information'],
  [0xf3, 'PICMG Alarm Panel'],
];

/** Devices by type, then by modifier, separated by `|`. */
const DEVICES: Readonly<Record<number, string>> = {
  0x00:
    'Reserved|Reserved|DS1624 temperature sensor|DS1621 temperature sensor|LM75 Temperature Sensor|' +
    'Heceta ASIC|Reserved|Reserved',
  0x10: 'IPMI FRU Inventory|DIMM Memory ID|IPMI FRU Inventory|System Processor Cartridge FRU',
};

/** A value without a name, in ipmitool's words. */
function unknown(value: number): string {
  return `Unknown (0x${value.toString(16).toUpperCase().padStart(2, '0')})`;
}

/** The kind of an entity. */
export function entityName(id: number): string {
  return ENTITIES.find(([known]) => known === id)?.[1] ?? unknown(id);
}

/** The kind of a device. */
export function deviceName(type: number, modifier: number): string {
  return DEVICES[type]?.split('|')[modifier] ?? unknown(type * 0x100 + modifier);
}
