/** The config file: what it can say, and how a wrong one is told. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { CONFIG_FILE, readConfig } from '../../src/discover/config.ts';
import { DENIED, FakeSystem, fakeFiles } from '../support/fake-files.ts';

function read(text: string) {
  return readConfig(fakeFiles({ [CONFIG_FILE]: text }));
}

const CE4 = { base: 0xce4, spacing: 1, port: undefined };

describe('the config file', () => {
  test('need not be there', () => {
    expect(readConfig(fakeFiles({}))).toBeUndefined();
  });

  test.each(['{}', '{}\n', ' {\n}\n'])('may name no interface: %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test.each([
    ['{"base":3300}', CE4],
    ['{"base": "0xce4"}', CE4],
    [
      '\n{ "base" : "0xCE4" ,\n "spacing":16,"port":"native" }\n\n',
      { ...CE4, spacing: 16, port: 'native' },
    ],
    ['{"port": "dev-port", "spacing": 4, "base": 1}', { base: 1, spacing: 4, port: 'dev-port' }],
    ['{"base": 65533}', { ...CE4, base: 0xfffd }],
  ])('%j is read', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  const BASE = '"base" must be a port with room for BT registers, such as "0xce4" or 3300, not';

  test.each([
    ['', '1: a value is expected here'],
    ['[]', '1: the config must be {...}'],
    ['\n{"spacing": 1}', '2: "base" is missing'],
    ['{\n  "bse": 3300\n}', '2: bse is not one of base, spacing, port'],
    ['{"base": 3300,\n\n"base": 3300}', '3: "base" is there twice'],
    ['{"base": 3300\n "spacing": 4}', '2: , or } is expected here'],
    ['{"base": 3300,\n}', '2: "name": value is expected here'],
    ['{\n"base": 0xce4\n}', `2: ${BASE} 0xce4`],
    ['{"base": "ce4"}', `1: ${BASE} "ce4"`],
    ['{"base": 3300.5}', `1: ${BASE} 3300.5`],
    ['{"base": -1}', `1: ${BASE} -1`],
    ['{"base": 0}', `1: ${BASE} 0`],
    ['{"base": 65534}', `1: ${BASE} 65534`],
    ['{"base": 65505, "spacing": 16}', `1: ${BASE} 65505`],
    ['{"base": [3300]}', `1: ${BASE} [3300]`],
    ['{"base": null}', `1: ${BASE} null`],
    ['{"base": {"base":\n3300}}', `1: ${BASE} {"base":\\n3300}`],
    ['{"base": \u001b[2J}', '1: , or } is expected here'],
    ['{"base": 3300,\n"spacing": 2}', '2: "spacing" must be 1, 4 or 16, not 2'],
    ['{"base": 3300, "spacing": "1"}', '1: "spacing" must be 1, 4 or 16, not "1"'],
    ['{"base": 3300,\n\n"port": "fast"}', '3: "port" must be "native" or "dev-port", not "fast"'],
    ['{"base": 3300} x', '1: nothing but spaces is expected here'],
    ['{"base": 3300}{', '1: nothing but spaces is expected here'],
  ])('%j is wrong, and the error says where', (text, message) => {
    expect(() => read(text)).toThrow(new ConfigError(`${CONFIG_FILE}:${message}`));
  });

  test.each([
    [{ uid: 1234 }, 'belongs to user 1234'],
    [{ mode: 0o666 }, null],
  ])('of another user, or that others may write, is not obeyed: %j', (ownership, belongs) => {
    const files = new FakeSystem({ [CONFIG_FILE]: '{"base":3300}' }).own(CONFIG_FILE, ownership);
    const reason =
      belongs === null
        ? `other users may write to ${CONFIG_FILE} (mode 666)`
        : `${CONFIG_FILE} ${belongs}`;
    const remedy = 'chown it to root and chmod go-w it, and the folders above it';

    expect(() => readConfig(files)).toThrow(
      new ConfigError(`${CONFIG_FILE}: is not obeyed: ${reason}; ${remedy}`),
    );
  });

  test('that cannot be read is an error', () => {
    const files = fakeFiles({ [CONFIG_FILE]: DENIED });

    expect(() => readConfig(files)).toThrow(new ConfigError(`${CONFIG_FILE}: cannot be read`));
  });

  test('of any text is read as JSON reads it, or is a ConfigError', () => {
    const kinds = new Set<string>();
    const words = [
      '{',
      '}',
      '"base"',
      ':',
      ',',
      '3300',
      '"0xe4"',
      '"spacing"',
      '4',
      '\n',
      ' ',
      '"',
    ];
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words)).map((all) => all.join('')),
    );

    fc.assert(
      fc.property(text, (written) => {
        const config = outcome(written);
        if (config instanceof Error) expect(config).toBeInstanceOf(ConfigError);
        else if (config !== undefined) expect(JSON.parse(written)).toHaveProperty('base');
        kinds.add(config instanceof Error ? 'refused' : 'read');
      }),
      { examples: [['{"base":3300}'], ['{']] },
    );
    expect([...kinds].sort()).toEqual(['read', 'refused']);
  });
});

function outcome(text: string) {
  try {
    return read(text);
  } catch (error) {
    return error as Error;
  }
}
