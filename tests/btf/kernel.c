/* What the tests take for a kernel's types: compiled for BPF, its BTF is build/btf/vmlinux. Names
 * are the kernel's where scripts of the tests look like real ones; members and offsets are our own.
 */

typedef _Bool bool;
typedef signed char __s8;
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef short __s16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __s8 s8;
typedef __u8 u8;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __u64 u64;
typedef unsigned long size_t;
typedef int pid_t;
typedef long long loff_t;
typedef unsigned short umode_t;

#define __user __attribute__((btf_type_tag("user")))
#define __rcu  __attribute__((btf_type_tag("rcu")))

struct list_head {
    struct list_head *next, *prev;
};

typedef struct {
    int counter;
} atomic_t;

typedef struct {
    u32 val;
} kuid_t;

enum pid_type {
    PIDTYPE_PID,
    PIDTYPE_TGID,
    PIDTYPE_PGID,
    PIDTYPE_SID,
    PIDTYPE_MAX,
};

enum tcp_state {
    TCP_ESTABLISHED = 1,
    TCP_SYN_SENT,
    TCP_SYN_RECV,
    TCP_FIN_WAIT1,
    TCP_FIN_WAIT2,
    TCP_TIME_WAIT,
    TCP_CLOSE,
    TCP_CLOSE_WAIT,
    TCP_LAST_ACK,
    TCP_LISTEN,
};

enum balance {
    BALANCE_LOW = 2,
    BALANCE_NONE,
    BALANCE_HIGH = 1000,
};

enum {
    NAMELESS_ZERO,
    NAMELESS_SEVEN = 7,
} keep_nameless;

struct qstr {
    union {
        struct {
            u32 hash, len;
        };

        u64 hash_len;
    };

    const unsigned char *name;
};

struct super_block {
    u32 s_dev;
    unsigned long s_magic;
    char s_id[32];
};

struct inode {
    umode_t i_mode;
    kuid_t i_uid;
    struct super_block *i_sb;
    unsigned long i_ino;
    loff_t i_size;
};

struct dentry {
    struct dentry *d_parent;
    struct qstr d_name;
    struct inode *d_inode;
    unsigned char d_iname[32];
    struct list_head d_child;
};

struct vfsmount {
    struct dentry *mnt_root;
    int mnt_flags;
};

struct path {
    struct vfsmount *mnt;
    struct dentry *dentry;
};

struct file {
    struct path f_path;
    struct inode *f_inode;
    unsigned int f_flags;
    loff_t f_pos;
};

struct mm_struct {
    unsigned long total_vm, arg_start, arg_end;

    struct {
        int generation;
        unsigned long pages[2];
    } lru;
};

struct cred {
    atomic_t usage;
    kuid_t uid;
};

struct lock_class_key {
};

struct opaque_thing;

struct task_struct {
    unsigned int __state;
    volatile long flags;
    pid_t pid, tgid;
    struct task_struct *parent;
    struct task_struct __rcu *real_parent;
    struct list_head children;
    char comm[16];
    struct mm_struct *mm;
    const struct cred *cred;
    unsigned sched_reset_on_fork       : 1;
    unsigned sched_contributes_to_load : 1;
    int priority_class                 : 5;
    bool in_execve                     : 1;
    enum pid_type kind                 : 4;
    int __user *set_child_tid;
    const char __user *const user_name;
    void *stack;
    void (*exit_handler)(int code);
    u64 utime, stime;
    s8 tiny[4];
    u8 address[6];
    int matrix[2][3];
    struct lock_class_key keys[2];
    struct opaque_thing *thing;
    enum balance balance;
    struct path paths[2];
    char *names[3];
    __int128 wide;

    union {
        u32 word;

        struct {
            u16 low, high;
        };
    } halves;

    struct task_struct *group_leader;
    unsigned long tail[];
};

struct bpf_iter__task {
    union {
        struct bpf_iter_meta *meta;
        u64 : 64;
    };

    union {
        struct task_struct *task;
        u64 : 64;
    };
};

struct sk_buff {
    struct sk_buff *next;
    unsigned int len, data_len;
    u8 pkt_type : 3, ignore_df : 1;
    unsigned char *head, *data;
    char cb[48];
};

struct sock_common {
    union {
        u64 skc_addrpair;

        struct {
            u32 skc_daddr, skc_rcv_saddr;
        };
    };

    u16 skc_dport, skc_num;
    u16 skc_family;
    volatile unsigned char skc_state;
};

struct sock {
    struct sock_common __sk_common;
    int sk_err;
    double measured;
};

union thread_union {
    struct task_struct *task;
    unsigned long stack[2];
};

typedef struct task_struct task_t;
typedef enum pid_type pid_kind_t;
typedef u32 pair_t[2];

/* A compiler describes what there is a variable or a parameter of. */
struct task_struct keep_task;
struct file keep_file;
struct vfsmount keep_mount;
struct dentry keep_dentry;
struct inode keep_inode;
struct super_block keep_super_block;
struct mm_struct keep_mm;
struct cred keep_cred;
struct sk_buff keep_sk_buff;
struct sock keep_sock;
union thread_union keep_thread;
enum tcp_state keep_tcp;
task_t keep_alias;
pid_kind_t keep_kind;
pair_t keep_pair;
umode_t keep_mode;
struct bpf_iter__task keep_iter;
__s16 keep_s16;
s32 keep_s32;
__s64 keep_s64;

__attribute__((noinline)) long vfs_read(struct file *file, char __user *buf, size_t count,
                                        loff_t *pos)
{
    return file->f_flags + count + *pos + (buf != 0);
}

__attribute__((noinline)) int __traceiter_sched_switch(void *data, bool preempt,
                                                       struct task_struct *prev,
                                                       struct task_struct *next)
{
    return data && preempt && prev->pid && next->pid;
}

__attribute__((noinline)) void do_exit(long code)
{
    keep_task.utime = code;
}
