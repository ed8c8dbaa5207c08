# The completion scripts. Sourced by run.
# covers: opt:completions
# shellcheck shell=bash disable=SC2154

run "$tool" --completions tcsh
says completions-unknown 1 '^ERROR: Invalid shell "tcsh"$'
hints completions-list 'The shells are: bash zsh fish'
for shell in bash zsh fish; do
    run "$tool" --completions "$shell"
    says "completions-$shell" 0 "" "^# Made by: ptrace-lite --completions $shell$"
    cp out "completions.$shell"
    verdict "completions-$shell-hidden" "$(grep test-switch out)"
    if command -v "$shell" >/dev/null; then
        verdict "completions-$shell-syntax" "$("$shell" -n "completions.$shell" 2>&1)"
    fi
done

# completes NAME WORDS EXPECTED: what bash offers for the last of the words, which are split as it splits them.
completes() {
    bash -c 'compopt() { echo "compopt $*"; }
        source "$1"
        read -ra COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _ptrace_lite
        printf "%s\n" "${COMPREPLY[@]}" | uniq' bash ./completions.bash "$2" >out 2>err
    verdict "completes $1" "$([ "$(cat out err | paste -sd ' ' | sed 's/ $//')" = "$3" ] || echo "not: $3")"
}

completes name 'ptrace-lite --no-f' '--no-feature'
completes names 'ptrace-lite -q --fmt' '--fmt --fmt-in-place'
completes letter 'ptrace-lite -o' '-o'
completes word 'ptrace-lite -f j' 'json'
completes words 'ptrace-lite -B ' 'line full none'
completes equals 'ptrace-lite --emit =' 'tokens fmt ast types probes ir bpf'
completes equals-word 'ptrace-lite --emit = t' 'tokens types'
completes list 'ptrace-lite --emit ast,ir,t' 'ast,ir,tokens ast,ir,types'
completes features 'ptrace-lite --no-feature btf,kprobe_' 'btf,kprobe_multi btf,kprobe_session'
completes command 'ptrace-lite -c dirnam' 'dirname'
completes process "ptrace-lite -p $$" "$$"
completes file 'ptrace-lite -o x' ''
completes operand 'ptrace-lite scr' ''
completes text 'ptrace-lite -e ' 'compopt +o default'
completes program-option 'ptrace-lite x.pt -- --n' ''

# Each word that is offered is one that is understood.
for stage in $(sed -nE "s/^ *--emit\).* -W '([^']*)'.*/\1/p" completions.bash); do
    run "$tool" --emit "$stage" 'BEGIN { exit(); }'
    says "completes-stage $stage" 0 "" .
done
for mode in $(sed -nE "s/^ *-B\).* -W '([^']*)'.*/\1/p" completions.bash); do
    run "$tool" -B "$mode" --emit ast 'BEGIN { exit(); }'
    says "completes-mode $mode" 0 "" .
done
