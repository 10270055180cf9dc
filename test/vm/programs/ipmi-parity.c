/*
 * Makes some 75 ioctls of linux/ipmi.h on a device, good and bad, and prints a line for each: its
 * name, its result or errno, and what was received. Run on the kernel's device and on the served
 * one, from 64 and from 32 bits, it prints the same lines.
 *
 * ipmi-parity DEVICE [SATELLITE|limits]: with a slave address, it asks that controller, too; with
 * "limits" it does only what a served device cannot do as the kernel's does.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NOWHERE ((unsigned char *)8)
#define ANSWER_MS 30000

static int fd;
static struct ipmi_system_interface_addr bmc = {
	IPMI_SYSTEM_INTERFACE_ADDR_TYPE, IPMI_BMC_CHANNEL, 0
};
static unsigned char some[512];

static int report(const char *name, int result)
{
	printf("%s: %s", name, result < 0 ? strerrorname_np(errno) : "ok");
	return result;
}

static void line(const char *name, int result)
{
	report(name, result);
	printf("\n");
}

static void bytes(const char *name, const unsigned char *from, unsigned int count)
{
	printf(" %s", name);
	for (unsigned int i = 0; i < count; i++)
		printf(" %02x", from[i]);
}

static struct ipmi_req request(unsigned char netfn, unsigned char cmd)
{
	struct ipmi_req req = { .addr = (unsigned char *)&bmc, .addr_len = sizeof(bmc), .msgid = 5 };

	req.msg.netfn = netfn;
	req.msg.cmd = cmd;
	return req;
}

static int is_readable(int timeout_ms)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	return poll(&waiting, 1, timeout_ms) == 1 ? waiting.revents : 0;
}

static void receive_into(const char *name, unsigned long how, struct ipmi_recv recv)
{
	unsigned char addr[64] = { 0 }, data[512] = { 0 };

	if (recv.addr == NULL)
		recv.addr = addr;
	if (recv.msg.data == NULL)
		recv.msg.data = data;
	if (report(name, ioctl(fd, how, &recv)) >= 0 || errno == EMSGSIZE) {
		printf(" type %d msgid %ld netfn %02x cmd %02x", recv.recv_type, recv.msgid,
		       recv.msg.netfn, recv.msg.cmd);
		bytes("addr", recv.addr, recv.addr_len <= 64 ? recv.addr_len : 0);
		bytes("data", recv.msg.data, recv.msg.data_len <= 512 ? recv.msg.data_len : 0);
	}
	printf("\n");
}

static struct ipmi_recv room(unsigned int addr_len, unsigned short data_len)
{
	struct ipmi_recv recv = { .addr_len = addr_len };

	recv.msg.data_len = data_len;
	return recv;
}

static void receive(const char *name)
{
	printf("  poll %x, ", is_readable(ANSWER_MS));
	receive_into(name, IPMICTL_RECEIVE_MSG, room(sizeof(struct ipmi_addr), 300));
}

/* A request that may be taken, and its answer then. */
static void ask(const char *name, struct ipmi_req req)
{
	int result = ioctl(fd, IPMICTL_SEND_COMMAND, &req);

	line(name, result);
	if (result >= 0)
		receive("answer");
}

static void ask_at(const char *name, const void *addr, unsigned int addr_len)
{
	struct ipmi_req req = request(6, 1);

	req.addr = (unsigned char *)addr;
	req.addr_len = addr_len;
	ask(name, req);
}

static void ask_with(const char *name, unsigned char *data, unsigned short data_len)
{
	struct ipmi_req req = request(6, 1);

	req.msg.data = data;
	req.msg.data_len = data_len;
	ask(name, req);
}

static void unknown_ioctls(void)
{
	line("ioctl 0", ioctl(fd, 0, some));
	line("ioctl nr 10", ioctl(fd, _IOR('i', 10, int), some));
	line("ioctl nr 32", ioctl(fd, _IOR('i', 32, int), some));
	line("ioctl of another magic", ioctl(fd, _IOR('j', 16, int), some));
	line("ioctl of another size", ioctl(fd, _IOR('i', 16, char), some));
	line("ioctl of another direction", ioctl(fd, _IOW('i', 16, int), some));
	line("TCGETS", ioctl(fd, 0x5401, some));
}

