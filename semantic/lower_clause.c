/* Clauses to programs. Attach points of one provider share a program, unless the clause uses a word
 * that differs by attach point (`probe`, `args`). */
#include "semantic/context.h"

/* if (cond) return; */
static void leave_if(struct lowering *lo, ir_val cond)
{
    struct branch br = lower_if(lo, cond);

    ir_ret(&lo->b, 0);
    lower_end_if(lo, &br);
}

/* -p PID. The constant is read-only data: without -p the verifier removes all of it but the first
 * load and test. It is loaded once more for the comparison, so that no register is saved for it
 * where there is none. */
static void lower_pid_filter(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    u32 offset = offsetof(struct ptl_config, filter_pid);
    struct branch br = lower_if(lo, ir_binary(b, IR_NE, ir_config(b, offset), ir_const(b, 0)));
    ir_val pid = ir_binary(b, IR_LSHR, lower_pid_tgid(lo), ir_const(b, 32));
    ir_val wanted = ir_config(b, offset);

    leave_if(lo, ir_binary(b, IR_NE, pid, wanted));
    lower_end_if(lo, &br);
}

/* The event of a pattern may be that of more than its matches. */
static void lower_meant(struct lowering *lo)
{
    const struct attach_point *point = lo->point;
    bool asks = point->is_pattern && point->probe->is_meant;
    ir_val is_meant = asks ? point->probe->is_meant(lo) : NULL;

    if (is_meant)
        leave_if(lo, ir_binary(&lo->b, IR_EQ, is_meant, ir_const(&lo->b, 0)));
}

/* MAX_USED_MAPS of the kernel (include/linux/bpf_verifier.h), less codegen's own: constants,
 * configuration, resolved words, scratch. */
#define MAX_MAPS (64 - 4)

static void check_map_count(struct sema *s, const struct ir_func *func, struct span span)
{
    bool *is_used = arena_array(s->arena, bool, s->v.module->maps.n);
    u32 n = 0;

    vec_foreach(block, &func->blocks) {
        vec_foreach(inst, &(*block)->insts) {
            bool has_map = strchr(ir_op_row((*inst)->op)->fields, 'm');
            const struct ir_map *map = has_map ? (*inst)->map : NULL;

            if (map && !is_used[map->id]) {
                is_used[map->id] = true;
                n++;
            }
        }
    }
    if (n > MAX_MAPS) {
        diag_hint(
            diag_add(s->v.diags, E_TOO_MANY_MAPS, span,
                     "The kernel allows a program %d maps, and this clause needs %u with those "
                     "for output",
                     MAX_MAPS, n),
            "Give one map several keys, or split the clause.");
    }
}

/* A BPF jump reaches 32767 instructions, and one of ours is about one of the machine's; memory
 * takes two for 8 bytes. What is near that limit is far above what anybody writes. */
#define MAX_INSTS 30000

static void check_size(struct sema *s, const struct ir_func *func, struct span span)
{
    u32 n = 0;

    vec_foreach(block, &func->blocks) {
        vec_foreach(inst, &(*block)->insts)
            n += ir_is_leaf((*inst)->op) ? 0 : 1 + (*inst)->size / 4;
    }
    if (n > MAX_INSTS) {
        diag_hint(diag_add(s->v.diags, E_CLAUSE_TOO_LARGE, span,
                           "This clause is too large for one program"),
                  "Split it into several clauses.");
    }
}

/* Returns the index of the program's first row in the metadata: it has one for each way to attach
 * it, the best first. */
static u64 lower_program_of(struct sema *s, const struct clause_info *info,
                            const struct attach_point *point)
{
    struct ir_module *m = s->v.module;
    u64 index = m->meta.progs.n;
    struct str name =
        str_printf(s->arena, "%s_%llu", probe_name(point->probe->id), (unsigned long long)index);
    struct lowering lo = {.v = &s->v, .point = point};
    const struct probe_desc *probe = point->probe;

    lo.b = (struct ir_builder){.module = m, .span = info->clause->span};
    lo.b.func = ir_func_new(m, str_cstr(s->arena, name), probe->section, probe->ctx);
    lo.b.func->span = info->clause->span;
    lo.b.func->is_preemptible = probe->exec == EXEC_PREEMPTIBLE;
    ir_at(&lo.b, ir_block_new(&lo.b, "entry"));
    if (probe->has_task)
        lower_pid_filter(&lo);
    if (probe->leaves)
        leave_if(&lo, probe->leaves(&lo));
    lower_meant(&lo);
    if (info->clause->predicate) {
        struct expr *predicate = info->clause->predicate;
        ir_val holds = lower_truth(&lo, lower_expr(s, &lo, predicate));

        leave_if(&lo, ir_binary(&lo.b, IR_EQ, holds, ir_const(&lo.b, 0)));
    }
    lower_stmt(s, &lo, info->clause->body);
    ir_ret(&lo.b, 0);
    check_map_count(s, lo.b.func, point->span);
    check_size(s, lo.b.func, point->span);
    if (point->is_pattern && probe->method_many) {
        *vec_push(s->arena, &m->meta.progs) =
            (struct meta_prog){.name = name, .method = probe->method_many};
    }
    *vec_push(s->arena, &m->meta.progs) = (struct meta_prog){.name = name, .method = probe->method};
    return index;
}

static void add_attach(struct sema *s, const struct attach_point *point, u64 prog)
{
    struct meta *meta = &s->v.module->meta;
    u64 n_variants = point->is_pattern && point->probe->method_many ? 2 : 1;

    *vec_push(s->arena, &meta->attachs) = (struct meta_attach){
        .provider = point->probe->id,
        .name = point->name,
        .text0 = point->text[0],
        .text1 = point->text[1],
        .num0 = point->num[0],
        .num1 = point->num[1],
        .choice = point->choice,
        .first_variant = meta->variants.n,
        .n_variants = n_variants,
        .span_begin = point->span.begin,
        .span_end = point->span.end,
    };
    for (u64 i = 0; i < n_variants; i++)
        *vec_push(s->arena, &meta->variants) = (struct meta_variant){.prog = prog + i};
}

/* The kernel attaches a program to a tracepoint once: a point that is in the list twice needs a
 * second program. */
static bool is_repeated(const struct clause_info *info, u32 i)
{
    for (u32 earlier = 0; earlier < i; earlier++) {
        if (str_eq(info->points[earlier].name, info->points[i].name))
            return true;
    }
    return false;
}

/* May a point have the program of an earlier one? Patterns are attached in another way than names.
 */
static bool shares_program(const struct clause_info *info, u32 i, bool per_point)
{
    const struct attach_point *point = &info->points[i];

    return !per_point && !point->probe->is_per_point && !is_repeated(info, i) &&
           !(point->is_pattern && (point->probe->method_many || point->probe->is_meant));
}

void lower_clause(struct sema *s, const struct clause_info *info)
{
    bool per_point = clause_uses(info->clause, FN_PER_POINT, 0);
    u64 progs[PROBE_COUNT_];

    for (u32 i = 0; i < PROBE_COUNT_; i++)
        progs[i] = META_NO_REF;
    for (u32 i = 0; i < info->n_points; i++) {
        const struct attach_point *point = &info->points[i];
        u64 *prog = &progs[point->probe->id];

        if (!shares_program(info, i, per_point)) {
            add_attach(s, point, lower_program_of(s, info, point));
            continue;
        }
        if (*prog == META_NO_REF)
            *prog = lower_program_of(s, info, point);
        add_attach(s, point, *prog);
    }
}
