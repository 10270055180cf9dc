/**
 * The command lines that both programs run in the guest of `commands.test.ts`: all only read. A
 * process of Node takes seconds in a guest of a busy host, and each walk through the sensors, too:
 * so most are lines of exec files, and others are among those of `command-lines.txt`. What
 * depends on time is left out (`sel time get`; `ipmi_sim` counts a watchdog down that was never
 * set), and `mc getenables`: the kernel's driver enables the event message buffer.
 */

/** Words of the shell, a line a row. */
function rows(text: string): readonly string[] {
  return text
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '');
}

/** By the BMC: OpenIPMI's `ipmi_sim`, the simulated one of this project, QEMU's own. */
export const TABLES = {
  ipmi_sim: rows(`
    exec /opt/lines/ipmi_sim
    -c exec /opt/lines/provisioning
    -v exec /opt/lines/provisioning
    -l 1 raw 0x04 0x2d 0x01
    -t 0x30 mc info
    -t 0x42 raw 6 1
    lan print
    user list
    raw 0x30 0x99
    sh /opt/lines/readings`),
  ours: rows(`
    exec /opt/lines/nothing
    -z
    -V
    sdr foo`),
  QEMU: rows(`
    exec /opt/lines/QEMU
    -v sensor
    fru print 1`),
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Name of a BMC of {@link TABLES}. */
export type TableName = keyof typeof TABLES;

/** The files that the lines name: exec files, and a script whose program is `$IPMITOOL`. */
export const FILES: Readonly<Record<string, string>> = {
  // As a provisioning system has it: comments, empty lines, and lines that fail.
  provisioning: `# before the first boot
mc info
chassis status

chassis policy list
sel info
lan print 1
user list 1
channel getaccess 1 2
raw 0x06 0x01
sensor reading "Temp 0" "Fan 2"
sdr get "Temp 0"
sel list 9
mc foo
raw 0x06 0x99
power status
`,
  // A health check and a fan script take what they need out of the text.
  readings: `$IPMITOOL chassis power status | grep -q 'is on' && echo up
$IPMITOOL sdr type Fan | awk -F'|' '{ gsub(/ /, "", $1); print $1 ":" $5 }'
$IPMITOOL sel info | awk -F: '/^Entries/ { print $2 + 0 }'
$IPMITOOL sensor get 'Temp 0' | sed -n 's/^ *Upper critical *: //p'
$IPMITOOL raw 0x30 0x99 || echo "failed with $?"
`,
  ipmi_sim: `mc info
bmc info
mc guid
mc selftest
chassis status
chassis policy list
chassis restart_cause
chassis poh
chassis power status
power status
sel
sel info
sel elist
sel list 20
sel list last 5
sel get 1
sel get 0x2 0x7 99999
sdr info
sdr elist
sdr get "Temp 0" Nobody
sensor list
sensor get "Temp 0" "Supply 5"
fru
fru print 0
lan print
lan print 1
lan print 9
user list 1
user summary 1
channel info
channel info 1
channel getaccess 1
channel getaccess 1 2
channel getciphers ipmi 1
dcmi discover
raw 0x06 0x01
raw 6 1
raw 0x30 0x99
`,
  QEMU: `mc info
mc guid
mc selftest
mc watchdog get
chassis status
chassis poh
power status
sel info
sel list
sdr info
sdr elist
sdr type Voltage
sensor
fru print 0
lan print
user list
user summary
channel info
channel getaccess 1
dcmi discover
raw 0x06 0x01
`,
};
