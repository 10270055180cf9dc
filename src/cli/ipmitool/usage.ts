/** The help of ipmitool 1.8.19 itself, as it prints it on standard error. */

/** Version, options and interfaces; the list of the commands follows it. */
export const USAGE = `ipmitool version 1.8.19

usage: ipmitool [options...] <command>

       -h             This help
       -V             Show version information
       -v             Verbose (can use multiple times)
       -c             Display output in comma separated format
       -d N           Specify a /dev/ipmiN device to use (default=0)
       -I intf        Interface to use
       -H hostname    Remote host name for LAN interface
       -p port        Remote RMCP port [default=623]
       -U username    Remote session username
       -f file        Read remote session password from file
       -z size        Change Size of Communication Channel (OEM)
       -S sdr         Use local file for remote SDR cache
       -D tty:b[:s]   Specify the serial device, baud rate to use
                      and, optionally, specify that interface is the system one
       -4             Use only IPv4
       -6             Use only IPv6
       -a             Prompt for remote password
       -Y             Prompt for the Kg key for IPMIv2 authentication
       -e char        Set SOL escape character
       -C ciphersuite Cipher suite to be used by lanplus interface
       -k key         Use Kg key for IPMIv2 authentication
       -y hex_key     Use hexadecimal-encoded Kg key for IPMIv2 authentication
       -L level       Remote session privilege level [default=ADMINISTRATOR]
                      Append a '+' to use name/privilege lookup in RAKP1
       -A authtype    Force use of auth type NONE, PASSWORD, MD2, MD5 or OEM
       -P password    Remote session password
       -E             Read password from IPMI_PASSWORD environment variable
       -K             Read kgkey from IPMI_KGKEY environment variable
       -m address     Set local IPMB address
       -b channel     Set destination channel for bridged request
       -t address     Bridge request to remote target address
       -B channel     Set transit channel for bridged request (dual bridge)
       -T address     Set transit address for bridge request (dual bridge)
       -l lun         Set destination lun for raw commands
       -o oemtype     Setup for OEM (use 'list' to see available OEM types)
       -O seloem      Use file for OEM SEL event descriptions
       -N seconds     Specify timeout for lan [default=2] / lanplus [default=1] interface
       -R retry       Set the number of retries for lan/lanplus interface [default=4]
       -Z             Display all dates in UTC

Interfaces:
	open          Linux OpenIPMI Interface [default]
	imb           Intel IMB Interface 
	lan           IPMI v1.5 LAN Interface 
	lanplus       IPMI v2.0 RMCP+ LAN Interface 
	free          FreeIPMI IPMI Interface 
	serial-terminal  Serial Interface, Terminal Mode 
	serial-basic  Serial Interface, Basic Mode 
	dummy         Linux DummyIPMI Interface 
	usb           IPMI USB Interface(OEM Interface for AMI Devices) `;

/** The list of the commands. */
export const COMMANDS = `Commands:
	raw           Send a RAW IPMI request and print response
	i2c           Send an I2C Master Write-Read command and print response
	spd           Print SPD info from remote I2C device
	lan           Configure LAN Channels
	chassis       Get chassis status and set power state
	power         Shortcut to chassis power commands
	event         Send pre-defined events to MC
	mc            Management Controller status and global enables
	sdr           Print Sensor Data Repository entries and readings
	sensor        Print detailed sensor information
	fru           Print built-in FRU and scan SDR for FRU locators
	gendev        Read/Write Device associated with Generic Device locators sdr
	sel           Print System Event Log (SEL)
	pef           Configure Platform Event Filtering (PEF)
	sol           Configure and connect IPMIv2.0 Serial-over-LAN
	tsol          Configure and connect with Tyan IPMIv1.5 Serial-over-LAN
	isol          Configure IPMIv1.5 Serial-over-LAN
	user          Configure Management Controller users
	channel       Configure Management Controller channels
	session       Print session information
	dcmi          Data Center Management Interface
	nm            Node Manager Interface
	sunoem        OEM Commands for Sun servers
	kontronoem    OEM Commands for Kontron devices
	picmg         Run a PICMG/ATCA extended cmd
	fwum          Update IPMC using Kontron OEM Firmware Update Manager
	firewall      Configure Firmware Firewall
	delloem       OEM Commands for Dell systems
	shell         Launch interactive IPMI shell
	exec          Run list of commands from file
	set           Set runtime variable for shell and exec
	hpm           Update HPM components using PICMG HPM.1 file
	ekanalyzer    run FRU-Ekeying analyzer using FRU files
	ime           Update Intel Manageability Engine Firmware
	vita          Run a VITA 46.11 extended cmd
	lan6          Configure IPv6 LAN Channels
`;

/** The list of the boards that `-o` takes. */
export const OEM_HELP = `
OEM Support:
	supermicro   Supermicro IPMIv1.5 BMC with OEM LAN authentication support
	intelwv2     Intel SE7501WV2 IPMIv1.5 BMC with extra LAN communication support
	intelplus    Intel IPMI 2.0 BMC with RMCP+ communication support
	icts         IPMI 2.0 ICTS compliance support
	ibm          IBM OEM support
	i82571spt    Intel 82571 MAC with integrated RMCP+ support in super pass-through mode
	kontron      Kontron OEM big buffer support
	quanta       Quanta IPMIv1.5 BMC with OEM LAN authentication support
`;

/** The help of `raw`. */
export const RAW_HELP = `RAW Commands:  raw <netfn> <cmd> [data]

Network Function Codes:

  VAL	HEX	STRING
==============================================
  0	0x00	Chassis
  2	0x02	Bridge
  4	0x04	SensorEvent
  6	0x06	Application
  8	0x08	Firmware
  10	0x0a	Storage
  12	0x0c	Transport

(can also use raw hex values)`;

/** The help of `set`. */
export const SET_HELP = `Usage: set <option> <value>

Options are:
    hostname <host>        Session hostname
    username <user>        Session username
    password <pass>        Session password
    privlvl <level>        Session privilege level force
    authtype <type>        Authentication type force
    localaddr <addr>       Local IPMB address
    targetaddr <addr>      Remote target IPMB address
    port <port>            Remote RMCP port
    csv [level]            enable output in comma separated format
    verbose [level]        Verbose level
`;
