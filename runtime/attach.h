/* Attach points: from a row of the metadata to a program that runs.
 *
 * One file attach_<what>.c for each way; the table in attach.c has a row for each provider of
 * abi/probe.def. A point is opened first, which finds out whether its target exists and changes
 * nothing; then attached; closing its file descriptors detaches it, as the death of this process
 * does. */
#pragma once

#include <bpf/libbpf.h>

#include "abi/meta.h"
#include "abi/record.h"
#include "base/diag.h"
#include "runtime/features.h"
#include "runtime/name_list.h"
#include "runtime/symbols.h"

/* When a point's program runs. */
enum attach_when {
    ATTACH_BEGIN,  /* once, before anything is attached */
    ATTACH_EVENTS, /* whenever its event happens */
    ATTACH_SIGNAL, /* when this process gets SIGUSR1 */
    ATTACH_ONCE,   /* once, when everything is attached */
    ATTACH_TEST,   /* with --test, and nothing else then but begin clauses */
    ATTACH_BENCH,  /* the same with --bench */
    ATTACH_END,    /* once, when everything is detached */
};

/* A perf event and the link of the program to it; -1 where there is none. Of a trampoline on
 * another BPF program event_fd is that program, until its own is loaded. */
struct attach_event {
    int event_fd, link_fd;
    u64 place;     /* of what one link is for: offset in the file, or the function's address */
    u64 semaphore; /* of a usdt probe: of its counter in the file; 0: none */
    u32 cookie;    /* index of what bpf_get_attach_cookie() tells, see struct probe_names */
};

struct attach_ops;
struct link_request;

/* What the user asked for, of which targets depend. */
struct attach_env {
    const char *search_path; /* PATH; NULL: the system's default */
    pid_t pid;               /* -p: whose files and libraries are meant; 0: none */
    struct probe_names *names;
    struct symbols **symbols; /* see attach_symbols() */
    bool allows_unsafe;
    bool has_no_links;  /* events hold their programs themselves, and have no cookies */
    bool needs_cookies; /* programs ask which of several events they run for */
    bool wants_places;  /* a program asks for PTL_MAP_PLACES */
};

/* Names of what patterns stand for. The index is the cookie of the event. */
struct probe_names {
    u32 max; /* the setting max_probes */
    struct name_list list;
    struct ptl_usdt *usdt; /* where the arguments are, by index; owned */
    u32 n_usdt;            /* those behind have none */
    u64 *places;           /* addresses of user probes in their binary's file; owned */
    u32 n_places;
};

/* Add a name; its index goes to *out. Returns 0, -ENOMEM, or -E2BIG: there are `max`. */
int PRINTF_LIKE(3, 4) probe_names_add(struct probe_names *names, u32 *out, const char *fmt, ...);

/* Where the arguments of a name are. Returns 0 or -ENOMEM. */
int probe_names_usdt(struct probe_names *names, u32 index, const struct ptl_usdt *args);

/* Where the user probe of a name is, in its file. Returns 0 or -ENOMEM. */
int probe_names_place(struct probe_names *names, u32 index, u64 address);

/* Forget all but the first n names. */
void probe_names_cut(struct probe_names *names, u32 n);

/* Free all. */
void probe_names_done(struct probe_names *names);

/* What the kernel has counted of a point. */
struct attach_book {
    u64 n_hits;        /* runs of the program */
    bool knows_hits;   /* only while the machine's BPF statistics are on */
    u64 n_missed;      /* events that were dropped because the program, or another one, was already
                        * running on that CPU */
    bool knows_missed; /* for kprobes and the like from 6.7 on; else n_missed may be a part */
};

struct attach_group;

struct attach_point {
    const struct meta_attach *row; /* borrowed */
    const struct attach_env *env;  /* borrowed */
    const struct attach_ops *ops;
    struct bpf_program *program; /* of the chosen variant, borrowed from the object */
    enum attach_method method;
    const char *lacking; /* feature of a better variant that the kernel does not have; or NULL */
    struct attach_group *group; /* with which points it has one link; or NULL */
    struct attach_event *events;
    u32 n_events;
    char *path;              /* of the binary whose places one link will have; owned */
    u32 first_name, n_names; /* what a pattern stands for, in env->names */
    int unfit;       /* why an alternative is none on this kernel, known before it is opened */
    bool is_skipped; /* it could not be attached, which the script allows (missing_probes),
                      * or an alternative is there in its place */
    struct attach_book book; /* see attach_book(); known once detached */
};

