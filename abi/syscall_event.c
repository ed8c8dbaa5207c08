/* From the kernel's names of system calls to those of programs and back. */
#include "abi/syscall_event.h"

static const struct {
    const char *name, *function;
} others[] = {

#define EVENT(name, function) {(name), (function)},
#include "abi/syscall_event.def"
#undef EVENT
};

const char *syscall_event_prefix(enum probe_id provider)
{
    return provider == PROBE_SYSCALL ? "sys_enter_" : "sys_exit_";
}

const char *syscall_of_event(const char *prefix, const char *event)
{
    size_t n = strlen(prefix);

    if (strncmp(event, prefix, n) != 0)
        return NULL;
    for (u32 i = 0; i < ARRAY_SIZE(others); i++) {
        if (strcmp(event + n, others[i].function) == 0)
            return others[i].name;
    }
    return event + n;
}

struct str syscall_other_name(struct str name)
{
    for (u32 i = 0; i < ARRAY_SIZE(others); i++) {
        if (str_eq_c(name, others[i].name))
            return str_of(others[i].function);
    }
    return (struct str){"", 0};
}
