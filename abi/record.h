/* The ring buffer's records, and the maps that both programs know by name. LAYOUT: shared by
 * codegen and runtime.
 *
 * One ring buffer carries data and control in one order: the order in which space was reserved,
 * which is the sequence that the reader sees. Data records are refused by the program when less
 * than a reserve is free (see struct ptl_config.ring_data_limit), so control is never dropped
 * because data filled the buffer.
 *
 * A record is a header and a payload whose layout is the site's (abi/meta.def): each value at its
 * offset, integers as 8 bytes, strings as NUL-terminated arrays of fixed size. */
#pragma once

#include "base/util.h"

struct ptl_record {
    u32 site; /* index into the metadata's sites; its kind says what the payload is */
    u32 size; /* of header and payload, bytes: a check for the reader */
};

/* Kind of a site. The number is part of the format. */
enum site_kind {
    SITE_PRINTF = 1, /* payload: the arguments, see the site's pieces */
    SITE_PRINT = 2,  /* print(value): payload one value of the site's type */
    SITE_TIME = 3,   /* time(fmt): the site's text is the strftime format; no payload */
    SITE_EXIT = 4,   /* control; payload s64 code; num0 1: what follows is not shown. Not so where
                        nothing else is attached: the other begin clauses run all the same */
    SITE_PRINT_MAP =
        5,            /* control; payload u64 top, u64 div (0: not given); the site names the map */
    SITE_CLEAR = 6,   /* control; no payload; the site names the map */
    SITE_ZERO = 7,    /* control; no payload; the site names the map */
    SITE_ERROR = 8,   /* a run-time warning; payload s64 return code of the helper; text: message id
                         (enum run_error) in num0 */
    SITE_ERRORF = 9,  /* the payload of a printf, shown as an error of the script's own */
    SITE_WARNF = 10,  /* the same as a warning */
    SITE_SYSTEM = 11, /* the same as a command for sh; only in objects with META_FLAG_UNSAFE */
    SITE_CAT = 12,    /* the same as the path of a file; num0: how much of it is shown, bytes */
    SITE_JOIN =
        13, /* payload u64 n, then n of PTL_JOIN_WORDS strings; text: what is between them */
    SITE_PROCESS = 14, /* control; payload u64 pid: a process whose addresses will be shown */
    SITE_CUT = 15,     /* sends nothing: its book counts what was cut behind num0 bytes, or words */
};

/* The text of a SITE_CUT of words; that of one of bytes is empty. */
#define CUT_WORDS "words"

/* Has the site pieces, which make a text of its payload? */
static inline bool site_has_pieces(enum site_kind kind)
{
    switch (kind) {
    case SITE_PRINTF:
    case SITE_ERRORF:
    case SITE_WARNF:
    case SITE_SYSTEM:
    case SITE_CAT:
        return true;
    default:
        return false;
    }
}

static inline bool site_is_control(enum site_kind kind)
{
    return (kind >= SITE_EXIT && kind <= SITE_ZERO) || kind == SITE_PROCESS;
}

/* What can go wrong in a program at run time; num0 of a SITE_ERROR. */
enum run_error {
    RUN_ERROR_DIV_ZERO = 1, /* division or modulo by 0: 1 is used */
    RUN_ERROR_MAP_FULL = 2, /* map_update_elem failed with -E2BIG or -ENOMEM */
    RUN_ERROR_READ = 3,     /* an address that cannot be read; the site's text names the helper */
    RUN_ERROR_BOUNDS = 4,   /* an index that is none of the array's */
    RUN_ERROR_HELPER = 5,   /* any other helper that failed; the site's text names it */
    RUN_ERROR_BUSY = 6,     /* an aggregation that interrupted programs had in use: see tseries.h */
};

#define RUN_ERROR_LAST RUN_ERROR_BUSY

/* A map that a clause prints and then clears (or zeroes) lies behind a map of maps with one
 * element, and has two halves. For print() the runtime puts the empty half there, waits until no
 * program is in the other any more, and reads that: no event falls between the printing and the
 * clearing. num0 of SITE_PRINT_MAP, SITE_CLEAR and SITE_ZERO tells what the site has to do with it.
 */
enum flip_role {
    FLIP_NONE = 0,
    FLIP_BEGIN = 1, /* of the prints before the clear, the first: change halves, show the old one */
    FLIP_GO_ON = 2, /* a further one: show the old half again */
    FLIP_END = 3,   /* the clear: the old half is done with */
};

#define FLIP_LAST FLIP_END

/* Per-CPU books, one per site, in the array map PTL_MAP_BOOKS: what could not be told through the
 * ring. */
struct ptl_book {
    u64 lost;   /* records of this site that found no room */
    u64 errors; /* times that a SITE_ERROR happened, sent or not; or a SITE_CUT */
};

