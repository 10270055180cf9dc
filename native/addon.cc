// Where Node enters the addon. An environment has one piece of instance data, and Napi::Addon would
// take it and the entry both; so that there can be more than one part, the entry stands here.

#include "addon.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitPortIo(env, exports);
  InitFileLock(env, exports);
  InitFdWatch(env, exports);
  InitSystemMessage(env, exports);
  InitUnixSocket(env, exports);
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)
