/*
 * A /dev/ipmi0 for one program, by LD_PRELOAD: the ioctls that ipmitool's interface `open` uses
 * (linux/ipmi.h), over a Unix socket with the messages of its interface `dummy`. IPMI_DUMMY_SOCK
 * names the socket, as there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct request {
  uint8_t netfn, lun, cmd, unused;
  uint16_t length;
  uint64_t data;
};

struct response {
  uint8_t netfn, cmd, seq, lun, code;
  int32_t length;
  uint64_t data;
};

static int device = -1;
static long message_id;

static int connect_device(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  const char *path = getenv("IPMI_DUMMY_SOCK");
  if (path == NULL || strlen(path) >= sizeof(name.sun_path)) return errno = ENOENT, -1;
  strcpy(name.sun_path, path);
  device = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(device, (struct sockaddr *)&name, sizeof(name)) != 0) return -1;
  return device;
}

int open(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (real == NULL) real = dlsym(RTLD_NEXT, "open");
  return strcmp(path, "/dev/ipmi0") == 0 ? connect_device() : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

static int read_all(void *to, size_t length) {
  for (uint8_t *at = to; length > 0;) {
    ssize_t count = read(device, at, length);
    if (count <= 0) return -1;
    at += count;
    length -= count;
  }
  return 0;
}

static int send_command(const struct ipmi_req *asked) {
  const struct ipmi_system_interface_addr *to = (const void *)asked->addr;
  if (to->addr_type != IPMI_SYSTEM_INTERFACE_ADDR_TYPE) return errno = EINVAL, -1;
  if (asked->msg.data_len > 272) return errno = EMSGSIZE, -1;
  struct request head = {asked->msg.netfn, to->lun, asked->msg.cmd, 0, asked->msg.data_len, 0};
  uint8_t bytes[sizeof(head) + 272];
  memcpy(bytes, &head, sizeof(head));
  if (head.length > 0) memcpy(bytes + sizeof(head), asked->msg.data, head.length);
  size_t length = sizeof(head) + head.length;
  message_id = asked->msgid;
  return write(device, bytes, length) == (ssize_t)length ? 0 : -1;
}

/* As the kernel: the completion code is the first byte, and what does not fit is cut off. */
static int receive_message(struct ipmi_recv *got) {
  struct response head;
  uint8_t bytes[65536] = {0};
  if (read_all(&head, sizeof(head)) != 0) return -1;
  if (head.length < 0 || head.length >= (int)sizeof(bytes)) return errno = EIO, -1;
  if (read_all(bytes + 1, head.length) != 0) return -1;
  bytes[0] = head.code;
  unsigned int length = head.length + 1;
  const int is_cut = length > got->msg.data_len;
  if (is_cut) length = got->msg.data_len;
  memcpy(got->msg.data, bytes, length);
  got->recv_type = IPMI_RESPONSE_RECV_TYPE;
  got->msgid = message_id;
  got->msg.netfn = head.netfn;
  got->msg.cmd = head.cmd;
  got->msg.data_len = length;
  struct ipmi_system_interface_addr from = {
      IPMI_SYSTEM_INTERFACE_ADDR_TYPE, IPMI_BMC_CHANNEL, head.lun};
  memcpy(got->addr, &from, sizeof(from));
  got->addr_len = sizeof(from);
  return is_cut ? (errno = EMSGSIZE, -1) : 0;
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (fd != device || device < 0) {
    if (real == NULL) real = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, argument);
  }
  if (request == IPMICTL_SEND_COMMAND) return send_command(argument);
  if (request == IPMICTL_RECEIVE_MSG_TRUNC) return receive_message(argument);
  return request == IPMICTL_SET_GETS_EVENTS_CMD || request == IPMICTL_SET_MY_ADDRESS_CMD ? 0 : -1;
}
