/** `ipmi-bt channel`: the channels of the BMC, and the access to them. */

import { checkChannel } from '../../commands/channel.ts';
import type { ChannelAccess, ChannelDetails } from '../../commands/index.ts';
import { PRESENT_CHANNEL, SYSTEM_CHANNEL } from '../../ipmi/channel.ts';
import { checkWanted, readApplyFile } from '../apply-file.ts';
import { APPLY_EXIT_CODES, APPLY_OPTIONS, runApply } from '../apply-output.ts';
import type { Applying } from '../apply-output.ts';
import { parseNumber } from '../args.ts';
import { onChannel } from '../channel-option.ts';
import { ANSWERED } from '../exit-codes.ts';
import { columns, table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { CHANNEL_ACCESS_SCHEMA, CHANNEL_SCHEMA } from '../schemas/channel.ts';
import { schemaLine } from '../schemas/schema.ts';

const CHANNEL_WORD = { name: '[channel]', help: '0 to 15' };

const LIST = command({
  name: 'channel list',
  help: 'list the channels that the BMC has',
  examples: [{ line: '--sim channel list', help: 'list those of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, list),
});

const INFO = command({
  name: 'channel info',
  help: 'print what a channel is; by default the one that ipmi-bt uses',
  words: [CHANNEL_WORD],
  examples: [{ line: '--sim channel info 1', help: 'print what channel 1 is' }],
  exitCodes: ANSWERED,
  run: ({ words: [word], globals }) =>
    runOperation(globals, info(channelOf(word) ?? PRESENT_CHANNEL)),
});

const ACCESS = command({
  name: 'channel access',
  help: 'print the access to a channel; by default to the first LAN channel',
  words: [CHANNEL_WORD],
  examples: [{ line: '--sim channel access', help: 'print the access to the LAN channel' }],
  exitCodes: ANSWERED,
  run: ({ words: [word], globals }) => runOperation(globals, access(channelOf(word))),
});

const APPLY = command({
  name: 'channel apply',
  help: 'make the access to a channel as a file has it, and verify it',
  words: [{ name: '<file>', help: 'JSON as of ipmi-bt schema channel-apply; - is standard input' }],
  options: APPLY_OPTIONS,
  examples: [{ line: 'channel apply access.json --check', help: 'print what would change' }],
  exitCodes: APPLY_EXIT_CODES,
  run: async ({ words: [file = ''], options, globals }) => {
    const wanted = checkWanted(checkChannel, (await readApplyFile(file)).content);
    const change = 'channel apply will change the access to a channel of the BMC';
    const apply: Applying['apply'] = ({ channel }, how) => channel.apply(wanted, how);
    const named = { channel: wanted.channel, apply };
    return await runApply(globals, { family: 'channel', change, options, ...named });
  },
});

/** The commands, in the order of the help. */
export const CHANNEL_COMMANDS: readonly AnyCommand[] = [
  anyCommand(LIST),
  anyCommand(INFO),
  anyCommand(ACCESS),
  anyCommand(APPLY),
];

function channelOf(word: string | undefined): number | undefined {
  return word === undefined ? undefined : parseNumber(word, 'the channel', SYSTEM_CHANNEL);
}

const list: Operation = async ({ channel }, { globals, stdout }) => {
  const channels = await channel.list();
  const titles = ['Channel', 'Medium', 'Protocol', 'Sessions', 'Active', 'Vendor'];
  const rows = channels.map((one) => [
    `${one.number}${one.isPresent ? ' (this one)' : ''}`,
    String(one.medium),
    String(one.protocol),
    String(one.sessionSupport),
    String(one.activeSessions),
    String(one.vendorId),
  ]);
  const lines = channels.map((one) => schemaLine(CHANNEL_SCHEMA, fields(one)));
  stdout.write(globals.json ? lines.join('') : columns(titles, rows));
  return 0;
};

function info(number: number): Operation {
  return onChannel(number, async ({ channel }, { globals, stdout }) => {
    const found = await channel.info(number);
    stdout.write(globals.json ? schemaLine(CHANNEL_SCHEMA, fields(found)) : infoText(found));
    return 0;
  });
}

function fields(channel: ChannelDetails) {
  return {
    channel: channel.number,
    present: channel.isPresent,
    medium: String(channel.medium),
    protocol: String(channel.protocol),
    session_support: String(channel.sessionSupport),
    active_sessions: channel.activeSessions,
    vendor_id: channel.vendorId,
    auxiliary: [...channel.auxiliary],
  };
}

function infoText(channel: ChannelDetails): string {
  return table([
    ['Channel', String(channel.number)],
    ['Channel Medium Type', String(channel.medium)],
    ['Channel Protocol Type', String(channel.protocol)],
    ['Session Support', String(channel.sessionSupport)],
    ['Active Session Count', String(channel.activeSessions)],
    ['Protocol Vendor ID', String(channel.vendorId)],
  ]);
}

function access(named: number | undefined): Operation {
  return onChannel(named, async ({ channel, lan }, { globals, stdout }) => {
    const number = named ?? (await lan.channel());
    const found = await channel.access(number);
    const memories = [
      ['volatile', found.volatile],
      ['non-volatile', found.nonVolatile],
    ] as const;
    for (const [memory, one] of memories) {
      const line = { channel: number, memory, ...accessFields(one) };
      stdout.write(
        globals.json ? schemaLine(CHANNEL_ACCESS_SCHEMA, line) : accessText(number, memory, one),
      );
    }
    return 0;
  });
}

function accessFields({ settings, limit }: ChannelAccess) {
  return {
    mode: String(settings.mode),
    user_authentication: settings.hasUserAuthentication,
    message_authentication: settings.hasMessageAuthentication,
    alerting: settings.hasAlerting,
    privilege: String(limit.privilege),
  };
}

function accessText(channel: number, memory: string, access: ChannelAccess): string {
  const { settings, limit } = access;
  const enabled = (is: boolean): string => (is ? 'enabled' : 'disabled');
  return table([
    ['Settings', `${memory}, of channel ${channel}`],
    ['Alerting', enabled(settings.hasAlerting)],
    ['Per-message Auth', enabled(settings.hasMessageAuthentication)],
    ['User Level Auth', enabled(settings.hasUserAuthentication)],
    ['Access Mode', String(settings.mode)],
    ['Privilege Limit', String(limit.privilege)],
  ]);
}
