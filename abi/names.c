/* Tables of names, by number. */
#include "abi/names.h"

#define NAME(number, text) [number] = (text),

static const char *const errnos[] = {
#include "abi/errno.def"
};

static const char *const signals[] = {
#include "abi/signal.def"
};

static const char *const syscalls_x86_64[] = {
#include "abi/syscall_x86_64.def"
};

static const char *const syscalls_aarch64[] = {
#include "abi/syscall_aarch64.def"
};

#undef NAME

struct list {
    const char *const *texts;
    u32 n;
    u32 count; /* of the table */
    const char *unknown;
};

static struct list list_of(enum names names, const struct arch *arch)
{
    bool is_aarch64 = arch && strcmp(arch->name, "aarch64") == 0;

    switch (names) {
    case NAMES_ERRNO:
        return (struct list){errnos, ARRAY_SIZE(errnos), 256, "Unknown error"};
    case NAMES_SIGNAL:
        return (struct list){signals, ARRAY_SIZE(signals), 128, "Unknown signal"};
    case NAMES_SYSCALL:
        if (is_aarch64) {
            return (struct list){syscalls_aarch64, ARRAY_SIZE(syscalls_aarch64), 512, "unknown"};
        }
        return (struct list){syscalls_x86_64, ARRAY_SIZE(syscalls_x86_64), 512, "unknown"};
    case NAMES_COUNT_:
        break;
    }
    ptl_bug("names of no kind");
}

_Static_assert(ARRAY_SIZE(errnos) < 256 && ARRAY_SIZE(signals) < 128 &&
                   ARRAY_SIZE(syscalls_x86_64) < 512 && ARRAY_SIZE(syscalls_aarch64) < 512,
               "the last text of a table is the unknown one");

const char *names_text(enum names names, const struct arch *arch, u64 number)
{
    struct list list = list_of(names, arch);

    return number < list.n && list.texts[number] ? list.texts[number] : list.unknown;
}

u32 names_count(enum names names)
{
    return list_of(names, NULL).count;
}

struct str names_table(enum names names, const struct arch *arch, struct arena *arena)
{
    u32 n = names_count(names);
    char *bytes = arena_alloc(arena, (size_t)n * NAMES_TEXT_SIZE);

    for (u32 i = 0; i < n; i++) {
        const char *text = names_text(names, arch, i);

        for (size_t k = 0; text[k]; k++) /* zeros are behind it */
            bytes[(size_t)i * NAMES_TEXT_SIZE + k] = text[k];
    }
    return (struct str){bytes, n * NAMES_TEXT_SIZE};
}
