/**
 * BMCs that are not there, go away, lose requests, answer late or are busy, each behind an
 * interface of its own, and what a program and the command line make of it with default settings:
 * no read fails, and what may change something is executed at most once, by the BMC's own count.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { EXTERN_DEVICE_ID } from '../qemu/extern-bmc.ts';
import { nonEmpty } from '../support/lists.ts';
import { EXTERN_ID } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { baseOf } from './machine.ts';
import { programFiles } from './project.ts';
import { sideBySide } from './steps.ts';
import { TroubledBmc, everyFifth, goneOver } from './troubled-bmc.ts';

const APP = 0x06;
const OEM = 0x30;

/** OEM command: requests that wait for an absent BMC do so now. It comes so much later. */
const BEGIN = 0x0f;
const ABSENT_MS = 20_000;

/** Patience of the command line: the 30 s of its default are over on a host that does much else. */
const WAIT_S = 200;

/** The program's requests to the BMC that is absent at first. */
const ABSENT_REQUESTS = 3;

/** The records whose SEL entries the command line asks for. */
const RECORDS = [201, 202, 203, 204, 205];

const LATE = everyFifth({ delayMs: 7_000 });
const LOST = everyFifth({ drop: 'request' });
const BUSY = everyFifth({ completionCode: 0xc0 });
/** Over an echo and two reads, the last of which is the command line's. */
const GONE = goneOver([10, 17, 203], 2_000);

interface Trouble {
  readonly what: string;
  readonly troubled: TroubledBmc;

  /** How many requests a program sends; those that meet silence take 4 s each. */
  readonly requests: number;

  /** What the caller of an echo that met the trouble is told, and how often it was executed. */
  readonly completionCode: number;
  readonly executions: number;
}

const TROUBLES: readonly Trouble[] = [
  {
    what: 'goes away for 2 s instead of answering',
    ...{ troubled: GONE, requests: 24, completionCode: 0xd2, executions: 1 },
  },
  {
    what: 'answers every fifth request 7 s late',
    ...{ troubled: LATE, requests: 16, completionCode: 0xc3, executions: 1 },
  },
  {
    what: 'loses every fifth request',
    ...{ troubled: LOST, requests: 16, completionCode: 0xc3, executions: 0 },
  },
  {
    what: 'is busy at every fifth request',
    ...{ troubled: BUSY, requests: 40, completionCode: 0x00, executions: 1 },
  },
];

/** One for a program and one for the command line, which need not share an interface then. */
const ABSENT = [new TroubledBmc({}, false), new TroubledBmc({}, false)] as const;
const PROGRAM_BASE = baseOf(TROUBLES.length);
const COMMAND_BASE = baseOf(TROUBLES.length + 1);

/** How a request of `stream.mjs` ended; bytes in hex. */
interface End {
  readonly netFn: number;
  readonly data: string;
  readonly completionCode?: number;
  readonly reply?: string;
}

let guest: GuestResult;

beforeAll(async () => {
  GONE.bmc.handle(OEM, BEGIN, () => {
    for (const troubled of ABSENT) troubled.comeIn(ABSENT_MS);
    return { completionCode: 0, data: new Uint8Array() };
  });
  guest = await bootGuest({
    bmc: [...TROUBLES.map(({ troubled }) => troubled), ...ABSENT],
    files: programFiles('begin', 'stream'),
    steps: sideBySide({
      begin: begin(),
      'absent, program': `${until('/tmp/ready')}; node /opt/ipmi-bt/stream.mjs ${PROGRAM_BASE} ${ABSENT_REQUESTS}`,
      'absent, command': `${until('/tmp/ready')}; time -p ipmi-bt --timeout ${WAIT_S} --base ${COMMAND_BASE} raw 6 1`,
      ...Object.fromEntries(TROUBLES.map(commands)),
    }),
  });
});

/** Waits until both are at their interfaces, which the files of the locks tell. */
function begin(): string {
  const locks = [PROGRAM_BASE, COMMAND_BASE].map((base) => `bt-0x${base.toString(16)}.lock`);
  const paths = locks.map((name) => `/run/ipmi-bt/${name}`);
  return `node /opt/ipmi-bt/begin.mjs ${baseOf(0)} ${BEGIN} ${paths.join(' ')}`;
}

