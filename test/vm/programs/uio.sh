# What the steps with the kernel module have in common: `. /uio.sh`. In an open /dev/uioN, which is
# descriptor 5, a step writes and reads as a program does.

platform=/sys/bus/platform

# bind DEVICE: by hand, as root does it; prints who drives the device then.
bind() {
  echo ipmi_bt_uio > "$platform/devices/$1/driver_override"
  echo "$1" > "$platform/drivers_probe"
  driver "$1"
}

# unbind DRIVER DEVICE
unbind() {
  echo "$2" > "$platform/drivers/$1/unbind"
}

# driver DEVICE: its name, or "none".
driver() {
  basename "$(readlink "$platform/devices/$1/driver" || echo none)"
}

# mask BASE: BT_INTMASK, which reading does not change.
mask() {
  dd if=/dev/port bs=1 skip=$(($1 + 2)) count=1 2> /dev/null | od -An -tx1
}

# enable NUMBER: writes an int32 to descriptor 5; prints nothing, or why not.
enable() {
  printf "\\00$1\\000\\000\\000" | dd bs=4 2>&1 >&5 | grep -o 'dd: .*'
}

# count: waits for an interrupt that descriptor 5 has not told of, and prints the number of all.
count() {
  dd bs=4 count=1 <&5 2> /dev/null | od -An -td4
}

# events UIO: the same number, without waiting.
events() {
  cat "/sys/class/uio/$1/event"
}

# line: how often the line came, and who listens to it.
line() {
  sed -n 's/^ *6: *\([0-9]*\) .*-edge */\1 /p' /proc/interrupts
}
