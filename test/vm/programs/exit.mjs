/**
 * A program that ends without close() while the BMC works on its request, for which the trace tells
 * when. What the registers read afterwards is the test's business.
 */

import { open } from 'ipmi-bt';

const EXIT_CODE = 3;

const bmc = await open({
  base: 0xce4,
  bringUp: 'lazy',
  trace: {
    payload: false,
    write(line) {
      if (line.endsWith('B_BUSY')) process.nextTick(() => process.exit(EXIT_CODE));
    },
  },
});
await bmc.request({ netFn: 0x06, cmd: 0x04 });
