#!/bin/bash
# The manual pages and the programs tell of the same options, and the pages have no formatting mistakes.
source "$(dirname "$0")/lib.sh"

# Of ptrace-lite: "LETTER NAME ARGUMENT" of each row that is not hidden; - for none.
rows_of_table() {
    sed -nE -e "s/^OPT\('?([^',])'?, *\"([^\"]*)\", *\"([^\"]*)\", *[a-z_]+, *[A-Z_]+, *\".+\"\)/\1|\2|\3/p" \
        -e "s/^FLAG\('?([^',])'?, *\"([^\"]*)\", *[a-z_]+, *[A-Z_]+, *\".+\"\)/\1|\2|/p" tools/options.def |
        awk -F'|' '{ print ($1 == "0" ? "-" : $1), ($2 == "" ? "-" : $2), ($3 == "" ? "-" : $3) }'
}

# The same from lines like `-w, --unsafe` and `--emit STAGES`.
rows_of_lines() {
    awk '{
        letter = name = argument = "-"
        for (i = 1; i <= NF; i++)
            if ($i ~ /^--/) name = substr($i, 3)
            else if ($i ~ /^-/) letter = substr($i, 2)
            else argument = $i
        print letter, name, argument }'
}

# Of ptlc: what --help prints.
rows_of_help() {
    "$build/ptlc" --help | sed -nE 's/^  (-[^ ]+( --[^ ]+)?( [^ ]+)?)( .*)?$/\1/p' | tr -d , | rows_of_lines
}

# The same of a page: lines as `.BR \-w ", " \-\-unsafe` below a .TP in the section OPTIONS.
rows_of_page() {
    sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$1" | grep -A1 '^\.TP' | grep -E '^\.(B|BR|BI)' |
        sed 's/\\f[A-Z]//g' | tr -d '\\"' | sed -E 's/^\.[A-Z]+ //; s/,/ /' | rows_of_lines
}

# check PAGE OTHER ROWS: both have the same rows.
check() {
    local page=$1 other=$2 table=$3 manual row
    manual=$(rows_of_page "$page")
    while read -r row; do
        verdict "option $row" "$(grep -qxF -- "$row" <<<"$manual" || echo "is not in $page")"
    done <<<"$table"
    while read -r row; do
        verdict "manual $row" "$(grep -qxF -- "$row" <<<"$table" || echo "is not in $other")"
    done <<<"$manual"
    if command -v groff >/dev/null; then
        verdict "formatting $page" "$(groff -man -Tutf8 -ww -z "$page" 2>&1 | head -n 5)"
    fi
}

check docs/ptrace-lite.8 tools/options.def "$(rows_of_table)"
check docs/ptlc.1 "ptlc --help" "$(rows_of_help)"
# All that --no-feature takes, and all that --emit does.
while read -r name; do
    verdict "feature $name" "$(sed -n '/no.-feature " NAMES"/,/^\.TP/p' docs/ptrace-lite.8 | grep -qw -- "$name" || echo "is not in docs/ptrace-lite.8")"
done < <(sed -nE 's/^FEATURE\([A-Z_]+, ([a-z_]+),.*/\1/p' runtime/features.def)
while read -r name; do
    verdict "stage $name" "$(sed -n '/emit " STAGES"/,/^\.TP/p' docs/ptrace-lite.8 | grep -q -- "^\.BR* $name" || echo "is not in docs/ptrace-lite.8")"
    verdict "stage $name of --help" "$(grep '"emit"' tools/options.def | grep -qw -- "$name" || echo "is not there")"
done < <(sed -nE 's/^ *STAGE\([A-Z]+, "([a-z]+)"\).*/\1/p' tools/compile.h)
# And all that --aot refuses because it is for a run.
while read -r option; do
    verdict "aot and $option" "$(sed -n '/aot " FILE/,/^\.TP/p' docs/ptrace-lite.8 | sed 's:\\::g' | grep -qw -- "$option" || echo "is not in docs/ptrace-lite.8")"
done < <(sed -nE -e "s/^[A-Z]+\('(.)',.* FOR_RUN, .*/-\1/p" -e 's/^[A-Z]+\(0, "([^"]*)",.* FOR_RUN, .*/--\1/p' tools/options.def)
# And the help of ptlc has all that it understands.
while read -r name; do
    verdict "ptlc --$name" "$("$build/ptlc" --help | grep -qE -- "--$name( |$)" || echo "is not in its --help")"
done < <(sed -nE 's/^ *\{"([a-z-]+)", (no|required)_argument, .*/\1/p' tools/ptlc_options.c)
finish
