// x86 port I/O for Node: claims runs of ports with ioperm(2), reads and writes their bytes.
//
// Touching a port that was not granted is a SIGSEGV, and ioperm() grants to the calling thread
// only. So claims belong to the environment, which is that thread's own, and every access looks
// there first. Checked here is all that could kill the process or hit another port; the advice
// that goes with an error is given in TypeScript.

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

class PortIo : public Napi::Addon<PortIo> {
 public:
  PortIo(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {InstanceMethod<&PortIo::Open>("open"),
                          InstanceMethod<&PortIo::Release>("release"),
                          InstanceMethod<&PortIo::Inb>("inb"),
                          InstanceMethod<&PortIo::Outb>("outb"),
                          InstanceMethod<&PortIo::ReadBytes>("readBytes"),
                          InstanceMethod<&PortIo::WriteBytes>("writeBytes")});
  }

 private:
  std::map<uint32_t, Claim> claims_;  // By handle. Node destroys us on the environment's thread.
  uint32_t next_handle_ = 0;          // Never reused: a late release must not hit a newer claim.

  // 0 when this environment may touch the port, else the errno that says why not.
  int Check(uint32_t port) const {
    for (const auto& [handle, claim] : claims_) {
      if (claim.Covers(port)) return 0;
    }
    return port == kNone ? EINVAL : EACCES;
  }

  Napi::Value Open(const Napi::CallbackInfo& info) {
    const uint32_t base = Integer(info[0], kPorts);
    const uint32_t count = Integer(info[1], kPorts + 1);
    if (base == kNone || count == 0 || count > kPorts - base) return Fail(info, "ioperm", EINVAL);
    for (const auto& [handle, claim] : claims_) {
      // Releasing one of two overlapping claims would take the other's permission.
      if (claim.Covers(base) || claim.base - base < count) return Fail(info, "ioperm", EBUSY);
    }
    if (ioperm(base, count, 1) != 0) return Fail(info, "ioperm", errno);
    claims_.try_emplace(++next_handle_, base, count);
    return Napi::Number::New(info.Env(), next_handle_);
  }

  Napi::Value Release(const Napi::CallbackInfo& info) {
    if (claims_.erase(Integer(info[0], kNone)) == 0) return Fail(info, "release", EBADF);
    return {};
  }

  Napi::Value Inb(const Napi::CallbackInfo& info) {
    const uint32_t port = Integer(info[0], kPorts);
    if (const int error = Check(port)) return Fail(info, "inb", error);
    return Napi::Number::New(info.Env(), inb(port));
  }

  Napi::Value Outb(const Napi::CallbackInfo& info) {
    const uint32_t port = Integer(info[0], kPorts);
    const uint32_t value = Integer(info[1], 0x100);
    if (const int error = value == kNone ? EINVAL : Check(port)) return Fail(info, "outb", error);
    outb(value, port);
    return {};
  }

  Napi::Value ReadBytes(const Napi::CallbackInfo& info) {
    const uint32_t port = Integer(info[0], kPorts);
    const Bytes to(info[1], info[2]);
    if (const int error = to.count == kNone ? EINVAL : Check(port)) return Fail(info, "inb", error);
    for (uint32_t i = 0; i < to.count; i++) to.data[i] = inb(port);
    return {};
  }

  Napi::Value WriteBytes(const Napi::CallbackInfo& info) {
    const uint32_t port = Integer(info[0], kPorts);
    const Bytes from(info[1], info[2]);
    if (const int error = from.count == kNone ? EINVAL : Check(port)) {
      return Fail(info, "outb", error);
    }
    for (uint32_t i = 0; i < from.count; i++) outb(from.data[i], port);
    return {};
  }
};

}  // namespace

void InitPortIo(Napi::Env env, Napi::Object exports) { PortIo::Init(env, exports); }
