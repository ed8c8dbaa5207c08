#!/bin/bash
# Every row of the tables has a test: a diagnostic a golden case or `diag:NNN`, a provider
# `probe:NAME`, an aggregation `agg:NAME`, a function `fn:NAME`, an option `opt:NAME`, as said by the
# cases in guests (`covers:`), by the tests of the command line and by unit tests, both in comments
# like `covers: diag:040`. And the other way round: what a test claims to cover exists.
source "$(dirname "$0")/lib.sh"

# add COMMAND...: take its words as covered.
covers=""
add() {
    local words
    words=$("$@") || fail "$1" "cannot list what it covers"
    covers+=$words$'\n'
}
# shellcheck disable=SC2317
unit_covers() {
    sed -nE 's/^.*\bcovers: ([a-z]+:.*)$/\1/p' tests/unit/*.c | tr -s ' */' '\n'
}
add tests/vm/batch --covers
add tests/cli/run --covers
add unit_covers

# rows FILE MACRO PATTERN: the first group of PATTERN in each row of MACRO.
rows() {
    sed -nE "s/^$2\($3.*/\1/p" "$1"
}

known=""
need() {
    known+="$1"$'\n'
    if grep -qxF "$1" <<<"$covers"; then pass "$1"; else fail "$1" "no test says that it covers it"; fi
}

while read -r number severity; do
    letter=e
    [ "$severity" = ERROR ] || letter=w
    code=$(printf '%03d' "$number")
    known+="diag:$code"$'\n'
    if compgen -G "tests/golden/diag/$letter$code.*.pt" >/dev/null ||
        grep -qx "diag:$code" <<<"$covers"; then
        pass "diag:$code"
    else
        fail "diag:$code" "neither tests/golden/diag/$letter$code.*.pt nor a guest case covers it"
    fi
done < <(tr '\n' ' ' <base/diag.def |
    grep -oE '\bD\([A-Z0-9_]+, *[0-9]+, *SEV_(ERROR|WARNING)' |
    sed -E 's/.*, *([0-9]+), *SEV_(.*)/\1 \2/')

for name in $(rows abi/probe.def PROBE '[A-Z0-9_]+, *"([^"]*)"'); do need "probe:$name"; done
for name in $(rows abi/agg.def AGG '[A-Z0-9_]+, *([a-z0-9_]+)'); do need "agg:$name"; done
for name in $(rows stdlib/funcs.def FUNC '([a-z0-9_]+)'); do need "fn:$name"; done

# An option is known by its name, or by its letter if it has none.
while read -r name; do
    need "opt:$name"
done < <(sed -nE "s/^(OPT|FLAG)\('?([^',])'?, *\"([^\"]*)\".*/\2 \3/p" tools/options.def | awk '{ print $NF }')

while read -r word; do
    verdict "claim $word" "$(grep -qxF "$word" <<<"$known" || echo "there is no such row")"
done < <(grep -E '^(diag|probe|agg|fn|opt):' <<<"$covers" | sort -u)
finish
