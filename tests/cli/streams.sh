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
same all-closed-content saved saved2

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

# What is in the file is lost to a run, and to nothing else.
echo precious >old.txt
kept() {
    verdict "$1-kept" "$(grep -qx "${2:-precious}" "${3:-old.txt}" || echo 'the file is not as it was')"
}
run "$tool" -o old.txt 'BEGIN { print(xx); }'
says output-compile-error 1 'ERROR: '
kept output-compile-error
run "$tool" -o old.txt no-such-script
says output-no-script 1 '^ERROR: cannot open no-such-script: No such file or directory$'
kept output-no-script
run "$tool" -o old.txt "$good" # ends at the missing privileges
says output-refused 1 '^ERROR: Missing CAP_BPF capability'
kept output-refused
mkdir plain && touch plain/ptrace-lite
run env XDG_CACHE_HOME="$work/plain" "$tool" -o old.txt --cache-stats
says output-cache-stats 1 '^ERROR: there is no cache: '
kept output-cache-stats
printf '%s\n' "$good" >self.pt
run "$tool" -o self.pt self.pt
says output-is-script 1 '^ERROR: -o self\.pt would overwrite the program: it is the file that is read$'
ln -f self.pt self2.pt
run "$tool" --fmt -o self2.pt self.pt
says output-is-script-link 1 '^ERROR: -o self2\.pt would overwrite the program'
run_with '<self.pt' "$tool" -o self.pt -
says output-is-input 1 '^ERROR: -o self\.pt would overwrite the program'
run "$tool" --aot self2.pt self.pt
says aot-is-script 1 '^ERROR: --aot self2\.pt would overwrite the program'
kept output-is-script "$good" self.pt
printf '%5000s' >long.txt
run "$tool" -o long.txt --fmt "$good"
says output-shorter 0 ""
run "$tool" --fmt "$good"
same output-shorter-content out long.txt

# Neither stream is a terminal here.
color=$'\e\\['
# plain NAME [FILE]: the message is there, without colours.
plain() {
    verdict "$1" "$(grep -q 'ERROR: ' "${2:-err}" || echo 'no message'; grep -q "$color" "${2:-err}" && echo coloured)"
}
run "$tool" "$bad"
plain color-no-terminal
run env PTRACE_LITE_COLOR=always "$tool" "$bad"
says color-always 1 "$color"
run env PTRACE_LITE_COLOR=always NO_COLOR=1 "$tool" "$bad"
says color-always-wins 1 "$color"
run env BPFTRACE_COLOR=always "$tool" "$bad"
says color-other-name 1 "$color"
run env BPFTRACE_COLOR=always PTRACE_LITE_COLOR=never "$tool" "$bad"
plain color-own-name-wins
run env PTRACE_LITE_COLOR=auto "$tool" "$bad"
plain color-auto
run env PTRACE_LITE_COLOR=purple "$tool" "$bad"
says color-unknown 1 '^ERROR: Invalid value for PTRACE_LITE_COLOR: "purple"$'
run env PTRACE_LITE_COLOR=never "$tool" "$bad"
plain color-never
run script -qec "'$tool' '$bad'" /dev/null
verdict color-terminal "$(grep -q "$color" out || echo 'not coloured')"
run env NO_COLOR=1 script -qec "'$tool' '$bad'" /dev/null
plain color-terminal-no-color out
