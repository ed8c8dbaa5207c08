#!/bin/bash
# clang-tidy over our own C files; what flex and bison generate, and the programs that tests trace,
# aside. Headers hold prototypes and tables of macros, which most of its checks misunderstand.
source "$(dirname "$0")/lib.sh"

database=$build/compile_commands.json
[ -f "$database" ] || fail compile_commands.json "not in $build: build first"

# The verdict of the file $1 on standard output. Run by xargs below.
# shellcheck disable=SC2317
tidy_one() {
    local out
    if out=$(clang-tidy -p "$TIDY_BUILD" --quiet "$1" 2>/dev/null); then
        echo "ok ${1#"$TIDY_ROOT"/}"
    else
        echo "FAIL ${1#"$TIDY_ROOT"/}: $(grep -cE ' (error|warning): ' <<<"$out") findings"
        head -n 60 <<<"$out" | awk '{ print "    " $0 }'
    fi
}
export -f tidy_one
export TIDY_BUILD=$build TIDY_ROOT=$root

# shellcheck disable=SC2016
verdicts=$(python3 -c '
import json, sys
for path in sorted({entry["file"] for entry in json.load(open(sys.argv[1]))}):
    if path.startswith(sys.argv[2] + "/") and "/generated/" not in path and "/programs/" not in path:
        print(path)
' "$database" "$root" | tr '\n' '\0' | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy_one "$1"' tidy)
printf '%s\n' "$verdicts"
n_passed=$(grep -c '^ok ' <<<"$verdicts")
n_failed=$((n_failed + $(grep -c '^FAIL ' <<<"$verdicts")))
finish
