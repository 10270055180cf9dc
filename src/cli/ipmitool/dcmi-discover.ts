/** `ipmitool dcmi discover` (DCMI 1.5 §6.1). */

import { DcmiCmd } from '../../ipmi/commands.ts';
import { askDcmi } from './dcmi-ask.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

/** Versions of DCMI, and revisions of the parameters, that ipmitool knows. */
const VERSIONS: ReadonlySet<number> = new Set([0x0001, 0x0101, 0x0501]);
const REVISIONS: ReadonlySet<number> = new Set([1, 2]);

const MANDATORY = [
  'Identification support available',
  'SEL logging available',
  'Chassis power available',
  'Temperature monitor available',
];
const OPTIONAL = ['Power management available'];
const ACCESS = [
  'In-band KCS channel available',
  'Out-of-band serial TMODE available',
  'Out-of-band secondary LAN channel available',
  'Out-of-band primary LAN channel available',
  'SOL enabled',
  'VLAN capable',
];
const IDENTIFICATION = ['GUID', 'DHCP hostname', 'Asset tag'];
const TEMPERATURES = ['inlet', 'cpu', 'baseboard'];

/** The parameters in the order of their printing. */
const PARAMETERS: readonly ((bytes: Buffer) => string)[] = [
  (bytes) =>
    '    Supported DCMI capabilities:\n' +
    `\n         Mandatory platform capabilities\n${named(MANDATORY, bytes.readUInt8(0))}` +
    `\n         Optional platform capabilities\n${named(OPTIONAL, bytes.readUInt8(1))}` +
    `\n         Managebility access capabilities\n${named(ACCESS, bytes.readUInt8(2))}`,
  (bytes) =>
    '\n    Mandatory platform attributes:\n' +
    '\n         SEL Attributes: ' +
    `\n               SEL automatic rollover is ${(bytes.readUInt8(1) & 0x80) === 0 ? 'not present' : 'enabled'}` +
    `\n               ${bytes.readUInt16LE(0) & 0x0fff} SEL entries\n` +
    `\n         Identification Attributes: \n${named(IDENTIFICATION, bytes.readUInt8(2))}` +
    `\n         Temperature Monitoring Attributes: \n${named(TEMPERATURES, bytes.readUInt8(3))}`,
  powerText,
  channelsText,
];

/** Prints all parameters; one that cannot be had ends it. */
export async function discover(session: Session): Promise<number> {
  for (const [index, text] of PARAMETERS.entries()) {
    const bytes = await capability(session, index + 1);
    if (bytes === undefined) {
      return say(session, [`Error discovering ${NAMES[index] ?? ''} capabilities!\n`], 1);
    }
    session.print(text(bytes));
  }
  session.print('\n');
  return 0;
}

/** The names of the parameters. */
const NAMES = ['platform', 'mandatory_attributes', 'optional_attributes', 'managebility access'];

async function capability(session: Session, parameter: number): Promise<Buffer | undefined> {
  const answer = await askDcmi(session, { cmd: DcmiCmd.GET_CAPABILITIES, data: [parameter] });
  if (answer === undefined) return undefined;
  const trouble = !VERSIONS.has(answer.readUInt16LE(1))
    ? 'available on this platform'
    : 'compatible with this version';
  if (VERSIONS.has(answer.readUInt16LE(1)) && REVISIONS.has(answer.readUInt8(3))) {
    return answer.subarray(4);
  }
  session.complain(`ERROR!  This command is not ${trouble}`);
  return undefined;
}

function named(names: readonly string[], bits: number): string {
  return names
    .filter((_, bit) => (bits & (1 << bit)) !== 0)
    .map((name) => `        ${name}\n`)
    .join('');
}

function powerText(bytes: Buffer): string {
  const address = bytes.readUInt8(0);
  const channel = bytes.readUInt8(1) >> 4;
  const isBmc = address === 0x40;
  const place = isBmc
    ? '20h (BMC)'
    : `${address.toString(16)}h (8bits)(Satellite/External controller)`;
  return (
    '\n    Optional Platform Attributes: \n' +
    '\n         Power Management:\n' +
    `                Slave address of device: ${place}\n` +
    `                Channel number is ${channel === 0 ? '0h (Primary BMC)' : `${channel.toString(16)}h `}\n` +
    `                    Device revision is ${bytes.readUInt8(1) & 0x0f} \n`
  );
}

function channelsText(bytes: Buffer): string {
  const [primary, secondary, serial] = [bytes.readUInt8(0), bytes.readUInt8(1), bytes.readUInt8(2)];
  const lan = (which: string, channel: number): string =>
    channel === 0xff
      ? `         ${which} LAN channel is not available for OOB\n`
      : `         ${which} LAN channel number: ${channel} is available\n`;
  return (
    '\n    Manageability Access Attributes: \n' +
    lan('Primary', primary) +
    lan('Secondary', secondary) +
    (serial === 0xff
      ? '         No serial channel is available\n'
      : `         Serial channel number: ${serial} is available\n`)
  );
}
