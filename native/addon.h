// The parts of the addon: each adds its functions to `exports` and knows nothing of the others.
//
// All of it is plain Node-API, and ignores a call that fails: in a worker that is being terminated
// nearly every call does, and node-addon-api then ends the whole process.

#ifndef NATIVE_ADDON_H_
#define NATIVE_ADDON_H_

#include <node_api.h>

void InitPortIo(napi_env env, napi_value exports);  // Takes the environment's instance data.
void InitFileLock(napi_env env, napi_value exports);
void InitFdWatch(napi_env env, napi_value exports);
void InitSystemMessage(napi_env env, napi_value exports);

#endif  // NATIVE_ADDON_H_
