# A compiler that is missing, broken, or dies: the tool is copied beside a fake ptlc. Sourced by run.
# shellcheck shell=bash disable=SC2154

good='BEGIN { exit(); }'
fake=$work/fake/bin
mkdir -p "$fake" "$work/fake/libexec/ptrace-lite"
cp "$tool" "$fake/"

# fake_compiler LINE...: a shell script in place of ptlc.
fake_compiler() {
    printf '%s\n' '#!/bin/bash' "$@" >"$fake/ptlc"
    chmod +x "$fake/ptlc"
}

run env PATH=/usr/bin:/bin "$fake/ptrace-lite" "$good"
says compiler-missing 2 '^ERROR: the compiler ptlc is missing: '
hints compiler-missing-hint '.*ptrace-lite-compiler.*'
run env -u PATH "$fake/ptrace-lite" "$good"
says compiler-missing-no-path 2 '^ERROR: the compiler ptlc is missing: '
# shellcheck disable=SC2016
fake_compiler 'kill -SEGV $$'
run "$fake/ptrace-lite" "$good"
says compiler-crash 2 '^ERROR: the compiler died \(signal 11\); '
run "$fake/ptrace-lite" --emit=ast "$good"
says compiler-crash-emit 2 '^ERROR: the compiler died \(signal 11\); '
# shellcheck disable=SC2016
fake_compiler 'kill -XCPU $$'
run "$fake/ptrace-lite" "$good"
says compiler-time 2 '^ERROR: the compiler died \(signal 24\); .*60 s of CPU time$'
fake_compiler 'exit 42'
run "$fake/ptrace-lite" "$good"
says compiler-status 2 '^ERROR: the compiler ended with status 42; '
# A parent that ignores SIGCHLD hands that on.
ignoring='import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])'
run python3 -c "$ignoring" "$fake/ptrace-lite" "$good"
says compiler-sigchld-ignored 2 '^ERROR: the compiler ended with status 42; '
fake_compiler 'exit 0'
run "$fake/ptrace-lite" "$good"
says compiler-no-object 2 '^ERROR: cannot read the compiled object: it is empty$'
# shellcheck disable=SC2016
fake_compiler 'while [ "$1" != --object-fd ]; do shift; done; echo junk >&"$2"'
run "$fake/ptrace-lite" "$good"
says compiler-junk-object 1 '^ERROR: '
printf '#!/no/such/interpreter\n' >"$fake/ptlc"
run "$fake/ptrace-lite" "$good"
says compiler-not-startable 2 '^ERROR: cannot run .*/ptlc: No such file or directory$'

# What it is given: no privileges, limits, no way to get any back.
fake_compiler 'grep -E "^(Cap...|NoNewPrivs):" /proc/self/status; ulimit -t'
run "$fake/ptrace-lite" --emit=ast "$good"
no_privileges=$(printf 'Cap%s:\t0000000000000000\n' Inh Prm Eff Bnd Amb)
verdict compiler-privileges "$([ "$(grep Cap out)" = "$no_privileges" ] || echo 'it has some')"
verdict compiler-no-new-privs "$(grep -q '^NoNewPrivs:.1$' out || echo 'not set')"
verdict compiler-cpu-limit "$(grep -qx 60 out || echo 'not 60 s')"
fake_compiler 'printf "%s|" "$@"'
run "$fake/ptrace-lite" --emit=ast -- "$good" --one 'two words' ''
says compiler-parameters 0 "" '\|--param\|two words\|--param\|\|--option\|one\|$'
# shellcheck disable=SC2016
fake_compiler 'cat <&"$2"'
run "$fake/ptrace-lite" --emit=ast "$good"
says compiler-source 0 "" '^BEGIN \{ exit\(\); \}$'

# Where it is looked for.
rm "$fake/ptlc"
ln -s "$compiler" "$work/fake/libexec/ptrace-lite/ptlc"
run env PATH=/usr/bin:/bin "$fake/ptrace-lite" --emit=ast "$good"
says compiler-in-libexec 0 "" .
rm "$work/fake/libexec/ptrace-lite/ptlc"
run env PATH="/usr/bin:/bin:${compiler%/*}" "$fake/ptrace-lite" --emit=ast "$good"
says compiler-in-path 0 "" .
cd "${compiler%/*}" || exit
run env PATH=: "$fake/ptrace-lite" --emit=ast "$good"
says compiler-not-from-current-folder 2 '^ERROR: the compiler ptlc is missing: '
cd "$work" || exit
