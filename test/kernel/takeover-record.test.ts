/** The record of a device that was taken from its driver. */

import { describe, expect, test } from 'vitest';

import { TakeoverRecordFile } from '../../src/kernel/takeover-record.ts';
import { FakeSystem } from '../support/fake-files.ts';

const PATH = '/run/ipmi-bt/bt-0xce4.taken';
const RECORD = { bus: 'platform', device: 'IPI0001:00', driver: 'ipmi_si', keep: false } as const;

test('is read as it was written, and gone when it is removed', () => {
  const system = new FakeSystem({});
  const file = new TakeoverRecordFile(0xce4, system);
  expect(file.read()).toBeUndefined();

  file.write(RECORD);
  expect(file.read()).toEqual(RECORD);
  file.write({ ...RECORD, keep: true });
  expect(file.read()).toEqual({ ...RECORD, keep: true });
  file.remove();

  expect(file.read()).toBeUndefined();
  expect(system.changes).toEqual([`replace ${PATH}`, `replace ${PATH}`, `remove ${PATH}`]);
});

test('lies in the folder of the locks, by the base of its interface', () => {
  const system = new FakeSystem({});

  new TakeoverRecordFile(0xe4, system, '/tmp/locks').write(RECORD);

  expect(system.changes).toEqual(['replace /tmp/locks/bt-0xe4.taken']);
});

test.each([
  [{ uid: 1234 }, `${PATH} belongs to user 1234`],
  [{ mode: 0o666 }, `other users may write to ${PATH} (mode 666)`],
  [{ kind: 'link' }, `${PATH} is not a regular file`],
] as const)('that another user can have written is not obeyed: %j', (ownership, reason) => {
  const system = new FakeSystem({ [PATH]: JSON.stringify(RECORD) }).own(PATH, ownership);

  expect(() => new TakeoverRecordFile(0xce4, system).read()).toThrow(
    `PORT_DENIED: the takeover record is not obeyed: ${reason}; remove it`,
  );
});

describe('a file that is not a record is none:', () => {
  test.each([
    '',
    'null',
    '{"bus":"pla',
    '{"bus":"usb","device":"IPI0001:00","keep":false}',
    '{"bus":"platform","keep":false}',
    '{"bus":"platform","device":"../../x","keep":false}',
    '{"bus":"platform","device":"/sys/class/net/eth0","keep":false}',
    '{"bus":"platform","device":"IPI0001:00/../x","keep":false}',
    '{"bus":"platform","device":"IPI0001:00\\n","keep":false}',
    '{"bus":"platform","device":".","keep":false}',
    '{"bus":"platform","device":"..","keep":false}',
    '{"bus":"../..","device":"IPI0001:00","keep":false}',
    '{"bus":"platform","device":["IPI0001:00"],"keep":false}',
    '{"bus":"platform","device":"","keep":false}',
  ])('%j', (text) => {
    expect(new TakeoverRecordFile(0xce4, new FakeSystem({ [PATH]: text })).read()).toBeUndefined();
  });

  test('the driver is always ipmi_si, whatever the file says', () => {
    const text = '{"bus":"pci","device":"0000:00:02.0","driver":"acme","keep":1}';

    expect(new TakeoverRecordFile(0xce4, new FakeSystem({ [PATH]: text })).read()).toEqual({
      ...{ bus: 'pci', device: '0000:00:02.0', driver: 'ipmi_si', keep: false },
    });
  });
});
