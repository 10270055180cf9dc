/** The limit of time of the requests of an operation. */

import { expect, test } from 'vitest';

import { limited } from '../../src/cli/operation.ts';
import type { RequestOptions } from '../../src/ipmi/requester.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const REPLY = { completionCode: 0, data: new Uint8Array() };

test('--timeout limits opening and the first request together, then each request', async () => {
  const sent: (RequestOptions | undefined)[] = [];
  const requester = {
    request: (_: unknown, options?: RequestOptions) => {
      sent.push(options);
      return Promise.resolve(REPLY);
    },
  };
  const { signal } = new AbortController();
  const globals = { timeoutMs: 5000 } as never;
  const way = limited({ requester, globals, signal, leftMs: () => 1200 });

  await way.request(READ, { timeoutMs: undefined, retries: 0 });
  await way.request(READ);
  await way.request(READ, { timeoutMs: 100 });

  expect(sent).toEqual([
    { timeoutMs: 1200, signal, retries: 0 },
    { timeoutMs: 5000, signal },
    { timeoutMs: 100, signal },
  ]);
});
