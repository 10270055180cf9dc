/**
 * A server's socket over a simulated BMC, as a program, for commands in other processes:
 *
 *     tsx serving.ts
 *
 * It serves 0xce4 in the folder of this host, prints `ready`, and ends when its input does.
 */

import { systemClock } from '../../src/clock.ts';
import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { listenAt } from '../../src/serve/listener.ts';
import { socketPath } from '../../src/serve/place.ts';
import { serveSocket } from '../../src/serve/socket.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

const port = new SimBmc({ clock: systemClock });
const device = await open({ base: port.base, port });
const service = await serveSocket({
  ...{ path: socketPath(port.base), mode: 0o600, listen: listenAt, device },
  ...{ version: 'test', status: () => ({}), clock: systemClock, log: silentLog },
  clients: {
    open: (opener) => ({
      ...{ opener, pending: 0, refusal: () => undefined, close: () => undefined },
      ...{ mayAll: true, mayHear: () => true },
      request: (input, options) => device.request(input, options),
      expectAnswer: (expected) => device.expectAnswer(expected),
      listen: () => () => undefined,
    }),
  },
});
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.on('end', () => {
  service.close();
  void device.close();
});
