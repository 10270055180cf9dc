/** `ipmitool user`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const GET_USER_ACCESS = 0x44;
const GET_USER_NAME = 0x46;

/** A BMC with users whose access has these bits, one after the other. */
function usersWith(accesses: readonly number[], name: readonly number[]) {
  const answer = ({ cmd, data }: RequestInput): readonly number[] | undefined => {
    if (cmd === GET_USER_NAME) return name;
    if (cmd !== GET_USER_ACCESS) return undefined;
    const user = data?.[1] ?? 0;
    return [0, accesses.length | 0xc0, 0x42, 0x41, accesses[user - 1] ?? 0];
  };
  return () => ({ answer });
}

const LISTS = `
  user list 1
  -c user list 1
  user summary 1
  -c user summary 1
  user list 0xe
  user summary 15`;

const CHANGES = `
  user list 1
  user summary 1
  user set name 2 admin
  user set password 2 secret
  user disable 2
  user enable 2
  user priv 2 4 1
  user test 2 16 secret`;

const NAMES: readonly (readonly number[])[] = [
  [0xcc],
  [0xc1],
  [0, 65, 66, 67],
  [0, ...Array<number>(16).fill(0xe4)],
  [0, 65, ...Array<number>(15).fill(0)],
];

/** Passwords that are typed. */
const TYPED = `
  user set password 2
  user set password foo
  user set password 0
  user test 2 16
  user test 2 20
  user test 2 17
  user test foo 16`;

const PASSWORDS: readonly string[] = [
  ...['secret', '', 'exactly16letters', 'asecretthatistoo', 'asecretthatistoolong'],
  ...['asecretthatistoolongforit', ' sp ace ', 'carriage\r', 'ä'],
];

compareWithIpmitool(
  ...PASSWORDS.map((password) => ({
    title: `typed ${JSON.stringify(password)}`,
    lines: TYPED,
    input: `${password}\n${password}\n`,
  })),
  {
    title: 'user',
    lines: `
      user
      user help
      user foo
      user list
      user list 1
      user list 2
      user list foo
      user list 20
      user list 1 x
      user summary
      user summary 1
      user summary 20
      user summary foo
      user summary 1 x
      user set
      user set foo
      user set name
      user set name 2
      user set name 2 admin
      user set name 2 admin x
      user set name 2 averyveryverylongname
      user set name 2 exactly16letters
      user set name 0 x
      user set name 64 x
      user set name foo x
      user set name 2 ''
      user set password
      user set password 2 secret
      user set password 2 secret 16
      user set password 2 secret 20
      user set password 2 secret 17
      user set password 2 secret foo
      user set password 2 secret 16 x
      user set password 2 asecretthatistoolongforit
      user set password 2 asecretthatistoolong
      user set password 2 asecretthatistoolong 20
      user set password 2 asecretthatistoolong 16
      user set password foo x
      user set password 0 x
      user set password 2 ''
      user disable
      user disable 2
      user disable 2 3
      user disable foo
      user disable 0
      user disable 64
      user enable 2
      user enable
      user priv
      user priv 2
      user priv 2 4
      user priv 2 4 1
      user priv 2 4 1 x
      user priv 2 9
      user priv 2 0xf 1
      user priv 2 foo
      user priv 2 4 foo
      user priv 2 4 99
      user priv 0 4 1
      user priv 2 15
      user priv foo foo foo
      user test
      user test 2
      user test 2 16 secret
      user test 2 20 secret
      user test 2 17 secret
      user test 2 foo secret
      user test foo 16 x
      user test 2 16 secret x
      user test 2 16 asecretthatistoolong
      user test 2 20 asecretthatistoolongtoolong
      -c user list 1
      -c user summary 1
    `,
  },
  ...NAMES.map((name, index) => ({
    title: `name ${index}`,
    lines: LISTS,
    bmc: usersWith([0x7f, 0x40, 0x10, 0x2f, 0x36, 0x02], name),
  })),
  ...[0x00, 0x80, 0x81, 0xcc, 0xd4].map((code) => ({
    title: `code ${code}`,
    lines: CHANGES,
    bmc: () => ({ answer: () => [code] }),
  })),
);
