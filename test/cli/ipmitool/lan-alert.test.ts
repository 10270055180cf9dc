/** `ipmitool lan alert`. */

import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const TRANSPORT = 0x0c;
const SET = 0x01;
const GET = 0x02;
const APP = 0x06;
const GET_CHANNEL_INFO = 0x42;

/** Three destinations: a plain one, one in full, and one of another format. */
const DESTINATIONS = [
  [
    [1, 17],
    [0, 0x11, 2],
  ],
  [
    [1, 18, 0],
    [0, 0x11, 0, 0, 0, 0],
  ],
  [
    [1, 19, 0],
    [0, 0x11, 0, 0, 1, ...Array<number>(10).fill(0)],
  ],
  [
    [1, 18, 1],
    [0, 0x11, 1, 0x81, 10, 3],
  ],
  [
    [1, 19, 1],
    [0, 0x11, 1, 0, 0, 192, 0, 2, 9, 1, 2, 3, 4, 5, 6],
  ],
  [
    [1, 18, 2],
    [0, 0x11, 2, 7, 0xff, 0xff],
  ],
  [
    [1, 19, 2],
    [0, 0x11, 2, 0xf0, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  ],
] as const;

const LINES = `
  lan alert print
  lan alert print 1
  lan alert print 1 1
  lan alert print 1 0
  lan alert print 1 2
  lan alert print 1 3
  -c lan alert print 1 1
  lan alert set 1 1 ipaddr 1.2.3.4
  lan alert set 1 1 ipaddr foo
  lan alert set 1 1 macaddr 01:02:03:04:05:06
  lan alert set 1 1 macaddr foo
  lan alert set 1 1 gateway default
  lan alert set 1 1 gateway backup
  lan alert set 1 1 gateway foo
  lan alert set 1 1 ack on
  lan alert set 1 1 ack off
  lan alert set 1 1 ack foo
  lan alert set 1 1 type pet
  lan alert set 1 1 type oem1
  lan alert set 1 1 type oem2
  lan alert set 1 1 type foo
  lan alert set 1 1 time 5
  lan alert set 1 1 time foo
  lan alert set 1 1 time 256
  lan alert set 1 1 retry 5
  lan alert set 1 1 retry 8
  lan alert set 1 1 retry foo
  lan alert set 1 1 foo 8
  lan alert set 1 0 retry 5
  lan alert
  lan alert foo
  lan alert help
  lan alert print 1 foo
  lan alert print foo 1
  lan alert print 7 1
  lan alert print 1 1 x
  lan alert print help
  lan alert set
  lan alert set 1
  lan alert set 1 1
  lan alert set help
  lan alert set 1 1 help
  lan alert set 1 1 ipaddr
  lan alert set 1 foo retry 5
  lan alert set 7 1 retry 5
  lan alert helpx
  lan alert printx
  lan alert setx 1 1 retry 5
  lan alert print helpx
  lan alert set 1 1 ipaddrx 1.2.3.4
  lan alert set 1 1 type pets
  lan alert set 1 1 ack only
  lan alert set 1 1 retry 5 x
  lan alert print 20
  lan alert print 0
  lan alert print 15
  lan alert print 1 -1
  lan alert set foo 1 retry 1
  lan alert set 1 1 retry -1`;

compareWithIpmitool(
  { title: 'three destinations', lines: LINES, bmc: answering(TRANSPORT, GET, DESTINATIONS) },
  { title: 'one destination', lines: LINES },
  ...[17, 18, 19].flatMap((parameter) =>
    [0x80, 0xc1].map((code) => ({
      title: `parameter ${parameter} is not read, ${code}`,
      lines:
        'lan alert print\nlan alert print 1 1\nlan alert set 1 1 retry 5\nlan alert set 1 1 gateway backup',
      bmc: answering(TRANSPORT, GET, [[[1, parameter], [code]], ...DESTINATIONS]),
    })),
  ),
  ...[0x80, 0xc1, 0xcc].map((code) => ({
    title: `Set In Progress is not set, ${code}`,
    lines: 'lan alert set 1 0 retry 5',
    bmc: answering(TRANSPORT, SET, [[[1, 0], [code]]]),
  })),
  {
    title: 'no channel of a LAN',
    lines: 'lan alert print\nlan alert print 1\nlan alert set 1 1 retry 5\nlan print\nlan print 1',
    bmc: answering(APP, GET_CHANNEL_INFO, [[[], [0xc1]]]),
  },
);
