/** `ipmitool mc` and `bmc`: the management controller itself. */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { supportNames } from '../../ipmi/device-id.ts';
import type { Reply } from '../../ipmi/message.ts';
import { ask, askFor, byteAt } from './ask.ts';
import { choose, refuse } from './choose.ts';
import { manufacturerName } from './manufacturers.ts';
import { guid } from './mc-guid.ts';
import { MC_HELP, RESET_HELP } from './mc-help.ts';
import { getsysinfo, setsysinfo } from './mc-sysinfo.ts';
import { watchdog } from './mc-watchdog.ts';
import { productName } from './products.ts';
import type { Family, Session } from './session.ts';

/** Bytes of Get Device ID with the auxiliary revision. */
const DEVICE_ID_BYTES = 15;
const AUXILIARY_AT = 11;

const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

function row(label: string, value: string | number): string {
  return `${label.padEnd(26)}: ${value}\n`;
}

const info: Family = async (session) => {
  const failing = { text: 'Get Device ID command failed' };
  const reply = await askFor(session, { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID }, failing);
  if (reply === undefined) return 1;
  session.print(identityText(reply) + supportText(reply));
  return 0;
};

function identityText(reply: Reply): string {
  const at = (index: number): number => byteAt(reply, index);
  const manufacturer = at(6) | (at(7) << 8) | (at(8) << 16);
  const product = at(9) | (at(10) << 8);
  const unknown = `Unknown (0x${product.toString(16).toUpperCase().padStart(2, '0')})`;
  return [
    row('Device ID', at(0)),
    row('Device Revision', at(1) & 0x0f),
    row('Firmware Revision', `${at(2) & 0x7f}.${hex2(at(3))}`),
    row('IPMI Version', `${(at(4) & 0x0f).toString(16)}.${(at(4) >> 4).toString(16)}`),
    row('Manufacturer ID', manufacturer),
    row('Manufacturer Name', manufacturerName(manufacturer)),
    row('Product ID', `${product} (0x${hex2(at(10))}${hex2(at(9))})`),
    row('Product Name', productName(manufacturer, product) ?? unknown),
    row('Device Available', (at(2) & 0x80) === 0 ? 'yes' : 'no'),
    row('Provides Device SDRs', (at(1) & 0x80) === 0 ? 'no' : 'yes'),
  ].join('');
}

function supportText(reply: Reply): string {
  const names = supportNames({ additionalSupport: byteAt(reply, 5) });
  const support = names.map((name) => `    ${name}\n`).join('');
  const auxiliary = [...reply.data.slice(AUXILIARY_AT)].map((byte) => `    0x${hex2(byte)}\n`);
  const isLong = reply.data.length === DEVICE_ID_BYTES;
  const revision = isLong ? `Aux Firmware Rev Info     : \n${auxiliary.join('')}` : '';
  return `Additional Device Support :\n${support}${revision}`;
}

/** Sends a reset; an answer that does not come is none, since the controller may be gone. */
function resetBy(cmd: number, name: string): Family {
  return async (session) => {
    const reply = await ask(session, { netFn: NetFn.APP, cmd });
    if (reply === undefined && cmd !== AppCmd.COLD_RESET) {
      return refuse(session, 'MC reset command failed.');
    }
    if (reply !== undefined && reply.completionCode !== Completion.OK) {
      return refuse(session, `MC reset command failed: ${completionText(reply.completionCode)}`);
    }
    session.print(`Sent ${name} reset command to MC\n`);
    return 0;
  };
}

const reset = choose(
  {
    cold: resetBy(AppCmd.COLD_RESET, 'cold'),
    warm: resetBy(AppCmd.WARM_RESET, 'warm'),
  },
  { help: RESET_HELP, invalid: (word) => `Invalid mc/bmc reset command: ${word}` },
);

/** Faults of a device that is corrupted, from bit 7 on; the first two stand apart. */
const FAULTS = [
  ' -> SEL device not accessible',
  ' -> SDR repository not accessible',
  'FRU device not accessible',
  'IPMB signal lines do not respond',
  'SDR repository empty',
  'Internal Use Area corrupted',
  'Controller update boot block corrupted',
  'controller operational firmware corrupted',
];

