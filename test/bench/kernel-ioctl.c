// The same transaction through Linux's own driver: Get Device ID by ioctl on /dev/ipmi0, the way
// ipmitool and its like go.

#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "samples.h"

enum {
  NETFN_APP = 0x06,
  GET_DEVICE_ID = 0x01,
  REPLY_BYTES_MAX = 256,
  REPLY_TIMEOUT_MS = 10 * 1000,
};

static int device = -1;

static void send_request(long id) {
  struct ipmi_system_interface_addr bmc = {
      .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
      .channel = IPMI_BMC_CHANNEL,
  };
  struct ipmi_req request = {
      .addr = (unsigned char *)&bmc,
      .addr_len = sizeof bmc,
      .msgid = id,
      .msg = {.netfn = NETFN_APP, .cmd = GET_DEVICE_ID},
  };
  if (ioctl(device, IPMICTL_SEND_COMMAND, &request) != 0) fail_errno("IPMICTL_SEND_COMMAND");
}

static void wait_reply(void) {
  struct pollfd readiness = {.fd = device, .events = POLLIN};
  const int ready = poll(&readiness, 1, REPLY_TIMEOUT_MS);
  if (ready < 0) fail_errno("poll");
  if (ready == 0) fail("the BMC does not answer");
}

static void take_reply(long id) {
  struct ipmi_addr sender;
  uint8_t data[REPLY_BYTES_MAX];
  struct ipmi_recv reply = {
      .addr = (unsigned char *)&sender,
      .addr_len = sizeof sender,
      .msg = {.data = data, .data_len = sizeof data},
  };
  if (ioctl(device, IPMICTL_RECEIVE_MSG_TRUNC, &reply) != 0) fail_errno("IPMICTL_RECEIVE_MSG");
  if (reply.recv_type != IPMI_RESPONSE_RECV_TYPE || reply.msgid != id) fail("not our reply");
  if (reply.msg.data_len < 2 || data[0] != 0) fail("the reply is too short, or an error");
}

static void get_device_id(uint32_t number) {
  send_request(number);
  wait_reply();
  take_reply(number);
}

int main(int argc, char **argv) {
  device = open("/dev/ipmi0", O_RDWR | O_CLOEXEC);
  if (device < 0) fail_errno("/dev/ipmi0");
  measure(argc, argv, get_device_id);
  close(device);
  return 0;
}
