/* The text form of an access to a member of a kernel struct, one word:
 *
 *   struct:sk_buff.len/u896:32          a member, its kind, its place and size in bits
 *   union:foo.bar/s0:128.baz/i32:32     a member of a member */
#include "ir/ir.h"

void ir_access_print(const struct ir_access *access, struct buf *out)
{
    buf_printf(out, "%s:%.*s", access->is_union ? "union" : "struct", STR_ARG(access->root));
    for (u32 i = 0; i < access->n_steps; i++) {
        const struct ir_step *step = &access->steps[i];

        buf_printf(out, ".%.*s/%s%u:%u", STR_ARG(step->name), step->kind, step->bit_offset,
                   step->bit_size);
    }
}

/* The part up to the first `end` (or all), which is taken off *rest. */
static struct str take(struct str *rest, char end)
{
    int at = str_index(*rest, end);
    struct str part = at < 0 ? *rest : str_sub(*rest, 0, (u32)at);

    *rest = at < 0 ? (struct str){"", 0} : str_sub(*rest, (u32)at + 1, rest->n);
    return part;
}

static bool parse_step(struct str word, struct ir_step *step)
{
    struct str rest = word;
    u64 offset = 0, size = 0;
    u32 n = 0;

    step->name = take(&rest, '/');
    while (n < rest.n && (rest.p[n] < '0' || rest.p[n] > '9'))
        n++;
    if (step->name.n == 0 || n == 0 || n >= sizeof(step->kind))
        return false;
    memcpy(step->kind, rest.p, n);
    rest = str_sub(rest, n, rest.n);
    if (!str_number(take(&rest, ':'), &offset) || !str_number(rest, &size))
        return false;
    step->bit_offset = (u32)offset;
    step->bit_size = (u32)size;
    return offset <= UINT32_MAX && size <= UINT32_MAX;
}

const struct ir_access *ir_access_parse(struct arena *arena, struct str word)
{
    struct ir_access *access = arena_new(arena, struct ir_access);
    VEC(struct ir_step) steps = {0};
    struct str rest = word;
    struct str keyword = take(&rest, ':');

    access->is_union = str_eq_c(keyword, "union");
    if (!access->is_union && !str_eq_c(keyword, "struct"))
        return NULL;
    access->root = take(&rest, '.');
    while (rest.n) {
        struct ir_step *step = vec_push(arena, &steps);

        *step = (struct ir_step){0};
        if (!parse_step(take(&rest, '.'), step))
            return NULL;
    }
    access->steps = steps.items;
    access->n_steps = steps.n;
    return steps.n && access->root.n ? access : NULL;
}
