/** An answer of a satellite controller, as Get Message has it (IPMI 2.0 §22.6). */

/** What is asked of it: Get Device ID of the controller at 0x2c. */
export const IPMB_EXPECTED = { channel: 0, address: 0x2c, netFn: 0x06, cmd: 0x01 } as const;

/** Its answer under that number. */
export function ipmbAnswer(seq: number): Uint8Array {
  const head = [0x1e];
  const body = [0x2c, seq << 2, 0x01, 0x00];
  const sum = (bytes: readonly number[]): number => bytes.reduce((total, byte) => total + byte, 0);
  return Uint8Array.from([...head, -sum([0x20, ...head]), ...body, -sum(body)]);
}
