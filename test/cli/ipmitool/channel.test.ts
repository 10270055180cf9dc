/** `ipmitool channel`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const GET_AUTHENTICATION_CAPABILITIES = 0x38;
const GET_ACCESS = 0x41;
const GET_INFO = 0x42;
const GET_USER_ACCESS = 0x44;
const GET_USER_NAME = 0x46;
const GET_CIPHER_SUITES = 0x54;

type Answer = (input: RequestInput) => readonly number[] | undefined;

const answering = (cmd: number, reply: readonly number[]) => {
  const answer: Answer = (input) => (input.cmd === cmd ? reply : undefined);
  return () => ({ answer });
};

const CAPABILITIES = [
  [1, 0x97, 0x3f, 3, 1, 2, 3, 4],
  [1, 0xb7, 0x3f, 3, 1, 2, 3, 4],
  [1, 0x00, 0x00, 0, 0, 0, 0, 0],
  [1, 0x14, 0x04, 0, 0, 0, 0, 0],
  [1, 0x80, 0x08, 2, 0x57, 1, 0, 9],
  [],
];

const INFOS = [
  ...Array.from({ length: 15 }, (_, medium) => [1, medium | 0x80, medium, 0x83, 1, 2, 3, 0, 0]),
  ...Array.from({ length: 8 }, (_, protocol) => [2, 4, protocol + 0x18, 0x45, 1, 2, 3, 0, 0]),
  [3, 0x60, 0x7f, 0xff, 1, 2, 3, 0, 0],
  [1, 4, 1],
];

/** A channel whose access is told. */
function channelWith(info: readonly number[], accesses: readonly (readonly number[])[]) {
  const answer: Answer = ({ cmd, data }) => {
    if (cmd === GET_INFO) return [0, ...info];
    return cmd === GET_ACCESS ? accesses[(data?.[1] ?? 0) >> 7] : undefined;
  };
  return () => ({ answer });
}

const LAN = [1, 4, 1, 0x40, 1, 2, 3, 0, 0];

const SUITES = [
  [0xc0, 0, 0, 0x40, 0x80, 0xc0, 1, 1, 0x41, 0x81],
  [0xc1, 0x50, 0x57, 1, 0, 2, 0x42, 0x82],
  [0xc0, 17, 3, 0x44, 0x83],
  [0xc0, 3, 1, 2, 0x41, 0x42, 0x81, 0x82],
  [0xc0, 3, 9, 0x49, 0x89],
  [0xc0, 3],
  [1, 2, 3],
];

/** Suites in pieces of sixteen bytes. */
function inPieces(list: readonly number[]): Answer {
  return ({ cmd, data }) => {
    const at = ((data?.[2] ?? 0) & 0x3f) * 16;
    return cmd === GET_CIPHER_SUITES ? [0, 1, ...list.slice(at, at + 16)] : undefined;
  };
}

const MANY = Array.from({ length: 9 }, (_, id) => [0xc0, id, 1, 0x41, 0x81]).flat();

/** A user whose access has these bits. */
function userWith(bits: number): Answer {
  return ({ cmd }) => {
    if (cmd === GET_USER_NAME) return [0, ...Array<number>(16).fill(65)];
    return cmd === GET_USER_ACCESS ? [0, 3, bits | 1, 2, bits] : undefined;
  };
}

const ALL = `
  channel getaccess 1
  channel getaccess 1 2
  channel getciphers ipmi 1
  channel info 1
  channel authcap 1 4
  channel setaccess 1 2 ipmi=on`;

compareWithIpmitool(
  {
    title: 'channel',
    lines: `
      channel
      channel help
      channel foo
      channel info
      channel info 1
      channel info 0
      channel info 7
      channel info 15
      channel info foo
      channel info 20
      channel info 12
      channel info 1 x
      channel authcap
      channel authcap 1
      channel authcap 1 4
      channel authcap 1 foo
      channel authcap foo 4
      channel authcap 20 4
      channel authcap 1 9
      channel authcap 1 2 x
      channel getaccess
      channel getaccess 1
      channel getaccess 1 2
      channel getaccess 1 foo
      channel getaccess foo
      channel getaccess 1 0
      channel getaccess 1 64
      channel getaccess 20
      channel getaccess 1 2 3
      channel setaccess
      channel setaccess help
      channel setaccess 1
      channel setaccess 1 2
      channel setaccess 1 2 callin=on ipmi=on link=on privilege=4
      channel setaccess 1 2 callin=off
      channel setaccess 1 2 privilege=foo
      channel setaccess 1 2 privilege=15
      channel setaccess 1 2 privilege=9
      channel setaccess 1 2 privilege=0
      channel setaccess 1 2 privilege=16
      channel setaccess 1 2 privilege=300
      channel setaccess 1 2 privilege=
      channel setaccess 1 2 foo=on
      channel setaccess 1 2 callin
      channel setaccess 1 2 ipmi=foo
      channel setaccess foo 2 ipmi=on
      channel setaccess 1 foo ipmi=on
      channel setaccess 1 2 ipmi=on link=off
      channel getciphers
      channel getciphers ipmi
      channel getciphers ipmi 1
      channel getciphers sol 1
      channel getciphers foo 1
      channel getciphers ipmi foo
      channel getciphers ipmi 1 x
      channel setkg
    `,
  },
  ...CAPABILITIES.map((reply, index) => ({
    title: `capabilities ${index}`,
    lines: 'channel authcap 1 4',
    bmc: answering(GET_AUTHENTICATION_CAPABILITIES, [0, ...reply]),
  })),
  {
    title: 'capabilities of IPMI 1.5',
    lines: 'channel authcap 1 4',
    bmc: () => ({
      answer: ({ data }) => ((data?.[0] ?? 0) & 0x80 ? [0xcc] : [0, 1, 0x17, 4, 0, 0, 0, 0, 0]),
    }),
  },
  ...INFOS.map((info, index) => ({
    title: `info ${index}`,
    lines: 'channel info 1',
    bmc: channelWith(info, [
      [0, index, 4],
      [0, 0x3f - index, 4],
    ]),
  })),
  ...[
    [[0xc1], [0xc1]],
    [[0xc1], [0, 0x2a, 4]],
    [[0], [0, 0x2a, 4]],
  ].map((accesses, index) => ({
    title: `no access ${index}`,
    lines: 'channel info 1',
    bmc: channelWith(LAN, accesses),
  })),
  ...SUITES.map((suites, index) => ({
    title: `suites ${index}`,
    lines: 'channel getciphers ipmi 1',
    bmc: () => ({ answer: inPieces(suites) }),
  })),
  ...[MANY, MANY.slice(0, 16), MANY.slice(0, 35)].map((suites) => ({
    title: `${suites.length} bytes of suites`,
    lines: 'channel getciphers ipmi 1',
    bmc: () => ({ answer: inPieces(suites) }),
  })),
  ...[0x72, 0x02, 0xaf, 0xd1].map((bits) => ({
    title: bits.toString(16),
    lines: `
      channel getaccess 1
      channel getaccess 1 2
      channel setaccess 1 2 ipmi=off
      channel setaccess 1 2 link=off
      channel setaccess 1 2 callin=off
      channel setaccess 1 2 callin=on`,
    bmc: () => ({ answer: userWith(bits) }),
  })),
  ...[0x00, 0xc1, 0xd4].map((code) => ({
    title: `code ${code}`,
    lines: ALL,
    bmc: () => ({ answer: () => [code] }),
  })),
);
