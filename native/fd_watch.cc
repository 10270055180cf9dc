// Readiness of file descriptors for Node: calls back on the event loop when one can be read. No
// thread waits for it, and no process stays alive for it.
//
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

// What one environment watches.
struct Watches {
  std::map<uint32_t, Watch*> by_handle;
  uint32_t next_handle = 0;  // Never reused: a late unwatch must not hit a newer watch.
  uint32_t count = 0;        // With those that libuv has not let go of yet.
  napi_async_cleanup_hook_handle ending = nullptr;  // Set when the environment waits for that.
};

struct Watch {
  Watches* owner = nullptr;
  int fd = -1;
  Napi::FunctionReference ready;
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
  watch->ready.Reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll), OnClosed);
  close(watch->fd);
}

void EndAll(napi_async_cleanup_hook_handle ending, void* data) {
  auto* watches = static_cast<Watches*>(data);
  watches->ending = ending;
  for (const auto& [handle, watch] : watches->by_handle) End(watch);
  Leave(watches);
}

// Plain Node-API: node-addon-api ends the process when it cannot throw, as in a worker that is
// being terminated.
void OnReady(uv_poll_t* poll, int status, int) {
  const auto& callback = static_cast<Watch*>(poll->data)->ready;
  const Napi::Env env = callback.Env();
  const Napi::HandleScope scope(env);
  const napi_value self = env.Global(), ready = callback.Value();
  // With a status libuv has stopped watching; what is the matter, only a read can tell.
  const napi_value is_watched = Napi::Boolean::New(env, status == 0);
  // The watch may end in there.
  if (napi_make_callback(env, nullptr, self, ready, 1, &is_watched, nullptr) == napi_ok) return;
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  napi_fatal_exception(env, error);
}

Napi::Value WatchFd(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t fd = Integer(env, info[0], INT_MAX);
  if (fd == kNone || !info[1].IsFunction()) return Fail(env, "watch", EINVAL);
  const int own_fd = fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, 0);
  if (own_fd < 0) return Fail(env, "watch", errno);

  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  auto* watches = static_cast<Watches*>(info.Data());
  auto* watch = new Watch{watches, own_fd, Napi::Persistent(info[1].As<Napi::Function>())};
  if (const int error = uv_poll_init(loop, &watch->poll, own_fd)) {
    close(own_fd);
    delete watch;
    return Fail(env, "watch", -error);
  }
  watch->poll.data = watch;
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch->poll));
  uv_poll_start(&watch->poll, UV_READABLE, OnReady);  // Fails for no handle that is open.
  watches->count++;
  watches->by_handle.emplace(++watches->next_handle, watch);
  return Napi::Number::New(env, watches->next_handle);
}

Napi::Value Unwatch(const Napi::CallbackInfo& info) {
  auto* watches = static_cast<Watches*>(info.Data());
  const auto found = watches->by_handle.find(Integer(info.Env(), info[0], kNone));
  if (found == watches->by_handle.end()) return Fail(info.Env(), "unwatch", EBADF);
  End(found->second);
  watches->by_handle.erase(found);
  return {};
}

}  // namespace

void InitFdWatch(Napi::Env env, Napi::Object exports) {
  auto* watches = new Watches;
  napi_add_async_cleanup_hook(env, EndAll, watches, nullptr);
  exports["watchFd"] = Napi::Function::New<WatchFd>(env, "watchFd", watches);
  exports["unwatch"] = Napi::Function::New<Unwatch>(env, "unwatch", watches);
}
