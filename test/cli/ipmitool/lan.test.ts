/** `ipmitool lan`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { answering } from '../../support/ipmitool-answers.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { peerReply } from '../../support/peer-replies.ts';

const [APP, TRANSPORT] = [0x06, 0x0c];
const GET_CHANNEL_INFO = 0x42;

/** A BMC whose parameters are these; all others are those of the simulated one. */
function having(parameters: Readonly<Record<number, readonly number[]>>) {
  const answer = ({ netFn, data }: RequestInput): readonly number[] | undefined => {
    const parameter = parameters[data?.[1] ?? 0];
    return netFn === TRANSPORT && parameter !== undefined ? [0, 0x11, ...parameter] : undefined;
  };
  return () => ({ answer });
}

/** A BMC that answers one parameter with a completion code. */
function refusing(code: number, ...parameters: readonly number[]) {
  const answer = ({ netFn, data }: RequestInput): readonly number[] | undefined =>
    netFn === TRANSPORT && parameters.includes(data?.[1] ?? 0) ? [code] : undefined;
  return () => ({ answer });
}

/** A BMC that says so of each channel. */
function channelless(code: number) {
  const answer = ({ netFn, cmd }: RequestInput): readonly number[] | undefined =>
    netFn === APP && cmd === GET_CHANNEL_INFO ? [code] : undefined;
  return () => ({ answer });
}

const SHORT_AND_LONG = 'lan print 1\n -v lan print 1';

const ALL = Array.from({ length: 27 }, (_, parameter) => parameter);

const STATES: readonly Readonly<Record<number, readonly number[]>>[] = [
  { 0: [1], 1: [0x3f], 2: [1, 2, 4, 0x10, 0x20], 4: [0], 10: [0], 11: [0], 20: [5, 0x80] },
  { 0: [2], 1: [0], 2: [0, 0, 0, 0, 0], 4: [3], 10: [1], 11: [0xff], 20: [0xff, 0x8f] },
  { 0: [3], 4: [4], 10: [2], 21: [0xff], 7: [0x40, 0xff, 0xff, 0xff], 20: [0xff, 0x0f] },
  { 4: [0xff], 22: [0], 26: [1, 3, 5, 0, 10, 1], 24: [0, 0x10, 0x32, 0x54, 0, 0, 0, 0, 0] },
  { 22: [16], 23: [0, ...ALL.slice(1, 17)], 24: [0, 0x76, 0xff, 0x54, 1, 2, 3, 4, 5] },
  { 16: [...Buffer.from('community of 18 ch')], 24: [0], 26: [1] },
];

const STATS = `
  lan stats
  lan stats get
  lan stats get 1
  lan stats get 1 x
  lan stats get foo
  lan stats get 7
  lan stats clear
  lan stats clear 1
  lan stats clear foo
  lan stats clear 7
  lan stats help
  lan stats foo
  lan stats get 15
  lan stats get 20
  lan stats clear 1 x
  lan stats get 0`;

const COUNTS = Array.from({ length: 18 }, (_, index) => index * 13);

compareWithIpmitool(
  { title: 'no statistics', lines: STATS },
  ...[COUNTS, COUNTS.slice().reverse()].map((counts) => ({
    title: `statistics ${counts[0] ?? 0}`,
    lines: STATS,
    bmc: answering(TRANSPORT, 0x04, [[[], [0, ...counts]]]),
  })),
  ...[0xc1, 0xcc].map((code) => ({
    title: `no channel of a LAN ${code}`,
    lines: `${STATS}\nlan print\nlan print 1\nlan set 1 ipaddr 1.2.3.4`,
    bmc: answering(0x06, 0x42, [[[], [code]]]),
  })),
  {
    title: 'lan',
    lines: `
      lan
      lan help
      lan foo
      lan print
      lan print 1
      lan print foo
      lan print 20
      lan print 7
      lan print 15
      lan print 0
      lan print 1 x
      lan print help
      -c lan print 1
    `,
  },
  ...STATES.map((state, index) => ({
    title: `state ${index}`,
    lines: 'lan print 1',
    bmc: having(state),
  })),
  { title: 'other values', lines: 'lan print 1', bmc: () => ({ answer: peerReply }) },
  ...[0x80, 0xc9, 0xcc, 0xc1, 0xd4, 0xff].flatMap((code) => [
    { title: `no parameter ${code}`, lines: 'lan print 1', bmc: refusing(code, ...ALL) },
    {
      title: `none, in detail ${code}`,
      lines: '-v lan print 1',
      bmc: refusing(code, ...ALL.slice(1)),
    },
    { title: `some are not there ${code}`, lines: SHORT_AND_LONG, bmc: refusing(code, 3, 16, 23) },
    { title: `the last is not there ${code}`, lines: 'lan print 1', bmc: refusing(code, 26) },
  ]),
  ...[0x80, 0xc1, 0xcb, 0xcc, 0xd4].map((code) => ({
    title: `no channel ${code}`,
    lines: 'lan print\n lan print 9\n -v lan print 1',
    bmc: channelless(code),
  })),
);
