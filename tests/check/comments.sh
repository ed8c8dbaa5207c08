#!/bin/bash
# Every function that a header declares has a comment above it (a block of prototypes may share one),
# and every C file opens with one.
source "$(dirname "$0")/lib.sh"

# Print "LINE NAME" for each prototype without a comment.
prototypes_bare() {
    awk '
        in_comment { if (/\*\//) in_comment = 0; above = 1; next }
        /^\/\*/ { if (!/\*\//) in_comment = 1; above = 1; next }
        /^\/\// { above = 1; next }
        /^[[:space:]]*$/ { above = 0; next }
        in_prototype { if (/;[[:space:]]*(\/\*.*)?$/) in_prototype = 0; next }
        /^(static|typedef|#|}|{| )/ { next }
        /^[A-Za-z_][A-Za-z0-9_ *]*[ *][a-z_][a-z0-9_]*\(/ {
            name = $0
            sub(/\(.*/, "", name)
            sub(/.*[ *]/, "", name)
            if (!above) print FNR, name
            if (!/;[[:space:]]*(\/\*.*)?$/) in_prototype = 1
        }' "$1"
}

while read -r header; do
    verdict "$header" "$(prototypes_bare "$header" | tr '\n' ';')"
done < <(find "${folders[@]}" -name '*.h' | sort)

while read -r file; do
    verdict "$file opens with a comment" \
        "$(head -n 1 "$file" | grep -qE '^(/\*|//|%\{|%top)' || echo "it does not")"
done < <(find "${folders[@]}" tests/unit tests/programs -name '*.[ch]' -o -name '*.def' | sort)
finish
