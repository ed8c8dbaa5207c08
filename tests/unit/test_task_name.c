/* Finding task_struct.comm in raw BTF, whole, broken and of other kernels. */
#include <sys/mman.h>
#include <unistd.h>

#include <linux/btf.h>

#include "runtime/raw_btf.h"
#include "runtime/task_name.h"
#include "tests/unit/check.h"

static const char strings[] = "\0comm\0pid\0task_struct\0other\0BPF_MAP_TYPE_USER_RINGBUF\0tail";

enum {
    NAME_COMM = 1,
    NAME_PID = 6,
    NAME_TASK = 10,
    NAME_OTHER = 22,
    NAME_TAIL = 54,
};

struct blob {
    struct btf_header head;
    struct btf_type number;
    u32 number_encoding;
    struct btf_type array_head;
    struct btf_array array;
    struct btf_type other;
    struct btf_member other_members[2];
    struct btf_type task;
    struct btf_member members[3];
    char strings[sizeof(strings)];
};

static u32 info(u32 kind, u32 n)
{
    return kind << 24 | n;
}

static struct blob good(void)
{
    struct blob b = {
        .head = {.magic = 0xeb9f, .version = 1, .hdr_len = sizeof(struct btf_header)},
        .number = {.info = info(BTF_KIND_INT, 0), .size = 4},
        .array_head = {.info = info(BTF_KIND_ARRAY, 0)},
        .other = {.name_off = NAME_OTHER, .info = info(BTF_KIND_STRUCT, 2), .size = 24},
        .other_members = {{NAME_COMM, 2, 0}, {NAME_TAIL, 1, 128}},
        .task = {.name_off = NAME_TASK, .info = info(BTF_KIND_STRUCT, 3), .size = 96},
        .members = {{NAME_PID, 1, 0}, {NAME_COMM, 2, 64 * 8}, {NAME_TAIL, 1, 80 * 8}},
    };

    memcpy(b.strings, strings, sizeof(strings));
    b.head.type_len = (u32)(offsetof(struct blob, strings) - sizeof(b.head));
    b.head.str_off = b.head.type_len;
    b.head.str_len = sizeof(strings);
    return b;
}

/* A file with the first n bytes of it. */
struct file {
    int fd;
    char path[32];
};

static struct file file_of(const struct blob *b, size_t n)
{
    struct file f = {.fd = memfd_create("btf", MFD_CLOEXEC)};

    CHECK(write(f.fd, b, n) == (ssize_t)n);
    (void)snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
    return f;
}

static u32 find_in(const struct blob *b, size_t n)
{
    struct file f = file_of(b, n);
    u32 offset = task_name_offset(f.path);

    close_fd(&f.fd);
    return offset;
}

static u32 find(const struct blob *b)
{
    return find_in(b, sizeof(*b));
}

static void test_found(void)
{
    struct blob b = good();

    CHECK(find(&b) == 64);
    b.task.info |= 1u << 31; /* bitfields: the upper 8 bits are a size */
    CHECK(find(&b) == 64);
}

static void test_not_usable(void)
{
    struct blob b = good();

    b.members[2].offset = 81 * 8; /* not 16 bytes */
    CHECK(find(&b) == 0);
    b = good();
    b.members[1].name_off = NAME_TAIL; /* no such member */
    CHECK(find(&b) == 0);
    b = good();
    memcpy(b.strings + NAME_OTHER + 6, "XXX", 3); /* a kernel that does not pad */
    CHECK(find(&b) == 0);
    b = good();
    b.task.name_off = NAME_TAIL; /* no such struct */
    CHECK(find(&b) == 0);
}

static void test_broken(void)
{
    struct blob b = good();

    for (u32 n = 0; n < offsetof(struct blob, strings) + sizeof(strings); n++)
        CHECK(find_in(&b, n) == 0);
    b.array_head.info = info(31, 0); /* a kind that nobody knows */
    CHECK(find(&b) == 0);
    b = good();
    b.other.info = info(BTF_KIND_STRUCT, 60000); /* more members than bytes */
    CHECK(find(&b) == 0);
    b = good();
    b.head.magic = 0x9feb;
    CHECK(find(&b) == 0);
}

static void test_raw(void)
{
    struct blob b = good();
    struct file f = file_of(&b, sizeof(b));
    struct raw_btf btf;
    struct btf_type type;
    struct str tail;

    CHECK(raw_btf_open(f.path, &btf));
    CHECK(raw_btf_has_member(&btf, "task_struct", "pid"));
    CHECK(!raw_btf_has_member(&btf, "other", "pid"));
    CHECK(!raw_btf_has_member(&btf, "nobody", "pid"));
    CHECK(raw_btf_find(&btf, BTF_KIND_STRUCT, NAME_TASK, &type, &tail) == 4);
    CHECK(tail.n == sizeof(b.members));
    CHECK(raw_btf_find(&btf, BTF_KIND_FUNC, NAME_TASK, &type, &tail) == 0);
    raw_btf_done(&btf);
    CHECK(!raw_btf_open("/nowhere", &btf));
    raw_btf_done(&btf);
    close_fd(&f.fd);
}

/* Strings of several pieces: the name lies before, across and behind the ends of two. */
static void test_pieces(void)
{
    enum {
        PIECE = 16 << 10,
        AROUND = 16,
        STRINGS = 3 * PIECE
    };

    static struct {
        struct btf_header head;
        char strings[STRINGS];
    } b = {.head = {.magic = 0xeb9f, .hdr_len = sizeof(b.head), .str_len = STRINGS}};

    int fd = memfd_create("btf", MFD_CLOEXEC);
    char path[32];

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    for (u32 i = 0; i < 4 * AROUND; i++) {
        u32 at = (i / (2 * AROUND) + 1) * PIECE - AROUND + i % (2 * AROUND), found = 0;
        struct raw_btf btf;

        memset(b.strings, 'x', STRINGS);
        memcpy(b.strings + at, "\0name", sizeof("\0name"));
        CHECK(pwrite(fd, &b, sizeof(b), 0) == (ssize_t)sizeof(b));
        CHECK(raw_btf_open(path, &btf));
        CHECK(raw_btf_name(&btf, "name", &found) && found == at + 1);
        CHECK(!raw_btf_name(&btf, "nam", &found));
        raw_btf_done(&btf);
    }
    close_fd(&fd);
}

int main(void)
{
    test_raw();
    test_pieces();
    test_found();
    test_not_usable();
    test_broken();
    return check_result();
}
