#!/bin/bash
# All C is as clang-format leaves it. Tables (*.def) are aligned by hand.
source "$(dirname "$0")/lib.sh"

while read -r file; do
    verdict "$file" "$(clang-format --dry-run -Werror "$file" 2>&1 | head -n 1)"
done < <(find "${folders[@]}" tests bench examples -name '*.[ch]' | sort)
finish
