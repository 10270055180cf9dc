/**
 * `ipmi-bt raw`: one command, its reply in the format of `ipmitool raw`, which scripts parse.
 */

import type { Reply, Request } from '../../ipmi/message.ts';
import { completionText } from '../../index.ts';
import type { Retries } from '../../index.ts';
import { LUN_MAX, NETFN_MAX } from '../../ipmi/commands.ts';
import { checkRequest } from '../../device/options.ts';
import { UsageError, parseByte, parseNumber } from '../args.ts';
import { hexByte, jsonLine, rawLines } from '../format.ts';
import type { Command } from '../session.ts';

/** Exit code: the BMC answered, with a completion code other than 0. */
export const EXIT_COMPLETION_CODE = 1;

/** What stands on the command line, and on the lines of `exec`. */
export const RAW_GRAMMAR = {
  help: 'send one raw IPMI command and print the reply',
  words: [
    { name: '<netfn>', help: 'network function, even' },
    { name: '<cmd>', help: 'command' },
    { name: '[data...]', help: 'request data, 0 to 252 bytes' },
  ],
  options: {
    lun: { value: 'n', help: 'logical unit, 0 to 3', fallback: '0' },
    retries: {
      value: 'n',
      help: 'repeats after silence; by default only of commands that only read',
    },
  },
  epilogue: `NETFN, CMD and DATA are decimal, or hex with 0x. The reply is printed as ipmitool raw prints it.
A completion code other than 0 goes to standard error, and the exit code is 1.`,
} as const;

/** More repeats than any timeout leaves room for. */
const RETRIES_MAX = 1000;

/** Network function and command, before the data. */
const HEAD_WORDS = 2;

/** Reads `[--lun N] NETFN CMD [DATA...]`. */
export function parseRaw(words: readonly string[], lunText: string): Request {
  const netFnText = words[0] ?? '';
  const netFn = parseNumber(netFnText, 'NETFN', NETFN_MAX + 1);
  if (netFn % 2 !== 0) {
    throw new UsageError(
      `NETFN "${netFnText}" is odd, which is a response's; requests have even ones`,
    );
  }
  const cmd = parseByte(words[1] ?? '', 'CMD');
  const lun = parseNumber(lunText, '--lun', LUN_MAX);
  if (words.length <= HEAD_WORDS) return checkRequest({ netFn, cmd, lun });
  return checkRequest({ netFn, cmd, lun, data: parseData(words) });
}

function parseData(words: readonly string[]): Uint8Array {
  const data = new Uint8Array(words.length - HEAD_WORDS);
  for (let index = 0; index < data.length; index += 1) {
    data[index] = parseByte(words[index + HEAD_WORDS] ?? '', 'DATA');
  }
  return data;
}

/** Reads `--retries`; without it only commands known to be harmless are repeated. */
export function parseRetries(text: string | undefined): Retries {
  return text === undefined ? 'safe' : parseNumber(text, '--retries', RETRIES_MAX);
}

/** The command that sends `request`. */
export function raw(request: Request, retries: Retries): Command {
  return async ({ device, globals, signal, leftMs, stdout, stderr }) => {
    const options = { timeoutMs: leftMs(), retries, signal };
    const reply = await device.request(request, options);
    const { out, err } = replyText(request, reply, globals.json ? {} : undefined);
    if (out !== '') stdout.write(out);
    if (err !== '') stderr.write(err);
    return reply.completionCode === 0 ? 0 : EXIT_COMPLETION_CODE;
  };
}

/** What is printed of a reply. As JSON it has the fields of `json` besides. */
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
