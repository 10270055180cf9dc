/** Lines with TAB in them, and the words that every shell must make of them. */

/** The line as it is typed, and the words that the command is given. */
export type CompletedLine = readonly [typed: string, words: string];

/** The folder that the shell stands in has these. */
export const FILES = ['recording.jsonl', 'a folder'];

export const COMPLETED: readonly CompletedLine[] = [
  ['ipmi-bt sens\tli\t--ca\t', '<sensor><list><--cache>'],
  // Options may stand before the command, and their values are no commands.
  ['ipmi-bt --base 0xce4 sens\tl\t', '<--base><0xce4><sensor><list>'],
  ['ipmi-bt --bridge 0:0x2c chass\tbootd\tpx\t', '<--bridge><0:0x2c><chassis><bootdev><pxe>'],
  ['ipmi-bt --sim --js\tinf\t', '<--sim><--json><info>'],
  ['ipmi-bt --spacing=1\b4 ra\t', '<--spacing=4><raw>'],
  ['ipmi-bt --quirk=wr\t', '<--quirk=write-under-busy>'],
  ['ipmi-bt --quirk lun\t', '<--quirk><lun-zero-replies>'],
  ['ipmi-bt --trace-payload=a\t', '<--trace-payload=all>'],
  ['ipmi-bt smoke --reset co\t', '<smoke><--reset><cold>'],
  ['ipmi-bt help sens\tl\t', '<help><sensor><list>'],
  ['ipmi-bt trace sh\trec\t', '<trace><show><recording.jsonl>'],
  ['ipmi-bt schema chassis-st\t', '<schema><chassis-status>'],
  ['ipmi-bt --versi\t--verb\t', '<--version><--verbose>'],
  // Nothing fits: the words stay as they are.
  ['ipmi-bt sensor nothing\t', '<sensor><nothing>'],
  ['ipmi-bt info rec\t', '<info><rec>'],
  ['ipmi-bt power status rec\t', '<power><status><rec>'],
];
