// flock(2) for Node: takes the lock of an open file if it is free, alone or with others, and never
// waits for it.
//
// The lock belongs to the open file, not to us: the kernel frees it when the last descriptor of it
// is closed, however the process ends. So there is no state here.

#include <sys/file.h>

#include <cerrno>
#include <climits>

#include "addon.h"
#include "js_call.h"

namespace {

// False when another open file has the lock. One that was shared is lost then.
template <int kHow>
Napi::Value Try(const Napi::CallbackInfo& info) {
  const uint32_t fd = Integer(info.Env(), info[0], INT_MAX);
  if (fd == kNone) return Fail(info.Env(), "flock", EINVAL);
  if (flock(static_cast<int>(fd), kHow | LOCK_NB) == 0) {
    return Napi::Boolean::New(info.Env(), true);
  }
  if (errno != EWOULDBLOCK) return Fail(info.Env(), "flock", errno);
  return Napi::Boolean::New(info.Env(), false);
}

// No error when the lock was not taken.
Napi::Value Unlock(const Napi::CallbackInfo& info) {
  const uint32_t fd = Integer(info.Env(), info[0], INT_MAX);
  if (fd == kNone) return Fail(info.Env(), "flock", EINVAL);
  if (flock(static_cast<int>(fd), LOCK_UN) != 0) return Fail(info.Env(), "flock", errno);
  return {};
}

}  // namespace

void InitFileLock(Napi::Env env, Napi::Object exports) {
  exports["tryLock"] = Napi::Function::New<Try<LOCK_EX>>(env, "tryLock");
  exports["tryShare"] = Napi::Function::New<Try<LOCK_SH>>(env, "tryShare");
  exports["unlock"] = Napi::Function::New<Unlock>(env, "unlock");
}