static void sends(void)
{
	static const unsigned char owned[] = { 0x33, 0x34, 0x35 };
	struct ipmi_req req = request(6, 1);

	ask("Get Device ID", req);
	req.msgid = -7;
	ask("negative msgid", req);
	ask("netfn 0x40", request(0x40, 1));
	ask("unknown command", request(0x30, 0xfe));
	ask("odd netfn", request(7, 1));
	ask("netfn 0xff", request(0xff, 1));
	for (unsigned int i = 0; i < sizeof(owned); i++)
		ask("command of the driver", request(6, owned[i]));
	line("SEND null", ioctl(fd, IPMICTL_SEND_COMMAND, NULL));
	line("SEND nowhere", ioctl(fd, IPMICTL_SEND_COMMAND, NOWHERE));
	line("SEND_SETTIME null", ioctl(fd, IPMICTL_SEND_COMMAND_SETTIME, NULL));
	ask_with("no data with a length", NULL, 100);
	ask_with("data nowhere", NOWHERE, 3);
	ask_with("data nowhere without length", NOWHERE, 0);
	ask_with("271 bytes", some, 271);
	ask_with("273 bytes", some, 273);
	ask_with("65535 bytes", some, 65535);
	ask_with("data that the command does not take", some, 4);
}

static void addresses(void)
{
	struct ipmi_system_interface_addr addr = bmc;
	struct ipmi_ipmb_addr ipmb = { IPMI_IPMB_ADDR_TYPE, 6, 0x82, 0 };
	struct ipmi_ipmb_direct_addr direct = { IPMI_IPMB_DIRECT_ADDR_TYPE, 0, 0x82, 0, 0 };
	struct ipmi_lan_addr lan = { IPMI_LAN_ADDR_TYPE, 6, 4, 1, 0x81, 0x81, 0 };
	unsigned char longest[64] = { 0 };

	memcpy(longest, &bmc, sizeof(bmc));
	ask_at("address of 40 bytes", longest, 40);
	ask_at("address of 41 bytes", longest, 41);
	ask_at("address of 2^32-1 bytes", longest, 0xffffffff);
	ask_at("address of 7 bytes", longest, 7);
	ask_at("address of 0 bytes", longest, 0);
	ask_at("address null", NULL, sizeof(bmc));
	ask_at("address nowhere", NOWHERE, sizeof(bmc));
	ask_at("short address nowhere", NOWHERE, 4);
	for (addr.lun = 1; addr.lun <= 4; addr.lun++)
		ask_at("logical unit 1 to 4", &addr, sizeof(addr));
	addr.channel = 0;
	ask_at("BMC on channel 0", &addr, sizeof(addr));
	addr.addr_type = 0;
	ask_at("type 0", &addr, sizeof(addr));
	ask_at("IPMB on a channel without", &ipmb, sizeof(ipmb));
	ipmb.channel = IPMI_BMC_CHANNEL;
	ask_at("IPMB on channel 15", &ipmb, sizeof(ipmb));
	ipmb.channel = 16;
	ask_at("IPMB on channel 16", &ipmb, sizeof(ipmb));
	ipmb.channel = -1;
	ask_at("IPMB on channel -1", &ipmb, sizeof(ipmb));
	ipmb.channel = 0;
	ipmb.lun = 4;
	ask_at("IPMB, logical unit 4", &ipmb, sizeof(ipmb));
	ask_at("LAN on a channel without", &lan, sizeof(lan));
	ask_at("LAN too short", &lan, sizeof(lan) - 1);
	ask_at("IPMB direct", &direct, sizeof(direct));
	direct.slave_addr = 0x83;
	ask_at("IPMB direct, odd", &direct, sizeof(direct));
}

