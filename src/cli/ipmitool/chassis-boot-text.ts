/** Parameters of the boot options, as ipmitool prints them (IPMI 2.0 table 28-14). */

import type { Reply } from '../../ipmi/message.ts';
import { byteAt } from './ask.ts';
import { manufacturerName } from './manufacturers.ts';
import { numericTime } from './bmc-times.ts';

/** The rows that are printed of a parameter. */
export interface TextOptions {
  /** Without the rows that all parameters have. */
  readonly isBare?: boolean;
  /** A block of the mailbox: one of all. */
  readonly isOneOfAll?: boolean;
  /** The data of a block of the mailbox is text. */
  readonly isText?: boolean;
}

/** Rows of a parameter by its bits. */
type Bits = readonly (readonly [mask: number, text: string])[];

const PROGRESS = ['set complete', 'set in progress', 'commit write', 'error, reserved bit'];

const SCAN: Bits = [
  [0x01, 'Request BIOS to scan'],
  [0x02, 'Service Partition Discovered'],
];

const CLEARING: Bits = [
  [0x10, "Don't clear valid bit on reset/power cycle cause by PEF"],
  [0x08, "Don't automatically clear boot flag valid bit on timeout"],
  [0x04, "Don't clear valid bit on reset/power cycle cause by watchdog"],
  [0x02, "Don't clear valid bit on push button reset // soft reset"],
  [0x01, "Don't clear valid bit on power up via power push button or wake event"],
];

const ACKNOWLEDGED: Bits = [
  [0x10, 'OEM has handled boot info'],
  [0x08, 'SMS has handled boot info'],
  [0x04, 'OS // service partition has handled boot info'],
  [0x02, 'OS Loader has handled boot info'],
  [0x01, 'BIOS/POST has handled boot info'],
];

/** Boot devices by their number. */
const DEVICES: Readonly<Record<number, string>> = {
  0x0: 'No override',
  0x1: 'Force PXE',
  0x2: 'Force Boot from default Hard-Drive',
  0x3: 'Force Boot from default Hard-Drive, request Safe-Mode',
  0x4: 'Force Boot from Diagnostic Partition',
  0x5: 'Force Boot from CD/DVD',
  0x6: 'Force Boot into BIOS Setup',
  0x7: 'Force Boot from remotely connected Floppy/primary removable media',
  0x8: 'Force Boot from remotely connected CD/DVD',
  0x9: 'Force Boot from primary remote media',
  0xb: 'Force Boot from remotely connected Hard-Drive',
  0xf: 'Force Boot from Floppy/primary removable media',
};

const VERBOSITY = ['System Default', 'Request Quiet Display', 'Request Verbose Display'];

const REDIRECTION = [
  'Console redirection occurs per BIOS configuration setting (default)',
  'Suppress (skip) console redirection if enabled',
  'Request console redirection be enabled',
];

