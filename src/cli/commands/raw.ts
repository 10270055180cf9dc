/**
 * `ipmi-bt raw`: one command, its reply in the format of `ipmitool raw`, which scripts parse.
 */

import { checkDataLength } from '../../device/options.ts';
import { completionText } from '../../index.ts';
import type { Reply, Retries } from '../../index.ts';
import { LUN_MAX, NETFN_MAX } from '../../ipmi/commands.ts';
import type { Request } from '../../ipmi/message.ts';
import { UsageError, parseByte, parseNumber } from '../args.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { hexByte, jsonLine, rawLines } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { runSession } from '../session.ts';
import type { Command } from '../session.ts';

export const RAW_COMMAND = command({
  name: 'raw',
  canBridge: true,
  help: 'send one raw IPMI command and print the reply',
  hidesWords: true,
  words: [
    { name: '<netfn>', help: 'network function: even, or a name such as storage' },
    { name: '<cmd>', help: 'command' },
    { name: '[data...]', help: 'request data, 0 to 252 bytes' },
  ],
  options: {
    lun: { value: 'n', help: 'logical unit, 0 to 3', fallback: '0' },
    retries: {
      value: 'n',
      help: 'repeat the command up to n times when no reply comes; by default only a command that changes nothing is repeated',
    },
  },
  notes: `Numbers are decimal, or hex with 0x. Network functions have the names chassis,
bridge, sensor, app, firmware, storage and transport, as in ipmitool. The
reply is printed as ipmitool raw prints it. A completion code other than 0 is
printed to standard error.`,
  examples: [
    { line: 'raw 0x06 0x01', help: 'ask for the device id' },
    { line: '--sim raw 0x30 0x01 1 2 3', help: 'have the simulated BMC send three bytes back' },
  ],
  exitCodes: {
    0: 'the BMC answered with completion code 0',
    1: 'the BMC answered with another completion code',
    64: 'the command line is wrong, or there is too much data; nothing was sent',
  },
  run: ({ words, options, globals }) => {
    const send = raw(parseRaw(words, options.lun), parseRetries(options.retries));
    return runSession(readGlobals(globals), 'lazy', send);
  },
});

/** More repeats than any timeout leaves room for. */
const RETRIES_MAX = 1000;

/** Network function and command, before the data. */
const HEAD_WORDS = 2;

/** Network functions by name: those of ipmitool 1.8.19, and short forms. */
const NET_FNS: ReadonlyMap<string, number> = new Map([
  ['chassis', 0x00],
  ['bridge', 0x02],
  ['sensorevent', 0x04],
  ['sensor', 0x04],
  ['application', 0x06],
  ['app', 0x06],
  ['firmware', 0x08],
  ['fw', 0x08],
  ['storage', 0x0a],
  ['transport', 0x0c],
]);

/** Shared by all requests without data: a file of commands is read at once. */
const NO_DATA = new Uint8Array();

/**
 * Reads `[--lun N] NETFN CMD [DATA...]`. Each number is in range because it is parsed so; too much
 * data is refused here, before anything is opened.
 */
export function parseRaw(words: readonly string[], lunText: string): Request {
  const netFn = parseNetFn(words[0] ?? '');
  if (netFn % 2 !== 0) {
    throw new UsageError('NETFN is odd: requests have even ones, responses odd ones');
  }
  const cmd = parseByte(words[1] ?? '', 'CMD');
  const lun = parseNumber(lunText, '--lun', LUN_MAX);
  return { netFn, cmd, lun, data: words.length <= HEAD_WORDS ? NO_DATA : parseData(words) };
}

function parseNetFn(text: string): number {
  const netFn = NET_FNS.get(text.toLowerCase());
  if (netFn !== undefined) return netFn;
  if (/^[a-z]/i.test(text)) {
    throw new UsageError(`NETFN is no number, and none of ${[...NET_FNS.keys()].join(', ')}`);
  }
  return parseNumber(text, 'NETFN', NETFN_MAX + 1);
}

function parseData(words: readonly string[]): Uint8Array {
  const data = new Uint8Array(words.length - HEAD_WORDS);
  for (let index = 0; index < data.length; index += 1) {
    data[index] = parseByte(words[index + HEAD_WORDS] ?? '', `DATA byte ${index + 1}`);
  }
  checkDataLength(data.length);
  return data;
}

/** Reads `--retries`; without it only commands known to be harmless are repeated. */
export function parseRetries(text: string | undefined): Retries {
  return text === undefined ? 'safe' : parseNumber(text, '--retries', RETRIES_MAX);
}

/** The command that sends `request`. */
export function raw(request: Request, retries: Retries): Command {
  return async ({ requester, globals, signal, leftMs, stdout, stderr }) => {
    const options = { timeoutMs: leftMs(), retries, signal };
    const reply = await requester.request(request, options);
    const { out, err } = replyText(request, reply, globals.json ? {} : undefined);
    if (out !== '') stdout.write(out);
    if (err !== '') stderr.write(err);
    return reply.completionCode === 0 ? 0 : EXIT_COMPLETION_CODE;
  };
}

/** Formats a reply. As JSON it also has the fields of `json`. */
export function replyText(
  request: Request,
  { completionCode, data }: Reply,
  json: object | undefined,
): { readonly out: string; readonly err: string } {
  if (json !== undefined) {
    const { netFn, cmd, lun } = request;
    const fields = {
      ...json,
      net_fn: netFn,
      lun,
      cmd,
      completion_code: completionCode,
      completion_text: completionText(completionCode),
      data: [...data],
    };
    return { out: jsonLine('raw', fields), err: '' };
  }
  if (completionCode === 0) return { out: rawLines(data), err: '' };
  return { out: '', err: refusal(request, completionCode) };
}

/** The line `ipmitool` prints for a completion code other than 0, word for word. */
function refusal({ netFn, cmd, lun }: Request, completionCode: number): string {
  const [fn, unit, command] = [netFn, lun, cmd].map((value) => `0x${value.toString(16)}`);
  const where = `channel=0x0 netfn=${fn} lun=${unit} cmd=${command} rsp=0x${hexByte(completionCode)}`;
  return `Unable to send RAW command (${where}): ${completionText(completionCode)}\n`;
}
