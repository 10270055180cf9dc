/**
 * Reads a log of the Linux kernel with the debug lines of its BT state machine (`bt_debug`, in
 * drivers/char/ipmi/ipmi_bt_sm.c), of ipmi_si (`**Start2`) and of the message handler (`Send:`).
 * Of messages only what is no payload is kept.
 */

/** States of the kernel's machine, as its lines have them. */
const KERNEL_STATES = [
  ...['IDLE', 'XACTION', 'WR_BYTES', 'WR_CONSUME', 'RD_WAIT', 'CLEAR_B2H', 'RD_BYTES'],
  ...['RESET1', 'RESET2', 'RESET3', 'RESTART', 'LONG_BUSY', 'CAP_BEGIN', 'CAP_END'],
] as const;

/** A line of the log; `atUs` counts from the kernel's start, as its stamps do. */
interface Line {
  readonly atUs: number;
}

/** The state machine looked at BT_CTRL. */
export interface StateLine extends Line {
  readonly kind: 'state';
  readonly state: string;
  /** The bits that were set, as the kernel names them: `H2B`. */
  readonly bits: readonly string[];
  /** The time that the transaction had left. */
  readonly leftUs: number;
}

/** A stamp of ipmi_si: `Start2`, `Interrupt`. */
export interface MarkLine extends Line {
  readonly kind: 'mark';
  readonly name: string;
}

/** A message was handed to ipmi_si, or came from it. */
export interface MessageLine extends Line {
  readonly kind: 'send' | 'receive';
  readonly netFn: number;
  readonly cmd: number;
  /** Bytes of the message. */
  readonly bytes: number;
  /** Undefined in requests. */
  readonly completionCode: number | undefined;
}

/** A frame was written to the BMC. */
export interface WriteLine extends Line {
  readonly kind: 'write';
  readonly netFn: number;
  readonly cmd: number;
}

/** Another line of the kernel's IPMI drivers. */
export interface NoteLine extends Line {
  readonly kind: 'note';
  readonly text: string;
}

export type LogLine = StateLine | MarkLine | MessageLine | WriteLine | NoteLine;

/** A log as it was read. */
export interface KernelLog {
  readonly lines: readonly LogLine[];
  /** All lines of the file. */
  readonly total: number;
  /** Lines of the BT state machine. */
  readonly states: number;
  /** Lines that begin like those above, and go on otherwise. */
  readonly malformed: number;
}

/** A log that cannot be used. */
export class KernelLogError extends Error {
  override readonly name = 'KernelLogError';
}

/** Longest line that is looked at; the kernel's own limit is 1024. */
export const LOG_LINE_MAX = 8192;

/** Most lines that are kept: some 200 MB. */
const LINES_MAX = 1_000_000;

/** The stamp, with the caller and the program's name that may stand behind it. */
const STAMP = /\[\s*(\d{1,9})\.(\d{6})\](?:\[\s*[TC]\d+\])?(?: \S+ kernel:)? ?(.*)$/;

const STATE = /^BT: ([A-Z][A-Z0-9_]+) \[ ?((?:[A-Z0-9_]+ )*)\] TO=(-?\d+) - -?\d+\s*$/;
const WRITE = /^BT: write \d+ bytes seq=0x[0-9a-f]{2}((?: [0-9a-f]{2})+)\s*$/i;
const MARK = /^\*\*(\w+): \d+\.\d+\s*$/;
const MESSAGE = /^(Send|Recv)::? *((?:[0-9a-f]{2} )*[0-9a-f]{2})\s*$/i;

/** Other lines of the state machine, with `bt_debug` at its most. */
const KNOWN = /^BT: (\++ New command|NetFn\/LUN CMD|result \d|got \d|bad raw rsp|req2rsp=)/;

/** A line that begins so is one of ours, and malformed if none of the patterns takes it. */
const OURS = /^(BT: |\*\*\w+:|Send:|Recv:)/;