const selftest: Family = async (session) => {
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_SELF_TEST_RESULTS };
  const reply = await ask(session, question);
  if (reply === undefined) return refuse(session, 'No response from devices\n');
  if (reply.completionCode !== Completion.OK) {
    return refuse(session, `Bad response: (${completionText(reply.completionCode)})`);
  }
  const [result, detail] = [byteAt(reply, 0), byteAt(reply, 1)];
  const { text, isFailed } = selfTest(result, detail);
  session.print(text);
  return isFailed ? 1 : 0;
};

/** Result and detail of the self test (IPMI 2.0 §20.4). */
function selfTest(result: number, detail: number): { text: string; isFailed: boolean } {
  switch (result) {
    case 0x55:
      return { text: 'Selftest: passed\n', isFailed: false };
    case 0x56:
      return { text: 'Selftest: not implemented\n', isFailed: true };
    case 0x57: {
      const faults = FAULTS.filter((_, index) => detail & (0x80 >> index));
      const text = ['Selftest: device corrupted', ...faults, ''].join('\n');
      return { text, isFailed: true };
    }
    case 0x58:
      return {
        text: `Selftest     : fatal error\nFailure code : ${hex2(detail)}\n`,
        isFailed: true,
      };
    case 0xff:
      return { text: 'Selftest: N/A', isFailed: true };
  }
  const [code, fault] = [result, detail].map((value) => `${hex2(value).toUpperCase()}h`);
  const text = `Selftest     : device specific (${code})\nFailure code : ${fault}\n`;
  return { text, isFailed: false };
}

/** The enables in the order of the bits; the fifth bit is reserved (IPMI 2.0 §22.1). */
const ENABLES: readonly (readonly [name: string, title: string, mask: number])[] = [
  ['recv_msg_intr', 'Receive Message Queue Interrupt', 0x01],
  ['event_msg_intr', 'Event Message Buffer Full Interrupt', 0x02],
  ['event_msg', 'Event Message Buffer', 0x04],
  ['system_event_log', 'System Event Logging', 0x08],
  ['oem0', 'OEM 0', 0x20],
  ['oem1', 'OEM 1', 0x40],
  ['oem2', 'OEM 2', 0x80],
];

async function enablesOf(session: Session): Promise<number | undefined> {
  const failing = { text: 'Get Global Enables command failed' };
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_GLOBAL_ENABLES };
  const reply = await askFor(session, question, failing);
  return reply && byteAt(reply, 0);
}

const getenables: Family = async (session) => {
  const enables = await enablesOf(session);
  if (enables === undefined) return 1;
  session.print(enablesText(enables));
  return 0;
};

function enablesText(enables: number): string {
  const stateOf = (mask: number): string => ((enables & mask) === 0 ? 'disabled' : 'enabled');
  return ENABLES.map(([, title, mask]) => `${title.padEnd(41)}: ${stateOf(mask)}\n`).join('');
}

const setenables: Family = async (session, words) => {
  if (words.length === 0 || words[0] === 'help') {
    session.complain(MC_HELP);
    return words.length === 0 ? 1 : 0;
  }
  const before = await enablesOf(session);
  if (before === undefined) return 1;
  let enables = before;
  for (const [index, word] of words.entries()) {
    const [, title, mask] = ENABLES.find(([name]) => name === word) ?? [];
    if (title === undefined || mask === undefined) continue;
    // The value is the next word: `oem0=on` is no name of an enable, and is passed over.
    const value = words[index + 1] ?? '';
    if (value.startsWith('off')) {
      session.print(`Disabling ${title}\n`);
      enables &= ~mask;
    } else if (value.startsWith('on')) {
      session.print(`Enabling ${title}\n`);
      enables |= mask;
    } else session.complain(`Unrecognized option: ${word}`);
  }
  if (enables === before) {
    session.print('\nNothing to change...\n');
    await getenables(session, []);
    return 0;
  }
  const failing = { text: 'Set Global Enables command failed' };
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_GLOBAL_ENABLES, data: [enables] };
  if ((await askFor(session, question, failing)) === undefined) return 1;
  session.print('\nVerifying...\n');
  await getenables(session, []);
  return 0;
};

export const run = choose(
  { info, guid, reset, selftest, watchdog, getenables, setenables, getsysinfo, setsysinfo },
  { help: MC_HELP, invalid: (word) => `Invalid mc/bmc command: ${word}` },
);
