/**
 * GUIDs of simulated BMCs: each has its own, so that a program can tell them apart. IPMI sends the
 * bytes of the text in reverse (IPMI 2.0 §20.8).
 */

/** The GUID of the first BMC of a process, as it is sent. */
const FIRST = [
  0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
] as const;

/** The text of that GUID. */
export const FIRST_GUID = '0b0a0908-0706-0504-0302-0100efbeadde';

const FORM = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** Bytes of the GUID that count the BMCs of a process. */
const COUNT_BYTES = 4;

let made = 0;

/** The bytes of a GUID, as they are sent; throws a `TypeError` when the text is none. */
export function guidBytes(text: string): readonly number[] {
  if (!FORM.test(text)) {
    throw new TypeError(`guid must be one such as ${FIRST_GUID}, not ${JSON.stringify(text)}`);
  }
  return [...Buffer.from(text.replaceAll('-', ''), 'hex')].reverse();
}

/** The bytes of a GUID that no other BMC of this process has by default. */
export function nextGuid(): readonly number[] {
  const bytes = Buffer.from(FIRST);
  const count = (bytes.readUInt32BE(0) + made) % 2 ** (8 * COUNT_BYTES);
  bytes.writeUInt32BE(count, 0);
  made += 1;
  return [...bytes];
}
