/**
 * Some three hundred command lines, well-formed and malformed, each a process of ipmitool over the
 * kernel's driver, and of ours before it, on one simulated BMC: the same bytes and exit code.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { IPMITOOL_ENTRIES, IPMITOOL_FRU } from '../support/ipmitool-entries.ts';
import { IPMITOOL_RECORDS } from '../support/ipmitool-records.ts';
import { bundledProgram } from './bundle.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { LINE_FILES, PROCESS_LINES, ipmitoolProcesses } from './ipmitool-lines.ts';
import { ourProcesses, processEnding } from './ipmitool-lines.ts';
import { baseOf } from './machine.ts';
import { bindAll } from './peers.ts';
import { simBmc } from './sim-bmc.ts';
import { stepsOf } from './steps.ts';

/** Of the records with all that ipmitool shows differently, one in so many. */
const RECORD_STEP = 4;

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: simBmc({
      sdrs: { records: IPMITOOL_RECORDS.filter((_, at) => at % RECORD_STEP === 0) },
      sel: { entries: IPMITOOL_ENTRIES },
      fru: { bytes: IPMITOOL_FRU },
    }),
    files: { ...(await bundledProgram('many-lines')), ...LINE_FILES },
    timeoutMs: 580_000,
    steps: stepsOf({
      ...ourProcesses(baseOf(0)),
      bind: bindAll(1),
      ...ipmitoolProcesses('ipmitool -I open -d 0'),
    }),
  });
});

describe('ipmitool and ipmi-bt ipmitool, each line a process:', () => {
  test.for(PROCESS_LINES)('%s', (line) => {
    const { ours, theirs } = processEnding(guest, line);

    expect(ours).toEqual(theirs);
  });
});
