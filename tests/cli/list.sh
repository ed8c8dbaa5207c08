# -l: the lists over the canned kernel of the golden tests, and over binaries. Sourced by run.
# covers: opt:l opt:info
# shellcheck shell=bash disable=SC2154

# list SEARCH [OPTION...]: what the compiler prints for it.
list() {
    run "$compiler" --kernel-btf "$build/btf" --kernel-tracefs "$root/tests/golden/tracefs" \
        --list "$@"
}

list vfs_
prints list-anywhere kprobe:vfs_open kprobe:vfs_read kprobe:vfs_write fentry:vfs_open \
    fentry:vfs_read fentry:vfs_write
list 'kr:*read'
prints list-return kretprobe:vfs_read
list 'k*:do_*'
prints list-provider-pattern kprobe:do_exit
list 'tracepoint:sched:*_exec' --details
prints list-tracepoint tracepoint:sched:sched_process_exec '    __data_loc char[] filename' \
    '    pid_t pid' '    pid_t old_pid'
list 'fexit:vfs_read' --details
prints list-function fexit:vfs_read '    struct file * file' '    int8 * buf' '    uint64 count' \
    '    int64 * pos' '    int64 retval'
list 'rawtracepoint:sched_*' --details
prints list-raw rawtracepoint:sched_switch '    bool preempt' '    struct task_struct * prev' \
    '    struct task_struct * next'
list 'hardware:c*'
prints list-counters hardware:cache-misses: hardware:cache-references: hardware:cpu-cycles:
list 'syscall:*at' --details
prints list-syscall syscall:openat '    int __syscall_nr' '    int dfd' '    const char * filename' \
    '    int flags' '    umode_t mode'
list 'sysret:*'
prints list-sysret sysret:openat sysret:uname
list 'iter:*' --details
prints list-iter iter:task '    struct bpf_iter_meta * meta' '    struct task_struct * task'
list 'struct q*' --details
prints list-struct 'struct qstr {' '    union {' '        struct {' '            uint32 hash;' \
    '            uint32 len;' '        };' '        uint64 hash_len;' '    };' '    uint8 * name;' '};'
list 'enum bal*' --details
prints list-enum 'enum balance {' '    BALANCE_LOW = 2,' '    BALANCE_NONE = 3,' \
    '    BALANCE_HIGH = 1000,' '};'
list nothing_like_it
says list-nothing 1 ""

run "$tool" -l "uprobe:$build/programs/callee:callee_*"
prints list-binary "uprobe:$build/programs/callee:callee_add" "uprobe:$build/programs/callee:callee_down"
run "$tool" -l "ur:$build/programs/callee:callee_a?d"
prints list-binary-return "uretprobe:$build/programs/callee:callee_add"
run "$tool" -l "uprobe:$build/programs/callee:nothing_like_it"
says list-binary-nothing 1 '^ERROR: No probes found: uprobe:.*/callee:nothing_like_it$'
run "$tool" -l uprobe:/etc/passwd:x
says list-no-binary 1 '^ERROR: /etc/passwd: not an ELF program or library$'
run "$tool" -l uprobe:/nowhere:x
says list-missing 1 '^ERROR: /nowhere: No such file or directory$'
run "$tool" -l software:page
says list-no-match 1 '^ERROR: No probes found: software:page$'
run "$tool" -l page-fault
says list-all 0 "" '^software:page-faults:$'

printf 'BEGIN { }\ntracepoint:syscalls:sys_enter_open*, interval:s:1 { }\nkprobe:nope ?? kprobe:vfs_r* { }\nuprobe:%s:callee_* { }\n' \
    "$build/programs/callee" >listed.pt
run "$compiler" --kernel-btf "$build/btf" --kernel-tracefs "$root/tests/golden/tracefs" \
    --emit probes listed.pt
prints list-script begin tracepoint:syscalls:sys_enter_openat interval:s:1 kprobe:nope kprobe:vfs_read \
    "uprobe:$build/programs/callee:callee_*"
# Parameters anywhere in a spec, what looks like one in quotes and in names that Rust made.
cat >listed.pt <<'SPECS'
uprobe:$1/$2.so:a_$3 { } uprobe:"$1":b { } uprobe:x:_ZN$u7d$17h1E { }
SPECS
run "$compiler" --emit probes --param /lib:x --param y --param z listed.pt
prints list-parameters 'uprobe:/lib:x/y.so:a_z' 'uprobe:$1:b' 'uprobe:x:_ZN$u7d$17h1E'
printf 'uprobe:%s:callee_* { }\nEND { }\n' "$build/programs/callee" >listed.pt
run "$tool" -l listed.pt
prints list-file "uprobe:$build/programs/callee:callee_add" \
    "uprobe:$build/programs/callee:callee_down" end
printf 'kprobe:f {' >listed.pt
run "$tool" -l listed.pt
says list-file-wrong 1 '^listed.pt:1:[0-9-]*: ERROR: '

# A machine that has nothing: what it lacks, and what helps. Nothing is asked of the kernel.
names=$("$tool" --info --no-feature nothing 2>&1 | sed -n 's/^HINT: Known features: //p')
run "$tool" --info --no-feature "${names// /,}"
sed -n '/^Kernel features$/,$p' out >info.out
says info 0 "" '^Kernel features$'
same info-nothing info.out "$root/tests/cli/info.out"
