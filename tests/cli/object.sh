# Objects that are compiled ahead of time, as far as no kernel is needed. Sourced by run.
# covers: opt:aot opt:btf opt:tracefs diag:383
# shellcheck shell=bash disable=SC2154

cat >args.pt <<'END'
BEGIN {
    printf("%d %d %s\n", $#, $1, str($2));
    if (getopt("verbose")) { print(getopt("pid", 5, "process to trace")); }
    print(getopt("name", "abc"));
    exit();
}
END
for help in --help --help=5; do
    run "$tool" args.pt -- $help
    says "script-help $help" 0 "" '^  --pid=INT +process to trace  \(default: 5\)$'
done
run "$tool" --aot args.o args.pt
says aot 0 ""
run "$tool" args.o -- --help
says object-help 0 "" '^  --pid=INT +process to trace  \(default: 5\)$'
run "$tool" args.o 1 two
says object-runs 1 '^ERROR: Missing CAP_BPF capability'
run "$tool" args.o one two
says object-parameter-type 1 "^args\.pt:2:30-32: ERROR: Parameter \\\$1 is 'one', and the script uses it as an integer \[E383\]$"
for number in 9223372036854775808 0xffffffffffffffff; do
    run "$tool" args.o $number two
    says "object-parameter-range $number" 1 "^args\\.pt:2:30-32: ERROR: Parameter \\\$1 is $number, and an object takes integers of at most 9223372036854775807 \[E383\]$"
done
run "$tool" args.o 9223372036854775807 two
says object-parameter-largest 1 '^ERROR: Missing CAP_BPF capability'
run "$tool" args.o 1 "$(printf '%300s' x)"
says object-parameter-long 1 'is too long: an object takes texts of at most 255 bytes \[E383\]$'
run "$tool" args.o 1
says object-parameter-missing 1 'WARNING: Positional parameter \$2 is missing: 0 or "" is used \[W603\]$'
run "$tool" args.o 1 two -- --verbos
says object-option-unknown 1 '^ERROR: Unknown option: --verbos \[E380\]$'
run "$tool" args.o 1 two -- --pid=x
says object-option-value 1 "ERROR: --pid takes an integer, not 'x' \[E381\]$"
run "$tool" --aot bound.o args.pt 7 -- --pid=8
says aot-bound 0 ""
run "$tool" bound.o two
says object-bound 1 '^ERROR: Missing CAP_BPF capability'
run "$tool" bound.o two -- --pid=9
says object-option-bound 1 'ERROR: --pid was given when the object was compiled \[E381\]$'
run "$tool" bound.o -- --help
says object-help-bound 0 "" '^  --name=STRING  *\(default: abc\)$'
verdict object-help-without-bound "$(grep -- --pid out)"
run "$tool" args.pt 1 two -- --pid=8 --help
says help-given 0 "" '^  --pid=INT +process to trace  \(default: 5\)$'
run "$tool" bound.o two -- --pi
says object-option-unknown-bound 1 '^HINT: The options of the script are --verbose, --name\.$'
verdict object-option-nearest-bound "$(grep 'Did you mean' err)"
run "$tool" --aot all-bound.o 'BEGIN { print(getopt("x", 1)); }' -- --x=2
run "$tool" all-bound.o -- --y
says object-options-all-bound 1 '^HINT: All options of the script were given when the object was compiled\.$'

# As many options as there may be, and one more.
options() { # options COUNT: in clauses of 50
    seq "$1" | sed 's/.*/@[&] = getopt("o&", &);/; 1~50s/^/BEGIN { /; 50~50s/$/ }/; $s/\([^}]\)$/\1 }/'
}
options 1000 >many.pt
run "$tool" --aot many.o many.pt
says aot-options 0 ""
run "$tool" many.o -- --zzz
says object-options-told 1 '^HINT: The options of the script are --o1, --o2, .*, --o20, \.\.\.\.$'
options 1001 >many.pt
run "$tool" --aot many.o many.pt
says aot-too-many-options 1 '^many\.pt:1001:[0-9-]*: ERROR: The script has more than 1000 options \[E001\]$'
run "$tool" -e "BEGIN { print(getopt(\"$(printf '%065d' 0)\")); }"
says option-long-name 1 "ERROR: getopt\\(\\): '0*' is no name of an option \[E[0-9]+\]$"

# Nothing that the terminal obeys comes out of an object.
printf 'BEGIN { print(getopt("x", "\\x1b]0;d", "\\x1b[31m\303\251 what")); }' >raw.pt
run "$tool" --aot raw.o raw.pt
says aot-raw 0 ""
run "$tool" raw.o -- --help
says object-help-raw 0 "" '^  --x=STRING  *\\x1b\[31mé what  \(default: \\x1b\]0;d\)$'
run "$tool" -p "$(printf '\033[31m\303\251')" "$good"
says message-raw 1 '^ERROR: Failed to parse pid: \\x1b\[31mé$'

# As many texts as there is room for, and one more.
texts() { # texts COUNT: in clauses of 16
    seq "$1" | sed 's/.*/print(str($&));/' | paste -sd "$(printf ' %.0s' {1..15})\n" | sed 's/.*/BEGIN { & }/'
}
texts 512 >texts.pt
run "$tool" --aot texts.o texts.pt
says aot-texts 0 ""
texts 513 >texts.pt
run "$tool" --aot texts.o texts.pt
says aot-too-many-texts 1 '^texts\.pt:33:19-23: ERROR: The parameters, options and symbols of the script take more than 128 KB \[E001\]$'

# What shapes the program is needed when it is compiled.
shape_hint='The program depends on it: give it to --aot, behind the script\.'
run "$tool" --aot x.o 'BEGIN { @ = lhist(5, 0, $1, 10); }'
says aot-shape 1 'ERROR: lhist\(\) expects .* as argument 3'
hints aot-shape-hint "$shape_hint"
run "$tool" --aot x.o 'BEGIN { @ = lhist(5, 0, $1, 10); }' 100
says aot-shape-given 0 ""
for script in 'let @m = hash($1); BEGIN { @m[1] = 1; }' 'BEGIN { unroll($1 + 1) { print(1); } }' \
    'BEGIN { comptime if ($1) { print(1); } }' 'BEGIN { let $a : int8[$1]; print($a); }' \
    'BEGIN { static_assert($1, "no"); }' 'BEGIN { print(getopt("a", $1)); }' \
    'BEGIN { print(comptime ($1 * 2)); }' 'BEGIN { @ = hist(1, -$1); }' 'interval:s:$1 { print(1); }'; do
    run "$tool" --aot x.o "$script"
    hints "aot-shape-hint $script" "$shape_hint"
done
# The number of parameters is known to nobody before the run.
run "$tool" --aot x.o 'BEGIN { unroll($#) { print(1); } }'
says aot-shape-count 1 '\[E346\]$'
verdict aot-shape-count-no-hint "$(grep HINT err)"
# shellcheck disable=SC2016
run "$tool" --aot x.o 'kprobe:$1 { print(1); }'
says aot-probe 1 'ERROR: The probe needs parameter \$1, which was not given \[E403\]$'

# Where it is written.
run "$tool" --aot /nowhere/x.o "$good"
says aot-no-folder 1 '^ERROR: cannot write /nowhere/x.o: No such file or directory$'
run "$tool" --aot . "$good"
says aot-folder 1 '^ERROR: cannot write \.: Is a directory$'
run "$tool" --aot /dev/full "$good"
says aot-full 1 '^ERROR: cannot write /dev/full: No space left on device$'
(umask 022 && "$tool" --aot mode.o "$good")
mode aot-mode 644 mode.o
ln -s made/real.o link.o
run "$tool" --aot link.o "$good"
says aot-link-no-folder 1 '^ERROR: cannot write link\.o: No such file or directory$'
mkdir -p made
run "$tool" --aot link.o "$good"
says aot-link-to-nothing 0 ""
verdict aot-link-stays "$([ -L link.o ] || echo 'the link is gone')"
same aot-link-content mode.o made/real.o
ln -s turn.o turn.o
run "$tool" --aot turn.o "$good"
says aot-link-to-itself 1 '^ERROR: cannot write turn\.o: Too many levels of symbolic links$'
long=$(printf '%0252d.o' 0)
run "$tool" --aot "$long" "$good"
says aot-long-name 0 ""
run "$tool" --aot "$long" "$good"
says aot-long-name-again 0 ""
run "$tool" --aot "0$long" "$good"
says aot-too-long-name 0 ""
run "$tool" --aot "00$long" "$good"
says aot-much-too-long-name 1 '^ERROR: cannot write 0*\.o: File name too long$'
head -c 100000 /dev/zero >made/given.o
chmod 555 made
run "$tool" --aot made/given.o "$good"
says aot-closed-folder 0 ""
same aot-closed-folder-content mode.o made/given.o
run "$tool" --aot made/new.o "$good"
says aot-closed-folder-new 1 '^ERROR: cannot write made/new\.o: Permission denied$'
chmod 755 made
verdict aot-leaves-nothing "$(find . -name '.ptl.*')"
run "$tool" --aot x.o --aot y.o "$good"
says aot-twice 1 '^ERROR: two objects to write: --aot may be given once$'
rm -f none.o
for other in "-c true" "-p 1" "-o saved-aot" "-f text" "-B line" -k --dry-run --keep-privileges "--max-map-memory 1M" \
    --raw-output --test --bench; do
    # shellcheck disable=SC2086
    run "$tool" --aot none.o $other "$good"
    says "aot-and $other" 1 "^ERROR: --aot and ${other%% *} exclude each other$"
    hints "aot-and $other-hint" "--aot runs nothing: give ${other%% *} to the run of the object"
done
run "$tool" --warnings --aot none.o "$good"
says "aot-and --warnings" 1 '^ERROR: --aot and -k exclude each other$'
run "$tool" --aot none.o --no-feature kprobe,btf "$good"
says "aot-and --no-feature" 1 '^ERROR: --aot and --no-feature btf exclude each other$'
hints "aot-and --no-feature-hint" '--aot runs nothing: give --no-feature btf to the run of the object'
printf '%s\n' "$good" >instead.pt
for other in --info --cache-stats -l --fmt --fmt-in-place "--emit ast"; do
    # shellcheck disable=SC2086
    run "$tool" $other --aot none.o instead.pt
    says "aot-and $other" 1 "^ERROR: --aot and ${other%% *} exclude each other$"
    verdict "aot-and $other-no-hint" "$(grep HINT err)"
done
verdict aot-and-writes-nothing "$(ls none.o saved-aot 2>/dev/null)"
# What the compiler is told, and what asks for less than is done anyway.
for other in -q --no-warnings --no-cache --unsafe "--no-feature kprobe"; do
    # shellcheck disable=SC2086
    run "$tool" --aot with.o $other "$good"
    says "aot-with $other" 0 ""
done
run "$tool" --aot with.o -v "$good"
says aot-with-v 0 '^compiler: parse '
run "$tool" --emit ast args.o
says object-emit 1 '^ERROR: args\.o is compiled already: '
run "$tool" --fmt-in-place args.o
says object-format 1 '^ERROR: args\.o is compiled already: '
run bash -c '"$0" - <args.o' "$tool"
says object-as-input 1 '^ERROR: standard input is an object: those are given by the names of their files$'
run "$tool" -l args.o
says object-list 0 "" '^begin$'
run "$tool" --aot probes.o 'interval:s:1, kprobe:vfs_* { @++; } uprobe:/bin/true:main* { print(1); } END { print(2); }'
run "$tool" -l probes.o
prints object-list-all interval:s:1 'kprobe:vfs_*' 'uprobe:/bin/true:main*' end
head -c 200 probes.o >cut.o
run "$tool" -l cut.o
says object-list-damaged 1 '^ERROR: This is not a program for this ptrace-lite: '
run "$tool" --aot y.o args.o
says object-aot 1 '^ERROR: args\.o is compiled already: '

# Of another CPU, of another version, damaged, and none.
run "$compiler" --arch aarch64 -o arm.o -e "$good"
run "$tool" arm.o
says object-other-cpu 1 '^ERROR: This program was compiled for aarch64, and this machine is x86_64\.$'
size=$(stat -c %s args.o)
for cut in 4 63 64 1000 $((size - 1)); do
    head -c "$cut" args.o >cut.o
    run "$tool" cut.o
    says "object-cut $cut" 1 '^ERROR: This is not a program for this ptrace-lite: '
done
cp args.o damaged.o
printf 'X' | dd of=damaged.o bs=1 seek=300 conv=notrunc 2>/dev/null
run "$tool" damaged.o
says object-damaged 1 '^ERROR: This is not a program for this ptrace-lite: it is damaged: its digest is not right\.$'
run "$tool" /bin/true
says object-other 1 '^ERROR: This is not a program for this ptrace-lite: it is no ELF object with BPF programs\.$'

# For another kernel.
run "$tool" --btf /nowhere --aot x.o 'BEGIN { print(sizeof(struct task_struct)); }'
says btf-missing 1 'ERROR: '
run "$tool" --tracefs "$root/tests/golden/tracefs" --aot x.o 'tracepoint:demo:nothing { print(args.x); }'
says tracefs-other 1 'ERROR: No matches for tracepoint demo:nothing\. \[E405\]$'
run "$tool" --tracefs /nowhere --aot x.o 'tracepoint:sched:sched_switch { print(args.prev_pid); }'
says tracefs-missing 1 'sched_switch are not known: /nowhere/events can not be read \[E406\]$'
hints tracefs-missing-hint '--tracefs takes a copy of /sys/kernel/tracing.*'
