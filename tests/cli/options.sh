# The options themselves. Sourced by run.
# covers: opt:version opt:help opt:e opt:p opt:c opt:o opt:max-map-memory opt:no-feature opt:emit
# covers: opt:v opt:B opt:warnings opt:no-warnings opt:test-switch opt:test opt:bench
# shellcheck shell=bash disable=SC2154

good='BEGIN { exit(); }'

run "$tool" -V
says version 0 "" '^ptrace-lite v0\.1\.0$'
run "$tool" --version
says version-long 0 "" '^ptrace-lite v0\.1\.0$'
run "$compiler" -V
says version-compiler 0 "" '^ptlc v0\.1\.0$'
run "$tool" --help
says help 0 "" '^  -o FILE +write '
run "$tool" -h
says help-letter 0 "" '^usage: '
verdict help-hides-test-switch "$(grep test-switch out)"
run "$tool" --emit ast -h
says help-wins 0 "" '^usage: '

run "$tool"
says no-program 1 '^ERROR: no program given$'
run "$tool" --frobnicate "$good"
says unknown-option 1 "unrecognized option '--frobnicate'"
run "$tool" -Z "$good"
says unknown-letter 1 "invalid option -- 'Z'"
verdict unknown-option-usage "$(grep -q '^usage: ptrace-lite' err || echo 'usage is missing')"
run "$tool" -e
says option-argument-missing 1 "option requires an argument -- 'e'"
run "$tool" -e "$good" -e "$good"
says two-programs 1 '^ERROR: two programs given'

for junk in x 12x '' ' ' 0x10; do
    run "$tool" -p "$junk" "$good"
    says "pid-junk '$junk'" 1 "^ERROR: Failed to parse pid: $junk$"
done
for far in 0 -1 4194305 99999999999999999999; do
    run "$tool" -p "$far" "$good"
    says "pid-out-of-range $far" 1 "^ERROR: Pid out of range: $far$"
done
run "$tool" -p 1 -c true "$good"
says pid-and-command 1 '^ERROR: -p and -c exclude each other$'
run "$tool" -f xml "$good"
says format-unknown 1 '^ERROR: Invalid output format "xml"$'
hints format-list 'The formats are: text json folded'
run "$tool" -B sometimes "$good"
says buffering-unknown 1 '^ERROR: Invalid output buffering "sometimes"$'
run "$tool" -k --no-warnings "$good"
says warnings-both 1 '^ERROR: -k and --no-warnings exclude each other$'
run "$tool" -kk "$good"
says warnings-twice 1 '^ERROR: -k may be given once$'
run "$tool" --emit=types 'BEGIN { strlen("a"); }'
says warning 0 'WARNING: .*\[W601\]$' .
run "$tool" --no-warnings --emit=types 'BEGIN { strlen("a"); }'
says no-warnings 0 "" .
run "$tool" --no-warnings --emit=types 'BEGIN { strlen("a"); nonsense(); }'
says no-warnings-but-errors 1 'ERROR: '
verdict no-warnings-with-errors "$(grep WARNING err)"
run "$tool" --test --bench "$good"
says test-and-bench 1 '^ERROR: --test and --bench exclude each other$'
run "$tool" -p 4194303 "$good"
says pid-dead 1 '^ERROR: .*4194303'
run "$tool" -c "$work/no-such-command" "$good"
# Without privileges, that they are missing may be found out first.
says command-missing 1 "^ERROR: (.*no-such-command|Missing CAP_)"

for junk in x '' 1T 1KK -1 K; do
    run "$tool" --max-map-memory "$junk" "$good"
    says "size-junk '$junk'" 1 "^ERROR: Failed to parse size: $junk$"
done
for far in 0 99999999999999999999 99999999999G; do
    run "$tool" --max-map-memory "$far" "$good"
    says "size-out-of-range $far" 1 "^ERROR: Size out of range: $far$"
done
run "$tool" --no-feature a,,b "$good"
says no-feature-gap 1 '^ERROR: --no-feature: a name is missing$'

# --emit: the compiler's print, with no privileges.
run "$tool" --emit ast "$good"
says emit 0 "" .
run "$tool" --emit=tokens,ast,types,ir,bpf "$good"
says emit-all 0 "" '^--- bpf$'
verdict emit-order "$(grep -c -e '^--- ' out | grep -vx 5)"
run "$tool" --emit=tokens -e "$good" -q
says option-behind-text 0 "" .
run "$tool" --emit=nonsense "$good"
says emit-unknown 1 "^ERROR: unknown stage: 'nonsense'$"
run "$tool" --emit=ast, "$good"
says emit-empty 1 "^ERROR: unknown stage: ''$"
run "$tool" -o saved --emit ast "$good"
says emit-to-file 0 ""
verdict emit-to-file-content "$([ -s saved ] || echo 'the file is empty')"

# What is done is told before the lack of privileges ends it.
run "$tool" -v --no-cache "$good"
says verbose 1 '^\[ *[0-9]+ ms\] compiled: [0-9]+ bytes$'
run "$tool" -v --emit ir "$good"
says verbose-steps 0 '^compiler: parse .*, IR [0-9.]+ ms$' .
run "$tool" --test-switch=nonsense "$good"
says test-switch-unknown 1 "^ERROR: unknown test switch: 'nonsense'$"
run "$tool" --emit=ir 'profile:hz:9 { @ = sum(pid); }'
says test-switch-none 0 "" .
cp out exact
run "$tool" --emit=ir --test-switch=plain-rmw 'profile:hz:9 { @ = sum(pid); }'
says test-switch 0 "" .
verdict test-switch-differs "$(cmp -s out exact && echo 'the same code')"

# Options of the script stay its own: they are parameters.
run "$tool" --emit=ast "$good" -- -q --frobnicate
says options-behind-dashes 0 "" .
run "$tool" "$good" --emit=ast
says options-behind-program 0 "" .

# What ptlc itself has to say.
run "$compiler"
says compiler-no-script 1 '^ERROR: no script given$'
run "$compiler" -e "$good" also-a-file
says compiler-two-scripts 1 '^ERROR: more than one script given$'
run "$compiler" --arch vax -e "$good"
says compiler-arch 1 "^ERROR: unknown architecture: 'vax'$"
run "$compiler" --arch aarch64 -e "$good"
says compiler-arch-other 0 ""
run "$compiler" --color sometimes -e "$good"
says compiler-color 1 '^ERROR: --color takes always or never'
run "$compiler" --object-fd 77 -e "$good"
says compiler-object-fd 1 '^ERROR: cannot write the object: Bad file descriptor$'
run "$compiler" -o object -e "$good"
says compiler-object 0 ""
verdict compiler-object-elf "$(head -c 4 object | grep -q ELF || echo 'no ELF file')"
run "$compiler" --diagnostics
says compiler-diagnostics 0 "" '^## E001: '
run "$compiler" --reference
says compiler-reference 0 "" .
