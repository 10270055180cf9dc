/**
 * The command as its users run it: root, real ports, both ways to them, QEMU's own BMC. Every step
 * is one process, compared with all it printed and its exit code.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { codeBlocks } from '../support/markdown.ts';
import { SIM_ID, gaveUp, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const BACKENDS = ['native', 'dev-port'] as const;
const GET_DEVICE_ID = 'raw 0x06 0x01';

const ABSENT =
  'DEVICE_ABSENT: no BMC at 0x5000: BT_CTRL reads 0xff and BT_INTMASK 0xff: nothing decodes there';

const SIM_NOTICE = 'ipmi-bt: simulated BMC (--sim): no hardware is touched\n';

/** Two registers tell whether a BT interface is there. */
const LOOK = 'in  BT_CTRL    0x00\nin  BT_INTMASK 0x00\n';

/** Port 0xce6 is BT_INTMASK; the shell of the guest has no other way to a port. */
const ENABLE_INTERRUPT = String.raw`printf '\001' | dd of=/dev/port bs=1 seek=3302 conv=notrunc`;
const READ_INTMASK = 'dd if=/dev/port bs=1 skip=3302 count=1';

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    files: programFiles('request'),
    steps: stepsOf({
      ...perBackend('raw', GET_DEVICE_ID),
      ...perBackend('info', 'info'),
      ...perBackend('info --json', '--json info'),
      ...perBackend('raw --json', '--json raw 0x06 0x2e'),
      ...perBackend('252 data bytes', 'raw 0x30 0x01 $(seq 0 251)'),
      ...perBackend('absent', GET_DEVICE_ID, '0x5000'),
      serial: `ipmi-bt --base 0x3f8 --trace ${GET_DEVICE_ID}`,
      rtc: `ipmi-bt --base 0x70 --port dev-port --trace ${GET_DEVICE_ID}`,
      keyboard: `ipmi-bt --base 0x62 --trace ${GET_DEVICE_ID}`,
      'raw by default': `ipmi-bt --base 0xce4 ${GET_DEVICE_ID}`,
      'info by default': 'ipmi-bt --base 0xce4 info',
      '253 data bytes': 'ipmi-bt --base 0xce4 raw 0x30 0x01 $(seq 0 252)',
      'trace of QEMU': `ipmi-bt --base 0xce4 --trace-payload ${GET_DEVICE_ID}`,
      'trace of the simulator': `ipmi-bt --sim --trace-payload ${GET_DEVICE_ID}`,
      exec: `printf 'raw 6 1\\n# no\\nraw 0x06 0x99\\nraw 6 1\\n' > /tmp/x && ipmi-bt --base 0xce4 exec /tmp/x`,
      'exec -': `printf 'raw 6 1\\nraw 6 1' | ipmi-bt --base 0xce4 exec -`,
      program: 'node /opt/ipmi-bt/request.mjs',
      // From here on the interrupt is enabled.
      interrupt: `${ENABLE_INTERRUPT} && ipmi-bt --base 0xce4 ${GET_DEVICE_ID} && ${READ_INTMASK}`,
    }),
  });
});

/** A step for each way to the ports. */
function perBackend(name: string, words: string, base = '0xce4'): Record<string, string> {
  const commands = BACKENDS.map((port) => [
    `${name} (${port})`,
    `ipmi-bt --base ${base} --port ${port} ${words}`,
  ]);
  return Object.fromEntries(commands) as Record<string, string>;
}

describe.each(BACKENDS)('--port %s', (port) => {
  function step(name: string) {
    return guest.step(`${name} (${port})`);
  }

  function jsonOf(name: string): unknown {
    const { stdout, stderr } = step(name);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('raw prints the bytes of the BMC', () => {
    expect(step('raw')).toEqual(printed(SIM_ID));
  });

  test('info says who the BMC is and which way the bytes went', () => {
    expect(step('info')).toEqual(printed(infoText(port)));
  });

  test('info --json says the same to a program', () => {
    expect(jsonOf('info --json')).toEqual({
      schema: 'ipmi-bt/info',
      version: 1,
      base: 0xce4,
      port_backend: port,
      device_id: 0x20,
      device_revision: 0,
      firmware_revision: '0.00',
      ipmi_version: '2.0',
      manufacturer_id: 0,
      product_id: 0,
      device_available: true,
      provides_device_sdrs: false,
      additional_device_support: 0x07,
      aux_firmware: null,
      // QEMU's BMC does not know these.
      system_guid: null,
      device_guid: null,
      self_test: null,
      bt_capabilities: {
        outstanding_requests: 1,
        input_bytes: 255,
        output_bytes: 255,
        response_time_seconds: 10,
        retries: 0,
      },
    });
  });

  test('a completion code is an answer for a program and exit code 1 for a script', () => {
    expect(step('raw --json').exitCode).toBe(1);
    expect(jsonOf('raw --json')).toEqual({
      schema: 'ipmi-bt/raw',
      version: 1,
      net_fn: 6,
      lun: 0,
      cmd: 0x2e,
      completion_code: 0xc7,
      completion_text: 'Request data length invalid',
      data: [],
    });
  });

  test('the BMC takes a frame of 252 data bytes', () => {
    const refusal =
      'Unable to send RAW command (channel=0x0 netfn=0x30 lun=0x0 cmd=0x1 rsp=0xc1): ' +
      'Invalid command\n';

    expect(step('252 data bytes')).toEqual({ exitCode: 1, stdout: '', stderr: refusal });
  });

  test('a base where nothing decodes has no BMC', () => {
    expect(step('absent')).toEqual(gaveUp(69, ABSENT));
  });
});

test('exec sends the lines of a file in one session, and tells the one that was refused', () => {
  const { stdout, stderr, exitCode } = guest.step('exec');

  expect({ stdout, exitCode }).toEqual({ stdout: SIM_ID.repeat(2), exitCode: 1 });
  expect(stderr).toMatch(/^ipmi-bt: \/tmp\/x:3: Unable to send RAW command .*rsp=0xc1\): .*\n$/);
});

