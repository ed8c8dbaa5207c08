#!/bin/bash
# The memory that compiling takes stays within bounds for every script of the tests.
source "$(dirname "$0")/lib.sh"

max_kib=65536

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure FILE...: "PEAK_KIB FILE" of compiling each.
measure() {
    # shellcheck disable=SC2154 # of lib.sh
    python3 - "$build/ptlc" "$root/tests/golden/tracefs" "$@" <<'PYTHON'
import os, sys

ptlc, tracefs = sys.argv[1:3]
for script in sys.argv[3:]:
    pid = os.posix_spawn(ptlc, [ptlc, "--kernel-tracefs", tracefs, "-o", "/dev/null", script], {},
                         file_actions=[(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    print(os.wait4(pid, 0)[2].ru_maxrss, script)
PYTHON
}

# The scripts inside the guests' cases: sections `--- file NAME.pt`.
awk -v dir="$work" '/^(---|===) / { out = "" }
    /^--- file .*\.pt$/ { n++; out = dir "/case" n ".pt" }
    out != "" && !/^--- / { print > out }' tests/vm/cases/*.case
while read -r peak script; do
    verdict "memory of ${script#"$work/"}" "$([ "$peak" -le "$max_kib" ] || echo "takes $peak KiB")"
done < <(measure "$work"/case*.pt tests/golden/*/*.pt examples/*.pt)
finish
