/** Making users as they are wanted: which commands are needed, and in which order. */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { UserAccess } from '../ipmi/user.ts';
import { applySteps, callOptions, differences, doubtsOf } from './apply.ts';
import type { ApplyOptions, ApplyResult, Change, Doubt, Shown, Step, Warning } from './apply.ts';
import type { CallOptions } from './caller.ts';
import { userOf } from './user-access.ts';
import type { PasswordComparison, User, UserCommands } from './user-access.ts';
import { checkNames } from './user-names.ts';
import type { NameWanted, OtherNames } from './user-names.ts';
import { warningsOf } from './user-warnings.ts';
import type { Enabling } from './user-warnings.ts';
import { checkUsers } from './user-wanted.ts';
import type { UserWanted, UsersWanted } from './user-wanted.ts';

/** The surroundings of an `apply` of users. */
export interface Applying {
  readonly clock: Clock;
  readonly options: ApplyOptions;
  /** Finds the channel where none is named. */
  readonly find: () => Promise<number>;
}

/** A user whose settings are compared. */
interface Plan {
  readonly users: UserCommands;
  readonly channel: number;
  readonly wanted: UserWanted;
  readonly path: string;
  readonly call: CallOptions;
}

/** The user as the BMC has it now. */
interface Found {
  readonly plan: Plan;
  readonly user: User;
  /** Users that the BMC has, used or not. */
  readonly most: number;
}

/** Reads, compares, sets and verifies; `wanted` may be anything, and is checked first. */
export async function applyUsers(
  users: UserCommands,
  wanted: UsersWanted,
  { clock, options, find }: Applying,
): Promise<ApplyResult> {
  const checked = checkUsers(wanted);
  const channel = checked.channel ?? (await find());
  const call = callOptions(options);
  const found: Found[] = [];
  for (const [at, user] of checked.users.entries()) {
    const plan = { users, channel, wanted: user, path: `user.users[${at}]`, call };
    found.push({ plan, ...(await read(plan)) });
  }
  await checkNames(found.map(nameOf), namesOf(users, found, call));
  const steps: Step[] = [];
  const warnings: Warning[] = [];
  for (const one of found) {
    steps.push(...(await stepsOf(one)));
    warnings.push(...(await warningsOf(enabling(one))));
  }
  return await applySteps(steps, { channel, clock, options, warnings });
}

function nameOf({ plan, user }: Found): NameWanted {
  return { id: user.id, path: plan.path, from: user.name, to: plan.wanted.name ?? user.name };
}

function enabling({ plan, user: { name } }: Found): Enabling {
  const { wanted, path } = plan;
  return { wanted, path, name, compareEmpty: () => compare(plan, '') };
}

/** Reads the names of the users that are not wanted otherwise. */
function namesOf(users: UserCommands, found: readonly Found[], call: CallOptions): OtherNames {
  const [{ most } = { most: 0 }] = found;
  return { most, name: (id) => users.name(id, call) };
}

/**
 * The steps of one user. One that is disabled is so first, and one that is enabled is so last, so
 * that no login works by settings that are half done.
 */
async function stepsOf({ plan, user }: Found): Promise<readonly Step[]> {
  const state = stateStep(plan, user);
  const password = await passwordStep(plan);
  const steps = [nameStep(plan, user), password, accessStep(plan, user)];
  const ordered = plan.wanted.enabled === false ? [state, ...steps] : [...steps, state];
  return ordered.filter((step) => step !== undefined && step.changes.length > 0) as Step[];
}

async function read({ users, channel, wanted, call }: Plan): Promise<Omit<Found, 'plan'>> {
  const access = await users.access(channel, wanted.id, call);
  const user = userOf(wanted.id, await users.name(wanted.id, call), access);
  return { user, most: access.most.users };
}

function nameStep(plan: Plan, { name }: User): Step | undefined {
  const { users, wanted, path, call } = plan;
  const { id, name: to } = wanted;
  if (to === undefined) return undefined;
  const changes = differences(path, { name }, { name: to });
  return {
    changes,
    send: () => users.setName(id, to, call),
    verify: async () => {
      const now = await users.name(id, call);
      return doubtsOf(changes, differences(path, { name: now }, { name: to }));
    },
  };
}

