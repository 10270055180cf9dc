// One IPMI message through an OpenIPMI character device, /dev/ipmi0 say, for Node: two ioctls, of
// which neither waits. Sending hands the message to the kernel; receiving takes what has come.

#include <cerrno>
#include <climits>

#include "addon.h"
#include "js_call.h"

#if defined(__linux__)
#include <linux/ipmi.h>
#include <sys/ioctl.h>
#endif

namespace {

constexpr uint32_t kData = 0x100;  // No system interface takes a longer message.

#if defined(__linux__)
int Send(int fd, uint8_t net_fn, uint8_t cmd, const Bytes& data) {
  ipmi_system_interface_addr address = {};
  address.addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE;
  address.channel = IPMI_BMC_CHANNEL;
  ipmi_req request = {};
  request.addr = reinterpret_cast<unsigned char*>(&address);
  request.addr_len = sizeof address;
  request.msg.netfn = net_fn;
  request.msg.cmd = cmd;
  request.msg.data = data.data;
  request.msg.data_len = static_cast<unsigned short>(data.count);
  return ioctl(fd, IPMICTL_SEND_COMMAND, &request);
}

// The number of bytes that came, completion code first; -1 with EAGAIN when none did.
int Receive(int fd, const Bytes& to) {
  ipmi_addr address = {};
  ipmi_recv received = {};
  received.addr = reinterpret_cast<unsigned char*>(&address);
  received.addr_len = sizeof address;
  received.msg.data = to.data;
  received.msg.data_len = static_cast<unsigned short>(to.count);
  if (ioctl(fd, IPMICTL_RECEIVE_MSG_TRUNC, &received) != 0 && errno != EMSGSIZE) return -1;
  return received.msg.data_len;
}
#else
int Send(int, uint8_t, uint8_t, const Bytes&) { return errno = ENOSYS, -1; }
int Receive(int, const Bytes&) { return errno = ENOSYS, -1; }
#endif

// (fd, netFn, cmd, data, count): the message is the kernel's when this returns.
Napi::Value SendMessage(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t fd = Integer(env, info[0], INT_MAX);
  const uint32_t net_fn = Integer(env, info[1], 0x40);
  const uint32_t cmd = Integer(env, info[2], 0x100);
  const Bytes data(env, info[3], info[4]);
  if (fd == kNone || net_fn == kNone || cmd == kNone || data.count > kData) {
    return Fail(env, "ioctl", EINVAL);
  }
  if (Send(static_cast<int>(fd), net_fn, cmd, data) != 0) return Fail(env, "ioctl", errno);
  return {};
}

// (fd, data, count): how many bytes came, 0 when no message has come yet.
Napi::Value ReceiveMessage(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t fd = Integer(env, info[0], INT_MAX);
  const Bytes to(env, info[1], info[2]);
  if (fd == kNone || to.count == 0 || to.count > kData) return Fail(env, "ioctl", EINVAL);
  const int count = Receive(static_cast<int>(fd), to);
  if (count < 0 && errno != EAGAIN) return Fail(env, "ioctl", errno);
  return Napi::Number::New(env, count < 0 ? 0 : count);
}

}  // namespace

void InitSystemMessage(Napi::Env env, Napi::Object exports) {
  exports["sendMessage"] = Napi::Function::New<SendMessage>(env, "sendMessage");
  exports["receiveMessage"] = Napi::Function::New<ReceiveMessage>(env, "receiveMessage");
}
