// Readiness of file descriptors for Node: calls back on the event loop when one can be read. No
// thread waits for it, and no process stays alive for it.
// A watch has a descriptor of its own, so that nobody can close it, or put another file in its
// place, under the event loop. It ends with `unwatch` or with its environment, also in mid-wait.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <map>

#include "addon.h"
#include "js_call.h"

namespace {
struct Watch;

struct Watches {  // What one environment watches.
  std::map<uint32_t, Watch*> by_handle;
  uint32_t next_handle = 0;  // Never reused: a late unwatch must not hit a newer watch.
  uint32_t count = 0;        // With those that libuv has not let go of yet.
  napi_async_cleanup_hook_handle ending = nullptr;  // Set when the environment waits for that.
};

struct Watch {
  Watches* owner = nullptr;
  int fd = -1;
  napi_env env = nullptr;
  napi_ref ready = nullptr;
  uv_poll_t poll = {};
};

void Leave(Watches* watches) {
  if (watches->ending == nullptr || watches->count > 0) return;
  napi_remove_async_cleanup_hook(watches->ending);
  delete watches;
}

void OnClosed(uv_handle_t* poll) {
  auto* watch = static_cast<Watch*>(poll->data);
  Watches* owner = watch->owner;
  delete watch;
  owner->count--;
  Leave(owner);
}

// Nothing is called back after this; the memory is libuv's until the next turn of the event loop.
void End(Watch* watch) {
  napi_delete_reference(watch->env, watch->ready);
  uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll), OnClosed);
  close(watch->fd);
}

void EndAll(napi_async_cleanup_hook_handle ending, void* data) {
  auto* watches = static_cast<Watches*>(data);
  watches->ending = ending;
  for (const auto& [handle, watch] : watches->by_handle) End(watch);
  Leave(watches);
}

// The watch may end in the callback. In a worker that is being terminated nothing is called.
void OnReady(uv_poll_t* poll, int status, int) {
  const napi_env env = static_cast<Watch*>(poll->data)->env;
  napi_value self = nullptr, ready = nullptr, error = nullptr;
  napi_handle_scope scope = nullptr;
  napi_open_handle_scope(env, &scope);
  napi_get_global(env, &self);
  napi_get_reference_value(env, static_cast<Watch*>(poll->data)->ready, &ready);
  // With a status libuv has stopped watching; what is the matter, only a read can tell.
  const napi_value is_watched = Boolean(env, status == 0);
  if (napi_make_callback(env, nullptr, self, ready, 1, &is_watched, nullptr) != napi_ok) {
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

napi_value WatchFd(napi_env env, napi_callback_info info) {
  const Call<Watches, 2> call(env, info);
  const uint32_t fd = Integer(env, call.arguments[0], INT_MAX);
  if (fd == kNone || !IsFunction(env, call.arguments[1])) return Fail(env, "watch", EINVAL);
  const int own_fd = fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, 0);
  if (own_fd < 0) return Fail(env, "watch", errno);

  auto* watch = new Watch{call.owner, own_fd, env};
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  if (const int error = uv_poll_init(loop, &watch->poll, own_fd)) {
    close(own_fd);
    delete watch;
    return Fail(env, "watch", -error);
  }
  napi_create_reference(env, call.arguments[1], 1, &watch->ready);
  watch->poll.data = watch;
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch->poll));
  uv_poll_start(&watch->poll, UV_READABLE, OnReady);  // Fails for no handle that is open.
  call.owner->count++;
  call.owner->by_handle.emplace(++call.owner->next_handle, watch);
  return Number(env, call.owner->next_handle);
}

napi_value Unwatch(napi_env env, napi_callback_info info) {
  const Call<Watches, 1> call(env, info);
  auto& watches = call.owner->by_handle;
  const auto found = watches.find(Integer(env, call.arguments[0], kNone));
  if (found == watches.end()) return Fail(env, "unwatch", EBADF);
  End(found->second);
  watches.erase(found);
  return nullptr;
}

}  // namespace

void InitFdWatch(napi_env env, napi_value exports) {
  auto* watches = new Watches;
  napi_add_async_cleanup_hook(env, EndAll, watches, nullptr);
  Export(env, exports, "watchFd", WatchFd, watches);
  Export(env, exports, "unwatch", Unwatch, watches);
}