/* Behind the books of the sites there is one more: its `errors` are events of user probes that were
 * missed because too many tasks had been preempted in the program on that CPU. */
#define PTL_BOOK_PREEMPTED(n_sites) (n_sites)

/* Bytes with the NUL of a string that is read from memory, where nothing else is said (bpftrace's
 * max_strlen). */
#define PTL_STRING_MAX 1024

/* Of a file that cat() shows, where nothing else is said (bpftrace's max_cat_bytes). */
#define PTL_CAT_BYTES 10240

/* Names of the probes that patterns stand for, for the builtin `probe`: PTL_MAP_NAMES is an array
 * of texts of this size, and the attach cookie of a probe is its index; of a return from a kernel
 * function the upper half, since one link may be for both. */
#define PTL_NAME_BYTES          128
#define PTL_COOKIE_RETURN_SHIFT 32
#define PTL_MAP_NAMES           "ptl_names"

/* Strings of a SITE_JOIN at most, and the bytes of each. */
#define PTL_JOIN_WORDS      16
#define PTL_JOIN_WORD_BYTES 1024

/* Where the arguments of usdt probes are: PTL_MAP_USDT is an array of struct ptl_usdt, and the
 * attach cookie of a place in a binary is its index, as in PTL_MAP_NAMES. LAYOUT: every member is 8
 * bytes. */
#define PTL_MAP_USDT  "ptl_usdt"
#define PTL_USDT_ARGS 12

enum usdt_kind {
    USDT_NONE = 0,     /* the place has no such argument */
    USDT_CONST = 1,    /* offset */
    USDT_REGISTER = 2, /* the register */
    USDT_MEMORY = 3,   /* what lies at register + index * scale + offset */
};

struct ptl_usdt_arg {
    u64 kind;
    u64 reg;          /* offset in the context */
    u64 index, scale; /* the same; scale 0: no index */
    u64 offset;
    u64 shift; /* bits above the argument's own */
    u64 is_signed;
};

struct ptl_usdt {
    struct ptl_usdt_arg args[PTL_USDT_ARGS];
};

/* Where user probes are, for uaddr(): PTL_MAP_PLACES is an array of addresses as the program's or
 * library's file has them, indexed by attach cookie as PTL_MAP_NAMES is. */
#define PTL_MAP_PLACES "ptl_places"

/* A SITE_ERROR is sent for the first so many times on each CPU, then only counted. */
#define PTL_ERRORS_SENT 16

/* Processes that a SITE_PROCESS was sent for, an LRU hash by pid. */
#define PTL_MAP_PROCESSES "ptl_processes"
#define PTL_PROCESSES_MAX 4096
#define PTL_MAP_RING      "ptl_ring" /* BPF_MAP_TYPE_RINGBUF, size set by the runtime before load */
#define PTL_MAP_BOOKS \
    "ptl_books" /* BPF_MAP_TYPE_PERCPU_ARRAY of struct ptl_book, one entry a site */
#define PTL_MAP_SCRATCH  "ptl_scratch" /* BPF_MAP_TYPE_PERCPU_ARRAY, one entry a program */
#define PTL_SECTION_META ".ptl.meta"
#define PTL_SECTION_CONFIG \
    ".rodata.ptl" /* holds one struct ptl_config, filled in by the runtime before load */
#define PTL_SECTION_RESOLVED \
    ".rodata.resolved" /* a word for each row of the metadata's table `resolved`, the same */

/* How many words these may be: 128 KB. */
#define PTL_RESOLVED_WORDS_MAX 16384

/* Constants that only the running machine knows. They are read-only data, so the verifier folds
 * them and removes the branches that they decide. LAYOUT: every member is 8 bytes. */
struct ptl_config {
    u64 ring_data_limit; /* data is refused when the ring holds more than this many bytes */
    u64 start_ns;        /* CLOCK_BOOTTIME at start: base of `elapsed` */
    u64 cpid;            /* pid of the -c child in our PID namespace, 0 without */
    u64 filter_pid;      /* -p PID in our PID namespace, 0 without */
    u64 n_cpus;          /* possible CPUs: slots of a per-CPU map */
    u64 pidns_dev;       /* device and inode of our PID namespace; inode 0: the initial one */
    u64 pidns_ino;
    u64 task_name; /* offset of task_struct.comm where programs may read it; 0: ask the helper. Only
                      filled in for META_FLAG_TASK_NAME */
    u64 tai_offset;  /* CLOCK_TAI less CLOCK_MONOTONIC at start, nanoseconds */
    u64 wall_offset; /* CLOCK_REALTIME less CLOCK_BOOTTIME, the same */
};
