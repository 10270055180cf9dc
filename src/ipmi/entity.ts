/** Entities: the parts of a server that a sensor or a device belongs to (IPMI 2.0 §43.14). */

import { hexByte } from './hex.ts';
import { bits, flag, range, struct, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';

/** An entity, as one of those of its kind. */
export interface Entity {
  readonly id: number;
  readonly instance: EntityInstance;
}

interface EntityInstance extends Reserved {
  /** 0x00..0x5f in the system, 0x60..0x7f relative to a device. */
  readonly number: number;
  /** A group that is treated as one entity. */
  readonly isLogical: boolean;
}

/** Two bytes. */
export const ENTITY: Field<Entity> = struct<Entity>({
  id: u8,
  instance: bits({ number: range(0, 7), isLogical: flag(7) }),
});

const NAMES = (
  'unspecified|other|unknown|processor|disk or disk bay|peripheral bay|' +
  'system management module|system board|memory module|processor module|power supply|' +
  'add-in card|front panel board|back panel board|power system board|drive backplane|' +
  'system internal expansion board|other system board|processor board|power unit|power module|' +
  'power management board|chassis back panel board|system chassis|sub-chassis|' +
  'other chassis board|disk drive bay|peripheral bay|device bay|fan|cooling unit|cable|' +
  'memory device|system management software|system firmware|operating system|system bus|group|' +
  'remote management communication device|external environment|battery|processing blade|' +
  'connectivity switch|processor and memory module|I/O module|processor and I/O module|' +
  'management controller firmware|IPMI channel|PCI bus|PCI Express bus|SCSI bus|SATA/SAS bus|' +
  'processor bus|real-time clock||air inlet|||||||||air inlet|processor|system board'
).split('|');

/** From here on a BMC's maker and a board's give the numbers. */
const CHASSIS_SPECIFIC = 0x90;
const BOARD_SPECIFIC = 0xb0;
const OEM = 0xd0;

/** The kind of an entity in words. */
export function entityText(id: number): string {
  const name = NAMES[id] ?? '';
  if (name !== '') return name;
  const number = hexByte(id);
  if (id >= OEM) return `OEM entity ${number}`;
  if (id >= BOARD_SPECIFIC) return `entity ${number} of the board`;
  return id >= CHASSIS_SPECIFIC ? `entity ${number} of the chassis` : `entity ${number}`;
}
