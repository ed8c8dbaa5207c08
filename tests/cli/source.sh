# Where the program comes from, and what is wrong with it. Sourced by run.
# covers: diag:001 diag:002
# shellcheck shell=bash disable=SC2154

good='BEGIN { exit(); }'

run "$tool" no-such-file
says file-missing 1 '^ERROR: cannot open no-such-file: No such file or directory$'
mkdir folder
run "$tool" folder
says file-is-folder 1 '^ERROR: cannot read folder: Is a directory$'
echo "$good" >secret
chmod 000 secret
run "$tool" secret
says file-unreadable 1 '^ERROR: cannot open secret: Permission denied$'
: >empty
run "$tool" empty
says file-empty 1 '^ERROR: the program in empty is empty$'
run "$tool" -
says stdin-empty 1 '^ERROR: the program is empty$'
run "$tool" -e $' \n\t'
says text-blank 1 '^ERROR: the program is empty$'
head -c 10000000 /dev/zero | tr '\0' ' ' >large
run "$tool" large
says file-too-large 1 '^ERROR: large is too large: a program may have 1 MiB$'
run "$compiler" large
says compiler-file-too-large 1 'E002\]$'
run "$tool" /dev/zero
says file-endless 1 '^ERROR: /dev/zero is too large'

# Files, standard input and scripts that start themselves.
echo "$good" >fine.pt
run "$tool" --emit=ast fine.pt
says file 0 "" .
run bash -c "'$tool' --emit=ast - <fine.pt"
says stdin 0 "" .
echo "BEGIN { nonsense(; }" >bad.pt
run "$tool" bad.pt
says file-name-shown 1 '^bad\.pt:1:[0-9].*: ERROR: .*\[E[0-9]+\]$'
run "$tool" -e "$(cat bad.pt)"
says text-name-shown 1 '^stdin:1:[0-9].*: ERROR: '
mkdir bin
ln -s "$tool" bin/ptrace-lite
printf '#!/usr/bin/env ptrace-lite\nBEGIN { nonsense(); }\n' >script
printf '#!/usr/bin/env -S ptrace-lite --emit=ast\n%s\n' "$good" >script-options
chmod +x script script-options
run env PATH="$work/bin:$PATH" ./script
says shebang 1 '^\./script:2:[0-9].*: ERROR: .*\[E[0-9]+\]$'
run env PATH="$work/bin:$PATH" ./script-options one two
says shebang-options 0 "" .

