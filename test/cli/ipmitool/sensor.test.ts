/** `ipmitool sensor`. */

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

compareWithIpmitool({
  title: 'sensor',
  bmc: ipmitoolBmc,
  lines: `
    sensor
    sensor list
    sensor lists
    sensor help
    sensor nothing
    -c sensor
    -v sensor
    -c -v sensor list
    sensor get
    sensor get help
    sensor get 'CPU Temp'
    sensor get 'Long name of 16c' 'Fan 1' 'PSU error' Nothing Boot
    sensor get BMC Generic 'System Board'
    sensor get 'No analog' 'Full discrete' 'Full units' 'Compact thresh'
    sensor get Unavailable Unscanned Absent 'Compact gone'
    sensor get Signed Ones Percent 'Per unit' Times Log Root Inverse Nonlinear Offset Low 'Very high'
    sensor get cpu
    -c sensor get 'CPU Temp'
    sensor reading
    sensor reading help
    sensor reading 'CPU Temp'
    sensor reading 'CPU Temp' 12V 'Fan 1' Nothing 'PSU 1' Boot 'Full discrete' Unavailable
    -c sensor reading 'CPU Temp' 12V
    sensor thresh
    sensor thresh help
    sensor thresh help me please
    sensor thresh helping me please
    sensor reading helpful
    sensor thresh 'CPU Temp' uppermost 1 2 3
    sensor thresh 'CPU Temp' ucr 0x1p4
    sensor thresh 'CPU Temp' ucr 0x.8p5
    sensor thresh 'CPU Temp' ucr 0x1p
    sensor thresh 'CPU Temp' ucr 1e400
    sensor thresh 'CPU Temp' ucr 1e-400
    sensor thresh 'CPU Temp' ucr inf
    sensor thresh 'CPU Temp' ucr -Infinity
    sensor thresh 'CPU Temp' ucr ' 9e1'
    -c sensor get 'Full discrete' 'Full units' Absent 'Very high' BMC
    -v sensor get Low
    sensor thresh 'CPU Temp'
    sensor thresh 'CPU Temp' ucr
    sensor thresh 'CPU Temp' ucr 97
    sensor thresh 'CPU Temp' ucr 110
    sensor thresh 'CPU Temp' ucr 84.6
    sensor thresh 'CPU Temp' ucr 90.5
    sensor thresh 'CPU Temp' unr 120
    sensor thresh 'CPU Temp' unr 90
    sensor thresh 'CPU Temp' unc 90
    sensor thresh 'CPU Temp' unc 5
    sensor thresh 'CPU Temp' lnc 20
    sensor thresh 'CPU Temp' lnc 4
    sensor thresh 'CPU Temp' lcr 7
    sensor thresh 'CPU Temp' lcr 70
    sensor thresh 'CPU Temp' lnr 1
    sensor thresh 'CPU Temp' lnr 50
    sensor thresh 'CPU Temp' lnr ' -5'
    sensor thresh 'CPU Temp' ucrx 97
    sensor thresh 'CPU Temp' ucr abc
    sensor thresh 'CPU Temp' ucr 0x61
    sensor thresh 'CPU Temp' ucr 9.7e1
    sensor thresh 'CPU Temp' upper 80 90 100
    sensor thresh 'CPU Temp' upper 80 90
    sensor thresh 'CPU Temp' upper 80 x 100
    sensor thresh 'CPU Temp' lower 1 2 3
    sensor thresh 'CPU Temp' lower 1 2
    sensor thresh 'CPU Temp' lower x 2 3
    sensor thresh 'CPU Temp' middle 2
    sensor thresh 'Fan 1' lower 500 700 900
    sensor thresh 'Fan 1' ucr 9000
    sensor thresh 'No analog' ucr 93
    sensor thresh 'No analog' upper 300 ' -1' 7.9
    sensor thresh 'PSU 1' ucr 9
    sensor thresh Boot ucr 9
    sensor thresh 'Full discrete' ucr 9
    sensor thresh Absent ucr 9
    sensor thresh Nothing ucr 9
    sensor thresh Signed upper ' -20' 10 20
    `,
});
