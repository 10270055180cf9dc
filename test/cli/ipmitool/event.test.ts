/** `ipmitool event`. */

import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const SENSOR_EVENT = 0x04;
const PLATFORM_EVENT = 0x02;

compareWithIpmitool(
  {
    title: 'event',
    lines: `
      event
      event help
      event file
      event 1
      event 2
      event 3
      event 1 x
      -c event 1
      -c event 3
    `,
  },
  ...[0x80, 0xc1, 0xd4].map((code) => ({
    title: `the event is refused ${code}`,
    lines: 'event 1\nevent 3',
    bmc: answering(SENSOR_EVENT, PLATFORM_EVENT, [[[], [code]]]),
  })),
);
