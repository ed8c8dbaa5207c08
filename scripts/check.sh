#!/bin/bash
# Everything that must hold, from a fresh checkout: builds with gcc, with sanitizers and with clang;
# unit, golden and command line tests without capabilities; fuzzers; checks of the tree; the cases in
# guests.
#
#   scripts/check.sh           all of it
#   scripts/check.sh --quick   without guests: not enough for a release
#
# One line per step; the full output of each lies in build/check/. The last line is the sum:
# "N passed, N failed". Exit 1 if anything failed or a step did not run.
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$root" || exit 1
quick=""
case "${1:-}" in
"") ;;
--quick) quick=1 ;;
*)
    echo "usage: scripts/check.sh [--quick]" >&2
    exit 2
    ;;
esac

release=$root/build asan=$root/build-asan
fuzz=$root/build-fuzz
clang="$root/build clang" # with a space, which nothing may trip over
logs=$release/check
mkdir -p "$logs"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
total_passed=0 total_failed=0

# step NAME COMMAND...: run it; its last line "N passed, N failed" is its count.
step() {
    local name=$1 log=$logs/$1.log started=$SECONDS status=0 count passed failed
    shift
    "$@" >"$log" 2>&1 </dev/null || status=$?
    count=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
    if [ -n "$count" ]; then
        passed=${count%% *} failed=${count#*, }
        failed=${failed%% *}
        # A suite that is cut short has not counted what is missing.
        if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] || [ $((passed + failed)) -eq 0 ]; then
            failed=$((failed + 1))
        fi
    else
        passed=0 failed=1
    fi
    total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
    printf '%-14s %5d passed, %d failed  (%d s)\n' "$name" "$passed" "$failed" $((SECONDS - started))
    if [ "$failed" -ne 0 ]; then
        { grep -aE '^FAIL' "$log" || tail -n 15 "$log"; } | head -n 40 | sed 's/^/    /'
        echo "    all of it: $log"
    fi
    [ "$failed" -eq 0 ]
}

# A command without counts: one thing that works or not.
whole() {
    "$@" && echo "1 passed, 0 failed" && return
    echo "0 passed, 1 failed"
    return 1
}

# Each unit program counts for itself.
unit_run() {
    local program out passed=0 failed=0 count n
    for program in "$1"/unit/test_*; do
        [ -x "$program" ] || continue
        out=$(timeout 120 scripts/uncap "$program" 2>&1) && n=0 || n=1
        printf '%s\n' "== ${program##*/}" "$out"
        count=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' <<<"$out" | tail -n 1)
        if [ -z "$count" ]; then
            echo "FAIL ${program##*/}: ended without a count"
            failed=$((failed + 1))
            continue
        fi
        passed=$((passed + ${count%% *}))
        count=${count#*, } count=${count%% *}
        [ "$n" -eq 0 ] || [ "$count" -gt 0 ] || count=1
        [ "$count" -eq 0 ] || echo "FAIL ${program##*/}: $count"
        failed=$((failed + count))
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

if step setup whole scripts/setup.sh; then
    step build-release whole scripts/build.sh "$release" -DCMAKE_C_COMPILER=gcc
    step build-asan whole scripts/build.sh "$asan" -DCMAKE_C_COMPILER=gcc -DPTL_SANITIZE=ON
    step build-clang whole scripts/build.sh "$clang" -DCMAKE_C_COMPILER=clang \
        -DCMAKE_CXX_COMPILER=clang++
    step build-fuzz whole scripts/build.sh "$fuzz" -DCMAKE_C_COMPILER=clang \
        -DCMAKE_CXX_COMPILER=clang++ -DPTL_FUZZ=ON
    step unit unit_run "$asan"
    step golden scripts/uncap tests/golden/run -B "$asan"
    step cli scripts/uncap tests/cli/run -B "$asan"
    step libfuzzer scripts/uncap tests/fuzz/run-libfuzzer -B "$fuzz" -P "$release/ptlc" -s 60
    for check in tests/check/*.sh; do
        [ "${check##*/}" != lib.sh ] || continue
        step "$(basename "$check" .sh)" "$check" -B "$clang"
    done
    if [ -z "$quick" ]; then
        step cross whole tests/vm/cross-make -B "$release"
        step guests tests/vm/batch -B "$release"
        step guests-aot tests/vm/batch -B "$release" --through aot --once
        step guests-cache tests/vm/batch -B "$release" --through cache --once
        step fuzz tests/fuzz/run -B "$release"
    fi
fi

[ -z "$quick" ] || echo "QUICK: nothing was run in a guest, so no program was loaded or attached"
echo "$total_passed passed, $total_failed failed"
[ "$total_failed" -eq 0 ]
