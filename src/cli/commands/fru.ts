/** `ipmi-bt fru`: the inventory of FRUs. */

import type { Fru, FruBoard, FruChassis, FruField, FruProduct } from '../../commands/index.ts';
import { parseByte } from '../args.ts';
import { isoDate, timeText } from '../bmc-date.ts';
import { ANSWERED } from '../exit-codes.ts';
import { hexByte, table } from '../format.ts';
import { printable, recordText } from '../fru-words.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { LIST } from './fru-list.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { FRU_SCHEMA } from '../schemas/fru.ts';
import { schemaLine } from '../schemas/schema.ts';

const PRINT = command({
  name: 'fru print',
  canBridge: true,
  help: 'print the inventory of a FRU: chassis, board, product and records',
  options: { id: { value: 'n', help: 'number of the FRU; by default 0, which is behind the BMC' } },
  examples: [
    { line: '--sim fru print', help: 'print the FRU of the simulated BMC' },
    { line: 'fru print --id 0', help: 'the same, by its number' },
  ],
  exitCodes: ANSWERED,
  run: ({ globals, options }) =>
    runOperation(globals, print(options.id === undefined ? 0 : parseByte(options.id, '--id'))),
});

/** The commands, in the order of the help. */
export const FRU_COMMANDS: readonly AnyCommand[] = [anyCommand(PRINT), anyCommand(LIST)];

function print(fruId: number): Operation {
  return async (bmc, { globals, stdout }) => {
    const fru = await bmc.fru.read(fruId);
    stdout.write(globals.json ? schemaLine(FRU_SCHEMA, fields(fru)) : text(fru));
    if (!globals.json) for (const warning of fru.warnings) tellUser(`warning: ${warning}`);
    return 0;
  };
}

type Row = readonly [label: string, value: string];

/** A row for each text that is there. */
function rows(texts: Readonly<Record<string, FruField | undefined>>): readonly Row[] {
  return Object.entries(texts).flatMap(([label, field]) => {
    const value = printable(field) ?? '';
    return value === '' ? [] : [[label, value] as const];
  });
}

function extra(label: string, custom: readonly FruField[]): readonly Row[] {
  return custom.flatMap((field) => rows({ [label]: field }));
}

function chassisRows({ type, partNumber, serialNumber, custom }: FruChassis): readonly Row[] {
  return [
    ['Chassis Type', `0x${hexByte(type)}`],
    ...rows({ 'Chassis Part Number': partNumber, 'Chassis Serial': serialNumber }),
    ...extra('Chassis Extra', custom),
  ];
}

function boardRows(board: FruBoard): readonly Row[] {
  const { manufacturedAt } = board;
  const made: readonly Row[] =
    manufacturedAt === undefined
      ? []
      : [['Board Mfg Date', timeText({ kind: 'date', seconds: manufacturedAt })]];
  const texts = {
    'Board Mfg': board.manufacturer,
    'Board Product': board.productName,
    'Board Serial': board.serialNumber,
    'Board Part Number': board.partNumber,
    'Board FRU ID': board.fileId,
  };
  return [...made, ...rows(texts), ...extra('Board Extra', board.custom)];
}

function productRows(product: FruProduct): readonly Row[] {
  const texts = {
    'Product Manufacturer': product.manufacturer,
    'Product Name': product.productName,
    'Product Part Number': product.partNumber,
    'Product Version': product.version,
    'Product Serial': product.serialNumber,
    'Product Asset Tag': product.assetTag,
    'Product FRU ID': product.fileId,
  };
  return [...rows(texts), ...extra('Product Extra', product.custom)];
}

function text({ fruId, chassis, board, product, records }: Fru): string {
  return table([
    ['FRU ID', String(fruId)],
    ...(chassis === undefined ? [] : chassisRows(chassis)),
    ...(board === undefined ? [] : boardRows(board)),
    ...(product === undefined ? [] : productRows(product)),
    ...records.map((record) => [labelOf(record.kind), recordText(record)] as const),
  ]);
}

/** `Record power-supply`. */
function labelOf(kind: string): string {
  return `Record ${kind}`;
}

function textsOf(custom: readonly FruField[]): string[] {
  return custom.map((field) => printable(field) ?? '');
}

/** Empty texts are null, as are missing ones. */
function textOf(field: FruField | undefined): string | null {
  const value = printable(field) ?? '';
  return value === '' ? null : value;
}

function boardFields(board: FruBoard) {
  const { manufacturedAt } = board;
  const made = manufacturedAt === undefined ? undefined : { seconds: manufacturedAt };
  return {
    manufactured: (made && isoDate({ kind: 'date', ...made })) ?? null,
    manufacturer: textOf(board.manufacturer),
    product_name: textOf(board.productName),
    serial_number: textOf(board.serialNumber),
    part_number: textOf(board.partNumber),
    file_id: textOf(board.fileId),
    custom: textsOf(board.custom),
  };
}

function productFields(product: FruProduct) {
  return {
    manufacturer: textOf(product.manufacturer),
    product_name: textOf(product.productName),
    part_number: textOf(product.partNumber),
    version: textOf(product.version),
    serial_number: textOf(product.serialNumber),
    asset_tag: textOf(product.assetTag),
    file_id: textOf(product.fileId),
    custom: textsOf(product.custom),
  };
}

function chassisFields({ type, partNumber, serialNumber, custom }: FruChassis) {
  return {
    type,
    part_number: textOf(partNumber),
    serial_number: textOf(serialNumber),
    custom: textsOf(custom),
  };
}

function fields({ chassis, board, product, records, ...fru }: Fru) {
  const areas = fru.header?.areas ?? [];
  return {
    fru_id: fru.fruId,
    size_bytes: fru.sizeBytes,
    by_words: fru.isByWords,
    areas: areas.map(({ kind, offset }) => ({ kind, offset_bytes: offset })),
    chassis: chassis === undefined ? null : chassisFields(chassis),
    board: board === undefined ? null : boardFields(board),
    product: product === undefined ? null : productFields(product),
    records: records.map((record) => ({
      type: record.type,
      kind: record.kind,
      manufacturer_id: record.kind === 'oem' ? record.value.manufacturerId : null,
      text: recordText(record),
      raw: [...record.raw],
    })),
    warnings: [...fru.warnings],
  };
}
