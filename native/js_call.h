// The JavaScript side of a call: arguments that are checked, and the one way to fail.
//
// JavaScript may pass anything. A value that is not what it should be comes out as kNone here, and
// never as a converted number, because a wrapped or truncated one would hit another port.
//
// A call of Node-API that fails leaves nullptr, which JavaScript sees as undefined, if it still runs.

#ifndef NATIVE_JS_CALL_H_
#define NATIVE_JS_CALL_H_

#include <node_api.h>
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

inline napi_value Boolean(napi_env env, bool value) {
  napi_value boolean = nullptr;
  napi_get_boolean(env, value, &boolean);
  return boolean;
}

inline napi_value String(napi_env env, const std::string& text) {
  napi_value string = nullptr;
  napi_create_string_utf8(env, text.c_str(), text.size(), &string);
  return string;
}

inline bool IsFunction(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_function;
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

// A call of a function that was made with `Owner` as its data. Arguments that are missing are
// undefined, those after the first `kCount` are not looked at.
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

// Adds a function to `exports`.
inline void Export(napi_env env, napi_value exports, const char* name, napi_callback function,
                   void* owner = nullptr) {
  const napi_property_descriptor property = {name,    nullptr, function,     nullptr,
                                             nullptr, nullptr, napi_default, owner};
  napi_define_properties(env, exports, 1, &property);
}

// Throws an Error that reads like Node's own system errors. The caller returns at once.
inline napi_value Fail(napi_env env, const char* syscall, int number) {
  const std::string code = uv_err_name(-number);
  napi_value error = nullptr;
  napi_create_error(env, nullptr, String(env, code + ": " + uv_strerror(-number) + ", " + syscall),
                    &error);
  napi_set_named_property(env, error, "errno", Number(env, number));
  napi_set_named_property(env, error, "code", String(env, code));
  napi_set_named_property(env, error, "syscall", String(env, syscall));
  napi_throw(env, error);
  return nullptr;
}

#endif  // NATIVE_JS_CALL_H_
