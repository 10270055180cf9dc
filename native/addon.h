// The parts of the addon: each adds its functions to `exports` and knows nothing of the others.

#ifndef NATIVE_ADDON_H_
#define NATIVE_ADDON_H_

#include <napi.h>

void InitPortIo(Napi::Env env, Napi::Object exports);  // Takes the environment's instance data.
void InitFileLock(Napi::Env env, Napi::Object exports);
void InitFdWatch(Napi::Env env, Napi::Object exports);
void InitSystemMessage(Napi::Env env, Napi::Object exports);
void InitUnixSocket(Napi::Env env, Napi::Object exports);

#endif  // NATIVE_ADDON_H_
