/** `ipmitool chassis bootdev`, `bootparam` and `bootmbox`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const CHASSIS = 0x00;
const GET_BOOT_OPTIONS = 0x09;

/** A BMC that answers one command so. */
function answering(netFn: number, cmd: number, reply: readonly number[]) {
  const answer = (input: RequestInput) =>
    input.netFn === netFn && input.cmd === cmd ? reply : undefined;
  return () => ({ answer });
}

/** Boot options that are read, by their number: states of each. */
const PARAMETERS: Readonly<Record<number, readonly (readonly number[])[]>> = {
  0: [[0], [1], [2], [3]],
  1: [[0], [7]],
  2: [[0], [1], [2], [3]],
  3: [[0], [0x1f], [0x15]],
  4: [
    [0xff, 0],
    [0, 0x1f],
    [0, 0x0a],
  ],
  5: [
    [0, 0, 0, 0, 0],
    [0xe0, 0xc7, 0xbc, 0x09, 0],
    [0x80, 0x2c, 0x41, 0x02, 0],
    [0x80, 0x3c, 0x62, 0x03, 0],
    ...[1, 2, 3, 4, 6, 7, 8, 9, 10, 12].map((device) => [0x80, device << 2, 0x23, 0, 0]),
  ],
  6: [
    [3, 0x44, 0x33, 0x22, 0xd1, 0, 0, 0, 0],
    [0xf3, 1, 0, 0, 0, 0x10, 0, 0, 0],
    [0xf3, 1, 0, 0, 0, 0, 0, 2, 0],
    [0xf3, 1, 0, 0, 0, 0, 0, 0xf0, 1],
    [0xf3, 1, 0, 0, 0, 0, 0, 0, 0x1f],
    [0xf3, 1, 0, 0, 0, 0x40, 0x42, 0x0f, 0x60],
    [0xf3, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    [0xf3, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff],
  ],
  7: [[1, 1, 2, 3], [0, 0x57, 1, 0, 65, 66, 0, 67], []],
  9: [[1]],
};

/** A mailbox of two blocks. */
function mailbox({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [parameter = 0, block = 0] = data ?? [];
  if (netFn !== CHASSIS || cmd !== GET_BOOT_OPTIONS || parameter !== 7) return undefined;
  if (block === 0) return [0, 1, 7, 0, 0x57, 1, 0, ...Buffer.from('What is th')];
  return block === 1 ? [0, 1, 7, 1, ...Buffer.from('is?'), 0, 1, 2] : [0xc9];
}

const WRITTEN = `
  chassis bootmbox set 1 2 3
  chassis bootmbox set 343 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21
  chassis bootmbox set text 343 hello
  chassis bootmbox set text 343 'hello, this is a longer text for the mailbox'
  chassis bootmbox set text block 1 343 hello
  chassis bootmbox set block 2 343 1 2 3
  chassis bootmbox set block 0 343 1 2 3
  chassis bootmbox set text 343
  chassis bootdev pxe
  chassis bootparam set bootflag force_pxe options=PEF,power`;

compareWithIpmitool(
  {
    title: 'boot',
    lines: `
      chassis bootdev
      chassis bootdev help
      chassis bootdev none
      chassis bootdev pxe
      chassis bootdev disk
      chassis bootdev safe
      chassis bootdev diag
      chassis bootdev cdrom
      chassis bootdev bios
      chassis bootdev floppy
      chassis bootdev foo
      chassis bootdev pxe clear-cmos=yes
      chassis bootdev pxe clear-cmos=no
      chassis bootdev pxe clear-cmos
      chassis bootdev pxe options=persistent
      chassis bootdev pxe options=efiboot
      chassis bootdev pxe options=persistent,efiboot
      chassis bootdev pxe options=timeout
      chassis bootdev pxe options=help
      chassis bootdev pxe options=foo
      chassis bootdev pxe options=
      chassis bootdev pxe options
      chassis bootdev pxe foo
      chassis bootdev disk options=watchdog,PEF
      chassis bootparam
      chassis bootparam help
      chassis bootparam get
      chassis bootparam foo
      chassis bootparam get 0
      chassis bootparam get 1
      chassis bootparam get 2
      chassis bootparam get 3
      chassis bootparam get 4
      chassis bootparam get 5
      chassis bootparam get 6
      chassis bootparam get 7
      chassis bootparam get 96
      chassis bootparam get 128
      chassis bootparam get foo
      chassis bootparam get 5 options=help
      chassis bootparam get 3 options=help
      chassis bootparam get 7 3
      chassis bootparam get 7 3 1
      chassis bootparam get 5 x
      chassis bootparam set
      chassis bootparam set foo
      chassis bootparam set bootflag
      chassis bootparam set bootflag help
      chassis bootparam set bootflag foo
      chassis bootparam set bootflag none
      chassis bootparam set bootflag force_pxe
      chassis bootparam set bootflag force_disk
      chassis bootparam set bootflag force_safe
      chassis bootparam set bootflag force_diag
      chassis bootparam set bootflag force_cdrom
      chassis bootparam set bootflag force_bios
      chassis bootparam set bootflag force_pxe options=help
      chassis bootparam set bootflag force_pxe options=PEF
      chassis bootparam set bootflag force_pxe options=no-timeout
      chassis bootparam set bootflag force_pxe options=PEF,timeout,watchdog,reset,power
      chassis bootparam set bootflag force_pxe options=foo
      chassis bootparam set bootflag force_pxe foo
      chassis bootmbox
      chassis bootmbox help
      chassis bootmbox get
      chassis bootmbox get text
      chassis bootmbox get text block 0
      chassis bootmbox get block 1
      chassis bootmbox get block foo
      chassis bootmbox get foo
      chassis bootmbox set
      chassis bootmbox set help
      chassis bootmbox set text hello
      chassis bootmbox set block 1 1 2 3
      chassis bootmbox set 1 2 3
      chassis bootmbox foo
      chassis bootdev pxe options=valid,lockkbd,screenblank,lockoutreset,lockout_power,verbose=yes
      chassis bootdev pxe options=verbose=no,force_pet,upw_bypass,lockout_sleep,cons_redirect=skip
      chassis bootdev pxe options=cons_redirect=enable,verbose=yes,verbose=default
      chassis bootdev pxe options=persistent,help
      chassis bootdev force_pxe
      chassis bootdev force_none
      chassis bootdev pxex
      chassis bootparam set bootflag force_floppy
      chassis bootparam set bootflag pxe
      chassis bootparam set bootflag force_pxe options=timeout,foo
      chassis bootparam set bootflag force_pxe options=PEF x
      chassis bootparam get 300
      chassis bootmbox get block
      chassis bootmbox get block 0
      chassis bootmbox set 1
      chassis bootmbox set 1 x
    `,
  },
  ...Object.entries(PARAMETERS).flatMap(([number, states]) =>
    states.map((state, index) => ({
      title: `state ${index}`,
      lines: `chassis bootparam get ${number}`,
      bmc: answering(CHASSIS, GET_BOOT_OPTIONS, [0, 1, Number(number) | (index << 7), ...state]),
    })),
  ),
  {
    title: 'a mailbox',
    lines: `
      chassis bootmbox get
      chassis bootmbox get text
      chassis bootmbox get block 0
      chassis bootmbox get block 1
      chassis bootmbox get block 2
      chassis bootmbox get text block 0
      chassis bootmbox get text block 1`,
    bmc: () => ({ answer: mailbox }),
  },
  {
    title: 'boot options are written',
    lines: WRITTEN,
    bmc: () => ({
      answer: ({ cmd }) => (cmd === 0x08 ? [0] : cmd === 0x09 ? [0, 1, 3, 0x1f] : undefined),
    }),
  },
  {
    title: 'the mailbox ends',
    lines: WRITTEN,
    bmc: () => ({ answer: ({ data }) => (data?.[0] === 7 ? [0xc9] : [0, 1, 3, 0]) }),
  },
);
