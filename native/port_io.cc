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

class PortIo : public Napi::Addon<PortIo> {
 public:
  PortIo(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {InstanceMethod<&PortIo::Open>("open"), Access("inb", Inb),
                          InstanceMethod<&PortIo::Release>("release"), Access("outb", Outb),
                          Access("readBytes", ReadBytes), Access("writeBytes", WriteBytes)});
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
    const Napi::Env env = info.Env();
    const uint32_t base = Integer(env, info[0], kPorts);
    const uint32_t count = Integer(env, info[1], kPorts + 1);
    if (base == kNone || count == 0 || count > kPorts - base) return Fail(env, "ioperm", EINVAL);
    for (const auto& [handle, claim] : claims_) {
      // Releasing one of two overlapping claims would take the other's permission.
      if (claim.Covers(base) || claim.base - base < count) return Fail(env, "ioperm", EBUSY);
    }
    if (ioperm(base, count, 1) != 0) return Fail(env, "ioperm", errno);
    claims_.try_emplace(++next_handle_, base, count);
    return Napi::Number::New(env, next_handle_);
  }

  Napi::Value Release(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (claims_.erase(Integer(env, info[0], kNone)) == 0) return Fail(env, "release", EBADF);
    return {};
  }

  // Plain Node-API: a transaction makes a dozen of these, and a node-addon-api method costs more.
  napi_property_descriptor Access(const char* name, napi_callback function) {
    return {name, nullptr, function, nullptr, nullptr, nullptr, napi_default, this};
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
};

}  // namespace

void InitPortIo(Napi::Env env, Napi::Object exports) { PortIo::Init(env, exports); }