test('exec - sends those of standard input, the last without an end', () => {
  expect(guest.step('exec -')).toEqual(printed(SIM_ID.repeat(2)));
});

test('the addon is the default way to the ports', () => {
  expect(guest.step('raw by default')).toEqual(printed(SIM_ID));
  expect(guest.step('info by default')).toEqual(printed(infoText('native')));
});

// A register that was touched would stand in the trace.
test.each([
  ['serial', 'port 0x3f8: reserved by serial'],
  ['rtc', 'port 0x70: reserved by rtc0'],
  ['keyboard', 'port 0x64: reserved by keyboard'],
])('ports of the %s are not touched', (name, where) => {
  const text = `PORT_CLAIMED: ${where} in /proc/ioports (unload the driver that has it)`;

  expect(guest.step(name)).toEqual(gaveUp(69, text));
});

test('a frame of 253 data bytes is refused', () => {
  const text = 'REQUEST_TOO_LONG: 253 data bytes; a BT frame takes at most 252';

  expect(guest.step('253 data bytes')).toEqual(gaveUp(64, text));
});

test('a program opens, asks and closes', () => {
  const { exitCode, stdout, stderr } = guest.step('program');

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    name: 'bt0',
    backend: 'native',
    completionCode: 0,
    data: [0x20, 0, 0, 0, 0x02, 0x07, 0, 0, 0, 0, 0],
  });
});

describe('the register cycles of Get Device ID', () => {
  test.each(['QEMU', 'the simulator'])('are the documented ones on %s', (bmc) => {
    const [documented] = codeBlocks('trace');
    const trace = guest.step(`trace of ${bmc}`).stderr.replace(SIM_NOTICE, '');

    // Around the transaction: two looks whether a BT interface is there, and a last one.
    expect(withoutData(trace)).toBe(
      `${LOOK}${LOOK}${withoutData(documented?.text ?? '')}in  BT_CTRL    0x00\n`,
    );
  });

  test('carry the bytes that raw prints', () => {
    const { stdout, stderr } = guest.step('trace of QEMU');
    const [, seq = 'none'] = /^out HOST2BMC {3}03 18 (..) 01$/m.exec(stderr) ?? [];

    expect(stdout).toBe(SIM_ID);
    expect(stderr).toContain(`in  BMC2HOST   0x0f\nin  BMC2HOST   1c ${seq} 01 00${SIM_ID}`);
  });
});

test('the interrupt enable stays as it was found', () => {
  const enabledAndPending = '\x03';

  expect(guest.step('interrupt').stdout).toBe(`${SIM_ID}${enabledAndPending}`);
});

function infoText(port: string): string {
  return `Device ID                 : 32
Device Revision           : 0
Firmware Revision         : 0.00
IPMI Version              : 2.0
Manufacturer ID           : 0
Product ID                : 0 (0x0000)
Device Available          : yes
Provides Device SDRs      : no
Additional Device Support : Sensor Device, SDR Repository Device, SEL Device
BT Outstanding Requests   : 1
BT Input Buffer Size      : 255 bytes
BT Output Buffer Size     : 255 bytes
BT Response Time          : 10 seconds
BT Recommended Retries    : 0
BT Base Address           : 0xce4
Port Backend              : ${port}
`;
}

/** A trace without what differs from BMC to BMC, and the sequence number, which is random. */
function withoutData(trace: string): string {
  return trace
    .replace(/(HOST2BMC {3}03 18|BMC2HOST {3}1c) ../g, '$1 SEQ')
    .replace(/BMC2HOST {3}0x../, 'BMC2HOST   LENGTH')
    .replace(/(1c SEQ 01 00) .*/, '$1 DATA');
}
