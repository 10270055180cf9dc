/**
 * Commands whose payload carries passwords, keys or community strings, in either direction. Their
 * data bytes appear in no log, trace or error, whatever the options say.
 */

import { NetFn } from './commands.ts';

const SECRET: Readonly<Record<number, ReadonlySet<number>>> = {
  [NetFn.APP]: new Set([
    0x34, // Send Message: may carry any of the others
    0x33, // Get Message: their answers
    0x39, // Get Session Challenge: user name and challenge
    0x3a, // Activate Session: authentication code
    0x47, // Set User Password
    0x52, // Master Write-Read: whatever a chip holds
    0x56, // Set Channel Security Keys
  ]),
  [NetFn.TRANSPORT]: new Set([
    0x01, // Set LAN Configuration Parameters: SNMP community, keys
    0x02, // Get LAN Configuration Parameters: the same
    0x10, // Set Serial/Modem Configuration: PPP and CHAP secrets
    0x11, // Get Serial/Modem Configuration: the same
  ]),
};

/** True if the data of this command, or of its answer, must not be shown. */
export function isSecret(netFn: number, cmd: number): boolean {
  return SECRET[netFn & ~1]?.has(cmd) ?? false;
}
