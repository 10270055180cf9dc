/**
 * `ipmi-bt raw`: one command, its reply in the format of `ipmitool raw`, which scripts parse.
 */

import type { Request } from '../bt/frame.ts';
import { completionText } from '../index.ts';
import type { Retries } from '../index.ts';
import { LUN_MAX, NETFN_MAX } from '../ipmi/netfn.ts';
import { checkRequest } from '../validate.ts';
import { UsageError, parseByte, parseNumber } from './args.ts';
import { hexByte, jsonLine, rawLines } from './format.ts';
import type { Command } from './session.ts';

/** Exit code: the BMC answered, with a completion code other than 0. */
export const EXIT_COMPLETION_CODE = 1;

/** More repeats than any timeout leaves room for. */
const RETRIES_MAX = 1000;

/** Reads `[--lun N] NETFN CMD [DATA...]`. */
export function parseRaw(words: readonly string[], lunText: string): Request {
  const [netFnText = '', cmdText = '', ...dataTexts] = words;
  const netFn = parseNumber(netFnText, 'NETFN', NETFN_MAX + 1);
  if (netFn % 2 !== 0) {
    throw new UsageError(
      `NETFN "${netFnText}" is odd, which is a response's; requests have even ones`,
    );
  }
  return checkRequest({
    netFn,
    cmd: parseByte(cmdText, 'CMD'),
    lun: parseNumber(lunText, '--lun', LUN_MAX),
    data: Uint8Array.from(dataTexts, (text) => parseByte(text, 'DATA')),
  });
}

/** Reads `--retries`; without it only commands known to be harmless are repeated. */
export function parseRetries(text: string | undefined): Retries {
  return text === undefined ? 'safe' : parseNumber(text, '--retries', RETRIES_MAX);
}

/** The command that sends `request`. */
export function raw(request: Request, retries: Retries): Command {
  return async ({ device, globals, signal, leftMs, stdout, stderr }) => {
    const options = { timeoutMs: leftMs(), retries, signal };
    const { completionCode, data } = await device.request(request, options);
    const isOk = completionCode === 0;
    if (globals.json) {
      const { netFn, cmd, lun } = request;
      const fields = {
        net_fn: netFn,
        lun,
        cmd,
        completion_code: completionCode,
        completion_text: completionText(completionCode),
        data: [...data],
      };
      stdout.write(jsonLine('raw', fields));
    } else if (isOk) {
      stdout.write(rawLines(data));
    } else {
      stderr.write(refusal(request, completionCode));
    }
    return isOk ? 0 : EXIT_COMPLETION_CODE;
  };
}

/** The line `ipmitool` prints for a completion code other than 0, word for word. */
function refusal({ netFn, cmd, lun }: Request, completionCode: number): string {
  const [fn, unit, command] = [netFn, lun, cmd].map((value) => `0x${value.toString(16)}`);
  const where = `channel=0x0 netfn=${fn} lun=${unit} cmd=${command} rsp=0x${hexByte(completionCode)}`;
  return `Unable to send RAW command (${where}): ${completionText(completionCode)}\n`;
}
