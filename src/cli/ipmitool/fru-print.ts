/** `ipmitool fru print`: the areas of an inventory in words. */

import { TIME_UNSPECIFIED } from '../../ipmi/bmc-time.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { StorageCmd } from '../../ipmi/commands.ts';
import { AREA_UNIT_BYTES, HEADER_BYTES } from '../../ipmi/fru-areas.ts';
import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { longTime } from './bmc-times.ts';
import { cString, hex } from './c-text.ts';
import { Fields } from './fru-fields.ts';
import { printMultiRecords } from './fru-multi.ts';
import { FruReader, askFru } from './fru-reader.ts';
import type { FruPlace } from './fru-reader.ts';
import { wayTo } from './sensor-reading.ts';
import type { Session } from './session.ts';

/** A FRU that a record names. */
export type FruLocator = Extract<SdrRecord, { readonly kind: 'fru-locator' }>;

/** 1996-01-01, from which the date of a board is counted in minutes, in seconds since 1970. */
const FRU_EPOCH_S = 820_454_400;

const CHASSIS_TYPES = (
  'Unspecified|Other|Unknown|Desktop|Low Profile Desktop|Pizza Box|Mini Tower|Tower|Portable|' +
  'LapTop|Notebook|Hand Held|Docking Station|All in One|Sub Notebook|Space-saving|Lunch Box|' +
  'Main Server Chassis|Expansion Chassis|SubChassis|Bus Expansion Chassis|Peripheral Chassis|' +
  'RAID Chassis|Rack Mount Chassis|Sealed-case PC|Multi-system Chassis|CompactPCI|AdvancedTCA|' +
  'Blade|Blade Enclosure'
).split('|');

const UNKNOWN_CHASSIS = 2;

/** An area of text: its name, its own bytes, and its fields; the last one is shown with `-v`. */
interface Area {
  readonly name: string;
  readonly fieldsAt: number;
  readonly fields: readonly string[];
  readonly isLastVerbose: boolean;
  readonly head: (bytes: Uint8Array) => string;
}

const CHASSIS: Area = {
  name: 'Chassis',
  fieldsAt: 3,
  fields: ['Part Number', 'Serial'],
  isLastVerbose: false,
  head: ([, , type = 0]) =>
    ` Chassis Type          : ${CHASSIS_TYPES[type] ?? CHASSIS_TYPES[UNKNOWN_CHASSIS] ?? ''}\n`,
};

const BOARD: Area = {
  name: 'Board',
  fieldsAt: 6,
  fields: ['Mfg', 'Product', 'Serial', 'Part Number', 'FRU ID'],
  isLastVerbose: true,
  head: ([, , , low = 0, middle = 0, high = 0]) => {
    const minutes = low | (middle << 8) | (high << 16);
    const seconds = minutes === 0 ? TIME_UNSPECIFIED : minutes * 60 + FRU_EPOCH_S;
    return ` Board Mfg Date        : ${longTime(seconds)}\n`;
  },
};

const PRODUCT: Area = {
  name: 'Product',
  fieldsAt: 3,
  fields: ['Manufacturer', 'Name', 'Part Number', 'Version', 'Serial', 'Asset Tag', 'FRU ID'],
  isLastVerbose: true,
  head: () => '',
};

/** Prints a FRU; the exit code. */
export async function printFru(place: FruPlace): Promise<number> {
  const reader = await openFru(place);
  if (reader === undefined) return 1;
  const header = await fruHeader(place, reader);
  if (header === undefined) return 1;
  const [, , chassis = 0, board = 0, product = 0, multi = 0] = header;
  const areas = [
    [CHASSIS, chassis],
    [BOARD, board],
    [PRODUCT, product],
  ] as const;
  const { session } = place;
  for (const [area, offset] of areas) {
    if (offset === 0) continue;
    const text = await areaText(reader, area, { offset, verbose: session.choices.verbose });
    session.print(text);
  }
  if (session.choices.verbose > 0 && multi > 0) {
    await printMultiRecords(session, reader, multi * AREA_UNIT_BYTES);
  }
  return 0;
}

