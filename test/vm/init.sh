#!/bin/busybox sh
# PID 1 of the guest: sets the machine up, runs the steps, and ends the machine.

/bin/busybox mkdir -p /dev /proc /sys /run /tmp /root
/bin/busybox --install -s /bin
chmod 755 /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

# The boot was quiet to be quick; from here on the kernel's messages help who reads the console.
dmesg -n 7

# The kernel hands budget_s from its command line to init.
(
  . /steps/last-words
  reboot -f
) &

. /steps/run
reboot -f
