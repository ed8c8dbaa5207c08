# Sourced by the checks beside it: arguments, verdict lines and their count.
#
# Each check takes [-B BUILD_DIR] (default: build), says `ok NAME` or `FAIL NAME: why` for each thing
# that it looks at, and ends in `N passed, N failed`.
# shellcheck shell=bash
set -uo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
build=$root/build
while getopts B: option; do
    case $option in
    B) build=$(cd "$OPTARG" && pwd) || exit 2 ;;
    *) exit 2 ;;
    esac
done
cd "$root" || exit 2

n_passed=0 n_failed=0
folders=(base abi ir stdlib lexer parser semantic codegen runtime tools)

pass() {
    echo "ok $1"
    n_passed=$((n_passed + 1))
}

fail() {
    echo "FAIL $1: $2"
    n_failed=$((n_failed + 1))
}

# verdict NAME WHY: passes if WHY is empty.
verdict() {
    if [ -z "$2" ]; then pass "$1"; else fail "$1" "$2"; fi
}

finish() {
    echo "$n_passed passed, $n_failed failed"
    [ "$n_failed" -eq 0 ]
    exit
}
