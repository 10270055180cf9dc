// The JavaScript side of a call: arguments that are checked, and the one way to fail.
//
// JavaScript may pass anything. A value that is not what it should be comes out as kNone here, and
// never as a converted number, because a wrapped or truncated one would hit another port.

#ifndef NATIVE_JS_CALL_H_
#define NATIVE_JS_CALL_H_

#include <napi.h>
#include <uv.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

constexpr uint32_t kNone = UINT32_MAX;

// An integer below `limit`, else kNone: no number, NaN, a fraction, negative, too large.
inline uint32_t Integer(napi_env env, napi_value value, uint32_t limit) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) return kNone;
  if (!(number >= 0 && number < limit)) return kNone;
  const auto integer = static_cast<uint32_t>(number);
  return integer == number ? integer : kNone;
}

inline napi_value Number(napi_env env, uint32_t value) {
  napi_value number = nullptr;
  napi_create_uint32(env, value, &number);
  return number;
}

// The first `count` bytes of a Uint8Array. `count` is kNone when `array` is something else or
// shorter; a detached one has length 0.
struct Bytes {
  uint8_t* data = nullptr;
  uint32_t count = kNone;

  Bytes(napi_env env, napi_value array, napi_value wanted) {
    auto type = napi_int8_array;
    size_t length = 0;
    void* start = nullptr;
    napi_get_typedarray_info(env, array, &type, &length, &start, nullptr, nullptr);
    if (type != napi_uint8_array) return;
    data = static_cast<uint8_t*>(start);
    count = Integer(env, wanted, std::min<size_t>(length, kNone - 1) + 1);
  }
};

// A call of a plain Node-API function that was made with `Owner` as its data. Arguments that are
// missing are undefined, those after the first `kCount` are not looked at.
template <typename Owner, size_t kCount>
struct Call {
  napi_value arguments[kCount] = {};
  Owner* owner = nullptr;

  Call(napi_env env, napi_callback_info info) {
    size_t count = kCount;
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, arguments, nullptr, &data);
    owner = static_cast<Owner*>(data);
  }
};

// Throws an Error that reads like Node's own system errors. The caller returns at once.
inline Napi::Value Fail(Napi::Env env, const char* syscall, int number) {
  const std::string code = uv_err_name(-number);
  auto error = Napi::Error::New(env, code + ": " + uv_strerror(-number) + ", " + syscall);
  error.Set("errno", Napi::Number::New(env, number));
  error.Set("code", code);
  error.Set("syscall", syscall);
  error.ThrowAsJavaScriptException();
  return {};
}

#endif  // NATIVE_JS_CALL_H_
