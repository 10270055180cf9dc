/**
 * The commands and options of `ipmitool` 1.8.19 that `ipmi-bt` does not have, and the lines that
 * can be typed instead. A command that exists is never looked up here.
 */

/** The lines that stand for a command of `ipmitool`. */
export interface Substitute {
  /** Lines of this program that show the same, or do the same. */
  readonly lines?: readonly string[];
  /** A raw command, by the words that follow `raw`; `N` stands for a number. */
  readonly raw?: Readonly<Record<string, string>>;
}

const CONTROLLER: Substitute = {
  lines: ['info', 'reset --cold --yes'],
  raw: { '0x06 0x25': 'Get Watchdog Timer', '0x06 0x2f': 'Get BMC Global Enables' },
};

const MASTER_WRITE_READ: Substitute = { raw: { '0x06 0x52 N N N': 'Master Write-Read' } };

const OEM: Substitute = {};

/** Substitutes by the command of `ipmitool`. */
export const IPMITOOL_COMMANDS: Readonly<Record<string, Substitute>> = {
  bmc: CONTROLLER,
  delloem: OEM,
  ekanalyzer: OEM,
  event: { lines: ['watch'], raw: { '0x04 0x02 N N N N N N N N': 'Platform Event Message' } },
  firewall: { raw: { '0x06 0x09 0x0e': 'Get NetFn Support, of this channel' } },
  fwum: OEM,
  gendev: MASTER_WRITE_READ,
  hpm: { raw: { '0x2c 0x2e 0': 'Get Target Upgrade Capabilities' } },
  i2c: MASTER_WRITE_READ,
  ime: OEM,
  isol: OEM,
  kontronoem: OEM,
  lan6: {
    lines: ['lan print'],
    raw: { '0x0c 0x02 1 59 0 0': 'Get LAN Configuration Parameters: IPv6, channel 1' },
  },
  nm: OEM,
  pef: { raw: { '0x04 0x10': 'Get PEF Capabilities' } },
  picmg: { raw: { '0x2c 0x00 0': 'Get PICMG Properties' } },
  session: { raw: { '0x06 0x3d 0': 'Get Session Info' } },
  shell: { lines: ['exec -'] },
  spd: MASTER_WRITE_READ,
  sunoem: OEM,
  tsol: OEM,
  vita: { raw: { '0x2c 0x00 3': 'Get VSO Capabilities' } },
};

const NETWORK = 'ipmi-bt talks to the BMC of this server, and not over the network';

/** Explanations by the option of `ipmitool`; each takes one letter. */
export const IPMITOOL_OPTIONS: Readonly<Record<string, string>> = {
  '-I': 'ipmi-bt uses BT of this server, without network and kernel driver; for -I open use ipmitool with ipmi_si bound',
  '-A': NETWORK,
  '-C': NETWORK,
  '-E': NETWORK,
  '-H': NETWORK,
  '-K': NETWORK,
  '-L': NETWORK,
  '-P': NETWORK,
  '-U': NETWORK,
  '-Y': NETWORK,
  '-f': NETWORK,
  '-k': NETWORK,
  '-p': `${NETWORK}; the I/O port of the interface is --base`,
  '-y': NETWORK,
  '-N': 'the time limit is --timeout SECONDS',
  '-R': 'the number of repeats is --retries N, after raw',
  '-b': 'ipmi-bt does not bridge; Send Message is raw 0x06 0x34',
  '-c': 'JSON instead of CSV is --json',
  '-d': 'the interface is named by its I/O port: --base PORT',
  '-l': 'the logical unit is --lun N, after raw',
  '-t': 'ipmi-bt does not bridge; Send Message is raw 0x06 0x34',
  '-v': 'more is printed with --trace or --log-level debug',
};
