/* stdlib/btf.h over the BTF of tests/btf/kernel.c. */
#include "stdlib/btf.h"
#include "tests/unit/check.h"

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_btf: arena is full\n", stderr);
    abort();
}

static struct arena new_arena(void)
{
    struct arena a;

    arena_init(&a, (size_t)256 << 20, arena_full, NULL);
    return a;
}

static struct str name_of(const struct type *t, struct arena *arena)
{
    return t ? type_name(arena, t) : STR("none");
}

// --- the tests' kernel ---------------------------------------------------------------------------

/* Type, place and width of a member: "int32 @12", "uint32 @128.1:1". */
static struct str field_of(struct arena *arena, const struct type *t, const char *name)
{
    u32 at = 0;
    const struct composite_field *f = NULL;
    struct str type;

    if (!t || t->kind != TYPE_STRUCT)
        return STR("no struct");
    f = composite_find(t->composite, str_of(name), &at);
    if (!f)
        return STR("none");
    type = type_name(arena, f->type);
    if (f->bit_size)
        return str_printf(arena, "%.*s @%u.%u:%u", STR_ARG(type), at / 8, at % 8, f->bit_size);
    return str_printf(arena, "%.*s @%u", STR_ARG(type), at / 8);
}

struct wanted_field {
    const char *name, *text;
};

static void check_fields(struct arena *arena, const struct type *t, const struct wanted_field *f,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        CHECK_STR(field_of(arena, t, f[i].name), f[i].text);
}

static void test_mapping(struct arena *arena, struct btf *b)
{
    const struct type *task = btf_struct(b, STR("task_struct"), false);
    static const struct wanted_field fields[] = {
        {"__state", "uint32 @0"},
        {"flags", "int64 @8"},
        {"pid", "int32 @16"},
        {"parent", "struct task_struct * @24"},
        {"real_parent", "struct task_struct * @32"},
        {"children", "struct list_head @40"},
        {"comm", "string[16] @56"},
        {"cred", "struct cred * @80"},
        {"sched_reset_on_fork", "uint32 @88.0:1"},
        {"sched_contributes_to_load", "uint32 @88.1:1"},
        {"priority_class", "int32 @88.2:5"},
        {"in_execve", "bool @88.7:1"},
        {"kind", "enum pid_type @89.0:4"},
        {"set_child_tid", "int32 * @96"},
        {"stack", "void * @112"},
        {"exit_handler", "void * @120"},
        {"utime", "uint64 @128"},
        {"tiny", "int8[4] @144"},
        {"address", "uint8[6] @148"},
        {"matrix", "int32[3][2] @156"},
        {"keys", "uint8[0] @180"},
        {"thing", "struct opaque_thing * @184"},
        {"balance", "enum balance @192"},
        {"paths", "struct path[2] @200"},
        {"names", "int8 *[3] @232"},
        {"wide", "uint8[16] @256"},
        {"tail", "uint64[0] @288"},
        {"no_such", "none"},
    };

    check_fields(arena, task, fields, ARRAY_SIZE(fields));
}

static void test_nested(struct arena *arena, struct btf *b)
{
    static const struct wanted_field fields[] = {
        {"skc_addrpair", "uint64 @0"},
        {"skc_daddr", "uint32 @0"},
        {"skc_rcv_saddr", "uint32 @4"},
        {"skc_state", "uint8 @14"},
    };
    const struct type *sock = btf_struct(b, STR("sock"), false);

    check_fields(arena, btf_struct(b, STR("sock_common"), false), fields, ARRAY_SIZE(fields));
    CHECK_STR(field_of(arena, sock, "skc_daddr"), "none"); /* of a member that has a name */
    CHECK_STR(field_of(arena, sock, "measured"), "uint8[8] @24");
    CHECK_STR(field_of(arena, btf_struct(b, STR("dentry"), false), "d_iname"), "uint8[32] @32");
}

