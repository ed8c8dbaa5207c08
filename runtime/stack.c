/* Frames as text: where the addresses are, as symbol tables know it. */
#include "runtime/stack.h"

#include <inttypes.h>
#include <string.h>

#include <linux/bpf.h>

#include "runtime/usym.h"

/* What is known of a frame: its address and where that is. */
struct frame {
    u64 address;
    struct symbol_place place;
};

static void add_place(const struct value_env *env, const struct symbol_place *place,
                      struct buf *out)
{
    value_format_function(env, place->name, out);
    buf_printf(out, "+%" PRIu64, place->offset);
}

static void show_bpftrace(const struct value_env *env, const struct frame *f, struct buf *out)
{
    buf_add_cstr(out, "        ");
    if (f->place.name.n != 0) {
        add_place(env, &f->place, out);
    } else {
        buf_printf(out, "0x%" PRIx64, f->address);
    }
}

/* As perf script(1) does. */
static void show_perf(const struct value_env *env, const struct frame *f, struct buf *out)
{
    buf_printf(out, "\t%" PRIx64 " ", f->address);
    if (f->place.name.n != 0) {
        add_place(env, &f->place, out);
    } else {
        buf_add_cstr(out, "[unknown]");
    }
    if (f->place.module.n == 0)
        return;
    buf_add_cstr(out, " (");
    if (env->is_raw) {
        buf_add_str(out, f->place.module);
    } else {
        value_escape(f->place.module, out); // a path may be anything
    }
    buf_add_cstr(out, ")");
}

static void show_build_id(const u8 *bytes, struct buf *out)
{
    struct bpf_stack_build_id id;

    memcpy(&id, bytes, sizeof(id));
    if (id.status != BPF_STACK_BUILD_ID_VALID) {
        buf_printf(out, "%" PRIx64, (u64)id.ip);
        return;
    }
    for (u32 i = 0; i < sizeof(id.build_id); i++)
        buf_printf(out, "%02x", id.build_id[i]);
    buf_printf(out, " 0x%" PRIx64, (u64)id.offset);
}

static struct frame frame_at(const struct stack_view *view, u64 address)
{
    const struct value_env *env = view->env;
    struct frame f = {.address = address};

    if (view->type->num0 == SHAPE_KSTACK && env->symbols != NULL)
        f.place = symbols_find(env->symbols, address);
    if (view->type->num0 == SHAPE_USTACK && env->usyms != NULL)
        f.place = usyms_find(env->usyms, view->process, address);
    return f;
}

void stack_view_init(struct stack_view *view, const struct value_env *env,
                     const struct meta_type *type, const u8 *bytes)
{
    u64 most = (type->size - STACK_HEADER_BYTES) / stack_frame_bytes(type->text);

    *view = (struct stack_view){.env = env, .type = type, .bytes = bytes};
    view->n = MIN(value_word(bytes + sizeof(u64)), most);
    if (type->num0 == SHAPE_USTACK && env->usyms != NULL)
        view->process = usyms_process(env->usyms, value_word(bytes));
}

/* Where the frame lies in the stack. */
static const u8 *frame_bytes(const struct stack_view *view, u64 i)
{
    return view->bytes + STACK_HEADER_BYTES + i * stack_frame_bytes(view->type->text);
}

static bool has_build_ids(const struct stack_view *view)
{
    return stack_frame_bytes(view->type->text) > sizeof(u64);
}

void stack_view_name(const struct stack_view *view, u64 i, struct buf *out)
{
    const u8 *at = frame_bytes(view, i);
    struct frame f;

    if (has_build_ids(view)) {
        show_build_id(at, out);
        return;
    }
    f = (struct frame){.address = value_word(at)};
    if (!str_eq_c(view->type->text, "raw"))
        f = frame_at(view, f.address);
    if (f.place.name.n != 0) {
        value_format_function(view->env, f.place.name, out);
    } else if (f.place.module.n != 0) {
        const char *slash = memrchr(f.place.module.p, '/', f.place.module.n);
        u32 begin = slash == NULL ? 0 : (u32)(slash + 1 - f.place.module.p);

        buf_add_char(out, '[');
        buf_add_str(out, str_sub(f.place.module, begin, f.place.module.n));
        buf_add_char(out, ']');
    } else {
        buf_printf(out, "0x%" PRIx64, f.address);
    }
}

void stack_format(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                  struct buf *out)
{
    struct stack_view view;

    stack_view_init(&view, env, type, bytes);
    buf_add_char(out, '\n');
    for (u64 i = 0; i < view.n; i++) {
        const u8 *at = frame_bytes(&view, i);

        if (has_build_ids(&view)) {
            show_build_id(at, out);
        } else if (str_eq_c(type->text, "raw")) {
            buf_printf(out, "%" PRIx64, value_word(at));
        } else {
            struct frame f = frame_at(&view, value_word(at));

            (str_eq_c(type->text, "perf") ? show_perf : show_bpftrace)(env, &f, out);
        }
        buf_add_char(out, '\n');
    }
}
