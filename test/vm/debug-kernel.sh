#!/bin/bash
# debug-kernel.sh SOURCE: compiles the Linux 6.1 in the folder SOURCE so that it checks itself (lockdep,
# KASAN and others: debug-kernel.config), and puts it in the cache in place of Debian's own kernel, which
# the guest tests boot. Needs flex, bison, bc and libelf-dev. `rm -r .cache/vm` undoes it.
set -euo pipefail

source=$(realpath "$1")
cd "$(dirname "$0")"
config=$PWD/debug-kernel.config
cache=$(realpath ../..)/.cache/vm
image=$cache/linux-image-amd64

make -C "$source" KCONFIG_ALLCONFIG="$config" allnoconfig
make -C "$source" -j"$(nproc)" bzImage modules
release=$(make -s -C "$source" kernelrelease)

rm -rf "$image"
make -C "$source" INSTALL_MOD_PATH="$image" modules_install
rm "$image/lib/modules/$release/build" "$image/lib/modules/$release/source"
cp "$source/arch/x86/boot/bzImage" "$image/vmlinux"

# The sources are the headers; Debian has the parts of them in two folders.
headers=$cache/linux-headers-$release/usr/src
mkdir -p "$headers"
ln -sfn "$source" "$headers/linux-headers-$release"
ln -sfn "$source" "$headers/linux-headers-${release%-*}-common"
