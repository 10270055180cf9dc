/** Text of strangers, as it may be shown: without signs that steer a terminal or turn a line. */

/** Control characters, which could steer a terminal, and what turns or parts a line unseen. */
export const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const HEX = 16;

/** Text without control characters, each as its number. */
export function shown(text: string): string {
  return text.replace(CONTROL, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return `\\x${code.toString(HEX).padStart(2, '0')}`;
  });
}
