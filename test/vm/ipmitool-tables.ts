/** The command lines that both programs run in the guest of `commands.test.ts`: all only read. */

/** An exec file as a provisioning system has it: comments, empty lines, and a line that fails. */
export const PROVISIONING = `# before the first boot
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
mc foo
raw 0x06 0x99
power status
`;

/** A health check and a fan script that take what they need out of the text. */
export const READINGS = `
$IPMITOOL chassis power status | grep -q 'is on' && echo up
$IPMITOOL sdr type Fan | awk -F'|' '{ gsub(/ /, "", $1); print $1 ":" $5 }'
$IPMITOOL -c sdr type Temperature | awk -F, '$4 != "ok" { print "bad: " $1, $2, $4 }'
$IPMITOOL sel info | awk -F: '/^Entries/ { print $2 + 0 }'
$IPMITOOL sensor get 'Temp 0' | sed -n 's/^ *Upper critical *: //p'
$IPMITOOL raw 0x06 0x01 | cut -d' ' -f2-4
$IPMITOOL raw 0x30 0x99 || echo "failed with $?"
`;

/** Lines of one a row; words are the shell's. */
function rows(text: string): readonly string[] {
  return text
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '');
}

/** By the BMC: OpenIPMI's `ipmi_sim`, the simulated one of this project, QEMU's own. */
export const TABLES = {
  ipmi_sim: rows(`
    mc info
    bmc info
    mc guid
    mc selftest
    mc getenables
    mc watchdog get
    chassis status
    chassis policy list
    chassis restart_cause
    chassis poh
    chassis power status
    power status
    sel
    sel info
    sel elist
    -c sel list 20
    -v sel list 9
    sel list last 5
    sel get 1
    sel get 0x2 0x7 99999
    sdr elist
    sdr type Temperature
    sdr get 'Temp 0' 'Nobody'
    sensor list
    sensor get 'Temp 0' 'Supply 5'
    fru
    fru print 0
    lan print
    lan print 1
    -v lan print 1
    lan print 9
    user list 1
    -c user list 1
    user summary 1
    channel info
    channel info 1
    channel getaccess 1
    channel getaccess 1 2
    channel getciphers ipmi 1
    dcmi discover
    raw 0x06 0x01
    -v raw 6 1
    raw 0x30 0x99
    -l 1 raw 0x04 0x2d 0x01
    -t 0x30 mc info
    -t 0x30 raw 6 1
    -t 0x42 raw 6 1
    exec /opt/provisioning
    sh /opt/readings.sh`),
  ours: rows(`
    mc info
    mc guid
    chassis status
    sel list
    sel elist
    -v sel elist
    sdr
    -c sdr list
    -v sdr list
    sdr elist full
    sdr elist compact
    sdr elist event
    sdr info
    sdr type
    sdr type list
    sdr type 0x02
    sdr entity 7
    sdr entity 7.1
    sdr foo
    sdr get
    -c sensor
    -v sensor list
    sensor reading 'Temp 0' 'Fan 2' 'Nobody'
    sensor get
    fru print
    dcmi discover
    dcmi power reading
    exec /opt/nothing
    raw
    raw 6
    raw foo 1
    raw 0x06 0x100
    foo
    mc foo
    -z
    -l 9 mc info
    -d
    help
    -V`),
  QEMU: rows(`
    mc info
    mc guid
    mc selftest
    mc getenables
    mc watchdog get
    chassis status
    chassis poh
    power status
    sel info
    sel list
    sdr info
    sdr elist
    -v sdr
    sensor
    -v fru print 0
    fru print 1
    lan print
    user list
    user summary
    channel info
    dcmi discover
    raw 0x06 0x01`),
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Name of a BMC of {@link TABLES}. */
export type TableName = keyof typeof TABLES;
