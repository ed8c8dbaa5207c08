/* One function for each row of abi/shape.def. What cannot be resolved is shown as its number. */
#include "runtime/shape.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "runtime/cgroups.h"
#include "runtime/stack.h"
#include "runtime/timestamp.h"
#include "runtime/users.h"
#include "runtime/usym.h"

typedef void (*shape_fn)(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                         struct buf *out);

static void show_inet(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                      struct buf *out)
{
    u64 family = value_word(bytes);
    char text[INET6_ADDRSTRLEN] = "";

    (void)env;
    (void)type;
    /* Of any other family there is no text: a value that was never set is one. */
    if (family == AF_INET || family == AF_INET6)
        (void)inet_ntop((int)family, bytes + sizeof(family), text, sizeof(text)); // fits
    buf_add_cstr(out, text);
}

static void show_mac(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                     struct buf *out)
{
    (void)env;
    (void)type;
    buf_printf(out, "%02X:%02X:%02X:%02X:%02X:%02X", bytes[0], bytes[1], bytes[2], bytes[3],
               bytes[4], bytes[5]);
}

static void show_usym(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                      struct buf *out)
{
    u64 address = value_word(bytes);
    struct str name = {0};

    (void)type;
    if (env->usyms != NULL) {
        struct usym_process *process =
            usyms_process(env->usyms, value_word(bytes + sizeof(address)));

        name = usyms_find(env->usyms, process, address).name;
    }
    if (name.n == 0) {
        buf_printf(out, "0x%" PRIx64, address);
    } else {
        value_format_function(env, name, out);
    }
}

static void show_username(const struct value_env *env, const struct meta_type *type,
                          const u8 *bytes, struct buf *out)
{
    (void)type;
    if (env->users != NULL) {
        buf_add_str(out, users_find(env->users, value_word(bytes)));
    } else {
        buf_printf(out, "%" PRIu64, value_word(bytes));
    }
}

static void show_timestamp(const struct value_env *env, const struct meta_type *type,
                           const u8 *bytes, struct buf *out)
{
    timestamp_format(type->text, (s64)((u64)env->boot_time_ns + value_word(bytes)), out);
}

static void show_cgroup_path(const struct value_env *env, const struct meta_type *type,
                             const u8 *bytes, struct buf *out)
{
    if (env->cgroups != NULL) {
        cgroups_path(env->cgroups, value_word(bytes), type->text, out);
    } else {
        buf_printf(out, "%" PRIu64, value_word(bytes));
    }
}

static void show_kstack(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                        struct buf *out)
{
    stack_format(env, type, bytes, out);
}

static void show_ustack(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                        struct buf *out)
{
    stack_format(env, type, bytes, out);
}

/* Nothing keeps the names: a task may change its own, and its number may become another one's. */
static void show_task_name(const struct value_env *env, const struct meta_type *type,
                           const u8 *bytes, struct buf *out)
{
    char path[sizeof("/proc//comm") + 20];
    char name[128] = ""; /* 15 bytes; threads of the kernel have longer ones */
    FILE *file = NULL;
    struct str text = {0};

    (void)type;
    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/comm", value_word(bytes)); // fits
    file = fopen(path, "re");
    if (file == NULL)
        return;
    text = (struct str){name, (u32)fread(name, 1, sizeof(name), file)};
    (void)fclose(file); // only read
    if (text.n > 0 && name[text.n - 1] == '\n')
        text.n--;
    if (env->is_raw) {
        buf_add_str(out, text);
    } else {
        value_escape(text, out); // a task may call itself anything
    }
}

void shape_format(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                  struct buf *out)
{
    static const shape_fn show[] = {
#define SHAPE(id, name, size) [SHAPE_##id] = show_##name,
#include "abi/shape.def"
#undef SHAPE
    };

    show[type->num0](env, type, bytes, out);
}
