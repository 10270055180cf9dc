/**
 * Every file of `src/` is tested by a file of its own name, or stands in a list that says what
 * tests it. When a file moves, only the lists change. A file of types alone needs no test.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { offenders } from '../support/lists.ts';
import { mirrorOf } from '../support/mirror.ts';
import { ROOT, filesIn, isTypesOnly } from '../support/source-code.ts';

type Covered = readonly [test: string, why: string];

/** Files of `src/` without a test of their name: the test that covers each, and why that one. */
const COVERED: Readonly<Record<string, Covered>> = {
  'serve/errno': ['serve/ipmidev/file-calls.test.ts', 'constants; spelt a second time there'],
  'serve/ipmidev/counters': ['serve/ipmidev/device.test.ts', 'each is counted there'],
  'serve/ipmidev/incoming': ['serve/ipmidev/device-incoming.test.ts', 'told to files there'],
  'serve/ipmidev/interface': ['serve/ipmidev/file-calls.test.ts', 'set and read there'],
  'serve/ipmidev/receiving': ['serve/ipmidev/file-calls.test.ts', 'each way to receive'],
  'serve/ipmidev/rounds': ['serve/ipmidev/file-calls.test.ts', 'the rounds of each call'],
  'serve/ipmidev/sender': ['serve/ipmidev/device-ipmb.test.ts', 'through a simulated BMC'],
  'serve/ipmidev/settings': ['serve/ipmidev/file-calls.test.ts', 'every ioctl of it'],
  'serve/account': ['serve/broker.test.ts', 'the counters that are asserted there'],
  'serve/brokered-client': ['serve/broker.test.ts', 'the clients that it opens'],
  'config-file': ['discover/config.test.ts', 'each way in which a file is refused there'],
  'serve/requests': ['serve/client.test.ts', 'the requests of each test there'],
  'serve/answers': ['serve/client.test.ts', 'bridged there'],
  callback: ['sink.test.ts', 'contains the sinks that fail there; those of log.test.ts, too'],
  'bt/bits': ['bt/registers.test.ts', 'constants; the simulator spells them a second time'],
  'bt/quirks': ['whole/quirks.test.ts', 'names of quirks; each has a test of its name there'],
  'cli/commands/claim': ['vm/takeover.test.ts', 'needs a kernel driver to take the ports from'],
  'cli/commands/exec-lines': [
    'cli/commands/exec.test.ts',
    'the parser of the files that exec reads',
  ],
  'cli/commands/chassis-bootparam': ['cli/commands/chassis.test.ts', 'a command there'],
  'cli/commands/fru-list': ['cli/commands/fru.test.ts', 'a command there'],
  'cli/commands/sdr-list': ['cli/commands/sdr.test.ts', 'a command there'],
  'cli/commands/sdr-type': ['cli/commands/sdr.test.ts', 'a command there'],
  'cli/commands/exec-session': ['cli/commands/exec.test.ts', 'runs the lines there'],
  'cli/lookup': ['cli/parser.test.ts', 'wherever the command stands'],
  'cli/not-found': ['cli/commands/channel.test.ts', 'a channel that is not there'],
  'cli/commands/info': ['cli/json.test.ts', 'its text is shown, and compared, in README'],
  'cli/quick': ['cli/program.test.ts', 'a part of the program, whose whole is read there'],
  'cli/apply-output': ['cli/commands/lan.test.ts', 'all that is printed there'],
  'cli/schemas/apply-result': ['cli/commands/lan.test.ts', 'held to the output there'],
  'cli/schemas/channel': ['cli/commands/channel.test.ts', 'held to the output there'],
  'cli/schemas/lan': ['cli/commands/lan.test.ts', 'held to the output there'],
  'cli/commands/serve-run': ['process/serve.test.ts', 'a server of each kind there'],
  'cli/schemas/serve': ['cli/commands/serve-status.test.ts', 'held to the output there'],
  'cli/schemas/user': ['cli/commands/user.test.ts', 'held to the output there'],
  'commands/lan-channel': ['commands/lan.test.ts', 'finds the channel of each test there'],
  'commands/lan-configuration': ['commands/lan.test.ts', 'types, and the names of a byte'],
  'commands/lan-items': ['commands/lan-apply.test.ts', 'each parameter is set and told there'],
  'commands/lan-parameter': ['commands/lan.test.ts', 'reads and writes what is asked for there'],
  'commands/lan-read': ['commands/lan.test.ts', 'reads the configuration of each test there'],
  'commands/lan-wanted': ['commands/lan-apply.test.ts', 'checks each setting there'],
  'commands/user-access': ['commands/user.test.ts', 'types, and what they are made of'],
  'commands/user-wanted': ['commands/user-apply.test.ts', 'checks each setting there'],
  'commands/wanted': ['commands/lan-apply.test.ts', 'its errors are those of each setting there'],
  'cli/schemas/device': ['cli/schemas/all.test.ts', 'held to the output there'],
  'cli/schemas/interface': ['cli/schemas/all.test.ts', 'held to the output there'],
  'cli/schemas/trace': ['cli/schemas/all.test.ts', 'held to the output there'],
  'cli/file-reasons': ['cli/secret-file.test.ts', 'the words of the errors there'],
  'cli/json-names': ['cli/apply-file.test.ts', 'names that stand twice in a file there'],
  'cli/channel-option': ['cli/commands/lan.test.ts', 'the option, and a wrong one'],
  'cli/append-file': ['cli/commands/sel-clear.test.ts', 'the file of sel drain, in a process'],
  'cli/schemas/fru': ['cli/commands/fru.test.ts', 'held to the output there'],
  'cli/schemas/sel': ['cli/commands/sel.test.ts', 'held to the output there'],
  'cli/schemas/chassis': ['cli/commands/chassis.test.ts', 'held to the output there'],
  'cli/failure': ['cli/json.test.ts', 'the object of each failure is compared there'],
  'cli/usage-errors': ['cli/parser.test.ts', 'the errors of the parser'],
  'cli/schemas/dcmi': ['cli/commands/dcmi.test.ts', 'held to the output there'],
  'cli/schemas/mc': ['cli/commands/mc.test.ts', 'held to the output there'],
  'cli/schemas/power': ['cli/commands/power.test.ts', 'held to the output there'],
  'cli/schemas/sol': ['cli/commands/sol.test.ts', 'held to the output there'],
  'cli/schemas/watchdog': ['cli/commands/watchdog.test.ts', 'held to the output there'],
  'cli/change': ['cli/commands/power.test.ts', 'asks, and runs what was confirmed, in a process'],
  'cli/commands/chassis-actions': ['cli/commands/chassis.test.ts', 'the actions, run there'],
  'commands/choices': ['commands/chassis.test.ts', 'refuses a wrong action there'],
  'commands/parameter': ['commands/sol.test.ts', 'decodes the parameters there'],
  'cli/whole-run': ['cli/program.test.ts', 'the program, read and typed there'],
  'cli/commands/sensor-text': ['cli/commands/sensor.test.ts', 'text and fields, printed there'],
  'cli/schemas/sensor': ['cli/commands/sensor.test.ts', 'held to the output there'],
  'commands/sdr-reader': ['commands/sdr.test.ts', 'reads each record there'],
  'commands/sensor-ref': ['commands/sensors.test.ts', 'a part of each sensor there'],
  'commands/fru-image': ['commands/fru.test.ts', 'reads what is read there, in pieces'],
  'commands/sel-erasure': ['commands/sel.test.ts', 'clearing, quick and slow'],
  'commands/index': ['commands/chassis.test.ts', 'makes the families'],
  'cli/exit-codes': ['cli/program.test.ts', 'constants, held to docs/errors.md there'],
  'cli/findings': ['cli/commands/version.test.ts', 'what is found on hosts of each kind there'],
  'cli/pages/shell-text': ['cli/pages/zsh.test.ts', 'words in quotation marks there'],
  'cli/schemas/version': ['cli/commands/version.test.ts', 'held to the output there'],
  'cli/commands/ipmitool': ['process/ipmitool.test.ts', 'a specification, run in a process'],
  'cli/ipmitool/bmc-times': ['cli/ipmitool/sel.test.ts', 'times of each kind there'],
  'cli/ipmitool/c-files': ['cli/ipmitool/sel.test.ts', 'files that are there, and are not'],
  'cli/ipmitool/dcmi-ask': ['cli/ipmitool/dcmi.test.ts', 'asks the BMC of each line there'],
  'cli/ipmitool/dcmi-config': ['cli/ipmitool/dcmi.test.ts', 'two of its subcommands'],
  'cli/ipmitool/dcmi-sensors': ['cli/ipmitool/dcmi.test.ts', 'one of its subcommands'],
  'cli/ipmitool/dcmi-thermal': ['cli/ipmitool/dcmi.test.ts', 'one of its subcommands'],
  'cli/ipmitool/dcmi-discover': ['cli/ipmitool/dcmi.test.ts', 'one of its subcommands'],
  'cli/ipmitool/dcmi-power': ['cli/ipmitool/dcmi.test.ts', 'one of its subcommands'],
  'cli/ipmitool/entity-words': ['cli/ipmitool/sdr.test.ts', 'entities and devices there'],
  'cli/ipmitool/event-help': ['cli/ipmitool/event.test.ts', 'texts, printed there'],
  'cli/ipmitool/event-file': ['cli/ipmitool/event.test.ts', 'one of its subcommands'],
  'cli/ipmitool/event-send': ['cli/ipmitool/event.test.ts', 'sends each event there'],
  'cli/ipmitool/event-sensor': ['cli/ipmitool/event.test.ts', 'one of its subcommands'],
  'cli/ipmitool/event-words': ['cli/ipmitool/sel.test.ts', 'events of each kind there'],
  'cli/ipmitool/fru-edit': ['cli/ipmitool/fru-write.test.ts', 'one of the subcommands there'],
  'cli/ipmitool/fru-fields': ['cli/ipmitool/fru.test.ts', 'fields of each form there'],
  'cli/ipmitool/fru-files': ['cli/ipmitool/fru.test.ts', 'two of its subcommands'],
  'cli/ipmitool/fru-rebuild': ['cli/ipmitool/fru-write.test.ts', 'fields of other lengths there'],
  'cli/ipmitool/fru-sections': ['cli/ipmitool/fru-write.test.ts', 'what is protected there'],
  'cli/ipmitool/fru-multi': ['cli/ipmitool/fru.test.ts', 'printed there'],
  'cli/ipmitool/fru-print': ['cli/ipmitool/fru.test.ts', 'printed there'],
  'cli/ipmitool/fru-writer': ['cli/ipmitool/fru-write.test.ts', 'writes each FRU there'],
  'cli/ipmitool/sdr-locators': ['cli/ipmitool/sdr.test.ts', 'printed there'],
  'cli/ipmitool/sdr-print': ['cli/ipmitool/sdr.test.ts', 'printed there'],
  'cli/ipmitool/sdr-repository': [
    'cli/ipmitool/sdr.test.ts',
    'reads the records of each line there',
  ],
  'cli/ipmitool/sdr-range': ['cli/ipmitool/sdr-fill.test.ts', 'lists of addresses there'],
  'cli/ipmitool/sdr-writer': ['cli/ipmitool/sdr-fill.test.ts', 'writes the records there'],
  'cli/ipmitool/sdr-search': ['cli/ipmitool/sdr.test.ts', 'three of its subcommands'],
  'cli/ipmitool/sdr-verbose': ['cli/ipmitool/sdr.test.ts', 'printed there'],
  'cli/ipmitool/sel-entry': ['cli/ipmitool/sel.test.ts', 'printed there'],
  'cli/ipmitool/dell-events': ['cli/ipmitool/makers-events.test.ts', 'events of Dell there'],
  'cli/ipmitool/kontron-events': ['cli/ipmitool/makers-events.test.ts', 'events of Kontron there'],
  'cli/ipmitool/supermicro-events': [
    'cli/ipmitool/makers-events.test.ts',
    'events of each family of boards there',
  ],
  'cli/ipmitool/sel-get': ['cli/ipmitool/sel.test.ts', 'one of its subcommands'],
  'cli/ipmitool/sel-info': ['cli/ipmitool/sel.test.ts', 'one of its subcommands'],
  'cli/ipmitool/sel-list': ['cli/ipmitool/sel.test.ts', 'three of its subcommands'],
  'cli/ipmitool/sel-time': ['cli/ipmitool/sel.test.ts', 'one of its subcommands'],
  'cli/ipmitool/sel-verbose': ['cli/ipmitool/sel.test.ts', 'printed there'],
  'cli/ipmitool/sensor-print': ['cli/ipmitool/sensor.test.ts', 'printed there'],
  'cli/ipmitool/sensor-reading': ['cli/ipmitool/sensor.test.ts', 'readings of each kind there'],
  'cli/ipmitool/sensor-status': ['cli/ipmitool/sensor.test.ts', 'states and events there'],
  'cli/ipmitool/sensor-thresh': ['cli/ipmitool/sensor.test.ts', 'one of its subcommands'],
  'cli/ipmitool/sensor-value': ['cli/ipmitool/sensor.test.ts', 'values of each form there'],
  'cli/ipmitool/arguments': ['cli/ipmitool/user.test.ts', 'reads the words of each line there'],
  'cli/ipmitool/channel-ciphers': ['cli/ipmitool/channel.test.ts', 'one of its subcommands'],
  'cli/ipmitool/channel-help': ['cli/ipmitool/channel.test.ts', 'texts, printed there'],
  'cli/ipmitool/chassis-boot-text': ['cli/ipmitool/chassis-boot.test.ts', 'printed there'],
  'cli/ipmitool/chassis-help': ['cli/ipmitool/chassis.test.ts', 'texts, printed there'],
  'cli/ipmitool/chassis-mailbox': ['cli/ipmitool/chassis-boot.test.ts', 'read and written there'],
  'cli/ipmitool/choose': ['cli/ipmitool/mc.test.ts', 'finds each subcommand there'],
  'cli/ipmitool/families': ['cli/ipmitool/command-line.test.ts', 'finds each command there'],
  'cli/ipmitool/line-words': ['cli/ipmitool/exec.test.ts', 'parts the lines there'],
  'cli/ipmitool/lan-help': ['cli/ipmitool/lan.test.ts', 'texts, printed there'],
  'cli/ipmitool/lan-print': ['cli/ipmitool/lan.test.ts', 'one of its subcommands'],
  'cli/ipmitool/lan-channel': ['cli/ipmitool/lan-set.test.ts', 'channels of each line there'],
  'cli/ipmitool/lan-set-more': ['cli/ipmitool/lan-set.test.ts', 'five of its settings'],
  'cli/ipmitool/lan-words': ['cli/ipmitool/lan-set.test.ts', 'words of each line there'],
  'cli/ipmitool/lan-stats': ['cli/ipmitool/lan.test.ts', 'one of its subcommands'],
  'cli/ipmitool/manufacturers': ['cli/ipmitool/mc.test.ts', 'names of devices there'],
  'cli/ipmitool/mc-guid': ['cli/ipmitool/mc.test.ts', 'one of its subcommands'],
  'cli/ipmitool/mc-help': ['cli/ipmitool/mc.test.ts', 'texts, printed there'],
  'cli/ipmitool/mc-sysinfo': ['cli/ipmitool/mc.test.ts', 'one of its subcommands'],
  'cli/ipmitool/mc-watchdog': ['cli/ipmitool/mc.test.ts', 'one of its subcommands'],
  'cli/ipmitool/numbers': ['cli/ipmitool/raw.test.ts', 'reads the numbers of each line there'],
  'cli/ipmitool/option-effects': ['cli/ipmitool/command-line.test.ts', 'each option is there'],
  'cli/ipmitool/products': ['cli/ipmitool/mc.test.ts', 'names of devices there'],
  'cli/ipmitool/standard-input': ['process/ipmitool.test.ts', 'of a process of its own'],
  'cli/ipmitool/usage': ['cli/ipmitool/command-line.test.ts', 'texts, printed there'],
  'cli/ipmitool/user-access': ['cli/ipmitool/user.test.ts', 'asked for by each list there'],
  'cli/ipmitool/user-secret': ['cli/ipmitool/user.test.ts', 'passwords that are typed there'],
  'cli/ipmitool/user-help': ['cli/ipmitool/user.test.ts', 'texts, printed there'],
  'cli/ipmitool-words': ['cli/hints.test.ts', 'data; all that it names is typed there'],
  'cli/new-file': ['cli/commands/trace.test.ts', 'the files of --record and --html'],
  'cli/record-file': ['cli/commands/trace.test.ts', 'the file of --record, in a process'],
  'cli/recording-file': ['cli/commands/trace.test.ts', 'reads what is read there'],
  'cli/commands/trace-replay': ['cli/commands/trace.test.ts', 'one of the actions of trace'],
  'cli/version': ['cli/commands/trace.test.ts', 'the build puts it there, and it is recorded'],
  'cli/session': ['process/cli-process.test.ts', 'from opening to the exit code, in a process'],
  'cli/startup/code': ['cli/startup/start.test.ts', 'reads and checks what the start uses'],
  'cli/startup/compile': ['cli/startup/start.test.ts', 'runs in the build, and is run there'],
  'cli/startup/guardian': ['vm/takeover.test.ts', 'runs when the process it guards has ended'],
  'cli/startup/optimizer': [
    'process/exec-process.test.ts',
    'runs there; its effect is a benchmark',
  ],
  index: ['project/package.test.ts', 'exports only; the packed library is used there'],
  'ipmi/message': ['bt/frame.test.ts', 'types, and the length that a frame allows'],
  'ipmi/message-flags': ['bmc/event-reader.test.ts', 'constants; the bits are spelt there again'],
  'cli/commands/smoke': ['process/smoke.test.ts', 'a specification, and the call of smoke-run'],
  'cli/commands/smoke-run': ['process/smoke.test.ts', 'from the command line to the exit code'],
  'cli/commands/smoke-spec': ['cli/commands/smoke-options.test.ts', 'the options, read there'],
  'smoke/faulty-machines': ['smoke/prove.test.ts', 'each fault is found there'],
  'smoke/identity': ['smoke/baseline-check.test.ts', 'asked there, of a BMC'],
  'smoke/slug-checks': ['project/smoke-recipes.test.ts', 'data, compared with the documents'],
  'smoke/proofs': ['smoke/prove.test.ts', 'data; all that it says is held to a run there'],
  'smoke/check': ['smoke/runner.test.ts', 'types, and the error that skips a check'],
  'smoke/events': ['smoke/runner.test.ts', 'types, and the list of slugs'],
  'smoke/report/ocptv-dut': ['smoke/report/ocptv.test.ts', 'a part of each report, judged there'],
  'smoke/report/ocptv-values': ['smoke/report/ocptv.test.ts', 'as ocptv-dut'],
  'sim/satellites': ['commands/bridge.test.ts', 'passes on what is sent there'],
  'sim/device-sdrs': ['commands/sdr-store.test.ts', 'answers what is asked there'],
  'sim/sim-satellite': ['cli/bridge-option.test.ts', 'answers what is asked there'],
  'sim/sdrs': ['commands/sdr.test.ts', 'answers what is asked there, the hard cases too'],
  'sim/sensors': ['commands/sensors.test.ts', 'answers what is asked there'],
  'sim/chassis': ['commands/chassis.test.ts', 'answers what is asked there'],
  'sim/state': ['sim/commands.test.ts', 'the parts that all commands there act on'],
  'sim/messages': ['sim/commands.test.ts', 'events and messages there'],
  'sim/part': ['sim/commands.test.ts', 'a request with data for a command that takes none'],
  'sim/reservation': ['sim/storage.test.ts', 'the reservations of both logs there'],
  'sim/fru': ['sim/storage.test.ts', 'a part of the storage'],
  'sim/little-endian': ['sim/storage.test.ts', 'in every answer there'],
  'sim/sel': ['sim/storage.test.ts', 'a part of the storage; its quirks in commands/sel-*.test.ts'],
  'sim/boot-parameters': ['commands/boot-options.test.ts', 'answers what is asked there'],
  'sim/dcmi': ['commands/dcmi.test.ts', 'answers what is asked there'],
  'sim/sol': ['commands/sol.test.ts', 'answers what is asked there'],
  'sim/bits': ['sim/bmc.test.ts', 'constants, spelt apart from those of the driver'],
  'sim/disturbance': ['sim/faults.test.ts', 'the faults of `FaultyBmc`, seen at its registers'],
  'smoke/report/html-chart': [
    'smoke/report/html-in-chromium.test.ts',
    'a script, which runs in a browser',
  ],
  'smoke/report/html-checks': ['smoke/report/html.test.ts', 'a part of the page'],
  'smoke/report/html-facts': ['smoke/report/html.test.ts', 'a part of the page'],
  'smoke/report/html-series': ['smoke/report/html.test.ts', 'a part of the page'],
  'smoke/report/html-timeline': ['smoke/report/html.test.ts', 'a part of the page'],
  'sim/personality': ['qemu/differential.test.ts', 'compared with QEMU, read by read'],
  'sim/command-record': ['sim/bmc.test.ts', 'types and codes, seen in every exchange there'],
  'sim/storage-data': ['sim/storage.test.ts', 'data; the commands that give it are tested there'],
  'sim/qemu-commands': ['qemu/differential.test.ts', 'compared with QEMU, read by read'],
  'trace/record-machine': ['trace/recorded.test.ts', 'a device that is recorded, as a whole'],
  'trace/record-port': ['trace/recorded.test.ts', 'a device that is recorded, as a whole'],
  'trace/recording': ['trace/reader.test.ts', 'the form, which is read and checked there'],
  'trace/timeline-svg': ['trace/timeline-html.test.ts', 'the picture on the page'],
};

