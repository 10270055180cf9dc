/**
 * The guest of `commands.test.ts`: four BMCs, our commands on each while the kernel's driver is not
 * there, and then `ipmitool` and FreeIPMI over the kernel's driver.
 */

import type { ExternBmc } from '../qemu/extern-bmc.ts';
import { ourSteps, peerSteps } from './command-costs.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { GUID_SENT } from './ipmi-sim-setup.ts';
import { IpmiSim } from './ipmi-sim.ts';
import { LINE_FILES, ipmitoolLines, ourLines } from './ipmitool-lines.ts';
import { baseOf } from './machine.ts';
import { bindAll, freeIpmi, freeIpmiFiles } from './peers.ts';
import { FRU, ipmiSimCommands, population, selEntries } from './population.ts';
import { programFiles } from './project.ts';
import { simBmc } from './sim-bmc.ts';
import { stepsOf } from './steps.ts';

/** Sensors of `ipmi_sim`, those of its satellite controller, and entries of its SEL. */
export const SENSORS = 300;
export const BEHIND = 10;
export const ENTRIES = 500;

/** Sensors and entries of the BMCs that are simulated here, and of the one that is hard to read. */
export const FEW = 60;
export const FEWEST = 20;

/** Index of a BMC: of its interface, and of `/dev/ipmiN`. */
const [SIM, OURS, QEMU, HARD] = [0, 1, 2, 3];

/** Most bytes of a record, of an entry and of a FRU that the hard one sends at once. */
const PIECE_BYTES = 12;

const CANNOT_RETURN = 0xca;

/** Much, because other work may have the host: at a load of 14 it took eight minutes. */
export const GUEST_MS = 880_000;

const USERS = [
  'user 1 true "" "none" user 10',
  'user 2 true "operator1" "secret1" operator 10',
  'user 3 false "admin2" "secret2" admin 10',
];

/** Boots it and runs all steps. */
export async function commandsGuest(): Promise<GuestResult> {
  const few = population(FEW, 0).map(({ record }) => record);
  const commands = ipmiSimCommands(population(SENSORS, BEHIND), ENTRIES);
  return await bootGuest({
    bmc: [
      new IpmiSim({ commands, guid: GUID_SENT, users: USERS }),
      simBmc({ sdrs: { records: few }, sel: { entries: selEntries(FEW) }, fru: { bytes: FRU } }),
      { sdrs: Uint8Array.from(few.flat()), fru: FRU },
      hardBmc(),
    ],
    files: { ...(await freeIpmiFiles()), ...programFiles('sensors'), ...LINE_FILES },
    timeoutMs: GUEST_MS,
    steps: stepsOf({ ...ours(), bind: bindAll(4), ...peers() }),
  });
}

/** It refuses whole records and long pieces, and other readers cancel its reservations. */
function hardBmc(): ExternBmc {
  return simBmc({
    sdrs: {
      records: population(FEWEST, 0).map(({ record }) => record),
      refuse: ({ count }) => (count > PIECE_BYTES ? CANNOT_RETURN : undefined),
      readsPerReservation: 7,
    },
    sel: { entries: selEntries(FEWEST), readBytesMax: PIECE_BYTES, readsNeedReservation: true },
    fru: { bytes: FRU, readBytesMax: PIECE_BYTES, isByWords: true },
  });
}

function ours(): Record<string, string> {
  const bases = [SIM, OURS, QEMU, HARD].map((index) => `${baseOf(index)}=/tmp/sensors${index}`);
  return {
    'all sensors': `node /opt/ipmi-bt/sensors.mjs thresholds ${bases.join(' ')}; cat /tmp/sensors0`,
    'sensors of ours': 'cat /tmp/sensors1',
    'sensors of QEMU': 'cat /tmp/sensors2',
    'hard sensors': 'cat /tmp/sensors3',
    ...inJson(SIM, {
      'sensor list': 'sensor list',
      'sel list': 'sel list --names',
      'user list': 'user list',
    }),
    ...labelled(`ipmi-bt --timeout 300 --base ${baseOf(SIM)}`),
    'fru of QEMU': `ipmi-bt --base ${baseOf(QEMU)} fru print`,
    ...inJson(OURS, { 'sel of ours': 'sel list', 'dcmi power': 'dcmi power' }),
    ...inJson(HARD, { 'hard sel': 'sel list' }),
    'hard fru': `ipmi-bt --base ${baseOf(HARD)} fru print`,
    ...ourSteps(baseOf(OURS)),
    ...ourLines(onEach((index) => `ipmi-bt --timeout 300 --base ${baseOf(index)} ipmitool`)),
  };
}

