# The native addon. Warnings stop the build in CI only, so that a newer compiler breaks no install.
{
  "targets": [
    {
      "target_name": "ipmi_bt",
      "variables": { "ci": "<!(echo $CI)" },
      "sources": [
        "native/addon.cc",
        "native/port_io.cc",
        "native/file_lock.cc",
        "native/fd_watch.cc",
        "native/system_message.cc",
        "native/unix_socket.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      # A worker that is being terminated takes no exception: without the last one, a failing call there
      # would abort the process.
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17"],
      # Node's own -O3 makes the file three times as large, and no access to a port faster.
      "configurations": { "Release": { "cflags!": ["-O3"], "cflags": ["-O2"] } },
      # All symbols are resolved when it is loaded, and none can be redirected afterwards.
      "ldflags": ["-Wl,-z,now"],
      "conditions": [["ci == 'true'", { "cflags": ["-Werror"] }]]
    }
  ]
}