const MUX = [
  'BIOS uses recommended setting of the mux at the end of POST',
  'Requests BIOS to force mux to BMC at conclusion of POST/start of OS boot',
  'Requests BIOS to force mux to system at conclusion of POST/start of OS boot',
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The rows of a parameter. */
export function bootParameterText(reply: Reply, options: TextOptions): string {
  const number = byteAt(reply, 1) & 0x7f;
  const locked = (byteAt(reply, 1) & 0x80) === 0 ? 'valid/unlocked' : 'invalid/locked';
  const head = [
    `Boot parameter version: ${byteAt(reply, 0)}`,
    `Boot parameter ${number} is ${locked}`,
    `Boot parameter data: ${hex(reply.data.slice(2))}`,
  ];
  const rows = number === 7 ? mailboxRows(reply, options) : rowsOf(number, reply);
  return [...(options.isBare ? [] : head), ...rows, ''].join('\n');
}

function rowsOf(number: number, reply: Reply): readonly string[] {
  const first = byteAt(reply, 2);
  switch (number) {
    case 0:
      return [` Set In Progress : ${PROGRESS[first & 0x03]}`];
    case 1:
      return [` Service Partition Selector : ${first === 0 ? 'unspecified' : first}`];
    case 2:
      return [' Service Partition Scan :', ...bitRows(first, SCAN, '     - ')];
    case 3:
      return [' BMC boot flag valid bit clearing :', ...bitRows(first, CLEARING, '     - ')];
    case 4: {
      const rows = bitRows(byteAt(reply, 3), ACKNOWLEDGED, '    - ');
      return [' Boot Info Acknowledge :', ...rows];
    }
    case 5:
      return [' Boot Flags :', ...flagRows(reply).map((row) => `   - ${row}`)];
    case 6:
      return initiatorRows(reply);
  }
  return [` Unsupported parameter ${number}`];
}

function bitRows(value: number, bits: Bits, indent: string): readonly string[] {
  const rows = bits.filter(([mask]) => value & mask).map(([, text]) => `${indent}${text}`);
  return rows.length === 0 ? ['     No flag set'] : rows;
}

function flagRows(reply: Reply): readonly string[] {
  const [first, second, third, fourth] = [2, 3, 4, 5].map((index) => byteAt(reply, index));
  const [a = 0, b = 0, c = 0, d = 0] = [first, second, third, fourth];
  const when = (bits: number, text: string): readonly string[] => (bits === 0 ? [] : [text]);
  return [
    `Boot Flag ${(a & 0x80) === 0 ? 'Invalid' : 'Valid'}`,
    `Options apply to ${(a & 0x40) === 0 ? 'only next boot' : 'all future boots'}`,
    `BIOS ${(a & 0x20) === 0 ? 'PC Compatible (legacy)' : 'EFI'} boot `,
    ...when(b & 0x80, 'CMOS Clear'),
    ...when(b & 0x40, 'Lock Keyboard'),
    `Boot Device Selector : ${DEVICES[(b >> 2) & 0x0f] ?? 'Flag error'}`,
    ...when(b & 0x02, 'Screen blank'),
    ...when(b & 0x01, 'Lock out Reset buttons'),
    ...when(c & 0x80, 'Lock out (power off/sleep request) via Power Button'),
    `BIOS verbosity : ${VERBOSITY[(c >> 5) & 0x03] ?? 'Flag error'}`,
    ...when(c & 0x10, 'Force progress event traps'),
    ...when(c & 0x08, 'User password bypass'),
    ...when(c & 0x04, 'Lock Out Sleep Button'),
    `Console Redirection control : ${REDIRECTION[c & 0x03] ?? 'Flag error'}`,
    ...when(d & 0x08, 'BIOS Shared Mode Override'),
    `BIOS Mux Control Override : ${MUX[d & 0x07] ?? 'Flag error'}`,
  ];
}

/** Four bytes of a reply as a number. */
function uint32(reply: Reply, at: number): number {
  const bytes = [3, 2, 1, 0].map((index) => byteAt(reply, at + index));
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function initiatorRows(reply: Reply): readonly string[] {
  const session = uint32(reply, 3).toString(16).toUpperCase().padStart(8, '0');
  return [
    ' Boot Initiator Info :',
    `    Channel Number : ${byteAt(reply, 2) & 0x0f}`,
    `    Session Id     : ${session}h`,
    `    Timestamp      : ${numericTime(uint32(reply, 7))}`,
  ];
}

/** A block of the mailbox: its number, in the first one a manufacturer, then data. */
function mailboxRows(
  reply: Reply,
  { isOneOfAll = false, isText = false }: TextOptions,
): readonly string[] {
  if (reply.data.length <= 2) return [];
  const block = byteAt(reply, 2);
  const manufacturer = byteAt(reply, 3) | (byteAt(reply, 4) << 8) | (byteAt(reply, 5) << 16);
  const name = manufacturerName(manufacturer);
  const data = reply.data.slice(block === 0 ? 6 : 3);
  const [text = ''] = Buffer.from(data).toString('latin1').split('\0');
  return [
    ...(isOneOfAll ? [] : [` Selector       : ${block}`]),
    ...(block === 0 ? [` IANA PEN       : ${manufacturer} [${name}]`] : []),
    ` Block ${isOneOfAll ? `${String(block).padStart(3)} Data : ` : 'Data     : '}${
      isText ? `'${text}'` : hex(data)
    }`,
  ];
}
