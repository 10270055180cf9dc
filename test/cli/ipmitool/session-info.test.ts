/** `ipmitool session`. */

import type { DirectBmcOptions } from '../../support/direct-bmc.ts';
import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const APP = 0x06;
const GET_SESSION_INFO = 0x3d;

const NONE = [0, 0, 5, 2];
const LAN = [0, 7, 5, 2, 3, 4, 0x11, 192, 0, 2, 9, 2, 0, 0x5e, 0x10, 0, 1, 0x6f, 0x02];
const OLD_LAN = [0, 8, 5, 2, 1, 2, 0x01, 10, 0, 0, 1, 2, 0, 0x5e, 0x10, 0, 2, 0x10, 0x27];
const MODEM = [0, 9, 5, 2, 2, 3, 0x02, 1, 3, 192, 0, 2, 1];
const PPP = [0, 10, 5, 2, 2, 15, 0x02, 9, 0x13, 192, 0, 2, 1, 0x12, 0x34];

/** A table of five sessions, one of which is not there. */
function sessions(): DirectBmcOptions {
  return answering(APP, GET_SESSION_INFO, [
    [[1], LAN],
    [[2], MODEM],
    [[3], NONE],
    [[4], PPP],
    [[5], OLD_LAN],
    [[0xff, 0x78, 0x56, 0x34, 0x12], OLD_LAN],
    [[0xfe, 0x34], MODEM],
    [[0xfe, 1], [0]],
    [
      [0xfe, 2],
      [0, 1, 2],
    ],
    [
      [0xfe, 3],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    [
      [0xfe, 4],
      [...LAN, 1, 2, 3],
    ],
    [[0], LAN],
  ])();
}

const LINES = `
    session
    session help
    session helpme
    session foo
    session ''
    session info
    session info help
    session info foo
    session info active
    session info activefoo more
    session info all
    session info id
    session info id 0x12345678
    session info id 1
    session info id x
    session info id ''
    session info id -1
    session info id 4294967296
    session info handle
    session info handle 0x34
    session info handle 0x134
    session info handle 1
    session info handle 2
    session info handle 3
    session info handle foo
    session information all
    -c session info active
    -c session info all
    -c session info handle 0x34
    -v session info all
    `;

compareWithIpmitool(
  { title: 'session', lines: LINES, bmc: sessions },
  { title: 'session on a BMC without any', lines: LINES },
  {
    title: 'session on a BMC that refuses some',
    bmc: answering(APP, GET_SESSION_INFO, [
      [[1], LAN],
      [[2], [0xcc]],
    ]),
    lines: 'session info all\n-c session info all\nsession info handle 2',
  },
);
