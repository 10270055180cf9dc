// Where Node enters the addon.

#include "addon.h"

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  InitPortIo(env, exports);
  InitFileLock(env, exports);
  InitFdWatch(env, exports);
  InitSystemMessage(env, exports);
  return exports;
}
