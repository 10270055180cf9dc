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
        "native/system_message.cc"
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
      "conditions": [["ci == 'true'", { "cflags": ["-Werror"] }]]
    }
  ]
}