/** Commands whose JSON one process prints, because each takes seconds to start: a step for each. */
function inJson(index: number, commands: Readonly<Record<string, string>>): Record<string, string> {
  const lines = Object.values(commands).map((line) => `'${line}'`);
  const write = `printf '%s\\n' ${lines.join(' ')} > /tmp/lines`;
  const run = `ipmi-bt --timeout 300 --base ${baseOf(index)} --json exec /tmp/lines`;
  const steps = Object.keys(commands).map((name, at) => {
    const tell = `sed -n 's/"line":${at + 1},//p' /tmp/json`;
    // How it ended is told by the first of them.
    const all = at > 0 ? tell : `${write}; ${run} > /tmp/json; code=$?; ${tell}; exit $code`;
    return [name, all] as const;
  });
  return Object.fromEntries(steps);
}

/** The programs of the tables of command lines. */
function onEach(programOn: (index: number) => string) {
  return { ipmi_sim: programOn(SIM), ours: programOn(OURS), QEMU: programOn(QEMU) };
}

/** Commands of ours with the labels of `ipmitool`. */
function labelled(program: string): Record<string, string> {
  return {
    'mc info': `${program} mc info`,
    'chassis status': `${program} chassis status`,
    'fru print': `${program} fru print`,
    'lan print': `${program} lan print --show-secrets`,
  };
}

/** Options of `ipmi-sensors`. */
const ALL_SENSORS = '--output-sensor-thresholds --bridge-sensors';

function peers(): Record<string, string> {
  const ipmitool = (index: number): string => `ipmitool -d ${index}`;
  const quiet = '--quiet-cache --comma-separated-output --no-header-output';
  return {
    'ipmitool sensors': `${ipmitool(SIM)} sensor list`,
    'ipmi-sensors': `${freeIpmi('ipmi-sensors', SIM)} ${quiet} ${ALL_SENSORS}`,
    'ipmitool sel': `${ipmitool(SIM)} sel list`,
    'ipmitool sel, raw': `${ipmitool(SIM)} sel writeraw /tmp/sel > /dev/null; cat /tmp/sel`,
    'ipmi-sel': `${freeIpmi('ipmi-sel', SIM)} ${quiet}`,
    'ipmi-sel, raw': `${freeIpmi('ipmi-sel', SIM)} --hex-dump`,
    'ipmitool mc info': `${ipmitool(SIM)} mc info`,
    'ipmitool chassis status': `${ipmitool(SIM)} chassis status`,
    'ipmitool fru print': `${ipmitool(SIM)} fru print 0`,
    'ipmitool lan print': `${ipmitool(SIM)} lan print 1`,
    'ipmitool user list': `${ipmitool(SIM)} user list 1`,
    'bmc-info': `${freeIpmi('bmc-info', SIM)} --get-device-id`,
    'ipmi-chassis': `${freeIpmi('ipmi-chassis', SIM)} --get-chassis-status`,
    'ipmi-fru': `${freeIpmi('ipmi-fru', SIM)} --device-id=0 --quiet-cache`,
    'ipmitool sensors of QEMU': `${ipmitool(QEMU)} sensor list`,
    'ipmitool fru of QEMU': `${ipmitool(QEMU)} fru print 0`,
    'ipmitool sensors of ours': `${ipmitool(OURS)} sensor list`,
    'ipmitool sel of ours': `${ipmitool(OURS)} sel list`,
    'ipmitool dcmi power': `${ipmitool(OURS)} dcmi power reading`,
    'ipmi-dcmi': `${freeIpmi('ipmi-dcmi', OURS)} --get-system-power-statistics`,
    'ipmitool hard sensors': `${ipmitool(HARD)} sensor list`,
    'ipmitool hard sel': `${ipmitool(HARD)} sel list`,
    'ipmitool hard fru': `${ipmitool(HARD)} fru print 0`,
    ...peerSteps(OURS),
    ...ipmitoolLines(onEach(ipmitool)),
  };
}