/** A line of a state without a stamp, as `dmesg -T` has it. */
const UNSTAMPED = /\bBT: [A-Z][A-Z0-9_]+ \[/;

export class KernelLogReader {
  readonly #lines: LogLine[] = [];
  #total = 0;
  #states = 0;
  #malformed = 0;
  #unstamped = 0;

  /** Reads a line. */
  take(text: string): void {
    this.#total += 1;
    // A serial console, or Windows, ends lines with a carriage return.
    const line = text.slice(0, LOG_LINE_MAX).replace(/\r+$/, '');
    const [, seconds, micros, rest = ''] = STAMP.exec(line) ?? [];
    if (seconds === undefined) {
      if (UNSTAMPED.test(text)) this.#unstamped += 1;
      return;
    }
    const read = lineOf(rest, Number(seconds) * 1e6 + Number(micros));
    if (read === 'other') return;
    if (read === undefined) this.#malformed += 1;
    else this.#keep(read);
  }

  /** Returns the log; throws a {@link KernelLogError} when it has no line of the state machine. */
  end(): KernelLog {
    if (this.#states === 0) throw new KernelLogError(this.#emptyText());
    return {
      lines: this.#lines,
      total: this.#total,
      states: this.#states,
      malformed: this.#malformed + this.#unstamped,
    };
  }

  #keep(line: LogLine): void {
    if (this.#lines.length >= LINES_MAX) {
      throw new KernelLogError(`it has more than ${LINES_MAX} lines of IPMI drivers; cut it`);
    }
    this.#lines.push(line);
    if (line.kind === 'state') this.#states += 1;
  }

  #emptyText(): string {
    if (this.#unstamped > 0) {
      const stamp = 'a stamp such as [  120.377028]';
      return `its BT lines lack ${stamp}: take dmesg without -T, or journalctl -k -o short-monotonic`;
    }
    const none = `there is no line such as "BT: RD_WAIT [ B2H ] TO=4996000 - 0" among ${this.#total}`;
    return `${none}: load ipmi_si with bt_debug=7, on Linux with that parameter`;
  }
}

/** Reads what stands behind the stamp; undefined for a malformed line. */
function lineOf(text: string, atUs: number): LogLine | 'other' | undefined {
  const [, state, bits = '', leftUs = ''] = STATE.exec(text) ?? [];
  if (state !== undefined) {
    const known: readonly string[] = KERNEL_STATES;
    if (!known.includes(state)) return undefined;
    const set = bits.split(' ').filter((bit) => bit !== '');
    return { kind: 'state', atUs, state, bits: set, leftUs: Number(leftUs) };
  }
  const [, frame] = WRITE.exec(text) ?? [];
  if (frame !== undefined) {
    const [, netFnLun = 0, , cmd = 0] = bytesOf(frame);
    return { kind: 'write', atUs, netFn: netFnLun >> 2, cmd };
  }
  const [, name] = MARK.exec(text) ?? [];
  if (name !== undefined) return { kind: 'mark', atUs, name };
  const [, way, message] = MESSAGE.exec(text) ?? [];
  if (way !== undefined && message !== undefined) return messageOf(way, bytesOf(message), atUs);
  if (KNOWN.test(text)) return 'other';
  if (OURS.test(text)) return undefined;
  return /ipmi/i.test(text) ? { kind: 'note', atUs, text: printable(text) } : 'other';
}

function messageOf(way: string, bytes: readonly number[], atUs: number): LogLine | undefined {
  const [netFnLun, cmd, code] = bytes;
  if (netFnLun === undefined || cmd === undefined) return undefined;
  const isSent = way.toLowerCase() === 'send';
  const completionCode = isSent ? undefined : code;
  const kind = isSent ? 'send' : 'receive';
  return { kind, atUs, netFn: netFnLun >> 2, cmd, bytes: bytes.length, completionCode };
}

function bytesOf(text: string): readonly number[] {
  return text
    .trim()
    .split(' ')
    .map((byte) => Number.parseInt(byte, 16));
}

/** A text from elsewhere as a terminal may show it. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').trim();
}