static void test_pointers(struct btf *b)
{
    const struct type *task = btf_struct(b, STR("task_struct"), false);
    u32 at = 0;
    const struct composite_field *tid = composite_find(task->composite, STR("set_child_tid"), &at);
    const struct composite_field *name = composite_find(task->composite, STR("user_name"), &at);
    const struct composite_field *rcu = composite_find(task->composite, STR("real_parent"), &at);
    const struct composite_field *thing = composite_find(task->composite, STR("thing"), &at);

    CHECK(tid && tid->type->space == SPACE_USER);
    CHECK(name && name->type->space == SPACE_USER);
    CHECK(rcu && rcu->type->space == SPACE_KERNEL);
    CHECK(rcu && rcu->type->of == task); /* one object for each definition */
    CHECK(thing && thing->type->of->composite->size == 0);
    CHECK(btf_struct(b, STR("task_struct"), false) == task);
}

static void test_names(struct arena *arena, struct btf *b)
{
    const struct type *t = btf_struct(b, STR("thread_union"), true);

    CHECK(t && t->composite->is_union && t->composite->is_kernel && t->composite->size == 16);
    CHECK(!btf_struct(b, STR("thread_union"), false));
    CHECK(!btf_struct(b, STR("task_struct"), true));
    CHECK(!btf_struct(b, STR("opaque_thing"), false)); /* is only declared */
    CHECK(!btf_struct(b, STR("task_struc"), false));
    CHECK(!btf_struct(b, STR(""), false));
    CHECK_STR(name_of(btf_typedef(b, STR("pid_t")), arena), "int32");
    CHECK_STR(name_of(btf_typedef(b, STR("u64")), arena), "uint64");
    CHECK_STR(name_of(btf_typedef(b, STR("task_t")), arena), "struct task_struct");
    CHECK_STR(name_of(btf_typedef(b, STR("pid_kind_t")), arena), "enum pid_type");
    CHECK_STR(name_of(btf_typedef(b, STR("pair_t")), arena), "uint32[2]");
    CHECK(!btf_typedef(b, STR("task_struct")));
    t = btf_typedef(b, STR("atomic_t"));
    CHECK(t && t->kind == TYPE_STRUCT && t->composite->name.n == 0 && !t->composite->is_kernel);
    CHECK_STR(field_of(arena, t, "counter"), "int32 @0");
    CHECK_STR(btf_nearest(b, BTF_NAMES_STRUCT, STR("task_strukt")), "task_struct");
    CHECK_STR(btf_nearest(b, BTF_NAMES_ENUMERATOR, STR("TCP_LISTN")), "TCP_LISTEN");
    CHECK_STR(btf_nearest(b, BTF_NAMES_TYPEDEF, STR("kuid")), "");
    CHECK_STR(btf_fault(b), "");
}

static void test_enums(struct arena *arena, struct btf *b)
{
    const struct type *state = btf_enum(b, STR("tcp_state"));
    const struct type *of = NULL;
    s64 value = 0;

    CHECK(state && state->size == 4 && !state->is_signed && state->enumeration->n_items == 10);
    CHECK(btf_enumerator(b, STR("TCP_LISTEN"), &value, &of) && value == 10 && of == state);
    CHECK(btf_enumerator(b, STR("NAMELESS_SEVEN"), &value, &of) && value == 7);
    CHECK_STR(name_of(of, arena), "enum <anon>");
    CHECK(!btf_enumerator(b, STR("TCP_LISTEN_"), &value, &of));
    CHECK(!btf_enum(b, STR("task_struct")));
}

static void test_functions(struct arena *arena, struct btf *b)
{
    const struct btf_function *f = btf_func(b, STR("vfs_read"));

    CHECK(f && f->n_params == 4 && !f->is_variadic);
    if (f) {
        CHECK_STR(name_of(f->result, arena), "int64");
        CHECK_STR(f->params[0].name, "file");
        CHECK_STR(name_of(f->params[0].type, arena), "struct file *");
        CHECK(f->params[1].type->space == SPACE_USER);
    }
    f = btf_func(b, STR("do_exit"));
    CHECK(f && f->n_params == 1 && f->result->kind == TYPE_VOID);
    CHECK(!btf_func(b, STR("no_such")));
}

static void test_kernel(void)
{
    _cleanup_(arena_done) struct arena arena = new_arena();
    struct btf *b = btf_new(types_new(&arena), TEST_BTF "/vmlinux");

    test_mapping(&arena, b);
    test_nested(&arena, b);
    test_pointers(b);
    test_names(&arena, b);
    test_enums(&arena, b);
    test_functions(&arena, b);
}

int main(void)
{
    test_kernel();
    return check_result();
}
