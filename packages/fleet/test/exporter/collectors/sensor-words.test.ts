/** FreeIPMI's judgements and words, beside those of its own library where that is installed. */

import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import {
  NAMED_MANUFACTURERS,
  manufacturerText,
} from '../../../src/exporter/collectors/manufacturers.ts';
import { interpret, sensorTypeName } from '../../../src/exporter/collectors/sensor-words.ts';

const SENSOR_TYPES = 0x2d;
const OFFSETS = 15;
const MASKS = 8;

/** Asks FreeIPMI's library; a line of JSON on standard output. */
const ASK_FREEIPMI = `
import ctypes, json, sys
library = ctypes.CDLL('libfreeipmi.so.17')
library.ipmi_interpret_ctx_create.restype = ctypes.c_void_p
library.ipmi_interpret_load_sensor_config.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
library.ipmi_interpret_ctx_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
library.ipmi_interpret_sensor.argtypes = [ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint8,
  ctypes.c_uint16, ctypes.POINTER(ctypes.c_uint)]
library.ipmi_get_sensor_type_string.restype = ctypes.c_char_p
context = library.ipmi_interpret_ctx_create()
IGNORE_UNRECOGNIZED_EVENTS = 4
assert library.ipmi_interpret_ctx_set_flags(context, IGNORE_UNRECOGNIZED_EVENTS) == 0
assert library.ipmi_interpret_load_sensor_config(context, None) == 0
asked = json.load(sys.stdin)
def state(row):
  value = ctypes.c_uint(99)
  assert library.ipmi_interpret_sensor(context, *row, ctypes.byref(value)) == 0
  return value.value
def maker(number):
  text = ctypes.create_string_buffer(1024)
  assert library.ipmi_iana_enterprise_numbers_string(number, text, 1024) > 0
  return text.value.decode()
print(json.dumps({
  'states': [state(row) for row in asked['states']],
  'types': [library.ipmi_get_sensor_type_string(kind).decode() for kind in asked['types']],
  'makers': [maker(number) for number in asked['makers']],
}))
`;

interface Answers {
  readonly states: readonly number[];
  readonly types: readonly string[];
  readonly makers: readonly string[];
}

/** Event types with a meaning, those around them, and some of makers. */
const EVENT_TYPES = [...Array(0x0e).keys(), 0x6f, 0x70, 0x7f];

/** Every offset by itself, none, and some that are many; the same in each run. */
function masks(sensorType: number): readonly number[] {
  const single = Array.from({ length: OFFSETS }, (_, offset) => 1 << offset);
  const many = Array.from({ length: MASKS }, (_, index) => {
    return Math.imul(sensorType * MASKS + index + 1, 0x9e37_79b1) >>> 17;
  });
  return [0, ...single, ...many];
}

const STATES = EVENT_TYPES.flatMap((eventType) =>
  [...Array(SENSOR_TYPES).keys(), 0xc0].flatMap((sensorType) =>
    masks(sensorType).map((mask) => [eventType, sensorType, mask] as const),
  ),
);

const TYPES = [...Array(SENSOR_TYPES).keys(), 0xc0, 0xff];

const answers = JSON.parse(
  execFileSync('python3', ['-c', ASK_FREEIPMI], {
    input: JSON.stringify({ states: STATES, types: TYPES, makers: NAMED_MANUFACTURERS }),
    maxBuffer: 2 ** 26,
    encoding: 'utf8',
  }),
) as Answers;

const UNKNOWN = 3;

test('every state is the one that FreeIPMI finds', () => {
  const ours = STATES.map(([eventType, sensorType, mask]) => {
    const offsets = [...Array(OFFSETS).keys()].filter((offset) => (mask & (1 << offset)) !== 0);
    const state = interpret({ eventType, sensorType, offsets });
    return Number.isNaN(state) ? UNKNOWN : state;
  });

  const wrong = STATES.flatMap((row, index) =>
    ours[index] === answers.states[index] ? [] : [{ row, ours: ours[index] }],
  );
  expect(wrong).toEqual([]);
  // All four are found, so that neither side says the same about everything.
  expect([...new Set(ours)].sort()).toEqual([0, 1, 2, 3]);
});

test('every sensor type has the name that FreeIPMI has for it', () => {
  expect(TYPES.map(sensorTypeName)).toEqual(answers.types);
});

test('every maker has the name that FreeIPMI has for it', () => {
  const texts = NAMED_MANUFACTURERS.map((id, index) => `${answers.makers[index]} (${id})`);

  expect(NAMED_MANUFACTURERS.map(manufacturerText)).toEqual(texts);
});