/** A program, and when it has ended the command line. */
function commands({ what, requests }: Trouble, index: number): [name: string, command: string] {
  const base = baseOf(index);
  const program = `node /opt/ipmi-bt/stream.mjs ${base} ${requests}`;
  const getSelEntry = `ipmi-bt --base ${base} raw 0x0a 0x43 0 0 $record 0 0 0xff`;
  const all = `for record in ${RECORDS.join(' ')}; do ${getSelEntry} || exit; done`;
  return [what, `${until('/tmp/begun')}; ${program} && ${all}`];
}

function until(path: string): string {
  return `until [ -e ${path} ]; do usleep 50000; done`;
}

describe('a BMC that comes 20 s later', () => {
  test('is waited for by open()', () => {
    const { exitCode, stdout, stderr } = guest.step('absent, program');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { openMs, ends } = JSON.parse(stdout) as { openMs: number; ends: readonly End[] };
    expect(openMs).toBeGreaterThan(ABSENT_MS);
    expect(ends).toHaveLength(ABSENT_REQUESTS);
    expect(ends).toEqual(ends.map(rightEnd));
  });

  test('is waited for by the command line', () => {
    const { exitCode, stdout, stderr } = guest.step('absent, command');
    const [, seconds] = /^real +([\d.]+)$/m.exec(stderr) ?? [];

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: EXTERN_ID });
    expect(Number(seconds) * 1_000).toBeGreaterThan(ABSENT_MS);
  });
});

describe.each(TROUBLES)('of a BMC that $what', (trouble) => {
  const { what, completionCode, executions } = trouble;
  const { bmc, hits } = trouble.troubled;

  test('reads and echoes of the program and a read of the command line meet it', () => {
    const kinds = hits.map(({ netFn, data }) => {
      if (netFn === OEM) return 'echo';
      return RECORDS.includes(data[2] ?? NaN) ? 'read of the command line' : 'read';
    });

    expect(new Set(kinds)).toEqual(new Set(['read', 'echo', 'read of the command line']));
  });

  test('every read gets its own answer', () => {
    const reads = nonEmpty(endsOf(what).filter(({ netFn }) => netFn !== OEM));

    expect(reads).toEqual(reads.map(rightEnd));
  });

  test('every read of the command line gets its own answer', () => {
    const { exitCode, stdout, stderr } = guest.step(what);
    const [, ...lines] = stdout.trimEnd().split('\n');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines).toEqual(RECORDS.map((record) => ` 00 00 ${record.toString(16)} 00 00 ff`));
  });

  test('an echo gets its own answer, or none that could be mistaken for one', () => {
    const echoes = nonEmpty(endsOf(what).filter(({ netFn }) => netFn === OEM));

    for (const end of nonEmpty(echoes)) {
      const lostEnd: End = { ...end, completionCode, reply: '' };
      // A machine that is hard pressed may be late itself in giving a late answer up.
      const ends = executions > 0 ? [lostEnd, rightEnd(end)] : [lostEnd];
      expect(isHit(end) ? ends : [rightEnd(end)]).toContainEqual(end);
    }
  });

  test('no echo is executed twice, and each that was answered once', () => {
    const echoes = nonEmpty(endsOf(what).filter(({ netFn }) => netFn === OEM));
    const executed = bmc.executed.filter(({ netFn }) => netFn === OEM).map(({ data }) => hex(data));

    const expected = echoes.flatMap((end) =>
      Array<string>(isHit(end) ? executions : 1).fill(end.data),
    );
    expect(executed.filter((data) => data !== '')).toEqual(expected);
  });

  /** Whether the BMC's trouble met this request. */
  function isHit({ data }: End): boolean {
    return hits.some((request) => request.netFn === OEM && hex(request.data) === data);
  }
});

/** What became of the requests of the program that met the trouble. */
function endsOf(what: string): readonly End[] {
  const [line = ''] = guest.step(what).stdout.split('\n');
  return (JSON.parse(line) as { ends: readonly End[] }).ends;
}

/** How such a request ends when all is well. */
function rightEnd({ netFn, data }: End): End {
  const reply = netFn === APP ? hex(EXTERN_DEVICE_ID) : data;
  return { netFn, data, completionCode: 0, reply };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
