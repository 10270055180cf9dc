/** `ipmi-bt sol`: serial over LAN. */

import type { SolConfiguration } from '../../commands/index.ts';
import { CHANNEL_OPTION, channelOption, onChannel } from '../channel-option.ts';
import { ANSWERED } from '../exit-codes.ts';
import { known, table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { schemaLine } from '../schemas/schema.ts';
import { SOL_SCHEMA } from '../schemas/sol.ts';

const PRINT = command({
  name: 'sol print',
  help: 'print the configuration of serial over LAN',
  options: { channel: CHANNEL_OPTION },
  examples: [{ line: '--sim sol print', help: 'print that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ options, globals }) => runOperation(globals, print(channelOption(options.channel))),
});

/** The commands, in the order of the help. */
export const SOL_COMMANDS: readonly AnyCommand[] = [anyCommand(PRINT)];

/** The widest label of ipmitool. */
const WIDTH = 32;

function print(named: number | undefined): Operation {
  return onChannel(named, async ({ lan, sol }, { globals, stdout }) => {
    const channel = named ?? (await lan.channel());
    const fields = { channel, ...fieldsOf(await sol.get(channel)) };
    stdout.write(globals.json ? schemaLine(SOL_SCHEMA, fields) : textOf(fields));
    return 0;
  });
}

function fieldsOf(answer: SolConfiguration) {
  const { progress, enable, authentication, accumulate, retry } = answer;
  return {
    set_in_progress: nameOf(progress?.state),
    enabled: enable?.isEnabled ?? null,
    force_encryption: authentication?.forcesEncryption ?? null,
    force_authentication: authentication?.forcesAuthentication ?? null,
    privilege: nameOf(authentication?.privilege),
    accumulate_interval_ms: accumulate?.intervalMs ?? null,
    send_threshold: accumulate?.threshold ?? null,
    retry_count: retry?.retries.count ?? null,
    retry_interval_ms: retry?.intervalMs ?? null,
    bit_rate: nameOf(answer.bitRate?.rate),
    volatile_bit_rate: nameOf(answer.volatileBitRate?.rate),
    payload_channel: answer.payloadChannel?.number ?? null,
    payload_port: answer.payloadPort ?? null,
  };
}

function textOf(fields: ReturnType<typeof fieldsOf>): string {
  return table(
    [
      ['Set in progress', known(fields.set_in_progress)],
      ['Enabled', known(fields.enabled)],
      ['Force Encryption', known(fields.force_encryption)],
      ['Force Authentication', known(fields.force_authentication)],
      ['Privilege Level', known(fields.privilege)],
      ['Character Accumulate Level (ms)', known(fields.accumulate_interval_ms)],
      ['Character Send Threshold', known(fields.send_threshold)],
      ['Retry Count', known(fields.retry_count)],
      ['Retry Interval (ms)', known(fields.retry_interval_ms)],
      ['Volatile Bit Rate (bit/s)', known(fields.volatile_bit_rate)],
      ['Non-Volatile Bit Rate (bit/s)', known(fields.bit_rate)],
      ['Payload Channel', known(fields.payload_channel)],
      ['Payload Port', known(fields.payload_port)],
    ],
    WIDTH,
  );
}

function nameOf(name: string | number | undefined): string | null {
  return name === undefined ? null : String(name);
}
