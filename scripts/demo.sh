#!/bin/bash
# The whole path once: install what is missing, build, and count who opens files while a workload
# runs. Where this kernel has no kprobes for us, the same runs in a QEMU guest with a kernel 6.12.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
build=${1:-$root/build}
program='kprobe:do_sys_openat2 < @[comm] = count(); >'
workload="sh -c 'find /etc -maxdepth 2 >/dev/null; ls -R /usr/share/doc >/dev/null; cat /etc/passwd >/dev/null'"

# Say why kprobes cannot be used here, without loading anything; silent if they can.
reason_against_kprobes() {
    local caps
    if [ -n "${CI:-}" ]; then
        echo "this is a CI machine"
        return
    fi
    if [ ! -e /sys/bus/event_source/devices/kprobe/type ]; then
        echo "this kernel has no kprobes"
        return
    fi
    caps=$((16#$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)))
    # CAP_SYS_ADMIN 21, or CAP_PERFMON 38 and CAP_BPF 39.
    if ! ((caps >> 21 & 1 || (caps >> 38 & 1 && caps >> 39 & 1))); then
        echo "tracing needs root"
    fi
}

"$root/scripts/setup.sh"
echo "demo: building in $build"
if ! log=$("$root/scripts/build.sh" "$build" 2>&1); then
    printf '%s\n' "$log" >&2
    exit 1
fi

reason=$(reason_against_kprobes)
printf "demo: ptrace-lite -c \"%s\" \\\\\n          '%s'\n" "$workload" "$program"
if [ -z "$reason" ]; then
    "$build/ptrace-lite" -c "$workload" "$program"
else
    echo "demo: $reason: running it in a guest with a kernel 6.12 instead"
    "$root/tests/vm/run" -k 6.12 -B "$build" -- \
        "$(printf '%q ' ptrace-lite -c "$workload" "$program")"
fi
