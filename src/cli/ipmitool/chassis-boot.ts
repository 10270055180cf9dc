/** `ipmitool chassis bootdev` and `bootparam`: System Boot Options (IPMI 2.0 §28.12, §28.13). */

import { ChassisCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import { ask, byteAt } from './ask.ts';
import { bootParameterText } from './chassis-boot-text.ts';
import {
  BOOTDEV_HELP,
  BOOTDEV_OPTIONS_HELP,
  BOOTFLAG_HELP,
  BOOTPARAM_HELP,
  VALID_OPTIONS_HELP,
} from './chassis-help.ts';
import { entryOf, refuse } from './choose.ts';
import { cByte } from './numbers.ts';
import type { Family, Session } from './session.ts';

/** Parameters of the boot options (IPMI 2.0 table 28-14). */
const Parameter = { PROGRESS: 0, VALID_CLEARING: 3, ACKNOWLEDGE: 4, FLAGS: 5 } as const;

/** Values of Set In Progress. */
export const Progress = { COMPLETE: 0, IN_PROGRESS: 1, COMMIT: 2 } as const;

/** Parties of the boot info acknowledge. */
const BIOS = 0x01;

/** Completion codes of Set System Boot Options. */
const SET_CODES: Readonly<Record<number, string>> = {
  0x80: 'Unsupported parameter',
  0x81: "Attempt to set 'in progress' while not in 'complete' state",
  0x82: 'Parameter is read-only',
};

/** Completion codes of Get System Boot Options. */
const GET_CODES: Readonly<Record<number, string>> = { 0x80: 'Unsupported parameter' };

/** Changes of boot options: once a BMC has refused Set In Progress, it is no longer set. */
export class BootOptions {
  readonly #session: Session;
  #hasProgress = true;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Sets a parameter; resolves to the completion code, undefined without answer. */
  async set(parameter: number, data: readonly number[]): Promise<number | undefined> {
    const question = {
      netFn: NetFn.CHASSIS,
      cmd: ChassisCmd.SET_BOOT_OPTIONS,
      data: [parameter, ...data],
    };
    const code = (await ask(this.#session, question))?.completionCode;
    if (code === undefined) {
      this.#session.complain(`Error setting Chassis Boot Parameter ${parameter}`);
    } else if (code !== 0 && parameter !== Parameter.PROGRESS) {
      const why = SET_CODES[code] ?? completionText(code);
      this.#session.complain(`Set Chassis Boot Parameter ${parameter} failed: ${why}`);
    }
    return code;
  }

  async progress(state: number): Promise<void> {
    if (!this.#hasProgress) return;
    const code = await this.set(Parameter.PROGRESS, [state]);
    if (code !== 0 && state === Progress.IN_PROGRESS) this.#hasProgress = false;
  }

  /** Says that these parties have not handled the boot options yet. */
  acknowledge(parties: number): Promise<number | undefined> {
    return this.set(Parameter.ACKNOWLEDGE, [parties, parties]);
  }
}

/** The words of a question for a parameter. */
interface Asking {
  readonly parameter: number;
  readonly selector?: number;
  /** The end of a list is no error. */
  readonly mayEnd?: boolean;
}

/** Asks for a parameter; tells of a failure, and resolves to undefined then. */
export async function bootParameter(
  session: Session,
  { parameter, selector = 0, mayEnd = false }: Asking,
): Promise<Reply | undefined> {
  const reply = await ask(session, {
    netFn: NetFn.CHASSIS,
    cmd: ChassisCmd.GET_BOOT_OPTIONS,
    data: [parameter, selector, 0],
  });
  if (reply === undefined) {
    session.complain(`Error Getting Chassis Boot Parameter ${parameter}`);
    return undefined;
  }
  const { completionCode } = reply;
  if (completionCode === Completion.OK) return reply;
  if (mayEnd && completionCode === Completion.OUT_OF_RANGE) return undefined;
  const why = GET_CODES[completionCode] ?? completionText(completionCode);
  session.complain(`Get Chassis Boot Parameter ${parameter} failed: ${why}`);
  return undefined;
}

/** Boot devices by their words, as they stand in the second boot flag. */
const DEVICES: Readonly<Record<string, number>> = {
  none: 0x00,
  pxe: 0x04,
  disk: 0x08,
  safe: 0x0c,
  diag: 0x10,
  cdrom: 0x14,
  bios: 0x18,
  floppy: 0x3c,
};

/** The first boot flag: the flags are valid. */
const IS_VALID = 0x80;

const FLAG_BYTES = 5;

/** Sets the boot flags; returns the exit code. */
async function setDevice(
  session: Session,
  options: BootOptions,
  { word, flags }: { readonly word: string; readonly flags: readonly number[] },
): Promise<number> {
  await options.progress(Progress.IN_PROGRESS);
  if ((await options.acknowledge(BIOS)) === undefined) return await end(1);
  const name = word === 'none' ? word : word.replace(/^force_/, '');
  const device = word === 'force_none' ? undefined : entryOf(DEVICES, name);
  if (device === undefined) {
    session.complain(`Invalid argument: ${word}`);
    return await end(1);
  }
  const [first = 0, second = 0, ...others] = flags;
  const code = await options.set(Parameter.FLAGS, [first | IS_VALID, second | device, ...others]);
  if (code === 0) {
    await options.progress(Progress.COMMIT);
    session.print(`Set Boot Device to ${word}\n`);
  }
  return await end(code === undefined ? 1 : 0);

  async function end(exit: number): Promise<number> {
    await options.progress(Progress.COMPLETE);
    return exit;
  }
}

/** Options of `bootdev`: the boot flag, the bits that are cleared, and those that are set. */
const FLAG_OPTIONS: Readonly<Record<string, readonly [flag: number, mask: number, value: number]>> =
  {
    valid: [0, 0x80, 0x80],
    persistent: [0, 0x40, 0x40],
    efiboot: [0, 0x20, 0x20],
    'clear-cmos': [1, 0x80, 0x80],
    lockkbd: [1, 0x40, 0x40],
    screenblank: [1, 0x02, 0x02],
    lockoutreset: [1, 0x01, 0x01],
    lockout_power: [2, 0x80, 0x80],
    'verbose=default': [2, 0x60, 0x00],
    'verbose=no': [2, 0x60, 0x20],
    'verbose=yes': [2, 0x60, 0x40],
    force_pet: [2, 0x10, 0x10],
    upw_bypass: [2, 0x08, 0x08],
    lockout_sleep: [2, 0x04, 0x04],
    'cons_redirect=default': [2, 0x03, 0x00],
    'cons_redirect=skip': [2, 0x03, 0x01],
    'cons_redirect=enable': [2, 0x03, 0x02],
  };

const OPTIONS = 'options=';

/** `ipmitool chassis bootdev`. */
export const bootdev: Family = async (session, [device = 'help', option = '']) => {
  if (device === 'help') return refuse(session, BOOTDEV_HELP);
  const words = option === 'clear-cmos=yes' ? `${OPTIONS}clear-cmos` : option;
  const flags = words.startsWith(OPTIONS)
    ? readFlags(session, words.slice(OPTIONS.length))
    : Array<number>(FLAG_BYTES).fill(0);
  if (flags === undefined) return 1;
  return await setDevice(session, new BootOptions(session), { word: device, flags });
};

function readFlags(session: Session, text: string): readonly number[] | undefined {
  const flags = Array<number>(FLAG_BYTES).fill(0);
  let isWrong = false;
  for (const word of wordsOf(text)) {
    isWrong ||= word === 'help';
    if (word === 'help') break;
    const [flag, mask, value] = entryOf(FLAG_OPTIONS, word) ?? [];
    if (flag === undefined || mask === undefined || value === undefined) {
      session.complain(`Invalid option: ${word}`);
      isWrong = true;
    } else flags[flag] = ((flags[flag] ?? 0) & ~mask) | value;
  }
  if (!isWrong) return flags;
  session.complain(BOOTDEV_OPTIONS_HELP);
  return undefined;
}

/** The words between commas; empty ones do not count. */
function wordsOf(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}

/** Bits of the parameter that says when the boot flags are no longer valid. */
const CLEARING: Readonly<Record<string, number>> = {
  PEF: 0x10,
  timeout: 0x08,
  watchdog: 0x04,
  reset: 0x02,
  power: 0x01,
};

/** `ipmitool chassis bootparam`. */
export const bootparam: Family = async (session, words) => {
  const [verb = '', first = '', ...rest] = words;
  if (words.length < 2 || verb === 'help') return refuse(session, BOOTPARAM_HELP);
  if (verb === 'get') return await getParameter(session, first, rest[0]);
  if (verb === 'set') {
    if (first !== 'bootflag' || rest.length === 0) return refuse(session, BOOTFLAG_HELP);
    return await setFlag(session, rest);
  }
  return refuse(session, 'bootparam get|set <option> [value ...]');
};

async function getParameter(session: Session, word: string, more?: string): Promise<number> {
  const parameter = cByte(word);
  if (parameter === undefined) {
    return refuse(session, `Invalid parameter '${word}' given instead of bootparam.`);
  }
  const selector = more === undefined ? 0 : cByte(more);
  if (selector === undefined) {
    return refuse(session, `Invalid argument '${more ?? ''}' given to bootparam 0`);
  }
  const reply = await bootParameter(session, { parameter: parameter & 0x7f, selector });
  if (reply === undefined) return 1;
  session.print(bootParameterText(reply, {}));
  return 0;
}

async function setFlag(
  session: Session,
  [device = '', option, ...more]: readonly string[],
): Promise<number> {
  const isOne = option !== undefined && more.length === 0;
  const cleared = isOne ? readClearing(session, option) : 0;
  const options = new BootOptions(session);
  const flags = Array<number>(FLAG_BYTES).fill(0);
  const exit = await setDevice(session, options, { word: device, flags });
  return cleared === 0 ? exit : await setClearing(session, options, cleared);
}

/** Reads the bits that are to be cleared; a word that is wrong is told, and passed over. */
function readClearing(session: Session, text: string): number {
  if (!text.startsWith(OPTIONS)) {
    session.complain(`No options= keyword found "${text}"`);
    return 0;
  }
  let [bits, isWrong] = [0, false];
  for (const word of wordsOf(text.slice(OPTIONS.length))) {
    isWrong ||= word === 'help';
    if (word === 'help') break;
    const bit = entryOf(CLEARING, word);
    if (bit === undefined) {
      session.complain(`Invalid option: ${word}`);
      isWrong = true;
    } else bits |= bit;
  }
  if (isWrong) session.complain(VALID_OPTIONS_HELP);
  return bits;
}

async function setClearing(
  session: Session,
  options: BootOptions,
  cleared: number,
): Promise<number> {
  await options.progress(Progress.IN_PROGRESS);
  let code = await options.acknowledge(BIOS);
  if (code === 0) {
    const reply = await bootParameter(session, { parameter: Parameter.VALID_CLEARING });
    if (reply === undefined) session.complain('Failed to read boot valid flag');
    code = reply && (await options.set(Parameter.VALID_CLEARING, [byteAt(reply, 2) & ~cleared]));
    if (code === 0) await options.progress(Progress.COMMIT);
  }
  await options.progress(Progress.COMPLETE);
  return code === undefined ? 1 : 0;
}
