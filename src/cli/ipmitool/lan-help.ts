/** The help of `ipmitool lan`, as ipmitool prints it. */

/** All of `lan`. */
export const LAN_HELP = `LAN Commands:
		   print [<channel number>]
		   set <channel number> <command> <parameter>
		   alert print <channel number> <alert destination>
		   alert set <channel number> <alert destination> <command> <parameter>
		   stats get [<channel number>]
		   stats clear [<channel number>]`;