/** Tests named for no file: what each is about, and the file that it tests most. */
const NAMED_OTHERWISE: Readonly<Record<string, Covered>> = {
  'cli/json': ['cli/output', 'all that --json prints'],
  'commands/hostile': ['commands/index', 'BMCs of chance, for all operations of all families'],
  'sim/storage': ['sim/sel', 'all that the storage network function has'],
  'discover/firmware-fuzz': ['discover/smbios', 'tables of chance, for all decoders'],
};

const mirror = mirrorOf(filesIn('src'), filesIn('test'));
const untested = [...mirror.sources].flatMap(([path, tests]) => {
  const name = path.slice('src/'.length, -'.ts'.length);
  return tests.length > 0 || isTypesOnly(name) ? [] : [name];
});
const strays = mirror.strays.map((path) => path.slice('test/'.length, -'.test.ts'.length));

test('a file of src/ has a test of its name, or is listed', () => {
  expect(offenders(untested, (name) => !(name in COVERED))).toEqual([]);
});

test('a listed file is there, and has no test of its name', () => {
  expect(offenders(Object.keys(COVERED), (name) => !untested.includes(name))).toEqual([]);
});

test('a test is named for a file of src/, or is listed', () => {
  expect(offenders(strays, (name) => !(name in NAMED_OTHERWISE))).toEqual([]);
});

