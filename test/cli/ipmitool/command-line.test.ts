/** The options of ipmitool. */

import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

compareWithIpmitool({
  title: 'options',
  lines: `
    help
    help foo
    foo
    ra 6 1
    rawfoo 6 1
    RAW 6 1
    -c
    --
    -h
    -V
    -x
    -hV
    -Vh
    -cV
    -vh
    --help
    --version
    -?
    -
    - raw 6 4
    -- raw 6 4
    -c -- raw 6 4
    -I
    -d
    -l
    -U
    -cI
    -I foo raw 6 4
    -I list raw 6 4
    -I help
    -Ifoo raw 6 4
    -I ope raw 6 4
    -I openx raw 6 4
    -d x raw 6 4
    -d 0 raw 6 4
    -d -1 raw 6 4
    -d '' raw 6 4
    -d0 raw 6 4
    -l x raw 6 4
    -l 256 raw 6 4
    -l -1 raw 6 4
    -b x raw 6 4
    -b 300 raw 6 4
    -t x raw 6 4
    -t 300 raw 6 4
    -T x raw 6 4
    -B x raw 6 4
    -B 1 raw 6 4
    -T 0x82 raw 6 4
    -T 0x82 -B 7 raw 6 4
    -m x raw 6 4
    -m 0x24 raw 6 4
    -m '' raw 6 4
    -N x raw 6 4
    -N 5x raw 6 4
    -N -1 raw 6 4
    -N 5 raw 6 4
    -N 300 raw 6 4
    -R x raw 6 4
    -R -1 raw 6 4
    -R 3 raw 6 4
    -R 300 raw 6 4
    -R 5000000000 raw 6 4
    -p x raw 6 4
    -p 70000 raw 6 4
    -p -1 raw 6 4
    -p 0 raw 6 4
    -U '' raw 6 4
    -U root raw 6 4
    -U 12345678901234567 raw 6 4
    -P 123456789012345678901 raw 6 4
    -L FOO raw 6 4
    -L USER raw 6 4
    -L USER+ raw 6 4
    -L user raw 6 4
    -L OEM raw 6 4
    -L ADMINISTRATOR raw 6 4
    -A FOO raw 6 4
    -A MD5 raw 6 4
    -A -L raw 6 4
    -C x raw 6 4
    -C 300 raw 6 4
    -C 3 raw 6 4
    -o foo raw 6 4
    -o '' raw 6 4
    -o list raw 6 4
    -o supermicro raw 6 4
    -e ab raw 6 4
    -k x raw 6 4
    -y x raw 6 4
    -y 12 raw 6 4
    -y zz raw 6 4
    -y 0x12 raw 6 4
    -y 1234567890123456789012345678901234567890ab raw 6 4
    -E raw 6 4
    -K raw 6 4
    -g raw 6 4
    -s raw 6 4
    -4 raw 6 4
    -6 raw 6 4
    -Z raw 6 4
    -D
    -D x raw 6 4
    -z
    -z x raw 6 4
    -z 65536 raw 6 4
    -z -1 raw 6 4
    -z '' raw 6 4
    -z 1 raw 6 4
    -z 100 foo
    -z 100 help
    -f
    -f /nonexistent/file raw 6 4
    -f /nonexistent/file help
    -f '' raw 6 4
    `,
});
