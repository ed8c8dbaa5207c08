#!/bin/bash
# The manual page and --help tell of the same options, and the page has no formatting mistakes.
source "$(dirname "$0")/lib.sh"

page=docs/ptrace-lite.8

# "LETTER NAME ARGUMENT" of each row that is not hidden; - for none.
table=$(sed -nE "s/^OPT\('?([^',])'?, *\"([^\"]*)\", *\"([^\"]*)\", *[a-z_]+, *\".+\"\)/\1|\2|\3/p" \
    tools/options.def | awk -F'|' '{
        print ($1 == "0" ? "-" : $1), ($2 == "" ? "-" : $2), ($3 == "" ? "-" : $3) }')

# The same of the page: lines as `.BR \-w ", " \-\-unsafe` below a .TP in the section OPTIONS.
manual=$(sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$page" | grep -A1 '^\.TP' | grep -E '^\.(B|BR|BI)' |
    tr -d '\\"' | sed -E 's/^\.[A-Z]+ //; s/,/ /' | awk '{
        letter = name = argument = "-"
        for (i = 1; i <= NF; i++)
            if ($i ~ /^--/) name = substr($i, 3)
            else if ($i ~ /^-/) letter = substr($i, 2)
            else argument = $i
        print letter, name, argument }')

while read -r row; do
    verdict "option $row" "$(grep -qxF -- "$row" <<<"$manual" || echo "is not in $page")"
done <<<"$table"
while read -r row; do
    verdict "manual $row" "$(grep -qxF -- "$row" <<<"$table" || echo "is not in tools/options.def")"
done <<<"$manual"

if command -v groff >/dev/null; then
    verdict "formatting" "$(groff -man -Tutf8 -ww -z "$page" 2>&1 | head -n 5)"
fi
finish