static void timed(void)
{
	struct ipmi_req_settime req = { .req = request(6, 1), .retries = 2, .retry_time_ms = 500 };
	struct ipmi_timing_parms timing = { 3, 100 }, got = { 7, 7 };

	line("SEND_SETTIME", ioctl(fd, IPMICTL_SEND_COMMAND_SETTIME, &req));
	receive("answer");
	report("GET_TIMING", ioctl(fd, IPMICTL_GET_TIMING_PARMS_CMD, &got));
	printf(" %d %u\n", got.retries, got.retry_time_ms);
	line("SET_TIMING", ioctl(fd, IPMICTL_SET_TIMING_PARMS_CMD, &timing));
	report("GET_TIMING", ioctl(fd, IPMICTL_GET_TIMING_PARMS_CMD, &got));
	printf(" %d %u\n", got.retries, got.retry_time_ms);
	ask("with the times of the file", request(6, 1));
	line("GET_TIMING null", ioctl(fd, IPMICTL_GET_TIMING_PARMS_CMD, NULL));
}

static void receives(void)
{
	unsigned long whole = IPMICTL_RECEIVE_MSG, cut = IPMICTL_RECEIVE_MSG_TRUNC;
	struct ipmi_req req = request(6, 1);

	printf("poll of nothing: %x\n", is_readable(0));
	receive_into("RECEIVE nothing", whole, room(40, 300));
	receive_into("TRUNC nothing", cut, room(40, 300));
	line("RECEIVE null", ioctl(fd, whole, NULL));
	line("SEND for RECEIVE", ioctl(fd, IPMICTL_SEND_COMMAND, &req));
	is_readable(ANSWER_MS);
	printf("poll of an answer: %x\n", is_readable(ANSWER_MS));
	receive_into("address room of 7", whole, room(7, 300));
	receive_into("address room of 0", cut, room(0, 300));
	line("RECEIVE null with an answer", ioctl(fd, whole, NULL));
	receive_into("data room of 3, TRUNC", cut, room(40, 3));
	receive_into("it is gone", whole, room(40, 300));
	line("SEND for TRUNC of 0", ioctl(fd, IPMICTL_SEND_COMMAND, &req));
	is_readable(ANSWER_MS);
	receive_into("data room of 0, TRUNC", cut, room(40, 0));
	line("SEND for TRUNC of all", ioctl(fd, IPMICTL_SEND_COMMAND, &req));
	is_readable(ANSWER_MS);
	receive_into("room for all, TRUNC", cut, room(8, 272));
}

/* EMSGSIZE without TRUNC leaves the message, of which nothing is told. */
static void kept(void)
{
	struct ipmi_req req = request(6, 1);
	struct ipmi_recv recv = room(40, 3);
	unsigned char addr[40];

	recv.addr = addr;
	recv.msg.data = some;
	line("SEND for little room", ioctl(fd, IPMICTL_SEND_COMMAND, &req));
	is_readable(ANSWER_MS);
	line("data room of 3", ioctl(fd, IPMICTL_RECEIVE_MSG, &recv));
	receive("it is kept");
}

static void get_int(const char *name, unsigned long number)
{
	int value = 99;

	report(name, ioctl(fd, number, &value));
	printf(" %d\n", value);
}

static void set_int(const char *name, unsigned long number, int value)
{
	line(name, ioctl(fd, number, &value));
}

static void of_channel(const char *name, unsigned long number, unsigned short channel,
		       unsigned char value)
{
	struct ipmi_channel_lun_address_set of = { channel, value };

	report(name, ioctl(fd, number, &of));
	printf(" %u %u\n", of.channel, of.value);
}

