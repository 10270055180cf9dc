/**
 * `ipmi-bt irq bind|unbind|status`: brings the interrupt of an interface to user space, undoes
 * that, and tells how it stands. Nothing else binds a driver.
 */

import { systemClock } from '../../clock.ts';
import { discover } from '../../discover/discover.ts';
import { interruptedAt } from '../../discover/ranking.ts';
import { IpmiError, hex } from '../../errors.ts';
import { systemFiles } from '../../files.ts';
import { bindUio, unbindUio } from '../../irq/binding.ts';
import type { BindHost } from '../../irq/binding.ts';
import type { Interrupted } from '../../irq/ways.ts';
import { modprobe } from '../../kernel/module.ts';
import { irqStatus } from '../../irq/status.ts';
import type { IrqStatus } from '../../irq/status.ts';
import type { BusDevice } from '../../kernel/bus-device.ts';
import { TakeoverRecordFile } from '../../kernel/takeover-record.ts';
import { checkUnserved } from '../../serve/link.ts';
import { Users } from '../../share/users.ts';
import { UsageError } from '../args.ts';
import { jsonLine, table } from '../format.ts';
import { command, readGlobals, refuseRecord } from '../globals.ts';
import type { Globals } from '../globals.ts';
import { stdout } from '../output.ts';
import { namedBlock } from '../session.ts';

/** The actions, in the order of the help. */
const IRQ_ACTIONS = ['bind', 'unbind', 'status'] as const;

export type IrqAction = (typeof IRQ_ACTIONS)[number];

export const IRQ_COMMAND = command({
  name: 'irq',
  device: 'own',
  help: 'bind the interrupt of the interface to a UIO device, undo that, or show its state',
  words: [{ name: '<action>', help: 'bind, unbind or status', names: IRQ_ACTIONS }],
  examples: [
    { line: 'irq status', help: 'show device, driver and interrupt of the interface' },
    { line: 'irq bind --base 0xce4', help: 'bind the interrupt of the interface at 0xce4' },
  ],
  exitCodes: {
    0: 'the action is done',
    69: 'another driver has the device, or there is no driver for UIO',
    75: 'a server has the interface; unbind: another process uses it',
  },
  run: ({ words, globals }) => {
    refuseRecord(globals, 'irq');
    return irq(parseAction(words[0]), readGlobals(globals));
  },
});

/** Reads the name of an action. */
function parseAction(word: string | undefined): IrqAction {
  const action = IRQ_ACTIONS.find((one) => one === word);
  if (action !== undefined) return action;
  throw new UsageError(`irq "${word ?? ''}" is not one of ${IRQ_ACTIONS.join(', ')}`);
}

/** Runs one of them; resolves to the exit code. */
export async function irq(action: IrqAction, globals: Globals): Promise<number> {
  if (globals.sim) throw new UsageError('irq needs hardware, and cannot be used with --sim');
  const candidate = findInterface(globals);
  if (action !== 'status') await checkFree(candidate, globals);
  stdout.write(await ACTIONS[action](candidate, globals));
  return 0;
}

/** Each action returns the text to print. */
const ACTIONS: Readonly<
  Record<IrqAction, (one: Interrupted, globals: Globals) => Promise<string> | string>
> = { bind, unbind, status };

/** The interface that is named, or that would be tried first. */
function findInterface(globals: Globals): Interrupted {
  const named = namedBlock(globals);
  const { candidates } = discover({ files: systemFiles, named });
  const found = candidates.find(({ rank }) => rank !== undefined);
  if (found !== undefined) return interruptedAt(found);
  const text = 'no BT interface was found; if there is one, name it with --base';
  throw new IpmiError('DEVICE_ABSENT', `${text} (see ipmi-bt locate --explain)`);
}

/** A server has the interface open, and was started with the line that it uses. */
async function checkFree({ base }: Interrupted, { timeoutMs }: Globals): Promise<void> {
  await checkUnserved(base, { clock: systemClock, deadlineMs: systemClock.now() + timeoutMs });
}

async function bind(candidate: Interrupted, { json }: Globals): Promise<string> {
  const { base } = candidate;
  const { bus, device, driver, uio } = await bindUio(candidate, hostOf(base));
  if (json) return jsonLine('irq-bind', { base, bus, device, driver, uio });
  const until = `until: ipmi-bt irq unbind --base ${hex(base)}`;
  return `${device} is bound to ${driver}, its interrupt comes to ${uio}, ${until}\n`;
}

async function unbind({ base }: Interrupted, { json }: Globals): Promise<string> {
  const owner = await unbindUio(base, hostOf(base));
  if (json)
    return jsonLine('irq-unbind', { base, ...deviceFields(owner), driver: owner?.driver ?? null });
  if (owner === undefined) return `no driver of UIO has ${hex(base)}\n`;
  const record = new TakeoverRecordFile(base, systemFiles).read();
  const release = `; ipmi-bt release --base ${hex(base)} gives it back to ${record?.driver ?? ''}`;
  return `${owner.device} is unbound from ${owner.driver}${record === undefined ? '' : release}\n`;
}

function status(candidate: Interrupted, { json }: Globals): string {
  const known = irqStatus(candidate, systemFiles);
  return json ? statusLine(candidate, known) : statusTable(candidate, known);
}

function statusTable({ base }: Interrupted, known: IrqStatus): string {
  const { device, driver, line } = known;
  return table([
    ['BT interface', hex(base)],
    ['Device', device?.device ?? 'none'],
    ['Driver', driver === '' ? 'none' : driver],
    ['Interrupt', String(known.irq ?? 'none')],
    ['UIO device', known.uio ?? 'none'],
    ['Interrupts by UIO', String(known.events ?? 'none')],
    ['Interrupts of the line', line === undefined ? 'none' : `${line.count} (${line.text})`],
    ...known.openers.map((opener) => ['Opened', opener] as const),
    ['Verdict', known.verdict],
  ]);
}

function statusLine({ base }: Interrupted, known: IrqStatus): string {
  const { device, driver, irq: number, uio, events, line, openers, way, verdict } = known;
  return jsonLine('irq-status', {
    base,
    ...deviceFields(device),
    driver: driver === '' ? null : driver,
    irq: number ?? null,
    uio: uio ?? null,
    uio_interrupts: events ?? null,
    line_interrupts: line?.count ?? null,
    line: line?.text ?? null,
    openers,
    state: way.state,
    verdict,
  });
}

function deviceFields(device: BusDevice | undefined): object {
  return { bus: device?.bus ?? null, device: device?.device ?? null };
}

function hostOf(base: number): BindHost {
  return {
    system: systemFiles,
    recordFile: new TakeoverRecordFile(base, systemFiles),
    users: new Users({ base }),
    loadModule: modprobe,
  };
}
