/** Recordings from elsewhere: each mistake is named by its line, and nothing is quoted. */

import { describe, expect, test } from 'vitest';

import { ENTRIES_MAX, RecordingReader, readRecording } from '../../src/trace/reader.ts';
import { RECORD_LINE_MAX, RecordingError } from '../../src/trace/reader.ts';
import { nonEmpty } from '../support/lists.ts';
import { GET_DEVICE_ID, record } from '../support/recordings.ts';

const HEAD =
  '{"schema":"ipmi-bt/recording","version":1,"base":3300,"spacing":1,"program":"p","payload":"all","clock_ms":5}';
const READ = '{"at_ms":1,"kind":"in","register":"BT_CTRL","value":8}';

test('what was recorded is read', async () => {
  const text = await record({ payload: true, life: (device) => device.request(GET_DEVICE_ID) });

  const { entries, ...header } = readRecording(text);

  expect(header).toEqual({
    ...{ base: 0xce4, spacing: 1, program: 'test 1', payload: 'harmless', clockMs: 1000 },
    isCutOff: false,
  });
  expect(entries).toHaveLength(text.trimEnd().split('\n').length - 1);
  expect(entries).toContainEqual({
    ...{ kind: 'out', atMs: 0, register: 'HOST2BMC', value: undefined },
    ...{ bytes: [3, 0x18, 0x10, 1], hidden: 0 },
  });
});

test('a last line that is cut off is left out, and one without a newline is read', () => {
  expect(readRecording(`${HEAD}\n${READ}\n${READ.slice(0, 20)}`)).toMatchObject({
    entries: [{ kind: 'in' }],
    isCutOff: true,
  });
  expect(readRecording(`${HEAD}\n${READ}`)).toMatchObject({
    entries: [{ kind: 'in' }],
    isCutOff: false,
  });
  expect(readRecording(`${HEAD}\n\n`).entries).toEqual([]);
});

test('a device that was opened later goes on in the same time, with ids of its own', () => {
  const later = HEAD.replace('"clock_ms":5', '"clock_ms":105');
  const settled = '{"at_ms":1,"kind":"settled","id":1,"error":"REQUEST_TIMEOUT"}';

  const { entries } = readRecording([HEAD, settled, later, settled, READ, ''].join('\n'));

  expect(entries).toMatchObject([
    { atMs: 1, id: 1 },
    { atMs: 101, id: 2 },
    { atMs: 101, kind: 'in' },
  ]);
});

