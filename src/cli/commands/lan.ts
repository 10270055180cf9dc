/** `ipmi-bt lan`: the LAN configuration of the BMC. */

import { checkLan, communityTrouble } from '../../commands/lan-wanted.ts';
import { checkWanted, readApplyFile } from '../apply-file.ts';
import { APPLY_EXIT_CODES, APPLY_OPTIONS, runApply } from '../apply-output.ts';
import type { Applying } from '../apply-output.ts';
import { CHANNEL_OPTION, channelOption, onChannel } from '../channel-option.ts';
import { ANSWERED } from '../exit-codes.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { LAN_PRINT_SCHEMA } from '../schemas/lan.ts';
import { schemaLine } from '../schemas/schema.ts';
import { lanFields, lanText } from './lan-print.ts';

/** The one secret of the LAN configuration. */
const COMMUNITY = {
  name: 'snmpCommunity',
  troubleOf: (secret: Uint8Array) => communityTrouble(textOf(secret)),
  valueOf: textOf,
};

const PRINT = command({
  name: 'lan print',
  help: 'print the LAN configuration of a channel, IPv4 and IPv6',
  options: {
    channel: CHANNEL_OPTION,
    showSecrets: { help: 'print the SNMP community string as well' },
  },
  examples: [{ line: '--sim lan print', help: 'print that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ options, globals }) =>
    runOperation(globals, print(channelOption(options.channel), options.showSecrets)),
});

const APPLY = command({
  name: 'lan apply',
  help: 'make the LAN configuration as a file has it, and verify it',
  words: [{ name: '<file>', help: 'JSON as of ipmi-bt schema lan-apply; - is standard input' }],
  options: { channel: CHANNEL_OPTION, ...APPLY_OPTIONS },
  examples: [
    { line: 'lan apply lan.json --check', help: 'print what would change' },
    { line: 'lan apply lan.json --yes', help: 'change it, without a question' },
  ],
  exitCodes: APPLY_EXIT_CODES,
  run: async ({ words: [path = ''], options, globals }) => {
    const file = await readApplyFile(path);
    const content = checkWanted(checkLan, file.withSecret(file.content, 'lan', COMMUNITY));
    const wanted = { ...content, channel: channelOption(options.channel) ?? content.channel };
    const change = 'lan apply will change the LAN configuration of the BMC';
    const apply: Applying['apply'] = ({ lan }, how) => lan.apply(wanted, how);
    const { channel } = wanted;
    return await runApply(globals, { family: 'lan', change, options, channel, apply });
  },
});

/** The commands, in the order of the help. */
export const LAN_COMMANDS: readonly AnyCommand[] = [anyCommand(PRINT), anyCommand(APPLY)];

function textOf(secret: Uint8Array): string {
  return new TextDecoder().decode(secret);
}

function print(channel: number | undefined, secrets: boolean): Operation {
  return onChannel(channel, async ({ lan }, { globals, stdout }) => {
    const found = await lan.get(channel, { secrets });
    stdout.write(globals.json ? schemaLine(LAN_PRINT_SCHEMA, lanFields(found)) : lanText(found));
    for (const problem of found.problems) tellUser(`warning: ${problem}`);
    return 0;
  });
}
