#!/bin/bash
# What the runner needs: the ordinary one neither LLVM nor libstdc++, the static one nothing at all, in at most 2 MB.
source "$(dirname "$0")/lib.sh"

max_bytes=2000000
runner=$build/ptrace-lite static=$build/static/ptrace-lite

verdict "ptrace-lite is without LLVM and libstdc++" "$(ldd "$runner" | grep -iE 'llvm|stdc\+\+|not found')"
if [ ! -x "$static" ]; then
    fail "static" "no $static: a build without sanitizers has it"
    finish
fi
verdict "static needs no library" "$(readelf -dlW "$static" 2>&1 | grep -E 'NEEDED|INTERP|Error')"
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$static"
bytes=$(stat -c %s "$stripped")
verdict "static has $bytes bytes" "$([ "$bytes" -le $max_bytes ] || echo "more than $max_bytes")"
verdict "static runs" "$([ "$("$static" --version 2>&1)" = "$("$runner" --version)" ] || echo "not as the other one does")"

# The option that makes it the one to be installed: as far as the command that links it.
scratch=$(mktemp -d)
trap 'rm -rf "$stripped" "$scratch"' EXIT
if out=$(cmake -G 'Unix Makefiles' -S . -B "$scratch" -DPTL_STATIC=ON -DBUILD_TESTING=OFF 2>&1); then
    verdict "PTL_STATIC" "$(grep -q -- '-static-pie' "$scratch/CMakeFiles/ptrace-lite.dir/link.txt" ||
        echo "ptrace-lite is not linked as a static one")"
else
    fail "PTL_STATIC" "$(tail -n 3 <<<"$out" | tr '\n' ' ')"
fi
finish