struct attach_ops {
    enum attach_when when;
    bool is_lifo; /* the kernel runs the program first that was attached last */
    const struct attach_ops
        *stand_in; /* for other methods, where the kernel lacks these; or NULL */
    u32 methods;   /* bits 1 << METHOD_* that this way can do */
    /* Groups (runtime/attach_group.h): the return from what this attaches to, or NULL; the link for
     * a list of names, and the feature that it needs. */
    const struct attach_ops *on_return;
    u32 list_link;
    enum feature_id list_feature;
    /* Could these points have one link, as far as the script goes? */
    bool (*may_join)(const struct attach_group *group);
    /* Resolve the targets and link the gate to them; diags: for what is then forgotten. NULL: there
     * are no groups. Returns 0 or a negative errno. */
    int (*join)(struct attach_group *group, struct diags *diags);
    /* Tell libbpf the target of a program that is loaded for one. NULL: it needs none.
     * Returns 0, or a negative errno after reporting to diags. */
    int (*aim)(struct attach_point *point, struct diags *diags);
    /* Resolve the target and open its events, disabled. NULL: there is nothing to open.
     * Returns 0, or a negative errno after reporting to diags. */
    int (*open)(struct attach_point *point, struct diags *diags);
    /* Let the loaded program run from now on. NULL: link it to the events and enable these.
     * Returns 0 or a negative errno. */
    int (*enable)(struct attach_point *point);
    /* Run the program once. NULL: by BPF_PROG_TEST_RUN. Returns 0 or a negative errno. */
    int (*run)(const struct attach_point *point);
};

/* The operations of a provider; never NULL. */
const struct attach_ops *attach_ops(enum probe_id provider);

/* One for each way; the table of attach.c refers to them by provider. */
extern const struct attach_ops attach_ops_begin;
extern const struct attach_ops attach_ops_end;
extern const struct attach_ops attach_ops_iter;
extern const struct attach_ops attach_ops_kprobe;
extern const struct attach_ops attach_ops_kretprobe;
extern const struct attach_ops attach_ops_tracepoint;
extern const struct attach_ops attach_ops_perf;
extern const struct attach_ops attach_ops_test;
extern const struct attach_ops attach_ops_bench;
extern const struct attach_ops attach_ops_raw_tracepoint;
extern const struct attach_ops attach_ops_self;
extern const struct attach_ops attach_ops_uprobe;
extern const struct attach_ops attach_ops_trampoline;
extern const struct attach_ops attach_ops_syscall;

/* Prepare a point of a row: its operations, no events yet. */
void attach_point_init(struct attach_point *point, const struct meta_attach *row,
                       const struct attach_env *env);

/* Choose the best variant that this kernel supports, and mark its program for loading.
 * Returns 0; -ENOTSUP etc. from features_need() with *err; -EPROTO if the object lacks the program.
 */
int attach_choose(struct attach_point *point, const struct meta *meta,
                  const struct bpf_object *object, struct features *features,
                  struct ptl_error *err);

/* Add an opened event to the point, which takes event_fd (also on failure). Returns 0 or -ENOMEM.
 */
int attach_add_event(struct attach_point *point, int event_fd);

/* The same for one of the things that a pattern stands for: index: of its name in env->names. */
int attach_add_match(struct attach_point *point, int event_fd, u32 index);

/* The attach cookie by which the programs for entry and return find these indexes. */
u64 attach_cookie(u32 on_entry, u32 on_return);

/* attach_tracepoint.c: open a tracepoint's event, disabled. Returns its file descriptor; -ENOENT or
 * -EINVAL if there is none of this name; or why it cannot be opened. */
int attach_tracepoint_event(struct str category, struct str event);

/* The kernel's symbols, which all points share: they are read when the first asks. *out: borrowed.
 * Returns 0, -ENOMEM, or why they cannot be opened. */
int attach_symbols(const struct attach_point *point, struct symbols **out);

/* Report that a pattern stands for nothing, or for too much (-E2BIG). Returns err. */
int attach_report_matches(const struct attach_point *point, struct diags *diags, int err);

/* Add a link of the program that needs no event. The same. */
int attach_add_link(struct attach_point *point, int link_fd);

/* Make the one link of a point: of its program, or of the gate if the point's group is being made.
 * request says to what. Returns 0 or a negative errno. */
int attach_link(struct attach_point *point, struct link_request *request);

/* Is the point attached in another way, because the kernel lacks its own? */
bool attach_is_stand_in(const struct attach_point *point);

/* Where the point is in the script. */
struct span attach_span(const struct attach_point *point);

/* Report that a point cannot be attached, err being why. Returns err. */
int attach_report(const struct attach_point *point, struct diags *diags, int err);

/* The way to attach that was chosen, in a few words, for -v. */
const char *attach_how(const struct attach_point *point);

/* Is the target of the point a pattern, of which there may be several matches? */
bool attach_is_pattern(const struct attach_point *point);

/* attach_ops.enable of most: link the program to the events, and enable these. */
int attach_enable_events(struct attach_point *point);

/* attach_ops.enable of programs that were loaded for their target: make the link, which needs no
 * event. */
int attach_enable_link(struct attach_point *point);

/* Let the loaded program run whenever its event happens. Returns 0, or a negative errno after
 * reporting to diags. */
int attach_enable(struct attach_point *point, struct diags *diags);

/* Run the program of a begin or end point once. Returns 0, or a negative errno after reporting. */
int attach_run_once(const struct attach_point *point, struct diags *diags);

/* Ask the kernel what it has counted; before detaching. */
struct attach_book attach_book(const struct attach_point *point);

/* Add what the kernel dropped of a link's events before any program could run. Returns whether it
 * counts these. */
bool attach_link_missed(int link_fd, u64 *n);

/* Detach: closes everything. May be called again. */
void attach_detach(struct attach_point *point);
