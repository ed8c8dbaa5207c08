#!/bin/bash
# build.sh [BUILD_DIR [CMAKE_ARGUMENTS...]]: configure and build; BUILD_DIR defaults to build/.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
build=${1:-$root/build}
[ $# -eq 0 ] || shift

# A folder keeps the generator that it was made with.
generator=()
if [ ! -f "$build/CMakeCache.txt" ] && command -v ninja >/dev/null; then
    generator=(-G Ninja)
fi
cmake -S "$root" -B "$build" "${generator[@]}" "$@"
cmake --build "$build" --parallel "$(nproc)"
