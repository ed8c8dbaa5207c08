#!/bin/bash
# No file of more than 600 lines: a file has one subject.
source "$(dirname "$0")/lib.sh"

limit=600
while read -r file; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt "$limit" ]; then
        fail "$file" "$lines lines, more than $limit"
    else
        pass "$file"
    fi
done < <(find "${folders[@]}" cmake scripts tests bench examples CMakeLists.txt -type f \
    \( -name '*.[chly]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' -o -name '*.cmake' \
    -o -name CMakeLists.txt -o -path 'scripts/*' -o -path 'tests/*/run' -o -path 'tests/vm/*' \) \
    ! -name '*.md' ! -name '*.pyc' | sort)
finish
