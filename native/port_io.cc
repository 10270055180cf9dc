// x86 port I/O for Node: claims runs of ports with ioperm(2), reads and writes their bytes.
//
// Touching a port that was not granted is a SIGSEGV, and ioperm() grants to the calling thread
// only: claims belong to the environment, that thread's own, and every access looks there first.

#include <cerrno>
#include <map>

#include "addon.h"
#include "js_call.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__i386__))
#include <sys/io.h>
#else  // No such instructions: open() fails, so that no access gets as far as inb or outb.
static int ioperm(unsigned long, unsigned long, int) { return errno = ENOSYS, -1; }
static unsigned char inb(unsigned short) { return 0xff; }
static void outb(unsigned char, unsigned short) {}
#endif

namespace {
constexpr uint32_t kPorts = 0x10000;

// Ports this thread was granted; gives them back when it goes.
struct Claim {
  const uint32_t base, count;

  Claim(uint32_t base, uint32_t count) : base(base), count(count) {}
  Claim(const Claim&) = delete;
  ~Claim() { ioperm(base, count, 0); }

  // Unsigned wrap-around makes a port below base fail too.
  bool Covers(uint32_t port) const { return port - base < count; }
};

// The claims of one environment, which destroys them on its own thread.
class PortIo {
 public:
  static napi_value Open(napi_env env, napi_callback_info info) {
    const Call<PortIo, 2> call(env, info);
    const uint32_t base = Integer(env, call.arguments[0], kPorts);
    const uint32_t count = Integer(env, call.arguments[1], kPorts + 1);
    if (base == kNone || count == 0 || count > kPorts - base) return Fail(env, "ioperm", EINVAL);
    for (const auto& [handle, claim] : call.owner->claims_) {
      // Releasing one of two overlapping claims would take the other's permission.
      if (claim.Covers(base) || claim.base - base < count) return Fail(env, "ioperm", EBUSY);
    }
    if (ioperm(base, count, 1) != 0) return Fail(env, "ioperm", errno);
    call.owner->claims_.try_emplace(++call.owner->next_handle_, base, count);
    return Number(env, call.owner->next_handle_);
  }

  static napi_value Release(napi_env env, napi_callback_info info) {
    const Call<PortIo, 1> call(env, info);
    const uint32_t handle = Integer(env, call.arguments[0], kNone);
    return call.owner->claims_.erase(handle) == 0 ? Fail(env, "release", EBADF) : nullptr;
  }

  static napi_value Inb(napi_env env, napi_callback_info info) {
    const Call<PortIo, 1> call(env, info);
    const uint32_t port = Integer(env, call.arguments[0], kPorts);
    if (const int error = call.owner->Check(port)) return Fail(env, "inb", error);
    return Number(env, inb(port));
  }

  static napi_value Outb(napi_env env, napi_callback_info info) {
    const Call<PortIo, 2> call(env, info);
    const uint32_t port = Integer(env, call.arguments[0], kPorts);
    const uint32_t value = Integer(env, call.arguments[1], 0x100);
    const int error = value == kNone ? EINVAL : call.owner->Check(port);
    if (error) return Fail(env, "outb", error);
    outb(value, port);
    return nullptr;
  }

  static napi_value ReadBytes(napi_env env, napi_callback_info info) {
    const Call<PortIo, 3> call(env, info);
    const uint32_t port = Integer(env, call.arguments[0], kPorts);
    const Bytes to(env, call.arguments[1], call.arguments[2]);
    const int error = to.count == kNone ? EINVAL : call.owner->Check(port);
    if (error) return Fail(env, "inb", error);
    for (uint32_t i = 0; i < to.count; i++) to.data[i] = inb(port);
    return nullptr;
  }

  static napi_value WriteBytes(napi_env env, napi_callback_info info) {
    const Call<PortIo, 3> call(env, info);
    const uint32_t port = Integer(env, call.arguments[0], kPorts);
    const Bytes from(env, call.arguments[1], call.arguments[2]);
    const int error = from.count == kNone ? EINVAL : call.owner->Check(port);
    if (error) return Fail(env, "outb", error);
    for (uint32_t i = 0; i < from.count; i++) outb(from.data[i], port);
    return nullptr;
  }

 private:
  std::map<uint32_t, Claim> claims_;  // By handle.
  uint32_t next_handle_ = 0;          // Never reused: a late release must not hit a newer claim.

  // 0 when this environment may touch the port, else the errno that says why not.
  int Check(uint32_t port) const {
    for (const auto& [handle, claim] : claims_) {
      if (claim.Covers(port)) return 0;
    }
    return port == kNone ? EINVAL : EACCES;
  }
};

}  // namespace

void InitPortIo(napi_env env, napi_value exports) {
  auto* ports = new PortIo;
  const auto end = [](napi_env, void* data, void*) { delete static_cast<PortIo*>(data); };
  napi_set_instance_data(env, ports, end, nullptr);
  Export(env, exports, "open", PortIo::Open, ports);
  Export(env, exports, "release", PortIo::Release, ports);
  Export(env, exports, "inb", PortIo::Inb, ports);
  Export(env, exports, "outb", PortIo::Outb, ports);
  Export(env, exports, "readBytes", PortIo::ReadBytes, ports);
  Export(env, exports, "writeBytes", PortIo::WriteBytes, ports);
}
