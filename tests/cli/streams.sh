# Standard streams, colours, and where output goes. Sourced by run.
# shellcheck shell=bash disable=SC2154

good='BEGIN { exit(); }'
bad='BEGIN { nonsense(); }'

# A run of the words, with a redirection in $1.
run_with() {
    run bash -c "\"\$@\" $1" run "${@:2}"
}

run_with '>&-' "$tool" --emit=ast "$good"
says stdout-closed 1 '^ERROR: standard output is closed$'
run_with '>&-' "$tool" "$good"
says stdout-closed-run 1 '^ERROR: standard output is closed$'
run_with '>&-' "$tool" -V
says stdout-closed-version 1 '^ERROR: standard output is closed$'
run_with '>&-' "$compiler" --emit=ast -e "$good"
says stdout-closed-compiler 1 '^ERROR: standard output is closed$'
run_with '>&-' "$tool" -o saved --emit=ast "$good"
says stdout-closed-but-file 0 ""
run_with '>&- 2>&- <&-' "$tool" -o saved2 --emit=ast "$good"
says all-closed 0 ""
verdict all-closed-content "$(cmp saved saved2 2>&1)"

run_with '>/dev/full' "$tool" --emit=ast "$good"
says stdout-full 1 '^ERROR: cannot write standard output: No space left on device$'
run_with '>/dev/full' "$tool" -V
says stdout-full-version 1 '^ERROR: cannot write standard output: No space left on device$'
run "$tool" -o /dev/full --emit=ast "$good"
says output-full 1 '^ERROR: cannot write .*: No space left on device$'
run "$tool" -o no-such-folder/x --emit=ast "$good"
says output-no-folder 1 '^ERROR: cannot open no-such-folder/x for writing: No such file or directory$'
run "$tool" -o . --emit=ast "$good"
says output-is-folder 1 '^ERROR: cannot open \. for writing: Is a directory$'
run "$tool" -o . "$bad"
says output-first 1 '^ERROR: cannot open \. for writing: Is a directory$'

# Neither stream is a terminal here.
color=$'\e\\['
run "$tool" "$bad"
verdict color-no-terminal "$(grep -q "$color" err && echo coloured)"
run env PTRACE_LITE_COLOR=always "$tool" "$bad"
says color-always 1 "$color"
run env PTRACE_LITE_COLOR=always NO_COLOR=1 "$tool" "$bad"
says color-always-wins 1 "$color"
run env BPFTRACE_COLOR=always "$tool" "$bad"
says color-other-name 1 "$color"
run env BPFTRACE_COLOR=always PTRACE_LITE_COLOR=never "$tool" "$bad"
verdict color-own-name-wins "$(grep -q "$color" err && echo coloured)"
run env PTRACE_LITE_COLOR=auto "$tool" "$bad"
verdict color-auto "$(grep -q "$color" err && echo coloured)"
run env PTRACE_LITE_COLOR=purple "$tool" "$bad"
says color-unknown 1 '^ERROR: Invalid value for PTRACE_LITE_COLOR: "purple"$'
run env PTRACE_LITE_COLOR=never "$tool" "$bad"
verdict color-never "$(grep -q "$color" err && echo coloured)"
run script -qec "'$tool' '$bad'" /dev/null
verdict color-terminal "$(grep -q "$color" out || echo 'not coloured')"
run env NO_COLOR=1 script -qec "'$tool' '$bad'" /dev/null
verdict color-terminal-no-color "$(grep -q "$color" out && echo coloured)"
