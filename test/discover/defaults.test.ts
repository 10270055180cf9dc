/** A look at the usual ports: it reads, tells what it read, and writes nothing. */

import { describe, expect, test } from 'vitest';

import { DEFAULT_BASES, lookAt } from '../../src/discover/defaults.ts';
import type { OpenPort } from '../../src/discover/defaults.ts';
import { IpmiError } from '../../src/errors.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { captured } from '../support/hosts.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { BentPort } from '../support/wraps.ts';

function opening(port: PortIo): OpenPort {
  return () => ({ port, backend: 'native' });
}

function look(port: PortIo) {
  return lookAt(0xce4, fakeFiles(captured('none')), opening(port));
}

test('the usual ports are those of the specification and of UV-class servers', () => {
  expect(DEFAULT_BASES).toEqual([0xe4, 0xce4]);
});

describe('a port reads', () => {
  test('as BT does, where BT is', () => {
    expect(look(new SimBmc())).toEqual({
      base: 0xce4,
      isLikeBt: true,
      text: 'port 0xce4: BT_CTRL reads 0x0 and BT_INTMASK 0x0: as BT does',
    });
  });

  test('as nothing does, where nothing is', () => {
    expect(look(new BentPort(new SimBmc(), () => 0xff))).toMatchObject({
      isLikeBt: false,
      text: 'port 0xce4: BT_CTRL reads 0xff and BT_INTMASK 0xff: nothing decodes there',
    });
  });

  test.each([
    [0x01, 'CLR_WR_PTR of BT_CTRL'],
    [0x60, 'reserved bits of BT_INTMASK'],
  ])('as something else, where 0x%x sets the %s', (value) => {
    expect(look(new BentPort(new SimBmc(), () => value))).toMatchObject({
      isLikeBt: false,
      text: expect.stringMatching(/: not as BT does$/) as unknown,
    });
  });
});

test('registers are read twice, nothing is written, and the ports are given back', () => {
  const bmc = new SimBmc();
  const port = new RecordingPort(bmc, bmc.base);
  let closed = 0;
  port.close = () => {
    closed += 1;
  };

  look(port);

  expect(port.cycles.map((cycle) => `${cycle.direction} 0x${cycle.port.toString(16)}`)).toEqual([
    'in 0xce4',
    'in 0xce6',
    'in 0xce4',
    'in 0xce6',
  ]);
  expect(closed).toBe(1);
});

describe('a port is not read', () => {
  test('when a driver has it', () => {
    const bmc = new SimBmc();
    const port = new RecordingPort(bmc, bmc.base);

    const { isLikeBt, text } = lookAt(0xce4, fakeFiles(captured('isa-bt-bound')), opening(port));

    expect(isLikeBt).toBe(false);
    expect(text).toMatch(/^port 0xce4 was not read: PORT_CLAIMED: port 0xce4: the kernel driver/);
    expect(port.cycles).toEqual([]);
  });

  test('when we may not', () => {
    const refused: OpenPort = () => {
      throw new IpmiError('PORT_DENIED', 'ioperm');
    };

    expect(lookAt(0xe4, fakeFiles({}), refused)).toEqual({
      base: 0xe4,
      isLikeBt: false,
      text: 'port 0xe4 was not read: PORT_DENIED: ioperm',
    });
  });
});
