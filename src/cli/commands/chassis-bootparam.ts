/** `ipmi-bt chassis bootparam`: a system boot option as the BMC has it, in bytes. */

import { UsageError, parseByte, parseNumber } from '../args.ts';
import { ANSWERED } from '../exit-codes.ts';
import { hexByte, known, table } from '../format.ts';
import { command } from '../globals.ts';
import { NotFoundError } from '../not-found.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { BOOT_PARAMETER_SCHEMA } from '../schemas/chassis.ts';
import { schemaLine } from '../schemas/schema.ts';

/** Highest number of a parameter: seven bits. */
const PARAMETER_MAX = 0x7f;

const FORM = 'chassis bootparam takes the number of one parameter, such as 5';

export const BOOTPARAM = command({
  name: 'chassis bootparam',
  help: 'print a parameter of the system boot options in bytes',
  words: [{ name: '<number...>', help: 'its number, 0 to 127; get may stand before it' }],
  options: {
    set: { value: 'n', help: 'set selector, such as a block of the mailbox; 0 by default' },
    block: { value: 'n', help: 'block selector; 0 by default' },
  },
  examples: [{ line: '--sim chassis bootparam 5', help: 'print the boot flags' }],
  exitCodes: { ...ANSWERED, 1: 'the BMC has no such parameter, or refused the command' },
  run: ({ globals, words, options }) => {
    const [first, ...more] = words[0] === 'get' ? words.slice(1) : words;
    if (first === undefined || more.length > 0) throw new UsageError(FORM);
    const number = parseNumber(first, 'the number of a parameter', PARAMETER_MAX);
    const set = options.set === undefined ? 0 : parseByte(options.set, '--set');
    const block = options.block === undefined ? 0 : parseByte(options.block, '--block');
    return runOperation(globals, get({ number, set, block }));
  },
});

interface Asked {
  readonly number: number;
  readonly set: number;
  readonly block: number;
}

function get({ number, set, block }: Asked): Operation {
  return async ({ bootOptions }, { globals, stdout }) => {
    const option = await bootOptions.parameter(number, { set, block });
    if (option === undefined) {
      throw new NotFoundError(`the BMC has no boot parameter ${number}`, undefined);
    }
    const { parameter, data } = option;
    const fields = { parameter: number, set, block, locked: parameter.isLocked, data: [...data] };
    const text = table([
      ['Boot parameter', String(number)],
      ['Locked', known(parameter.isLocked)],
      ['Data', fields.data.map(hexByte).join(' ')],
    ]);
    stdout.write(globals.json ? schemaLine(BOOT_PARAMETER_SCHEMA, fields) : text);
    return 0;
  };
}
