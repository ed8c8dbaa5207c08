# The cache of compiled programs. No run gets further than to the missing capability. Sourced by run.
# covers: opt:no-cache opt:cache-stats
# shellcheck shell=bash disable=SC2154

good='BEGIN { print("cached"); exit(); }'
kept=$work/kept/ptrace-lite
export XDG_CACHE_HOME=$work/kept

# From now on: compiled anew, or found.
compiled='^\[ *[0-9]+ ms\] compiled: [0-9]+ bytes$'
found='^\[ *[0-9]+ ms\] found in the cache: [0-9]+ bytes$'

run "$tool" --cache-stats
says cache-none 0 "" "^$kept: 0 programs, 0 of at most 32768 KiB$"
verdict cache-none-made "$([ -e "$kept" ] && echo 'it was made')"
run "$tool" -v "$good"
says cache-cold 1 "$compiled"
entry=$(ls "$kept")
verdict cache-steps "$(grep -qE '^compiler: parse [0-9.]+ ms, types .*, IR .*, LLVM [0-9.]+ ms$' err || echo 'no steps')"
run "$tool" -v "$good"
says cache-warm 1 "$found"
verdict cache-no-compiler "$(grep '^compiler:' err)"
mode cache-mode 700 "$kept"
mode cache-modes 600 "$kept"/*
run "$tool" --cache-stats
says cache-stats 0 "" "^$kept: 1 programs, [1-9][0-9]* of at most 32768 KiB$"
run "$tool" -v --no-cache "$good"
says cache-off 1 "$compiled"

# What a compilation depends on.
run "$tool" -v "$good" 5
says cache-other-parameter 1 "$compiled"
run "$tool" -v -e 'BEGIN { print(getopt("x", 1)); }' -- --x=1
says cache-option 1 "$compiled"
run "$tool" -v -e 'BEGIN { print(getopt("x", 1)); }' -- --x=2
says cache-other-option 1 "$compiled"
run "$tool" -v --unsafe "$good"
says cache-other-unsafe 1 "$compiled"
run env BPFTRACE_MAX_STRLEN=32 "$tool" -v "$good"
says cache-other-environment 1 "$compiled"
run "$tool" -v "$good"
says cache-still-warm 1 "$found"
cp "$tool" "$compiler" .
run ./ptrace-lite -v "$good"
says cache-other-compiler 1 "$compiled"
printf 'macro one() { 1 }\n' >cached.pt
printf 'import "cached.pt"; BEGIN { print(one()); exit(); }\n' >imports.pt
run "$tool" -v imports.pt
says cache-import 1 "$compiled"
run "$tool" -v imports.pt
says cache-import-again 1 "$compiled"
mkdir no-scripts
printf 'import "no-scripts"; BEGIN { print(1); exit(); }\n' >imports.pt
run "$tool" -v imports.pt
says cache-import-empty 1 "$compiled"
run "$tool" -v imports.pt
says cache-import-empty-again 1 "$compiled"
for n in 1 2; do
    run env BPFTRACE_BTF="$build/btf" "$tool" -v "$good"
    says cache-other-btf-$n 1 "$compiled"
done

# What the compiler says is told each time; errors are not kept.
run "$tool" -v 'BEGIN { strlen("a"); }'
says cache-warning 1 'WARNING: .*\[W601\]$'
run "$tool" -v 'BEGIN { strlen("a"); }'
says cache-warning-again 1 'WARNING: .*\[W601\]$'
verdict cache-warning-found "$(grep -qE "$found" err || echo 'it is not found')"
run "$tool" -v 'BEGIN { nonsense(); }'
says cache-error 1 '\[E201\]$'
run "$tool" -v 'BEGIN { nonsense(); }'
says cache-error-again 1 '\[E201\]$'

# A crash in the middle, and whatever else damages an entry.
cp "$kept/$entry" good-entry
size=$(stat -c %s good-entry)
for cut in 0 10 40 $((size / 2)) $((size - 1)); do
    head -c "$cut" good-entry >"$kept/$entry"
    run "$tool" -v "$good"
    says "cache-cut $cut" 1 "$compiled"
done
for at in 8 12 30 $((size / 3)) $((size - 5)); do
    cp good-entry "$kept/$entry"
    printf '\377\376' | dd of="$kept/$entry" bs=1 seek="$at" conv=notrunc 2>/dev/null
    run "$tool" -v "$good"
    says "cache-damaged $at" 1 "$compiled"
done
run "$tool" -v "$good"
says cache-mended 1 "$found"
rm "$kept/$entry" && ln -s "$work/good-entry" "$kept/$entry"
run "$tool" -v "$good"
says cache-entry-link 1 "$compiled"
rm -f "$kept/$entry"
mkfifo "$kept/$entry"
run "$tool" -v "$good"
says cache-entry-fifo 1 "$compiled"
rm -f "$kept/$entry"
cp good-entry "$kept/$entry" && chmod 666 "$kept/$entry"
run "$tool" -v "$good"
says cache-entry-writable 1 "$compiled"

# What is used least goes first; others' files stay.
touch "$kept/not-ours"
for ((i = 0; i < 520; i++)); do printf '%s' junk >"$kept/$(printf %016x "$i")"; done
touch -d '2 hours ago' "$kept"/0*
touch -d '2 hours ago' "$kept/new.1.0123456789abcdef"
run "$tool" -v 'BEGIN { print("one more"); exit(); }'
says cache-trim 1 "$compiled"
verdict cache-trimmed "$([ "$(ls "$kept" | grep -c '^[0-9a-f]*$')" = 512 ] || ls "$kept" | wc -l)"
verdict cache-trimmed-temporary "$(ls "$kept" | grep '^new')"
verdict cache-others-stay "$([ -e "$kept/not-ours" ] || echo 'it is gone')"
run "$tool" -v 'BEGIN { print("one more"); exit(); }'
says cache-trim-warm 1 "$found"

# Several at once.
rm -rf "$kept"
for _ in 1 2 3 4; do "$tool" -v "$good" >/dev/null 2>>several & done
wait
run "$tool" -v "$good"
says cache-several 1 "$found"
verdict cache-several-quiet "$(grep -i cache several | grep -v '^\[.*found in the cache')"

# A folder that cannot be trusted or used: the run goes on, and -v says so, once.
refused() {
    run "$tool" -v "$good"
    says "cache-$1" 1 "$compiled"
    verdict "cache-$1-told" "$([ "$(grep -c "^The cache $XDG_CACHE_HOME/ptrace-lite is not used: $2\$" err)" = 1 ] || echo 'not told')"
    run "$tool" "$good"
    verdict "cache-$1-silent" "$(grep -i cache err)"
}
chmod 777 "$kept"
refused writable 'others may write to it'
mv "$kept" "$work/elsewhere" && chmod 700 "$work/elsewhere" && ln -s "$work/elsewhere" "$kept"
refused link 'Not a directory'
rm "$kept" && touch "$kept"
refused file 'Not a directory'
rm "$kept"
export XDG_CACHE_HOME=/proc/1
refused read-only 'No such file or directory'
# Full, or not to be written to: it is looked at, and nothing is kept.
export XDG_CACHE_HOME=$work/kept
mkdir -p "$kept"
run "$compiler" -V # no cache
# The object has less than 6 KiB, the entry more: the script is in it twice.
long="BEGIN { exit(); } // $(printf '%2000s')"
run bash -c 'ulimit -f 6; trap "" XFSZ; exec "$0" "$@"' "$tool" -v "$long"
says cache-full 1 "$compiled"
verdict cache-full-told "$(grep -qxE "The program is not kept in $kept: File too large" err || echo 'not told')"
verdict cache-full-clean "$(ls -A "$kept")"
export XDG_CACHE_HOME=relative
run env -u HOME "$tool" -v "$good"
says cache-no-home 1 '^ERROR: Missing CAP_BPF capability'
verdict cache-relative "$([ -e relative ] && echo 'it was made')"
export XDG_CACHE_HOME=$work/cache
