// Unix sockets for Node, where Node has no call for it: the mode of a socket's file, the process
// behind a connection as the kernel knows it, and a datagram for the service manager. None of it
// waits.

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <string>

#include "addon.h"
#include "js_call.h"

namespace {

constexpr uint32_t kModes = 07777 + 1;

struct Address {
  sockaddr_un name = {};
  socklen_t length = 0;
  int error = 0;

  // A name that begins with @ is abstract: of no file.
  explicit Address(const Napi::Value& value, bool may_be_abstract) {
    const std::string path = value.IsString() ? value.As<Napi::String>() : std::string();
    error = path.empty() || path.find('\0') != std::string::npos ? EINVAL : 0;
    if (path.size() >= sizeof name.sun_path) error = ENAMETOOLONG;
    if (error != 0) return;
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.data(), path.size());
    const bool is_abstract = may_be_abstract && path[0] == '@';
    if (is_abstract) name.sun_path[0] = '\0';
    // A path is counted with the byte that ends it.
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + !is_abstract);
  }

  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

Napi::Value FailAndClose(Napi::Env env, const char* syscall, int fd) {
  const int number = errno;
  close(fd);
  return Fail(env, syscall, number);
}

// (path, mode, backlog): the descriptor that listens. The file has its mode before it can be
// connected to.
Napi::Value ListenUnix(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Address address(info[0], false);
  const uint32_t mode = Integer(env, info[1], kModes);
  const uint32_t backlog = Integer(env, info[2], INT_MAX);
  if (address.error != 0) return Fail(env, "bind", address.error);
  if (mode == kNone || backlog == kNone) return Fail(env, "bind", EINVAL);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return Fail(env, "socket", errno);
  if (bind(fd, address.Get(), address.length) != 0) return FailAndClose(env, "bind", fd);
  if (chmod(address.name.sun_path, static_cast<mode_t>(mode)) != 0 ||
      listen(fd, static_cast<int>(backlog)) != 0) {
    const int number = errno;
    unlink(address.name.sun_path);
    errno = number;
    return FailAndClose(env, "listen", fd);
  }
  return Napi::Number::New(env, fd);
}

// (fd): the next connection and the process that made it; undefined when none waits.
Napi::Value AcceptPeer(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t listening = Integer(env, info[0], INT_MAX);
  if (listening == kNone) return Fail(env, "accept", EINVAL);
  const int fd =
      accept4(static_cast<int>(listening), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)) {
    return env.Undefined();
  }
  if (fd < 0) return Fail(env, "accept", errno);
  ucred peer = {};
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) {
    return FailAndClose(env, "getsockopt", fd);
  }
  Napi::Object accepted = Napi::Object::New(env);
  accepted["fd"] = Napi::Number::New(env, fd);
  accepted["pid"] = Napi::Number::New(env, peer.pid);
  accepted["uid"] = Napi::Number::New(env, peer.uid);
  accepted["gid"] = Napi::Number::New(env, peer.gid);
  return accepted;
}

// (path, text): one datagram, to an abstract name where the path begins with @.
Napi::Value NotifySystemd(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Address address(info[0], true);
  if (address.error != 0) return Fail(env, "sendto", address.error);
  if (!info[1].IsString()) return Fail(env, "sendto", EINVAL);
  const std::string text = info[1].As<Napi::String>();
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return Fail(env, "socket", errno);
  const auto sent =
      sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, address.Get(), address.length);
  if (sent < 0) return FailAndClose(env, "sendto", fd);
  close(fd);
  return {};
}

}  // namespace

void InitUnixSocket(Napi::Env env, Napi::Object exports) {
  exports["listenUnix"] = Napi::Function::New<ListenUnix>(env, "listenUnix");
  exports["acceptPeer"] = Napi::Function::New<AcceptPeer>(env, "acceptPeer");
  exports["notifySystemd"] = Napi::Function::New<NotifySystemd>(env, "notifySystemd");
}