test('a listed test is there, and named for no file', () => {
  expect(offenders(Object.keys(NAMED_OTHERWISE), (name) => !strays.includes(name))).toEqual([]);
});

test('the lists name tests and files that are there', () => {
  const paths = [
    ...Object.values(COVERED).map(([test]) => `test/${test}`),
    ...Object.values(NAMED_OTHERWISE).map(([name]) => `src/${name}.ts`),
  ];

  expect(offenders(paths, (path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

describe('a test belongs to the file', () => {
  const sources = ['src/cli.ts', 'src/port/uio-line.ts', 'src/port/uio.ts', 'src/port/port.ts'];

  test.each([
    ['test/cli.test.ts', 'src/cli.ts'],
    ['test/port/port.test.ts', 'src/port/port.ts'],
    ['test/port/uio-line.test.ts', 'src/port/uio-line.ts'],
    ['test/port/uio-line-hostile.test.ts', 'src/port/uio-line.ts'],
    ['test/port/uio-event.test.ts', 'src/port/uio.ts'],
  ])('%s: %s', (path, source) => {
    expect(mirrorOf(sources, [path]).sources.get(source)).toEqual([path]);
  });

  test.each(['test/port/cli.test.ts', 'test/uio.test.ts', 'test/port/uioline.test.ts'])(
    'of no name: %s',
    (path) => {
      expect(mirrorOf(sources, [path]).strays).toEqual([path]);
    },
  );

  test.each(['test/vm/port.test.ts', 'test/whole/any.test.ts', 'test/port/uio-helper.ts'])(
    'none is asked for: %s',
    (path) => {
      expect(mirrorOf(sources, [path]).strays).toEqual([]);
    },
  );
});