describe('refused:', () => {
  const first = 'line 1: this is no recording of ipmi-bt, which begins with';
  test.each([
    ['', 'it is empty'],
    ['\n', first],
    ['{"a":1}\n', first],
    ['{"schema":"ipmi-bt/raw","version":1}', first],
    ['\u0000\u0001\u0002ELF', first],
    [HEAD.replace('1', '2'), 'line 1: the recording has version 2; this ipmi-bt reads version 1'],
    [HEAD.replace('1', '"1"'), 'line 1: "version" is not a number'],
    [HEAD.replace('3300', '70000'), 'line 1: "base" is not a whole number from 0 to 65535'],
    [HEAD.replace('"spacing":1', '"spacing":2'), 'line 1: "spacing" is not 1, 4 or 16'],
    [HEAD.replace('all', 'some'), 'line 1: "payload" is not one of hidden, harmless, all'],
    [HEAD.replace(':5', ':-5'), 'line 1: "clock_ms" is not a number from 0 on'],
  ])('the beginning %j', (text, message) => {
    expect(() => readRecording(text)).toThrow(message);
    expect(() => readRecording(text)).toThrow(RecordingError);
  });

  test.each([
    ['{"at_ms":1', 'it is no JSON object'],
    ['[1]', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
    ['{"kind":"in"}', '"at_ms" is not a number from 0 on'],
    ['{"at_ms":1,"kind":"exec"}', '"kind" is none that a recording has'],
    ['{"at_ms":1,"kind":"in"}', '"register" is not BT_CTRL, BMC2HOST, HOST2BMC, BT_INTMASK'],
    [READ.replace('BT_CTRL', '\\u001b[2J'), '"register" is not BT_CTRL,'],
    [READ.replace('BT_CTRL', '__proto__'), '"register" is not BT_CTRL,'],
    [READ.replace('BT_CTRL', 'toString'), '"register" is not BT_CTRL,'],
    [READ.replace('8', '256'), '"value" is not a whole number from 0 to 255'],
    [READ.replace('"value":8', '"bytes":"0x1"'), '"bytes" is not a text such as "03 18 11 01"'],
    [READ.replace('"value":8', '"hidden":"9"'), '"hidden" is not a whole number from 0 to 255'],
    ['{"at_ms":1,"kind":"state","state":"RD"}', '"state" is not one of idle, waitReady'],
    ['{"at_ms":1,"kind":"ended","id":1,"result":"ok"}', '"result" is not one of reply, broken'],
    ['{"at_ms":1,"kind":"attempt","id":1}', '"seq" is not a whole number from 0 to 255'],
    ['{"at_ms":1,"kind":"again","times":-1}', '"times" is not a whole number'],
    ['{"at_ms":1,"kind":"request","id":1}', '"net_fn" is not a whole number from 0 to 63'],
    ['{"at_ms":1,"kind":"settled","id":1}', 'it has neither "completion_code" nor the code'],
    ['{"at_ms":1,"kind":"settled","id":1,"error":"\\u001b"}', 'it has neither "completion_code"'],
    [HEAD.replace('3300', '228'), 'another interface begins here: record one interface in each'],
  ])('%j', (line, message) => {
    expect(() => readRecording(`${HEAD}\n${READ}\n${line}\n`)).toThrow(`line 3: ${message}`);
  });

  test('a line without end', () => {
    const line = 'x'.repeat(RECORD_LINE_MAX + 1);

    expect(() => readRecording(`${HEAD}\n${line}\n`)).toThrow(
      `line 2: it is longer than ${RECORD_LINE_MAX} characters`,
    );
  });

  test('more entries than are kept', () => {
    const reader = new RecordingReader();
    reader.take(HEAD);
    for (let count = 0; count < ENTRIES_MAX; count += 1) reader.take(READ);

    expect(() => {
      reader.take(READ);
    }).toThrow(`a recording has at most ${ENTRIES_MAX} entries`);
  });
});

const ASKED =
  '{"at_ms":0,"kind":"request","id":7,"net_fn":6,"lun":0,"cmd":1,"data_bytes":0,"timeout_ms":9,"internal":false}';
const SETTLED = '{"at_ms":1,"kind":"settled","id":7,"completion_code":0}';

test.each([
  ['request', ASKED],
  ['settled', SETTLED],
])('a second "%s" of one id is refused, and both lines are named', (kind, line) => {
  const wrong = [HEAD, ASKED, SETTLED, READ, line, ''];
  const right = [HEAD, ASKED, SETTLED, HEAD, ASKED, SETTLED, ''];
  const first = wrong.indexOf(line) + 1;

  expect(() => readRecording(wrong.join('\n'))).toThrow(
    `line 5: "id" 7 has a "${kind}" already, in line ${first}: take one of the two out`,
  );
  expect(readRecording(right.join('\n')).entries).toMatchObject([
    ...[{ id: 7 }, { id: 7 }, { id: 14 }, { id: 14 }],
  ]);
});

test('a register of no name is a port', () => {
  const { entries } = readRecording(`${HEAD}\n${READ.replace('BT_CTRL', '0xce7')}\n`);

  expect(entries).toMatchObject([{ register: '0xce7' }]);
});

test('no error quotes what a line holds', () => {
  const secret = 'hunter2';
  const lines = [`{"password":"${secret}"`, READ.replace('8', `"${secret}"`)];
  for (const line of nonEmpty(lines)) {
    expect(() => readRecording(`${HEAD}\n${line}\n`)).not.toThrow(secret);
  }
});

test('a name of a program that could move the cursor is left out', () => {
  const head = HEAD.replace('"program":"p"', '"program":"\\u001b[2J"');

  expect(readRecording(head).program).toBe('');
});
