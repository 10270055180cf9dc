/**
 * Command lines of other authors' programs, as they stand in scripts: a guest runs each of them
 * over the kernel's driver, and over the device file that `ipmi-bt serve` offers.
 */

/** Without the cache of the run before, and without what differs from run to run. */
const FREEIPMI = '--quiet-cache --ignore-sdr-cache';

const METRICS = 'http://127.0.0.1:9290/metrics';

/** Of the exporter and of its process, and not of the BMC. */
const OWN_METRICS = "grep -v -e '^#' -e duration -e '^go_' -e '^process_' -e '^promhttp_'";

export const SERVED_LINES: Readonly<Record<string, string>> = {
  'ipmitool mc info': 'ipmitool mc info',
  'ipmitool mc guid': 'ipmitool mc guid',
  'ipmitool mc selftest': 'ipmitool mc selftest',
  'ipmitool mc getenables': 'ipmitool mc getenables',
  // The answer of ipmi_sim has bytes of its memory.
  'ipmitool raw, which sets the watchdog':
    'ipmitool raw 6 0x24 4 0 0 0 0x10 0 > /dev/null; echo $?',
  'ipmitool mc watchdog get': 'ipmitool mc watchdog get',
  'ipmitool sel info': 'ipmitool sel info',
  'ipmitool sel elist': 'ipmitool sel elist',
  'ipmitool sdr elist all': 'ipmitool sdr elist all',
  'ipmitool sensor list': 'ipmitool sensor list',
  'ipmitool fru print': 'ipmitool fru print',
  'ipmitool chassis status': 'ipmitool chassis status',
  'ipmitool lan print 1': 'ipmitool lan print 1',
  'ipmitool user list 1': 'ipmitool user list 1',
  'ipmitool channel info 1': 'ipmitool channel info 1',
  'ipmitool raw': 'ipmitool raw 6 1',
  'ipmitool raw, refused': 'ipmitool raw 0x30 0x55',
  'ipmitool raw, on another LUN': 'ipmitool -l 1 raw 0x06 0x01',
  'ipmitool to a satellite': 'ipmitool -t 0x30 mc info',
  'ipmitool raw to a satellite': 'ipmitool -t 0x30 raw 6 1',
  'ipmitool exec': "printf 'raw 6 1\\nmc info\\nraw 0x30 0x55\\n' > /tmp/x; ipmitool exec /tmp/x",
  'bmc-info': 'bmc-info',
  'bmc-device': 'bmc-device --get-acpi-power-state',
  'ipmi-chassis': 'ipmi-chassis --get-chassis-status',
  'ipmi-config': 'ipmi-config --category=core --checkout --section=User2',
  'ipmi-fru': `ipmi-fru ${FREEIPMI}`,
  'ipmi-raw': 'ipmi-raw 0 6 1',
  'ipmi-sel': 'ipmi-sel --quiet-cache',
  'ipmi-sensors': 'ipmi-sensors --quiet-cache --bridge-sensors',
  'bmc-watchdog': 'bmc-watchdog --get',
  ipmiseld: 'mkdir -p /var/cache/ipmiseld; ipmiseld --test-run --foreground',
  ipmicmd: "printf '0f 00 06 01\\n' | ipmicmd smi 0 2> /dev/null",
  exporter: [
    'ifconfig lo up 127.0.0.1',
    'prometheus-ipmi-exporter --web.listen-address=127.0.0.1:9290 > /tmp/exporter 2>&1 &',
    `until wget -q -O /tmp/metrics ${METRICS} 2> /dev/null; do usleep 200000; done`,
    'kill $!',
    `${OWN_METRICS} /tmp/metrics`,
  ].join('\n'),
};

/** What CUSE cannot do as a driver of the kernel does it. */
export const LIMITS = 'ipmi-parity /dev/ipmi0 limits';

/** Programs of the project that each show a part of the kernel's interface. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  'ioctl of 64 bits': 'ipmi-parity',
  'ioctl of 32 bits': 'ipmi-parity32',
  readiness: 'ipmi-epoll',
};
