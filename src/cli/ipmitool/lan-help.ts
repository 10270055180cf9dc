/** The help of `ipmitool lan`, as ipmitool prints it. */

/** All of `lan`. */
export const LAN_HELP = `LAN Commands:
		   print [<channel number>]
		   set <channel number> <command> <parameter>
		   alert print <channel number> <alert destination>
		   alert set <channel number> <alert destination> <command> <parameter>
		   stats get [<channel number>]
		   stats clear [<channel number>]`;

/** All of `lan set`. */
export const SET_HELP = `
usage: lan set <channel> <command> <parameter>

LAN set command/parameter options:
  ipaddr <x.x.x.x>               Set channel IP address
  netmask <x.x.x.x>              Set channel IP netmask
  macaddr <x:x:x:x:x:x>          Set channel MAC address
  defgw ipaddr <x.x.x.x>         Set default gateway IP address
  defgw macaddr <x:x:x:x:x:x>    Set default gateway MAC address
  bakgw ipaddr <x.x.x.x>         Set backup gateway IP address
  bakgw macaddr <x:x:x:x:x:x>    Set backup gateway MAC address
  password <password>            Set session password for this channel
  snmp <community string>        Set SNMP public community string
  user                           Enable default user for this channel
  access <on|off>                Enable or disable access to this channel
  alert <on|off>                 Enable or disable PEF alerting for this channel
  arp respond <on|off>           Enable or disable BMC ARP responding
  arp generate <on|off>          Enable or disable BMC gratuitous ARP generation
  arp interval <seconds>         Set gratuitous ARP generation interval
  vlan id <off|<id>>             Disable or enable VLAN and set ID (1-4094)
  vlan priority <priority>       Set vlan priority (0-7)
  auth <level> <type,..>         Set channel authentication types
    level  = CALLBACK, USER, OPERATOR, ADMIN
    type   = NONE, MD2, MD5, PASSWORD, OEM
  ipsrc <source>                 Set IP Address source
    none   = unspecified source
    static = address manually configured to be static
    dhcp   = address obtained by BMC running DHCP
    bios   = address loaded by BIOS or system software
  cipher_privs XXXXXXXXXXXXXXX   Set RMCP+ cipher suite privilege levels
    X = Cipher Suite Unused
    c = CALLBACK
    u = USER
    o = OPERATOR
    a = ADMIN
    O = OEM

  bad_pass_thresh <thresh_num> <1|0> <reset_interval> <lockout_interval>
                                Set bad password threshold`;

/** All of `lan alert print`. */
export const ALERT_PRINT_HELP = `
usage: lan alert print [channel number] [alert destination]

Default will print all alerts for the first found LAN channel`;

/** All of `lan alert set`. */
export const ALERT_SET_HELP = `
usage: lan alert set <channel number> <alert destination> <command> <parameter>

    Command/parameter options:

    ipaddr <x.x.x.x>               Set alert IP address
    macaddr <x:x:x:x:x:x>          Set alert MAC address
    gateway <default|backup>       Set channel gateway to use for alerts
    ack <on|off>                   Set Alert Acknowledge on or off
    type <pet|oem1|oem2>           Set destination type as PET or OEM
    time <seconds>                 Set ack timeout or unack retry interval
    retry <number>                 Set number of alert retries
`;

/** Help of the settings that have their own. */
export const SETTING_HELP = {
  access: 'lan set access <on|off>',
  alert: "LAN set alert must be 'on' or 'off'",
  arp: `lan set <channel> arp respond <on|off>
lan set <channel> arp generate <on|off>
lan set <channel> arp interval <seconds>

example: lan set 7 arp gratuitous off`,
  auth: `lan set <channel> auth <level> <type,type,...>
  level = CALLBACK, USER, OPERATOR, ADMIN
  types = NONE, MD2, MD5, PASSWORD, OEM
example: lan set 7 auth ADMIN PASSWORD,MD5`,
  badPasswords: `lan set <channel> bad_pass_thresh <thresh_num> <1|0> <reset_interval> <lockout_interval>
        <thresh_num>         Bad Password Threshold number.
        <1|0>                1 = generate a Session Audit sensor event.
                             0 = do not generate an event.
        <reset_interval>     Attempt Count Reset Interval. In tens of seconds.
        <lockount_interval>  User Lockout Interval. In tens of seconds.`,
  ciphers: `lan set <channel> cipher_privs XXXXXXXXXXXXXXX
    X = Cipher Suite Unused
    c = CALLBACK
    u = USER
    o = OPERATOR
    a = ADMIN
    O = OEM
`,
  snmp: 'lan set <channel> snmp <community string>',
  source: `lan set <channel> ipsrc <source>
  none   = unspecified
  static = static address (manually configured)
  dhcp   = address obtained by BMC running DHCP
  bios   = address loaded by BIOS or system software`,
  vlan: `lan set <channel> vlan id <id>
lan set <channel> vlan id off
lan set <channel> vlan priority <priority>`,
  gateway: 'LAN set default gateway Commands: ipaddr, macaddr',
  backup: 'LAN set backup gateway commands: ipaddr, macaddr',
} as const;
