#!/bin/bash
# All shell scripts pass shellcheck; all Python compiles.
source "$(dirname "$0")/lib.sh"

while read -r file; do
    IFS= read -r first <"$file" || continue
    case $first in
    '#!'*busybox*) verdict "$file" "$(shellcheck -s dash "$file" 2>&1 | head -n 20)" ;;
    '#!'*sh) verdict "$file" "$(shellcheck -x -P SCRIPTDIR "$file" 2>&1 | head -n 20)" ;;
    '#!'*python*)
        verdict "$file" "$(python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' \
            "$file" 2>&1 | tail -n 1)"
        ;;
    esac
done < <(find scripts .ci tests bench examples -type f -perm -u+x | sort)
finish
