/** `ipmi-bt mc`: the management controller itself. */

import type { Enables, NamedEnables } from '../../commands/index.ts';
import { selfTestFaults } from '../../ipmi/self-test.ts';
import { UsageError } from '../args.ts';
import { runChange } from '../change.ts';
import { YES_OPTION, confirm } from '../confirm.ts';
import { ANSWERED } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command, readGlobals } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import {
  MC_ENABLES_SCHEMA,
  MC_GUID_SCHEMA,
  MC_INFO_SCHEMA,
  MC_SELF_TEST_SCHEMA,
} from '../schemas/mc.ts';
import { schemaLine } from '../schemas/schema.ts';
import { runSession } from '../session.ts';
import { deviceFields, deviceRows } from './info.ts';
import { RESET_LOSS, reset } from './reset.ts';

const INFO = command({
  name: 'mc info',
  canBridge: true,
  help: 'print the device id: firmware, manufacturer, product',
  examples: [{ line: '--sim mc info', help: 'print that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, info),
});

const GUID = command({
  name: 'mc guid',
  canBridge: true,
  help: 'print the System GUID and the Device GUID',
  examples: [{ line: '--sim mc guid', help: 'print those of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, guid),
});

const SELF_TEST = command({
  name: 'mc selftest',
  canBridge: true,
  help: 'print the result of the last self test',
  examples: [{ line: '--sim mc selftest', help: 'print that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, selfTest),
});

const ENABLES = command({
  name: 'mc enables',
  canBridge: true,
  help: 'print the global enables, or change some',
  words: [{ name: '[name=value...]', help: 'such as system_event_log=on; values are on and off' }],
  options: { yes: YES_OPTION },
  examples: [{ line: '--sim mc enables system_event_log=off --yes', help: 'log no events' }],
  exitCodes: ANSWERED,
  run: ({ words, options, globals }) => {
    const wanted = wantedEnables(words);
    if (words.length === 0) return runOperation(globals, enables(wanted));
    const question = `mc enables will set ${words.join(' ')}`;
    return runChange(globals, { question, yes: options.yes }, enables(wanted));
  },
});

const RESET = command({
  name: 'mc reset',
  help: 'restart the BMC, as ipmi-bt reset does',
  words: [{ name: '<kind>', help: 'cold or warm', names: ['cold', 'warm'] }],
  options: {
    yes: YES_OPTION,
    wait: { help: 'end only when the BMC answers again' },
  },
  examples: [{ line: 'mc reset cold --yes --wait', help: 'restart it, and wait for it' }],
  exitCodes: {
    0: 'the reset was sent, and with --wait the BMC answers again',
    1: 'the BMC refused the command',
  },
  run: async ({ words: [kind], options, globals }) => {
    if (kind !== 'cold' && kind !== 'warm') throw new UsageError('mc reset takes cold or warm');
    const question = `mc reset ${kind} will restart the BMC: ${RESET_LOSS}`;
    if (!(await confirm(question, { yes: options.yes, globals }))) return 0;
    return await runSession(readGlobals(globals), 'lazy', reset(kind, options.wait));
  },
});

/** The commands, in the order of the help. */
export const MC_COMMANDS: readonly AnyCommand[] = [
  anyCommand(INFO),
  anyCommand(GUID),
  anyCommand(SELF_TEST),
  anyCommand(ENABLES),
  anyCommand(RESET),
];

/** The enables as they are named on the command line and in JSON, some as ipmitool has them. */
const ENABLE_NAMES = [
  ['receive_message_interrupt', 'receiveMessageInterrupt', 'Receive Message Queue Interrupt'],
  ['event_buffer_interrupt', 'eventBufferInterrupt', 'Event Message Buffer Full Interrupt'],
  ['event_buffer', 'eventBuffer', 'Event Message Buffer'],
  ['system_event_log', 'systemEventLog', 'System Event Logging'],
  ['oem0', 'oem0', 'OEM 0'],
  ['oem1', 'oem1', 'OEM 1'],
  ['oem2', 'oem2', 'OEM 2'],
] as const satisfies readonly (readonly [string, keyof NamedEnables, string])[];

/** The widest of those labels. */
const ENABLES_WIDTH = 37;

const info: Operation = async ({ mc }, { globals, stdout }) => {
  const id = await mc.deviceId();
  stdout.write(globals.json ? schemaLine(MC_INFO_SCHEMA, deviceFields(id)) : table(deviceRows(id)));
  return 0;
};

const guid: Operation = async ({ mc }, { globals, stdout }) => {
  const { system, device } = await mc.guids();
  const fields = { system_guid: system ?? null, device_guid: device ?? null };
  const rows = [
    ['System GUID', system ?? 'unknown'],
    ['Device GUID', device ?? 'unknown'],
  ] as const;
  stdout.write(globals.json ? schemaLine(MC_GUID_SCHEMA, fields) : table(rows));
  return 0;
};

const selfTest: Operation = async ({ mc }, { globals, stdout }) => {
  const answer = await mc.selfTest();
  const { result, code, detail } = answer;
  const faults = selfTestFaults(answer);
  if (globals.json) {
    stdout.write(schemaLine(MC_SELF_TEST_SCHEMA, { result, code, detail, faults: [...faults] }));
    return 0;
  }
  stdout.write(`Selftest: ${result}\n${faults.map((fault) => ` -> ${fault}\n`).join('')}`);
  return 0;
};

function enables(wanted: Partial<NamedEnables>): Operation {
  return async ({ mc }, { globals, stdout }) => {
    const { after, changed } = await mc.setEnables(wanted);
    const names = ENABLE_NAMES.filter(([, key]) => changed.includes(key)).map(([name]) => name);
    const fields = { ...enableFields(after), changed: names };
    const rows = ENABLE_NAMES.map(([, key, label]) => [label, after[key] ? 'on' : 'off'] as const);
    stdout.write(globals.json ? schemaLine(MC_ENABLES_SCHEMA, fields) : table(rows, ENABLES_WIDTH));
    return 0;
  };
}

function enableFields(of: Enables) {
  return {
    receive_message_interrupt: of.receiveMessageInterrupt,
    event_buffer_interrupt: of.eventBufferInterrupt,
    event_buffer: of.eventBuffer,
    system_event_log: of.systemEventLog,
    oem0: of.oem0,
    oem1: of.oem1,
    oem2: of.oem2,
  };
}

/** Reads `name=on` and `name=off`. */
function wantedEnables(words: readonly string[]): Partial<NamedEnables> {
  const entries = words.map((word) => {
    const [name, value, ...more] = word.split('=');
    const found = ENABLE_NAMES.find(([known]) => known === name);
    if (found === undefined || more.length > 0 || (value !== 'on' && value !== 'off')) {
      const names = ENABLE_NAMES.map(([known]) => known).join(', ');
      throw new UsageError(`mc enables takes name=on or name=off, and the names are ${names}`);
    }
    return [found[1], value === 'on'] as const;
  });
  return Object.fromEntries(entries);
}
