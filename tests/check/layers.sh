#!/bin/bash
# The include rules: which folder may include which. A rule that is not enforced is not kept, and a
# check that cannot fail enforces nothing: so it first has to find violations in a doctored copy.
source "$(dirname "$0")/lib.sh"

declare -A may_include=(
    [base]=""
    [abi]="base"
    [ir]="base abi"
    [stdlib]="base abi ir"
    [lexer]="base"
    [parser]="base lexer"
    [semantic]="base abi ir stdlib lexer parser"
    [codegen]="base abi ir"
    [runtime]="base abi"
)
compiler_may="base abi ir stdlib lexer parser semantic codegen tools"
runner_may="base abi runtime tools"

# What a file may include besides its own folder.
allowed_for() {
    local folder=${1%%/*}
    case $1 in
    tools/compile.[ch] | tools/ptlc.c | tools/ptlc_*.[ch]) echo "$compiler_may" ;;
    tools/*) echo "$runner_may" ;;
    *) echo "$folder ${may_include[$folder]}" ;;
    esac
}

# Print "FILE: WHY" for every violation below the folder $1.
violations() {
    local file line target allowed
    cd "$1" || return
    grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[chly]' --include='*.def' \
        "${folders[@]}" | while IFS=: read -r file _ line; do
        allowed=" $(allowed_for "$file") "
        case $line in
        *\"*/*\"*)
            target=${line#*\"} target=${target%%/*}
            [[ $allowed == *" $target "* ]] || echo "$file: may not include ${line#*include }"
            ;;
        *\"*) echo "$file: path from the root expected in ${line#*include }" ;;
        *\<llvm-c/*) [[ $file == codegen/* ]] || echo "$file: only codegen/ sees LLVM" ;;
        *\<bpf/*) [[ $file == runtime/* ]] || echo "$file: only runtime/ sees libbpf" ;;
        esac
    done
    # tools/ptrace-lite.c may reach the compiler by no header of tools/ either.
    grep -lE '"tools/(compile|ptlc_[a-z]*)\.h"' tools/*.[ch] 2>/dev/null | while read -r file; do
        [[ $(allowed_for "$file") == "$compiler_may" ]] ||
            echo "$file: reaches the compiler through tools/"
    done
}

# self_test NAME FILE LINE: a copy with LINE in FILE must be found out.
self_test() {
    local copy found
    copy=$(mktemp -d)
    mkdir "${folders[@]/#/$copy/}"
    echo "$3" >"$copy/$2"
    found=$(violations "$copy" | grep -c "^$2: ")
    rm -r "$copy"
    if [ "$found" -gt 0 ]; then pass "self-test $1"; else fail "self-test $1" "not found"; fi
}

self_test upward base/x.c '#include "abi/abi.h"'
self_test sideways codegen/x.h '#include "parser/ast.h"'
self_test scanner lexer/x.l '#include "parser/parse.h"'
self_test grammar parser/x.y '#  include "ir/ir.h"'
self_test table abi/x.def '#include "ir/type.h"'
self_test indented runtime/x.c '    #include "codegen/codegen.h"'
self_test runner tools/x.c '#include "semantic/semantic.h"'
self_test runner-indirectly tools/x.c '#include "tools/compile.h"'
self_test compiler tools/ptlc.c '#include "runtime/runtime.h"'
self_test llvm semantic/x.c '#include <llvm-c/Core.h>'
self_test libbpf codegen/x.c '#include <bpf/libbpf.h>'
self_test relative base/x.c '#include "str.h"'

found=$(violations "$root")
for folder in "${folders[@]}"; do
    verdict "$folder" "$(grep "^$folder/" <<<"$found" | tr '\n' ';')"
done
finish
