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
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17"],
      "conditions": [["ci == 'true'", { "cflags": ["-Werror"] }]]
    }
  ]
}
