#!/bin/bash
# Compiling takes time in proportion to the script: 1000 clauses with a map each at most 12 times as
# long as 100 of them, by the user times of the processes. And the memory of the large one stays
# within bounds.
source "$(dirname "$0")/lib.sh"

max_ratio=12 max_kib=65536

# shellcheck disable=SC2154 # of lib.sh
measured=$(python3 - "$build/ptlc" "$max_ratio" <<'PYTHON'
import os, sys, tempfile

ptlc, max_ratio = sys.argv[1], float(sys.argv[2])

def compile_clauses(n):
    """User time in seconds and peak memory in KiB of compiling n clauses."""
    with tempfile.NamedTemporaryFile("w", suffix=".pt") as script:
        script.writelines("kprobe:f%d { @m%d[comm] = count(); }\n" % (i, i) for i in range(n))
        script.flush()
        pid = os.posix_spawn(ptlc, [ptlc, "-o", "/dev/null", script.name], {})
        _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit("%d clauses do not compile" % n)
    return usage.ru_utime, usage.ru_maxrss

# A round compares ten small ones with a large one, which is as long: a load of the machine weighs on
# both.
best = float("inf")
for _ in range(5):
    few = sum(compile_clauses(100)[0] for _ in range(10)) / 10
    many, memory = compile_clauses(1000)
    best = min(best, many / few)
    if best <= max_ratio:
        break
print("%.1f %d" % (best, memory))
PYTHON
)
read -r ratio memory <<<"$measured"
verdict "time of 1000 clauses" \
    "$([ -n "$ratio" ] && awk "BEGIN { exit !($ratio <= $max_ratio) }" ||
        echo "$ratio times that of 100")"
verdict "memory of 1000 clauses" "$([ "${memory:-$((max_kib + 1))}" -le "$max_kib" ] ||
    echo "takes $memory KiB")"
echo "(time: $ratio times that of 100; memory: $memory KiB)"
finish
