/**
 * Works out of a kernel's log what became of each transaction, and which requests were begun while
 * another one was on the wire. Such a request gets an answer that no BMC has given: ipmi_si makes
 * it up of the error of its state machine (0xD5, or 0xC0 while the BMC is busy for long).
 */

import type { KernelLog, LogLine, MessageLine, NoteLine, StateLine } from './kernel-log.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion } from '../ipmi/completion.ts';

/** The command of a message. */
export type Command = Pick<MessageLine, 'netFn' | 'cmd'>;

/** One request on the wire. */
export interface Transaction {
  /** `own`: the state machine's, of which ipmi_si does not know. `unnamed`: the log has no name. */
  origin: 'own' | 'request' | 'unnamed';
  command: Command | undefined;
  readonly fromUs: number;
  /** The first line that shows that it was handed to the BMC. */
  writtenUs: number | undefined;
  /** The first line that shows that the BMC has taken it: H2B_ATN is 0. */
  takenUs: number | undefined;
  /** The first line that shows its reply. */
  seenUs: number | undefined;
  /** An interrupt showed it. */
  isByInterrupt: boolean;
  /** The reply was read. */
  readUs: number | undefined;
  /** The last line of it. */
  lastState: string;
  /** It was begun anew, or the BMC was reset for it. */
  restarts: number;
}

/** A request that was begun while another was on the wire. */
export interface Clash {
  readonly atUs: number;
  readonly command: Command | undefined;
  /** The state in which it was begun. */
  readonly state: string;
  readonly onWire: Transaction | undefined;
  /** The answer that was made up for it. */
  forged: { readonly atUs: number; readonly completionCode: number } | undefined;
}

export interface KernelStory {
  readonly transactions: readonly Transaction[];
  readonly clashes: readonly Clash[];
  /** Lines of the IPMI drivers behind the first clash. */
  readonly after: readonly NoteLine[];
}

const GET_BT_CAPABILITIES: Command = { netFn: NetFn.APP, cmd: AppCmd.GET_BT_CAPABILITIES };

/** In these the machine refuses a request. RD_BYTES is its last line before it is idle again. */
const BUSY = [
  ...['CAP_BEGIN', 'XACTION', 'WR_BYTES', 'WR_CONSUME', 'RD_WAIT', 'CLEAR_B2H', 'CAP_END'],
  ...['RESET1', 'RESET2', 'RESET3', 'RESTART', 'LONG_BUSY'],
];

/** "Command not supported in present state", and "node busy". */
const FORGED_CODES: readonly number[] = [Completion.NOT_IN_THIS_STATE, Completion.NODE_BUSY];

/** A made-up answer: netFn, command and code, and nothing behind them. */
const FORGED_BYTES = 3;

export function kernelStory({ lines }: Pick<KernelLog, 'lines'>): KernelStory {
  const teller = new Teller();
  for (const line of lines) teller.take(line);
  const { transactions, clashes } = teller;
  const [first] = clashes;
  const after = lines.filter(
    (line): line is NoteLine =>
      line.kind === 'note' && first !== undefined && line.atUs > first.atUs,
  );
  return { transactions, clashes, after };
}

/** A request of the message handler that has no answer yet. */
interface Asked extends Command {
  readonly atUs: number;
  /** The state at that time, and what was on the wire. */
  readonly state: string | undefined;
  readonly onWire: Transaction | undefined;
  /** A reply was read from the BMC since. */
  isRead: boolean;
  clash: Clash | undefined;
}

class Teller {
  readonly transactions: Transaction[] = [];
  readonly clashes: Clash[] = [];
  #state: string | undefined;
  #current: Transaction | undefined;
  #asked: Asked | undefined;
  /** The request that was begun while the machine was idle. */
  #begun: Command | undefined;
  #isOwnNext = false;