static void settings(void)
{
	get_int("GET_MY_ADDRESS", IPMICTL_GET_MY_ADDRESS_CMD);
	set_int("SET_MY_ADDRESS", IPMICTL_SET_MY_ADDRESS_CMD, 0x124);
	get_int("GET_MY_ADDRESS", IPMICTL_GET_MY_ADDRESS_CMD);
	get_int("GET_MY_LUN", IPMICTL_GET_MY_LUN_CMD);
	set_int("SET_MY_LUN", IPMICTL_SET_MY_LUN_CMD, 7);
	get_int("GET_MY_LUN", IPMICTL_GET_MY_LUN_CMD);
	line("GET_MY_LUN null", ioctl(fd, IPMICTL_GET_MY_LUN_CMD, NULL));
	line("SET_MY_LUN nowhere", ioctl(fd, IPMICTL_SET_MY_LUN_CMD, NOWHERE));
	of_channel("GET_CHANNEL_ADDRESS", IPMICTL_GET_MY_CHANNEL_ADDRESS_CMD, 15, 9);
	of_channel("GET_CHANNEL_ADDRESS 0", IPMICTL_GET_MY_CHANNEL_ADDRESS_CMD, 0, 9);
	of_channel("GET_CHANNEL_ADDRESS 16", IPMICTL_GET_MY_CHANNEL_ADDRESS_CMD, 16, 9);
	of_channel("SET_CHANNEL_ADDRESS", IPMICTL_SET_MY_CHANNEL_ADDRESS_CMD, 3, 0x82);
	of_channel("SET_CHANNEL_ADDRESS 65535", IPMICTL_SET_MY_CHANNEL_ADDRESS_CMD, 65535, 9);
	of_channel("GET_CHANNEL_LUN", IPMICTL_GET_MY_CHANNEL_LUN_CMD, 3, 9);
	of_channel("SET_CHANNEL_LUN", IPMICTL_SET_MY_CHANNEL_LUN_CMD, 3, 6);
	of_channel("GET_CHANNEL_LUN", IPMICTL_GET_MY_CHANNEL_LUN_CMD, 3, 9);
	of_channel("GET_CHANNEL_LUN 16", IPMICTL_GET_MY_CHANNEL_LUN_CMD, 16, 9);
	get_int("GET_MAINTENANCE", IPMICTL_GET_MAINTENANCE_MODE_CMD);
	set_int("SET_MAINTENANCE 2", IPMICTL_SET_MAINTENANCE_MODE_CMD, 2);
	get_int("GET_MAINTENANCE", IPMICTL_GET_MAINTENANCE_MODE_CMD);
	set_int("SET_MAINTENANCE 3", IPMICTL_SET_MAINTENANCE_MODE_CMD, 3);
	set_int("SET_MAINTENANCE -1", IPMICTL_SET_MAINTENANCE_MODE_CMD, -1);
	set_int("SET_GETS_EVENTS 1", IPMICTL_SET_GETS_EVENTS_CMD, 1);
	set_int("SET_GETS_EVENTS -5", IPMICTL_SET_GETS_EVENTS_CMD, -5);
	set_int("SET_GETS_EVENTS 0", IPMICTL_SET_GETS_EVENTS_CMD, 0);
}

static void registered(const char *name, unsigned long number, unsigned int cmd, unsigned int chans)
{
	struct ipmi_cmdspec_chans spec = { 0x30, cmd, chans };

	line(name, ioctl(fd, number, &spec));
}

static void registrations(void)
{
	struct ipmi_cmdspec spec = { 0x30, 1 };

	line("REGISTER", ioctl(fd, IPMICTL_REGISTER_FOR_CMD, &spec));
	line("REGISTER again", ioctl(fd, IPMICTL_REGISTER_FOR_CMD, &spec));
	registered("REGISTER_CHANS of it", IPMICTL_REGISTER_FOR_CMD_CHANS, 1, 1);
	line("UNREGISTER", ioctl(fd, IPMICTL_UNREGISTER_FOR_CMD, &spec));
	line("UNREGISTER again", ioctl(fd, IPMICTL_UNREGISTER_FOR_CMD, &spec));
	registered("REGISTER_CHANS 0 and 1", IPMICTL_REGISTER_FOR_CMD_CHANS, 2, 3);
	registered("REGISTER_CHANS 2", IPMICTL_REGISTER_FOR_CMD_CHANS, 2, 4);
	registered("REGISTER_CHANS 1 and 3", IPMICTL_REGISTER_FOR_CMD_CHANS, 2, 10);
	registered("UNREGISTER_CHANS 1", IPMICTL_UNREGISTER_FOR_CMD_CHANS, 2, 2);
	registered("UNREGISTER_CHANS 1 again", IPMICTL_UNREGISTER_FOR_CMD_CHANS, 2, 2);
	registered("UNREGISTER_CHANS of all", IPMICTL_UNREGISTER_FOR_CMD_CHANS, 2, 0xffffffff);
	line("REGISTER null", ioctl(fd, IPMICTL_REGISTER_FOR_CMD, NULL));
}

