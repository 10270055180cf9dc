/** `ipmitool sdr`. */

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

compareWithIpmitool({
  title: 'sdr',
  bmc: ipmitoolBmc,
  lines: `
    sdr
    sdr help
    sdr list
    sdr list all
    sdr list full
    sdr list compact
    sdr list event
    sdr list mcloc
    sdr list fru
    sdr list generic
    sdr list help
    sdr list ALL
    sdr list nothing
    sdr elist
    sdr elist all
    sdr elist full
    sdr elist compact
    sdr elist event
    sdr elist mcloc
    sdr elist fru
    sdr elist generic
    sdr elist help
    sdr elist nothing
    sdr type
    sdr type list
    sdr type HELP
    sdr type Temperature
    sdr type temperature
    sdr type 'Power Supply'
    sdr type 0x01
    sdr type 0x08
    sdr type 0x12
    sdr type 0x1ff
    sdr type 0x
    sdr type 1
    sdr type nothing
    sdr entity
    sdr entity list
    sdr entity help
    sdr entity 3
    sdr entity 3.1
    sdr entity 3.2
    sdr entity 7
    sdr entity 7.1
    sdr entity 0x7
    sdr entity 7.x
    sdr entity 263
    sdr entity Processor
    sdr entity 'power supply'
    sdr entity nothing
    sdr info
    sdr get
    sdr get 'CPU Temp'
    sdr get 'Long name of 16c' Nothing 'Fan 1'
    sdr get Boot 'PSU error' BMC 'System Board' Generic
    sdr get cpu
    sdr get CPU
    sdr get ''
    sdr dump
    sdr fill
    sdr fill file
    sdr fill range
    sdr fill nothing
    sdr nothing
    -c sdr
    -c sdr list all
    -c sdr elist all
    -c sdr type Temperature
    -c sdr get 'CPU Temp'
    -c sdr entity 7
    -v sdr
    -v sdr list all
    -v sdr elist all
    -v sdr type Fan
    -v sdr entity 7
    -v sdr get BMC
    -c -v sdr list all
    `,
});
