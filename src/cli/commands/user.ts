/** `ipmi-bt user`: the users of the BMC. Passwords come from files and descriptors. */

import type { User, UsersWanted } from '../../commands/index.ts';
import { checkUsers } from '../../commands/user-wanted.ts';
import { USER_ID_MAX, passwordTrouble } from '../../ipmi/user.ts';
import { checkWanted, isObject, readApplyFile } from '../apply-file.ts';
import type { ApplyFile } from '../apply-file.ts';
import { APPLY_EXIT_CODES, APPLY_OPTIONS, runApply } from '../apply-output.ts';
import type { Applying } from '../apply-output.ts';
import { UsageError, parseNumber } from '../args.ts';
import { CHANNEL_OPTION, channelOption, onChannel } from '../channel-option.ts';
import { ANSWERED } from '../exit-codes.ts';
import { columns } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand, GlobalValues } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { USER_SCHEMA } from '../schemas/user.ts';
import { schemaLine } from '../schemas/schema.ts';
import { readSecret } from '../secret-file.ts';
import type { Values } from '../spec.ts';

const FD_MAX = 1023;

/** 0 is reserved (IPMI 2.0 §22.26). */
const USER_IDS = { least: 1, most: USER_ID_MAX };

const LIST = command({
  name: 'user list',
  help: 'list the users of the BMC, and their access by a channel',
  options: { channel: CHANNEL_OPTION },
  examples: [{ line: '--sim user list', help: 'list the users of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ options, globals }) => runOperation(globals, list(channelOption(options.channel))),
});

const APPLY = command({
  name: 'user apply',
  help: 'make users as a file has them, and verify it',
  words: [{ name: '<file>', help: 'JSON as of ipmi-bt schema user-apply; - is standard input' }],
  options: { channel: CHANNEL_OPTION, ...APPLY_OPTIONS },
  examples: [{ line: 'user apply users.json --check', help: 'print what would change' }],
  exitCodes: APPLY_EXIT_CODES,
  run: async ({ words: [file = ''], options, globals }) => {
    const read = withPasswords(await readApplyFile(file));
    const wanted = forChannel(checkWanted(checkUsers, read), options.channel);
    const change = 'user apply will change users of the BMC';
    return await applyUsers(globals, { change, options, wanted });
  },
});

const SET_OPTIONS = {
  name: { value: 'name', help: 'up to 16 characters of ASCII' },
  passwordFile: { value: 'file', help: 'the file whose one line is the password' },
  passwordFd: { value: 'n', help: 'the open descriptor that the password is read from' },
  passwordBytes: {
    value: 'n',
    help: 'size in which the password is stored; by default that which it fits into',
    choices: ['16', '20'],
  },
  alwaysSetPassword: { help: 'set the password without comparing it; for BMCs that cannot' },
  privilege: {
    value: 'level',
    help: 'the highest privilege of the user on the channel',
    choices: ['callback', 'user', 'operator', 'administrator', 'oem', 'no-access'],
  },
  messaging: { value: 'on|off', help: 'the user can have sessions', choices: ['on', 'off'] },
  enable: { help: 'enable the user' },
  disable: { help: 'disable the user' },
  channel: CHANNEL_OPTION,
  ...APPLY_OPTIONS,
} as const;

const SET = command({
  name: 'user set',
  help: 'make one user as the options have it, and verify it',
  words: [{ name: '<id>', help: 'number of the user, 1 to 63' }],
  options: SET_OPTIONS,
  notes: 'A password is in no option: other users of the host can see the command line.',
  examples: [
    {
      line: 'user set 3 --name op --password-file secret --privilege operator --yes',
      help: 'make a user who is an operator',
    },
    { line: 'user set 3 --disable --yes', help: 'disable a user, without a question' },
  ],
  exitCodes: APPLY_EXIT_CODES,
  run: async ({ words: [id = ''], options, globals }) => {
    const wanted = checkWanted(checkUsers, wantedOf(id, options));
    const change = `user set will change user ${id} of the BMC`;
    return await applyUsers(globals, { change, options, wanted });
  },
});

/** The commands, in the order of the help. */
export const USER_COMMANDS: readonly AnyCommand[] = [
  anyCommand(LIST),
  anyCommand(APPLY),
  anyCommand(SET),
];

/** The option goes before the file. */
function forChannel(wanted: UsersWanted, text: string | undefined): UsersWanted {
  return { ...wanted, channel: channelOption(text) ?? wanted.channel };
}

/** The content of a file with the passwords that it names. */
function withPasswords(file: ApplyFile): unknown {
  const { content } = file;
  if (!isObject(content) || !Array.isArray(content['users'])) return content;
  const secret = {
    name: 'password',
    troubleOf: passwordTrouble,
    valueOf: (password: Uint8Array) => password,
  };
  const users = content['users'].map((user: unknown, at) =>
    file.withSecret(user, `user.users[${at}]`, secret),
  );
  return { ...content, users };
}

/** The user that the command line describes, as the library takes it. */
function wantedOf(word: string, options: Values<typeof SET_OPTIONS>): UsersWanted {
  const { enable, disable, alwaysSetPassword, passwordBytes, messaging } = options;
  if (enable && disable) throw new UsageError('--enable and --disable exclude each other');
  const id = parseNumber(word, 'the number of the user', USER_IDS);
  const password = passwordOf(options);
  if (password === undefined && (alwaysSetPassword || passwordBytes !== undefined)) {
    const flag = alwaysSetPassword ? '--always-set-password' : '--password-bytes';
    throw new UsageError(`${flag} needs --password-file or --password-fd`);
  }
  const user = {
    id,
    name: options.name,
    password,
    passwordBytes: passwordBytes === undefined ? undefined : passwordBytes === '16' ? 16 : 20,
    setPassword: alwaysSetPassword ? 'always' : undefined,
    enabled: enable ? true : disable ? false : undefined,
    privilege: options.privilege,
    messaging: messaging === undefined ? undefined : messaging === 'on',
  } as const;
  if (Object.values(user).filter((value) => value !== undefined).length === 1) {
    throw new UsageError('user set is to change nothing: it needs an option');
  }
  return { channel: channelOption(options.channel), users: [user] };
}

function passwordOf(options: Values<typeof SET_OPTIONS>): Uint8Array | undefined {
  const { passwordFile, passwordFd } = options;
  if (passwordFile !== undefined && passwordFd !== undefined) {
    throw new UsageError('--password-file and --password-fd exclude each other');
  }
  const troubleOf = passwordTrouble;
  if (passwordFile !== undefined) {
    return readSecret({ from: passwordFile, name: '--password-file', troubleOf });
  }
  if (passwordFd === undefined) return undefined;
  const from = parseNumber(passwordFd, '--password-fd', FD_MAX);
  return readSecret({ from, name: '--password-fd', troubleOf });
}

/** Makes users as they are wanted; returns the exit code. */
async function applyUsers(
  globals: GlobalValues,
  { wanted, ...parts }: Pick<Applying, 'change' | 'options'> & { readonly wanted: UsersWanted },
): Promise<number> {
  const apply: Applying['apply'] = ({ user }, how) => user.apply(wanted, how);
  return await runApply(globals, { ...parts, family: 'user', channel: wanted.channel, apply });
}

function list(named: number | undefined): Operation {
  return onChannel(named, async ({ user }, { globals, stdout }) => {
    const { channel, users } = await user.list(named);
    const lines = users.map((one) => schemaLine(USER_SCHEMA, fields(channel, one)));
    stdout.write(globals.json ? lines.join('') : text(users));
    return 0;
  });
}

function fields(channel: number, { id, name, isEnabled, access }: User) {
  return {
    channel,
    id,
    name,
    enabled: isEnabled ?? null,
    privilege: String(access.privilege),
    messaging: access.hasMessaging,
    link_authentication: access.hasLinkAuthentication,
    callback_only: access.isCallbackOnly,
  };
}

/** The columns of `ipmitool user list`, and the state of each user. */
function text(users: readonly User[]): string {
  const titles = ['ID', 'Name', 'Enabled', 'Callin', 'Link Auth', 'IPMI Msg', 'Channel Priv Limit'];
  const rows = users.map(({ id, name, isEnabled, access }) => [
    String(id),
    name,
    isEnabled === undefined ? 'unknown' : String(isEnabled),
    String(!access.isCallbackOnly),
    String(access.hasLinkAuthentication),
    String(access.hasMessaging),
    String(access.privilege).toUpperCase().replace('-', ' '),
  ]);
  return columns(titles, rows);
}
