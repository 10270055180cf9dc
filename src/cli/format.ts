/**
 * How bytes and tables are laid out on standard output. Scripts parse these lines: they do not
 * change, and hold no colour, time or pid.
 */

const BYTES_A_LINE = 16;

/** Label width of `ipmitool mc info`. */
const LABEL_WIDTH = 26;

/** Two lower-case hex digits. */
export function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** Bytes as `ipmitool raw` prints them: a space before each, 16 a line, a newline at the end. */
export function rawLines(data: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < data.length; start += BYTES_A_LINE) {
    const line = [...data.subarray(start, start + BYTES_A_LINE)];
    lines.push(line.map((value) => ` ${hexByte(value)}`).join(''));
  }
  return `${lines.join('\n')}\n`;
}

/** Rows of `label : value`, the labels padded to one width. */
export function table(rows: readonly (readonly [label: string, value: string])[]): string {
  return rows.map(([label, value]) => `${label.padEnd(LABEL_WIDTH)}: ${value}\n`).join('');
}

/** A JSON object on one line, headed by its schema's name and version. */
export function jsonLine(schema: string, fields: object): string {
  return `${JSON.stringify({ schema: `ipmi-bt/${schema}`, version: 1, ...fields })}\n`;
}
