/**
 * GUIDs: Get Device GUID (IPMI 2.0 §20.8) and Get System GUID (§22.14). IPMI sends the fields of
 * RFC 4122 last field first, and each with its least significant byte first: all 16 bytes are those
 * of the text in reverse. (SMBIOS keeps the fields in order, so that a BMC that copies its bytes
 * from there reads as another GUID here.)
 */

const GUID_BYTES = 16;

/** Where the text has its hyphens: before these bytes. */
const GROUP_STARTS: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/**
 * The text of a GUID from response data, in lower case; `undefined` when it is too short, or is all
 * zeros or all ones, as BMCs send that were given none.
 */
export function decodeGuid(data: Uint8Array): string | undefined {
  if (data.length < GUID_BYTES) return undefined;
  const bytes = [...data.subarray(0, GUID_BYTES)].reverse();
  if (bytes.every((byte) => byte === 0x00) || bytes.every((byte) => byte === 0xff)) {
    return undefined;
  }
  const digits = bytes.map((byte, index) => {
    const hyphen = GROUP_STARTS.has(index) ? '-' : '';
    return hyphen + byte.toString(16).padStart(2, '0');
  });
  return digits.join('');
}
