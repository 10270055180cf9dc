/** The collector `bmc-watchdog`: the watchdog timer of the BMC (IPMI 2.0 §27.7). */

import type { Commands } from 'ipmi-bt/commands';

import type { Collector, Round } from '../collector.ts';
import type { MetricName } from '../metrics.ts';

const MS_PER_S = 1000;

/** The words of FreeIPMI for the library's, in the order in which they are exported. */
const USES = {
  'bios-frb2': 'BIOS FRB2',
  'bios-post': 'BIOS POST',
  'os-load': 'OS LOAD',
  'sms-os': 'SMS/OS',
  oem: 'OEM',
} as const;

const ACTIONS = {
  none: 'None',
  'hard-reset': 'Hard Reset',
  'power-down': 'Power Down',
  'power-cycle': 'Power Cycle',
} as const;

const INTERRUPTS = {
  none: 'None',
  smi: 'SMI',
  nmi: 'NMI / Diagnostic Interrupt',
  message: 'Messaging Interrupt',
} as const;

/** A choice that is exported as one sample for each possible word. */
interface Choice {
  readonly metric: MetricName;
  readonly label: string;
  readonly words: Readonly<Record<string, string>>;
  /** The library's word; a number where it has none. */
  readonly chosen: string | number;
}

/** One transaction a round. */
export class WatchdogCollector implements Collector {
  readonly name = 'bmc-watchdog';
  readonly #bmc: Pick<Commands, 'watchdog'>;

  constructor(bmc: Pick<Commands, 'watchdog'>) {
    this.#bmc = bmc;
  }

  async collect(round: Round): Promise<void> {
    const timer = await this.#bmc.watchdog.get({ signal: round.signal });
    const { use, actions, preTimeoutSeconds, countdownMs, presentMs } = timer;
    const add = (metric: MetricName, value: number): void => {
      round.add({ metric, value });
    };
    add('ipmi_bmc_watchdog_timer_state', Number(use.isRunning));
    add('ipmi_bmc_watchdog_logging_state', Number(use.isLogged));
    add('ipmi_bmc_watchdog_pretimeout_interval_seconds', preTimeoutSeconds);
    add('ipmi_bmc_watchdog_initial_countdown_seconds', countdownMs / MS_PER_S);
    add('ipmi_bmc_watchdog_current_countdown_seconds', presentMs / MS_PER_S);
    const choices: readonly Choice[] = [
      {
        ...{ metric: 'ipmi_bmc_watchdog_timer_use_state', label: 'name' },
        ...{ words: USES, chosen: use.use },
      },
      {
        ...{ metric: 'ipmi_bmc_watchdog_timeout_action_state', label: 'action' },
        ...{ words: ACTIONS, chosen: actions.action },
      },
      {
        ...{ metric: 'ipmi_bmc_watchdog_pretimeout_interrupt_state', label: 'interrupt' },
        ...{ words: INTERRUPTS, chosen: actions.interrupt },
      },
    ];
    for (const choice of choices) addChoice(round, choice);
  }
}

function addChoice({ add }: Round, { metric, label, words, chosen }: Choice): void {
  for (const [name, text] of Object.entries(words)) {
    add({ metric, labels: { [label]: text }, value: Number(name === chosen) });
  }
}
