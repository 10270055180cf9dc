/** `ipmitool raw`. */

import { expect, test } from 'vitest';

import { directBmc } from '../../support/direct-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { runOurs } from '../../support/ipmitool-ours.ts';

compareWithIpmitool({
  title: 'raw',
  lines: `
    raw
    raw 6
    raw wait
    raw help
    raw help me
    raw 6 1
    raw 0x6 01
    raw '' 1
    raw ' 6' 1
    raw '6 ' 1
    raw +6 1
    raw 0X06 0X01
    raw 06 08
    raw 0x 1
    raw App 1
    raw application 1
    raw Application 1
    raw storage 0x40
    raw chassis 1
    raw sensorevent 0
    raw firmware 0
    raw transport 2 1 3 0 0
    raw bridge 0
    raw 64 1
    raw 70 1
    raw 256 1
    raw foo 1
    raw 7 1
    raw 6 foo
    raw 6 300
    raw 6 1 300
    raw 6 1 foo
    raw 6 1 ' 1'
    raw 6 1 ''
    raw 6 0x99
    raw 6 0x25
    raw 6 9 0x10
    raw 6 0x34 0
    raw 0x30 1 1 2 3
    raw 0x30 1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
    raw 0x30 1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18
    raw 0x30 0x7f
    raw 0xa 0x43 0 0 0 0 0 0xff
    raw 6 0x2e 0x0e
    raw 6 2
    -l 1 raw 6 1
    -l 4 raw 6 4
    -l 255 raw 6 4
    -l 0x10 raw 6 1
    -l '' raw 6 4
    -b 3 raw 6 0x99
    -t 0x20 raw 6 1
    -c raw 6 1
    raw 6 1 -c
    raw -c 6 1
    raw 6 1 -x
    raw 6 1 -V
    raw 6 1 -- 5
    raw 6 1 ${'x'.repeat(998)}
    raw 6 1 ${'x'.repeat(3000)}
    raw ${'x'.repeat(3000)} 1
    ${'x'.repeat(3000)} 1
    `,
});

test('-v shows the bytes of a request, and not those of a password', async () => {
  const told = async (line: string): Promise<string> =>
    (await runOurs(line.split(' '), directBmc())).stderr;

  expect(await told('-v raw 6 0x34 0')).toContain('\nRAW REQUEST (1 bytes)\n 00\n');
  const secret = await told('-v raw 6 0x47 2 2 0x68 0x75 0x73 0x68 0 0 0 0 0 0 0 0 0 0 0 0');
  expect(secret).toContain('cmd=0x47 data_len=18)\n');
  expect(secret).not.toMatch(/REQUEST|68 75/);
  expect(await told('-v raw 0xc 1 1 16 0x68 0x75')).not.toMatch(/REQUEST|68 75/);
  expect(await told('-v raw 0xc 1 1 3 10 0 0 2')).toContain(' 01 03 0a 00 00 02\n');
});