  take(line: LogLine): void {
    switch (line.kind) {
      case 'state':
        this.#entered(line);
        return;
      case 'mark':
        this.#marked(line.name, line.atUs);
        return;
      case 'send': {
        const { netFn, cmd, atUs } = line;
        const seen = { state: this.#state, onWire: this.#current };
        this.#asked = { netFn, cmd, atUs, ...seen, isRead: false, clash: undefined };
        return;
      }
      case 'receive':
        this.#received(line);
        return;
      case 'write':
        this.#wrote(line);
        return;
      case 'note':
    }
  }

  #entered({ atUs, state, bits }: StateLine): void {
    const before = this.#state;
    this.#state = state;
    if (state === 'CAP_BEGIN') this.#isOwnNext = true;
    if (state === 'IDLE' || state === 'CAP_END' || state === 'CAP_BEGIN') this.#current = undefined;
    if (state === 'XACTION' && before !== 'XACTION' && before !== 'RESTART') this.#begin(atUs);
    const current = this.#current;
    if (current === undefined) return;
    current.lastState = state;
    if (state === 'RESTART' || state === 'RESET1') current.restarts += 1;
    if (state === 'WR_CONSUME' || state === 'RD_WAIT') current.writtenUs ??= atUs;
    if (current.writtenUs !== undefined && !bits.includes('H2B')) current.takenUs ??= atUs;
    if (current.writtenUs !== undefined && bits.includes('B2H')) current.seenUs ??= atUs;
    if (state !== 'RD_BYTES') return;
    current.seenUs ??= atUs;
    current.readUs = atUs;
    if (this.#asked !== undefined) this.#asked.isRead = true;
  }

  #begin(fromUs: number): void {
    const command = this.#isOwnNext ? GET_BT_CAPABILITIES : this.#begun;
    const origin = this.#isOwnNext ? 'own' : command === undefined ? 'unnamed' : 'request';
    const unknown = {
      writtenUs: undefined,
      takenUs: undefined,
      seenUs: undefined,
      readUs: undefined,
    };
    const rest = { isByInterrupt: false, lastState: 'XACTION', restarts: 0 };
    this.#current = { origin, command, fromUs, ...unknown, ...rest };
    this.transactions.push(this.#current);
    this.#isOwnNext = false;
    this.#begun = undefined;
  }

  #marked(name: string, atUs: number): void {
    const current = this.#current;
    if (name === 'Interrupt' && current?.writtenUs !== undefined && current.seenUs === undefined) {
      current.seenUs = atUs;
      current.isByInterrupt = true;
    }
    if (!name.startsWith('Start')) return;
    const asked = this.#asked;
    if (this.#state === undefined || !BUSY.includes(this.#state)) {
      this.#begun = asked;
      return;
    }
    this.#clash({ atUs, command: asked, state: this.#state, onWire: this.#current }, asked);
  }

  #clash(clash: Omit<Clash, 'forged'>, asked: Asked | undefined): void {
    const { command } = clash;
    const made: Clash = {
      ...clash,
      command: command && { netFn: command.netFn, cmd: command.cmd },
      forged: undefined,
    };
    this.clashes.push(made);
    if (asked !== undefined) asked.clash = made;
  }

  #received({ atUs, netFn, cmd, bytes, completionCode }: MessageLine): void {
    const asked = this.#asked;
    if (asked?.cmd !== cmd || netFn !== (asked.netFn | 1)) return;
    this.#asked = undefined;
    const isForged = bytes === FORGED_BYTES && FORGED_CODES.includes(completionCode ?? 0);
    if (!isForged || asked.isRead || completionCode === undefined) return;
    // Without the stamps of ipmi_si, the time at which the request was handed to it must do.
    if (asked.clash === undefined) {
      const { state = 'an unknown state', onWire } = asked;
      this.#clash({ atUs: asked.atUs, command: asked, state, onWire }, asked);
    }
    if (asked.clash !== undefined) asked.clash.forged = { atUs, completionCode };
  }

  #wrote({ netFn, cmd, atUs }: Command & { readonly atUs: number }): void {
    const current = this.#current;
    if (current === undefined) return;
    if (current.origin === 'unnamed') current.origin = 'request';
    current.command ??= { netFn, cmd };
    current.writtenUs ??= atUs;
  }
}
