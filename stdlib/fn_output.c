/* Words that send something to the user, printf() apart: print, exit. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

/* ---- print ---- */

static const struct type *check_print_map(struct vocab *v, struct call *c)
{
    const struct type *value = c->args[0].map->value;

    if (c->n_args > 1 && value && value->kind == TYPE_AGG && value->agg == AGG_STATS) {
        diag_add(v->diags, W_PRINT_STATS, c->span,
                 "print()'s top and div arguments are ignored when used on stats() maps.");
    }
    return NULL;
}

static const struct type *check_print(struct vocab *v, struct call *c)
{
    const struct call_arg *arg = &c->args[0];

    if (arg->map)
        return check_print_map(v, c);
    if (c->n_args > 1) {
        diag_add(v->diags, E_ARG_COUNT, c->span, "Non-map print() only takes 1 argument, %u found",
                 c->n_args);
        return type_error(v->types);
    }
    return NULL;
}

static ir_val arg_or_zero(struct lowering *lo, const struct call *c, u32 i)
{
    return i < c->n_args ? c->args[i].val : ir_const(&lo->b, 0);
}

static void print_map(struct lowering *lo, struct call *c)
{
    struct map_info *map = c->args[0].map;
    u64 site = lower_site_new(lo->v, SITE_PRINT_MAP, c->span);

    lower_map_declare(lo->v, map);
    lower_site(lo->v, site)->map = map->meta_index;
    lower_site(lo->v, site)->payload_size = 2 * sizeof(u64);
    lower_site(lo->v, site)->num0 = c->flip;

    struct record r = lower_record_begin(lo, site);

    ir_store64(&lo->b, r.ptr, sizeof(struct ptl_record), arg_or_zero(lo, c, 1));
    ir_store64(&lo->b, r.ptr, sizeof(struct ptl_record) + 8, arg_or_zero(lo, c, 2));
    lower_record_end(lo, &r);
}

static void print_value(struct lowering *lo, const struct call *c)
{
    const struct call_arg *arg = &c->args[0];
    u64 type = lower_meta_type(lo->v, arg->type);
    u64 site = lower_site_new(lo->v, SITE_PRINT, c->span);

    lower_site(lo->v, site)->type = type;
    lower_site(lo->v, site)->payload_size = type_mem_size(arg->type);

    struct record r = lower_record_begin(lo, site);

    lower_record_store(lo, &r, 0, arg->type, (struct operand){arg->type, arg->val});
    lower_record_end(lo, &r);
}

static ir_val lower_print(struct lowering *lo, struct call *c)
{
    if (c->args[0].map) {
        print_map(lo, c);
    } else {
        print_value(lo, c);
    }
    return NULL;
}

const struct func_desc fn_print = {
    .name = "print",
    .sig = "(printable, int?, int?) -> void",
    .doc =
        "print(value) prints a value and a newline. print(@map, top, div) prints a map: its last `top` entries in "
        "order (0: all), values divided by `div`.",
    .example = "BEGIN { @a[1] = 10; @a[2] = 30; print(@a, 1, 10); print(\"done\"); }",
    .check = check_print,
    .flags = FN_SHOWS,
    .lower = lower_print,
};

/* ---- exit ---- */

/* What the verifier refuses, for the tests of its diagnostics: a pointer from a map is used
 * unchecked. */
static void do_refused(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val index = ir_slot_addr(b, ir_slot_new(b, "site", sizeof(u32)));

    ir_store(b, index, 0, sizeof(u32), ir_const(b, 0));

    ir_val args[] = {ir_map_addr(b, lo->v->books), index};
    ir_val book = ir_call_ptr(b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));

    ir_atomic_add(b, book, 0, ir_const(b, 1));
}

static ir_val lower_exit(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    u64 site = lower_site_new(lo->v, SITE_EXIT, c->span);

    lower_site(lo->v, site)->payload_size = sizeof(s64);
    lower_site(lo->v, site)->num0 = c->point && c->point->probe->exec != EXEC_ALONE;
    if (lo->v->test_refused)
        do_refused(lo);

    struct record r = lower_record_begin(lo, site);

    ir_store64(b, r.ptr, sizeof(struct ptl_record), arg_or_zero(lo, c, 0));
    lower_record_end(lo, &r);
    lower_leave(lo);
    return NULL;
}

const struct func_desc fn_exit = {
    .name = "exit",
    .sig = "(int?) -> void",
    .doc =
        "Ends the block and the run: END clauses run, maps are printed, and the tool's exit status is the argument "
        "(0 if none).",
    .example = "BEGIN { exit(0); }",
    .flags = FN_ENDS,
    .lower = lower_exit,
};