/* What another file has of it, and what stays when this one is closed. */
static void another(const char *device)
{
	struct ipmi_cmdspec spec = { 0x30, 1 };
	const int first = fd, second = open(device, O_RDWR);
	struct ipmi_timing_parms got = { 7, 7 };

	line("REGISTER by the first", ioctl(first, IPMICTL_REGISTER_FOR_CMD, &spec));
	fd = second;
	get_int("address of another file", IPMICTL_GET_MY_ADDRESS_CMD);
	get_int("maintenance mode of another file", IPMICTL_GET_MAINTENANCE_MODE_CMD);
	report("times of another file", ioctl(fd, IPMICTL_GET_TIMING_PARMS_CMD, &got));
	printf(" %d %u\n", got.retries, got.retry_time_ms);
	line("UNREGISTER by another", ioctl(fd, IPMICTL_UNREGISTER_FOR_CMD, &spec));
	line("REGISTER by another", ioctl(fd, IPMICTL_REGISTER_FOR_CMD, &spec));
	close(first);
	line("REGISTER after the first was closed", ioctl(fd, IPMICTL_REGISTER_FOR_CMD, &spec));
	get_int("address of the closed file", IPMICTL_GET_MY_ADDRESS_CMD);
	set_int("SET_MY_ADDRESS", IPMICTL_SET_MY_ADDRESS_CMD, 0x20);
	set_int("SET_MY_LUN", IPMICTL_SET_MY_LUN_CMD, 2);
	of_channel("SET_CHANNEL_ADDRESS", IPMICTL_SET_MY_CHANNEL_ADDRESS_CMD, 3, 0x20);
	of_channel("SET_CHANNEL_LUN", IPMICTL_SET_MY_CHANNEL_LUN_CMD, 3, 2);
	set_int("SET_MAINTENANCE 0", IPMICTL_SET_MAINTENANCE_MODE_CMD, 0);
}

static void other_calls(void)
{
	line("read", read(fd, some, 16));
	line("write", write(fd, some, 16));
	line("fsync", fsync(fd));
	line("ftruncate", ftruncate(fd, 0));
}

/* Where a device of CUSE differs: a message that could not be written, and SIGIO. */
static void limits(void)
{
	struct ipmi_req req = request(6, 1);
	struct ipmi_recv recv = room(40, 300);

	signal(SIGIO, SIG_IGN);
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
	printf("O_ASYNC is set: %d\n", (fcntl(fd, F_GETFL) & O_ASYNC) != 0);
	line("SEND", ioctl(fd, IPMICTL_SEND_COMMAND, &req));
	is_readable(ANSWER_MS);
	recv.addr = NOWHERE;
	receive_into("address room nowhere", IPMICTL_RECEIVE_MSG, recv);
	printf("the message is kept: %d\n", is_readable(0) != 0);
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "/dev/ipmi0";

	fd = open(device, O_RDWR);
	if (fd < 0) {
		perror(device);
		return 1;
	}
	if (argc > 2 && strcmp(argv[2], "limits") == 0) {
		limits();
		return 0;
	}
	unknown_ioctls();
	sends();
	addresses();
	timed();
	receives();
	kept();
	settings();
	registrations();
	another(device);
	other_calls();
	if (argc > 2) {
		struct ipmi_ipmb_addr ipmb = { IPMI_IPMB_ADDR_TYPE, 0, strtoul(argv[2], NULL, 0), 0 };

		ask_at("a controller on the IPMB", &ipmb, sizeof(ipmb));
	}
	return 0;
}
