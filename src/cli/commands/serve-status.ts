/** `ipmi-bt serve status`: what a server does, asked over its own socket. */

import { systemClock } from '../../clock.ts';
import { EXIT_CODES, IpmiError, hex } from '../../errors.ts';
import { systemFiles } from '../../files.ts';
import { askStatus } from '../../serve/ask-status.ts';
import { SERVE_FOLDER, baseOfSocket, socketPath } from '../../serve/place.ts';
import { columns, jsonLine, table } from '../format.ts';
import type { Globals } from '../globals.ts';
import { stdout } from '../output.ts';
import { namedBlock } from '../session.ts';

/** The status of a server, as JSON has it: of another version, perhaps. */
type Status = Readonly<Record<string, unknown>>;

/** Prints the status of each server, or of the one that is named; resolves to the exit code. */
export async function showStatus(globals: Globals, socket: string | undefined): Promise<number> {
  const paths = pathsOf(globals, socket);
  const deadlineMs = systemClock.now() + globals.timeoutMs;
  const asked = paths.map(
    async (path) => await askStatus(path, { clock: systemClock, deadlineMs }),
  );
  const found = (await Promise.all(asked)).filter((status) => status !== undefined) as Status[];
  if (found.length === 0) {
    const where = paths.length === 1 ? (paths[0] ?? '') : SERVE_FOLDER;
    throw new IpmiError('DEVICE_CLOSED', `no server listens at ${where}; start one: ipmi-bt serve`);
  }
  for (const status of found) {
    stdout.write(globals.json ? jsonLine('serve-status', status) : textOf(status));
  }
  return found.length === paths.length ? 0 : EXIT_CODES.DEVICE_CLOSED;
}

/** The sockets of the servers that are asked for; of all where none is named. */
function pathsOf(globals: Globals, socket: string | undefined): readonly string[] {
  if (socket !== undefined) return [socket];
  const block = namedBlock(globals);
  if (block !== undefined) return [socketPath(block.base)];
  const bases = systemFiles.list(SERVE_FOLDER).map(baseOfSocket);
  return bases.flatMap((base) => (base === undefined ? [] : [socketPath(base)]));
}

function textOf(status: Status): string {
  const base = field(status, 'base');
  const rows = table([
    ['Server', `pid ${shown(status, 'pid')}, for ${seconds(status, 'served_for_ms')}`],
    ['BT interface', typeof base === 'number' ? hex(base) : 'unknown'],
    ['BMC', shown(status, 'broker', 'state')],
    ['Device file', shown(status, 'file', 'path')],
    ['Socket', shown(status, 'socket', 'path')],
    ['Socket of dummy', shown(status, 'dummy', 'path')],
    ['Watchdog', watchdog(status)],
    ['Requests waiting', shown(status, 'broker', 'waiting')],
    ['Requests', shown(status, 'broker', 'totals', 'requests')],
    ['Answered by the BMC', shown(status, 'broker', 'totals', 'answered')],
    ['Denied by the policy', shown(status, 'broker', 'totals', 'denied')],
    ['Time-outs answered 0xc3', shown(status, 'file', 'counters', 'timeouts_answered')],
    ['Losses answered 0xff', shown(status, 'file', 'counters', 'losses_answered')],
    ['Transactions', shown(status, 'device', 'transactions')],
  ]);
  const clients = field(status, 'broker', 'clients');
  return Array.isArray(clients) ? `${rows}${clientsText(clients as Status[])}` : rows;
}

function clientsText(clients: readonly Status[]): string {
  const titles = ['CLIENT', 'PID', 'UID', 'OPEN', 'WAITING', 'REQUESTS', 'DENIED', 'WAITED'];
  const rows = clients.map((client) => [
    shown(client, 'opener', 'door'),
    shown(client, 'opener', 'pid'),
    shown(client, 'opener', 'uid'),
    seconds(client, 'open_for_ms'),
    shown(client, 'waiting'),
    shown(client, 'counters', 'requests'),
    shown(client, 'counters', 'denied'),
    seconds(client, 'counters', 'waited_ms'),
  ]);
  return columns(titles, rows);
}

function watchdog(status: Status): string {
  const isFailing = field(status, 'watchdog', 'is_failing');
  if (typeof isFailing !== 'boolean') {
    return field(status, 'watchdog') === null ? 'not fed' : 'unknown';
  }
  const [action, countdown] = [
    shown(status, 'watchdog', 'action'),
    seconds(status, 'watchdog', 'countdown_ms'),
  ];
  return `${isFailing ? 'NOT reached' : 'fed'}, ${countdown}, then ${action}`;
}

function field(status: Status, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Status)[name] : undefined,
    status,
  );
}

function shown(status: Status, ...names: readonly string[]): string {
  const value = field(status, ...names);
  return value === null || value === undefined ? 'none' : `${value as string | number}`;
}

function seconds(status: Status, ...names: readonly string[]): string {
  const ms = field(status, ...names);
  return typeof ms === 'number' ? `${Math.round(ms / 100) / 10} s` : 'unknown';
}
