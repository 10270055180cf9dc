/** The commands that start fast, and the running of a command line. */

import { UsageError, inCommand } from './args.ts';
import { checkBridge } from './bridge-option.ts';
import { CLAIM_COMMAND, RELEASE_COMMAND } from './commands/claim.ts';
import { EXEC_COMMAND } from './commands/exec.ts';
import { INFO_COMMAND } from './commands/info.ts';
import { IRQ_COMMAND } from './commands/irq.ts';
import { LOCATE_COMMAND } from './commands/locate.ts';
import { RAW_COMMAND } from './commands/raw.ts';
import { RESET_COMMAND } from './commands/reset.ts';
import { SMOKE_COMMAND } from './commands/smoke.ts';
import { STATS_COMMAND } from './commands/stats.ts';
import { TRACE_COMMAND } from './commands/trace.ts';
import { WATCH_COMMAND } from './commands/watch.ts';
import { COMMON_EXIT_CODES } from './exit-codes.ts';
import { GLOBAL_OPTIONS, anyCommand } from './globals.ts';
import type { AnyCommand, GlobalValues } from './globals.ts';
import { stderr, stdout } from './output.ts';
import { readLine } from './parser.ts';
import type { Running, Tree, Values } from './spec.ts';
import { VERSION } from './version.ts';

/** The commands that start fast, as a tree. */
export const QUICK: Tree<AnyCommand> = {
  name: 'ipmi-bt',
  version: VERSION,
  help: 'Talks to a BMC over its BT interface: no kernel driver, three I/O ports.',
  options: GLOBAL_OPTIONS,
  commands: [
    anyCommand(RAW_COMMAND),
    anyCommand(EXEC_COMMAND),
    anyCommand(INFO_COMMAND),
    anyCommand(LOCATE_COMMAND),
    anyCommand(RESET_COMMAND),
    anyCommand(STATS_COMMAND),
    anyCommand(WATCH_COMMAND),
    anyCommand(CLAIM_COMMAND),
    anyCommand(RELEASE_COMMAND),
    anyCommand(IRQ_COMMAND),
    anyCommand(SMOKE_COMMAND),
    anyCommand(TRACE_COMMAND),
  ],
  notes: 'Options may stand before or after the command.',
  examples: [
    { line: '--sim info', help: 'print the identity of the simulated BMC, without hardware' },
    { line: 'locate --explain', help: 'explain which interface would be used' },
    { line: 'raw 0x06 0x01', help: 'send Get Device ID' },
    { line: 'help raw', help: 'show the help of raw' },
  ],
  exitCodes: {
    ...COMMON_EXIT_CODES,
    1: 'the BMC answered, with a completion code other than 0',
  },
};

/** Runs the command of the command line, which is one of the tree; resolves to the exit code. */
export async function runLine(
  tree: Tree<AnyCommand>,
  args: readonly string[],
  program: Running<GlobalValues>,
): Promise<number> {
  const line = readLine(tree, args);
  switch (line.kind) {
    case 'text':
      stdout.write(line.text);
      return 0;
    case 'nothing':
      stderr.write(line.help);
      throw new UsageError('no command is given');
    case 'command': {
      const { words, options } = line;
      const globals = line.globals as Values<typeof GLOBAL_OPTIONS>;
      try {
        checkBridge(line.command, globals.bridge);
        return await line.command.run({ words, options, globals, program });
      } catch (error) {
        throw inCommand(error, line.command.name);
      }
    }
  }
}
