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
napi_value Try(napi_env env, napi_callback_info info) {
  const Call<void, 1> call(env, info);
  const uint32_t fd = Integer(env, call.arguments[0], INT_MAX);
  if (fd == kNone) return Fail(env, "flock", EINVAL);
  if (flock(static_cast<int>(fd), kHow | LOCK_NB) == 0) return Boolean(env, true);
  if (errno != EWOULDBLOCK) return Fail(env, "flock", errno);
  return Boolean(env, false);
}

// No error when the lock was not taken.
napi_value Unlock(napi_env env, napi_callback_info info) {
  const Call<void, 1> call(env, info);
  const uint32_t fd = Integer(env, call.arguments[0], INT_MAX);
  if (fd == kNone) return Fail(env, "flock", EINVAL);
  if (flock(static_cast<int>(fd), LOCK_UN) != 0) return Fail(env, "flock", errno);
  return nullptr;
}

}  // namespace

void InitFileLock(napi_env env, napi_value exports) {
  Export(env, exports, "tryLock", Try<LOCK_EX>);
  Export(env, exports, "tryShare", Try<LOCK_SH>);
  Export(env, exports, "unlock", Unlock);
}