# Imports: relative to the file that imports; nothing that others could have planted.
mkdir -m 755 imports imports/lib imports/open
echo 'import "lib/one.pt"; BEGIN { print(one()); print(two()); }' >imports/main.pt
echo 'import "two.bt"; macro one() { 1 }' >imports/lib/one.pt
echo 'import "../lib"; import "../main.pt"; macro two() { 2 }' >imports/lib/two.bt
echo 'BEGIN { print(' >imports/lib/ignored.txt
ln -s ../lib/two.bt imports/open/link.pt
echo 'import "open/link.pt"; BEGIN { print(two()); }' >imports/planted.pt
chmod 644 imports/*.pt imports/lib/*
run "$compiler" imports/main.pt
says import 0 ""
run "$compiler" imports/planted.pt
says import-link 0 ""
chmod o+w imports/lib
run "$compiler" imports/planted.pt
says import-folder-open-to-all 1 \
    "^imports/planted\.pt:1:.* Can not import 'imports/open/link\.pt': everybody may write there"
chmod o-w imports/lib
chmod o+w imports/lib/two.bt
run "$compiler" imports/main.pt
says import-file-open-to-all 1 \
    "^imports/lib/one\.pt:1:8-16: ERROR: Can not import 'imports/lib/two\.bt': everybody"
chmod 200 imports/lib/two.bt
run "$compiler" imports/main.pt
says import-unreadable 1 "^imports/lib/one\.pt:1:.*: Permission denied"
mkfifo imports/fifo
run "$compiler" -e 'import "imports/fifo"; BEGIN { }'
says import-fifo 1 "it is neither a file nor a folder"
for i in $(seq 80); do
    echo "import \"$((i + 1)).pt\";" >"imports/$i.pt"
done
echo 'BEGIN { }' >imports/81.pt
run "$compiler" imports/1.pt
says import-too-deep 1 'too many files are imported'
mkdir imports/many
seq 999 | sed 's|.*|imports/many/&.pt|' | xargs touch
run "$compiler" -o many.o -e 'import "imports/many"; BEGIN { }'
says import-many 0 ""
run "$tool" many.o
says import-many-object 1 '^ERROR: Missing CAP_BPF capability'
touch imports/many/1000.pt
run "$compiler" -o many.o -e 'import "imports/many"; BEGIN { }'
says import-too-many 1 'too many files are imported'

# Contents that no compiler must stumble over.
diagnostic='(^|: )ERROR: .*\[E[0-9]+\]$'
printf 'BEGIN { printf("abc); }\n' >bad
run "$tool" bad
says string-unterminated 1 "$diagnostic"
printf 'BEGIN { exit();\n' >bad
run "$tool" bad
says block-unterminated 1 "$diagnostic"
printf 'BEGIN { /* exit(); }\n' >bad
run "$tool" bad
says comment-unterminated 1 "$diagnostic"
printf 'BEGIN { exit(\0); }\n' >bad
run "$tool" bad
says nul-byte 1 "$diagnostic"
printf 'BEGIN { \xc3\x28 \xff\xfe exit(); }\n' >bad
run "$tool" bad
says utf8-invalid 1 "$diagnostic"
verdict utf8-invalid-escaped "$(LC_ALL=C grep -aP '[\x80-\xff]' err)"
head -c 100000 /dev/urandom >bad
run "$tool" bad
says random-bytes 1 "$diagnostic"
{
    printf 'BEGIN { $x = '
    head -c 10000 /dev/zero | tr '\0' '('
    printf '1'
    head -c 10000 /dev/zero | tr '\0' ')'
    printf '; }\n'
} >bad
run "$tool" bad
says parentheses-10000 1 "$diagnostic"
{
    printf 'BEGIN '
    head -c 10000 /dev/zero | tr '\0' '{'
} >bad
run "$tool" bad
says blocks-10000 1 "$diagnostic"
{
    printf 'BEGIN { $x = 1'
    for ((i = 0; i < 20000; i++)); do printf ' + 1'; done
    printf '; exit(); }\n'
} >bad
run "$tool" --emit=tokens bad
says long-sum 0 "" .
{
    printf 'BEGIN {'
    for ((i = 0; i < 200000; i++)); do printf '@=1;'; done
    printf '}\n'
} >bad
run "$tool" bad
says memory-limit 1 '^ERROR: .*memory.*\[E001\]$'
run "$tool" -e 'frobnicate:x { exit(); }'
says probe-unknown 1 "^stdin:1:1-.*: ERROR: .*frobnicate.*\[E[0-9]+\]$"
run "$tool" -e 'kprobe:do_sys_openat2 < @[comm] = cuont(); >'
says function-unknown 1 "cuont"

# The kernel's types from elsewhere.
run env BPFTRACE_BTF="$build/btf/vmlinux" "$tool" --emit=types -e 'begin { print(BALANCE_HIGH); }'
says btf-of-environment 0 "" 'enum balance$'
run env BPFTRACE_BTF=empty "$tool" -e 'begin { print(sizeof(struct task_struct)); }'
says btf-empty 1 'E209\]$'
hints btf-empty-hint '.* can not be read: empty: it is no BTF'
(printf 'x' && cat "$tool") | head -c 20000 >binary
run "$tool" binary
says binary 1 '^binary:1:[0-9-]+: ERROR: syntax: the script contains a NUL byte \[E101\]$'
verdict binary-not-shown "$([ "$(wc -c <err)" -lt 4000 ] || echo 'too much of it is shown')"
