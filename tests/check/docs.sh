#!/bin/bash
# The generated pages are what the programs print today.
source "$(dirname "$0")/lib.sh"

build=${BUILD:-build}
for page in reference diagnostics; do
    verdict "docs/$page.md" "$("$build/ptlc" "--$page" | cmp -s - "docs/$page.md" ||
        echo "run: ptlc --$page >docs/$page.md")"
done
finish
