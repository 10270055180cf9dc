/**
 * What the `ipmi_sim` of `ipmi-sim.test.ts` is configured with: a BMC that has a GUID, an SEL, a
 * watchdog and three sensors, and a second management controller on its IPMB.
 */

/** The same, as text and as IPMI sends it. Three of its bytes QEMU and ipmi_sim have to escape. */
export const GUID = 'b2b1b099-8877-6655-4433-221100aaa1a0';
export const GUID_SENT = 'a0a1aa00112233445566778899b0b1b2';

/** For OpenIPMI's `sdrcomp`. */
export const SDRS = `
sdr type 1
  sensor_owner_id 0x20
  sensor_owner_lun 0
  channel_number 0
  sensor_number 1
  entity_id system_board
  entity_instance 1
  sensor_type Temperature
  event_reading_type_code 1
  analog_data_format unsigned
  base_unit degrees_C
  m 1
  sensor_maximum 255
  id_string "MBTemp"
endsdr
sdr type 1
  sensor_owner_id 0x20
  sensor_owner_lun 0
  channel_number 0
  sensor_number 2
  entity_id system_board
  entity_instance 1
  sensor_type Voltage
  event_reading_type_code 1
  analog_data_format unsigned
  base_unit Volts
  m 7
  r_exp -2
  id_string "12 V"
endsdr
`;

/** Which events a sensor has, bit 14 first: upper thresholds, going high; those of a watchdog. */
const GOING_HIGH = '000101010000000';
const WATCHDOG = '000000100001111';

/** In the language of ipmi_sim_cmd(5). */
export function commands(sdrs: readonly Uint8Array[]): string[] {
  const records = sdrs.map((sdr) => [...sdr].map((byte) => `0x${byte.toString(16)}`).join(' '));
  return [
    'mc_setbmc 0x20',
    'mc_add 0x20 0x21 has-device-sdrs 0x03 0x09 0x42 0x9f 0x1291 0x0f02',
    'sel_enable 0x20 50 0x0a',
    // Without a sensor of this number the watchdog does nothing when it runs out.
    'sensor_add 0x20 0 0 0x23 0x6f event-only',
    eventSupport(0, WATCHDOG),
    'sensor_add 0x20 0 1 0x01 0x01',
    'sensor_set_value 0x20 0 1 0x60 0',
    'sensor_set_threshold 0x20 0 1 settable 111000 0xa0 0x90 0x70 0 0 0',
    eventSupport(1, GOING_HIGH),
    'sensor_add 0x20 0 2 0x02 0x01',
    'sensor_set_value 0x20 0 2 0xaa 0',
    'sensor_add 0x20 0 3 0x08 0x6f',
    'sensor_set_bit 0x20 0 3 0 1 0',
    'sensor_set_bit 0x20 0 3 3 1 0',
    ...records.map((record) => `main_sdr_add 0x20 ${record}`),
    ...records.map((record) => `device_sdr_add 0x20 0 ${record}`),
    'mc_add 0x30 0x02 no-device-sdrs 0x08 0x10 0x01 0x80 0x1291 0x0f03',
    'mc_enable 0x30',
    'mc_enable 0x20',
  ];
}

function eventSupport(sensor: number, events: string): string {
  const masks = Array<string>(4).fill(events).join(' ');
  return `sensor_set_event_support 0x20 0 ${sensor} enable scanning per-state ${masks}`;
}

/** Get Device ID of that BMC, and of the other controller. */
export const BMC_ID = [
  0x21, 0x83, 0x09, 0x42, 0x02, 0x9f, 0x91, 0x12, 0x00, 0x02, 0x0f, 0, 0, 0, 0,
];
export const OTHER_ID = [
  0x02, 0x08, 0x10, 0x01, 0x02, 0x80, 0x91, 0x12, 0x00, 0x03, 0x0f, 0, 0, 0, 0,
];

/** Get Sensor Reading: value, events and scanning enabled, states. The last two have no events. */
export const TEMPERATURE = [0x60, 0xc0, 0x00, 0x00];
export const VOLTAGE = [0xaa, 0x00, 0x00, 0x00];
export const POWER_SUPPLY = [0x00, 0x00, 0x09, 0x00];

/** Get Sensor Thresholds of the temperature: which there are, lower three, upper three. */
export const THRESHOLDS = [0x38, 0, 0, 0, 0x70, 0x90, 0xa0];

/** A request, and all of its reply: the completion code first. */
export interface Question {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: readonly number[];
  readonly reply: readonly number[];
}

/** Requests whose replies all differ: SDRs in parts, sensors, a sensor there is not, the id. */
export function questionsAbout(sdrs: readonly Uint8Array[], partBytes: number): Question[] {
  const parts = sdrs.flatMap((sdr, index) => {
    const nextId = index + 1 < sdrs.length ? [index + 2, 0] : [0xff, 0xff];
    return [...sdr.keys()].map((offset) => {
      const part = sdr.slice(offset, offset + partBytes);
      const data = [0, 0, index + 1, 0, offset, part.length];
      return { netFn: 0x04, cmd: 0x21, data, reply: [0x00, ...nextId, ...part] };
    });
  });
  const all = [
    ...parts,
    { netFn: 0x04, cmd: 0x2d, data: [1], reply: [0x00, ...TEMPERATURE] },
    { netFn: 0x04, cmd: 0x2d, data: [3], reply: [0x00, ...POWER_SUPPLY] },
    { netFn: 0x04, cmd: 0x2d, data: [9], reply: [0xcc] },
    { netFn: 0x06, cmd: 0x01, data: [], reply: [0x00, ...BMC_ID] },
  ];
  return [...new Map(all.map((question) => [question.reply.join(), question])).values()];
}
