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

const MASTER_WRITE_READ: Substitute = { raw: { '0x06 0x52 N N N': 'Master Write-Read' } };

const OEM: Substitute = {};

/** Substitutes by the command of `ipmitool`. */
export const IPMITOOL_COMMANDS: Readonly<Record<string, Substitute>> = {
  bmc: { lines: ['mc info', 'mc selftest', 'mc enables', 'watchdog get', 'mc reset cold'] },
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

/**
 * The lines that stand for an action of `ipmitool` which has another name here, or is a part of
 * another command; by the command and the action.
 */
export const IPMITOOL_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'channel authcap': ['lan print'],
  'channel getaccess': ['channel access', 'user list'],
  'channel getciphers': ['lan print'],
  'channel setaccess': ['channel apply FILE', 'user set 2'],
  'chassis power': ['power status', 'power on', 'power off', 'power cycle', 'power reset'],
  'chassis restart_cause': ['chassis restart-cause'],
  'chassis selftest': ['mc selftest'],
  'dcmi discover': ['dcmi capabilities'],
  'lan set': ['lan apply FILE', 'schema lan-apply'],
  'lan stats': ['lan print'],
  'mc getenables': ['mc enables'],
  'mc getsysinfo': ['mc info'],
  'mc setenables': ['mc enables'],
  'mc watchdog': ['watchdog get', 'watchdog set 60', 'watchdog reset', 'watchdog off'],
  'sdr elist': ['sdr list'],
  'sdr entity': ['sdr list'],
  'sdr get': ['sensor get 0x20/0/0x30'],
  'sel elist': ['sel list --names'],
  'sel save': ['--json sel list', 'sel drain FILE'],
  'sel writeraw': ['sdr dump FILE', '--json sel list'],
  'sensor reading': ['sensor get 0x20/0/0x30'],
  'sensor thresh': ['sensor list'],
  'sol info': ['sol print'],
  'user disable': ['user set 2 --disable'],
  'user enable': ['user set 2 --enable'],
  'user priv': ['user set 2 --privilege operator'],
  'user summary': ['user list'],
  'user test': ['user set 2 --password-file FILE'],
};

const NETWORK = 'ipmi-bt talks to the BMC of this server, and not over the network';

const BRIDGES =
  'controllers behind the BMC are reached with --bridge CHANNEL:ADDRESS, such as --bridge 0:0x2c raw 0x06 0x01';

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
  '-B': BRIDGES,
  '-S': 'records of sensors are kept by sensor, sdr and sel, with --cache FOLDER',
  '-T': BRIDGES,
  '-b': BRIDGES,
  '-c': 'JSON instead of CSV is --json',
  '-d': 'the interface is named by its I/O port: --base PORT',
  '-l': 'the logical unit is --lun N, after raw',
  '-o': 'ipmi-bt has nothing that depends on the make of the BMC',
  '-t': BRIDGES,
  '-v': 'more is printed with --trace or --log-level debug',
};