function accessStep(plan: Plan, { access }: User): Step {
  const { users, channel, wanted, path, call } = plan;
  const to = {
    privilege: wanted.privilege ?? access.privilege,
    hasMessaging: wanted.messaging ?? access.hasMessaging,
    hasLinkAuthentication: wanted.linkAuthentication ?? access.hasLinkAuthentication,
    isCallbackOnly: wanted.callbackOnly ?? access.isCallbackOnly,
  };
  const changes = differences(path, shownAccess(access), shownAccess(to));
  return {
    changes,
    send: () => users.setAccess({ channel, user: wanted.id, access: to }, call),
    verify: async () => {
      const now = await users.access(channel, wanted.id, call);
      return doubtsOf(changes, differences(path, shownAccess(now.access), shownAccess(to)));
    },
  };
}

function shownAccess(
  access: Omit<UserAccess['access'], 'reserved'>,
): Readonly<Record<string, Shown>> {
  return {
    privilege: access.privilege,
    messaging: access.hasMessaging,
    linkAuthentication: access.hasLinkAuthentication,
    callbackOnly: access.isCallbackOnly,
  };
}

/** A BMC that does not tell whether a user is enabled is told each time. */
function stateStep(plan: Plan, { isEnabled }: User): Step | undefined {
  const { users, channel, wanted, path, call } = plan;
  const { id, enabled } = wanted;
  if (enabled === undefined) return undefined;
  const from = isEnabled ?? null;
  const changes = differences(path, { enabled: from }, { enabled });
  const untold = { path: `${path}.enabled`, reason: 'the BMC does not tell the state of a user' };
  return {
    changes,
    send: () => users.setEnabled(id, enabled, call),
    verify: async () => {
      const now = userOf(id, '', await users.access(channel, id, call)).isEnabled;
      if (now === undefined) return [{ ...untold, isFinal: true }];
      return doubtsOf(changes, differences(path, { enabled: now }, { enabled }));
    },
  };
}

/** The step of a password; undefined if it is the one that the BMC has. */
async function passwordStep(plan: Plan): Promise<Step | undefined> {
  const { users, wanted, path, call } = plan;
  const { id, password, passwordBytes: bytes, setPassword = 'different' } = wanted;
  if (password === undefined) return undefined;
  const setting = { user: id, password, bytes };
  if (setPassword === 'different') {
    const found = await compare(plan, password);
    if (found === 'same') return undefined;
    if (found === 'unsupported') throw cannotCompare(path);
  }
  const secret: Change = { path: `${path}.password`, from: null, to: null, isSecret: true };
  return {
    changes: [secret],
    isSentOnce: true,
    send: () => users.setPassword(setting, call),
    verify: async () => doubtOf(secret.path, await users.testPassword(setting, call)),
  };
}

/** A password that is stored in the other size is the same, unless a size is wanted. */
async function compare(
  { users, wanted, call }: Plan,
  password: string | Uint8Array,
): Promise<PasswordComparison> {
  const { id, passwordBytes: bytes } = wanted;
  const found = await users.testPassword({ user: id, password, bytes }, call);
  const isOther = found === 'wrong-size' && bytes === undefined;
  return isOther ? await users.testPassword({ user: id, password, bytes: 20 }, call) : found;
}

function doubtOf(path: string, found: PasswordComparison): readonly Doubt[] {
  if (found === 'same') return [];
  if (found === 'unsupported') {
    return [{ path, reason: 'the BMC cannot compare passwords', isFinal: true }];
  }
  return [{ path, reason: 'the BMC says that it has another password', isFinal: false }];
}

function cannotCompare(path: string): IpmiError {
  const remedy = `with setPassword "always" it is set without that, each time`;
  const text = `${path}.password: the BMC cannot compare passwords; ${remedy}; nothing was set`;
  return new IpmiError('COMMAND_FAILED', text, { outcome: 'answered' });
}