/** Finds how long the inventory is; undefined, with the reason told, where there is none. */
export async function openFru(
  place: FruPlace,
  session = place.session,
): Promise<FruReader | undefined> {
  const info = await askFru(place, StorageCmd.GET_FRU_AREA_INFO);
  if (info?.completionCode !== Completion.OK) {
    session.print(absent(info?.completionCode));
    return undefined;
  }
  const [low = 0, high = 0, access = 0] = info.data;
  const size = low | (high << 8);
  if (size > 0) return new FruReader(place, size, (access & 1) !== 0);
  session.complain(` Invalid FRU size ${size}`);
  return undefined;
}

function absent(code: number | undefined): string {
  const why = code === undefined ? 'No Response' : completionText(code);
  return ` Device not present (${why})\n`;
}

/** The common header; undefined, with the reason, where there is none that can be read. */
export async function fruHeader(
  { session }: FruPlace,
  reader: FruReader,
): Promise<Uint8Array | undefined> {
  const reply = await reader.header();
  if (reply?.completionCode !== Completion.OK) {
    session.print(absent(reply?.completionCode));
    return undefined;
  }
  const header = reply.data.slice(1, 1 + HEADER_BYTES);
  const [version = 0] = header;
  if (version === 1) return header;
  session.complain(` Unknown FRU header version 0x${hex(version)}`);
  return undefined;
}

async function areaText(
  reader: FruReader,
  area: Area,
  { offset, verbose }: { readonly offset: number; readonly verbose: number },
): Promise<string> {
  const from = offset * AREA_UNIT_BYTES;
  const start = await reader.part(from, 2);
  const length = start.isRead ? (start.bytes[1] ?? 0) * AREA_UNIT_BYTES : 0;
  if (length === 0) return '';
  const whole = await reader.part(from, length);
  if (!whole.isRead) return '';
  const fields = new Fields(whole.bytes, area.fieldsAt);
  const lines = area.fields.map((title, index) => {
    const text = fields.next();
    const isHidden = area.isLastVerbose && index === area.fields.length - 1 && verbose === 0;
    return isHidden ? '' : fieldLine(`${area.name} ${title}`, text);
  });
  while (fields.hasMore) lines.push(fieldLine(`${area.name} Extra`, fields.next()));
  return area.head(whole.bytes) + lines.join('');
}

function fieldLine(title: string, text: string): string {
  return text === '' ? '' : ` ${title.padEnd(21)} : ${text}\n`;
}

/** Devices that have an inventory: FRUs behind a controller, and EEPROMs that are used so. */
function hasInventory({ deviceType, deviceTypeModifier }: FruLocator): boolean {
  const isEeprom = deviceType >= 0x08 && deviceType <= 0x0f && deviceTypeModifier === 0x02;
  return deviceType === 0x10 || isEeprom;
}

/** The name of a device, all its bytes as they are. */
export function fruName({ name }: Pick<FruLocator, 'name'>): string {
  return cString(name.bytes.subarray(0, name.form.length));
}

/** Prints the FRU of a record; the exit code, and undefined where nothing is printed. */
export async function printLocatedFru(
  session: Session,
  record: FruLocator,
): Promise<number | undefined> {
  if (!hasInventory(record)) return 1;
  const address = record.access.address * 2;
  if (address === BMC_ADDRESS && record.device === 0) return 0;
  const name = fruName(record);
  session.print(`FRU Device Description : ${name} (ID ${record.device})\n`);
  const exit = await printDevice(session, record, address);
  session.print('\n');
  return exit;
}

async function printDevice(
  session: Session,
  { deviceType, deviceTypeModifier, device, channel }: FruLocator,
  address: number,
): Promise<number> {
  if (deviceTypeModifier === 0x00 || deviceTypeModifier === 0x02) {
    const requester = wayTo(session, { address, channel: channel.channel });
    return await printFru({ session, requester, id: device });
  }
  if (deviceTypeModifier === 0x01) {
    session.complain('ipmi-bt: the SPD of memory modules is not supported: see docs/ipmitool.md');
    return 1;
  }
  const numbers = `0x${hex(device)} type 0x${hex(deviceType)} with modifier 0x${hex(deviceTypeModifier)}`;
  session.print(
    session.choices.verbose > 0 ? ` Unsupported device ${numbers}\n` : ' Unsupported device\n',
  );
  return 0;
}
