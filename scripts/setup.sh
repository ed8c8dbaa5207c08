#!/bin/bash
# Install the Debian packages that building and testing need; quick when none is missing. Who is not
# root is told their names instead (exit 1).
set -euo pipefail

packages=(
    bison busybox-static bpftool clang clang-format clang-tidy cmake cpio dpkg-dev file flex g++ gcc kmod
    libbpf-dev libcapstone-dev libclang-rt-dev libelf-dev libiberty-dev libseccomp-dev libzstd-dev llvm-19-dev locales make pkg-config
    python3 qemu-system-x86 shellcheck systemtap-sdt-dev util-linux xz-utils zlib1g-dev
)

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian; needed are, by their names there: ${packages[*]}" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == *installed* && $state != *not-installed* ]] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "setup: missing packages; as root: apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install=(apt-get install -y -q --no-install-recommends "${missing[@]}")
# The lists may be old, or not there at all in a fresh image.
"${install[@]}" || { apt-get update -q && "${install[@]}"; }
