#!/bin/busybox sh
# The first process of a Debian guest: puts a file system in memory over the images, adds the files
# of the test to it, and leaves the rest to systemd. Where that fails it ends, the kernel panics, and
# the guest is over.
set -euo pipefail

/bin/busybox mkdir -p /bin /dev /proc /layers/debian /layers/machine /memory /root
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
modprobe -a virtio_pci virtio_blk squashfs overlay

mount -t squashfs -o ro /dev/vda /layers/debian
mount -t squashfs -o ro /dev/vdb /layers/machine
mount -t tmpfs -o mode=755 tmpfs /memory
mkdir /memory/upper /memory/work
layers=lowerdir=/layers/machine:/layers/debian,upperdir=/memory/upper,workdir=/memory/work
mount -t overlay -o "$layers" overlay /root

# Without their folders, so that those that are there keep their modes.
cd /files
find . ! -type d | cpio -o -H newc | (cd /root && cpio -idu)
cd /
umount /proc
mount --move /dev /root/dev
exec switch_root /root /lib/systemd/systemd
