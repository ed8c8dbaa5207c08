/* The table of what scripts use. */
#include "tests/fuzz/cover.h"

#include <sys/mman.h>

#include "semantic/context.h"

enum {
    NAMES_MAX = 256, /* of functions */
};

struct cover {
    u64 exprs[EXPR_COUNT_], stmts[STMT_COUNT_], ops[OP_COUNT_], assigns[OP_COUNT_];
    u64 types[TYPE_COUNT_];
    u64 casts[TYPE_COUNT_][TYPE_COUNT_];        /* to, from */
    u64 values[TYPE_COUNT_], keys[TYPE_COUNT_]; /* of maps */
    u64 funcs[NAMES_MAX], aggs[AGG_COUNT_], probes[PROBE_COUNT_];
    u64 heads[8];
};

static const char *const heads[8] = {
    "struct", "enum", "typedef", "config", "map declaration", "macro", "predicate", "comptime if",
};

static const char *const type_names[TYPE_COUNT_] = {
    "error", "void",  "int",    "bool", "enum",    "string", "buffer",
    "tuple", "array", "struct", "ksym", "pointer", "shape",  "agg",
};

struct cover *cover_new(void)
{
    void *p =
        mmap(NULL, sizeof(struct cover), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

void cover_free(struct cover *c)
{
    if (c)
        (void)munmap(c, sizeof(*c));
}

/* ---- counting ---- */

static void count_stmts(struct cover *c, const struct stmt *stmt);

static void count_call(struct cover *c, const struct call *call)
{
    u32 n = 0;
    const struct func_desc *const *funcs = vocab_funcs(&n);
    const struct agg_desc *agg = call->fn ? NULL : vocab_agg(call->name);

    if (agg)
        c->aggs[agg->id]++;
    for (u32 i = 0; i < MIN(n, NAMES_MAX); i++)
        c->funcs[i] += funcs[i] == call->fn;
}

static void count_expr(struct cover *c, const struct expr *e)
{
    const struct expr *const operands[] = {e->a, e->b, e->c};

    c->exprs[e->kind]++;
    if (e->kind == EXPR_UNARY || e->kind == EXPR_BINARY || e->kind == EXPR_INCDEC)
        c->ops[e->op]++;
    if (e->type)
        c->types[e->type->kind]++;
    if (e->kind == EXPR_CAST && e->type && e->a->type)
        c->casts[e->type->kind][e->a->type->kind]++;
    if (e->kind == EXPR_IF)
        c->heads[7] += e->is_comptime;
    if (e->call)
        count_call(c, e->call);
    if (e->kind == EXPR_MAP && e->symbol && e->symbol->map.value)
        c->values[e->symbol->map.value->kind]++;
    if (e->kind == EXPR_MAP && e->symbol && e->symbol->map.key)
        c->keys[e->symbol->map.key->kind]++;
    for (u32 i = 0; i < ARRAY_SIZE(operands); i++) {
        if (operands[i])
            count_expr(c, operands[i]);
    }
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        count_expr(c, arg);
    count_stmts(c, e->body);
    count_stmts(c, e->other);
}

static void count_stmts(struct cover *c, const struct stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        const struct expr *const exprs[] = {stmt->target, stmt->value, stmt->limit};

        c->stmts[stmt->kind]++;
        if (stmt->kind == STMT_ASSIGN)
            c->assigns[stmt->op]++;
        c->heads[7] += stmt->kind == STMT_IF && stmt->is_comptime;
        for (u32 i = 0; i < ARRAY_SIZE(exprs); i++) {
            if (exprs[i])
                count_expr(c, exprs[i]);
        }
        count_stmts(c, stmt->body);
        count_stmts(c, stmt->other);
    }
}

static void count_head(struct cover *c, const struct program *p)
{
    for (const struct c_decl *d = p->c_decls.first; d; d = d->next)
        c->heads[d->kind == C_DECL_RECORD ? 0 : d->kind == C_DECL_ENUM ? 1 : 2]++;
    for (const struct config_item *item = p->config.first; item; item = item->next)
        c->heads[3]++;
    for (const struct map_decl *decl = p->map_decls.first; decl; decl = decl->next)
        c->heads[4]++;
    for (const struct macro *macro = p->macros.first; macro; macro = macro->next)
        c->heads[5]++;
}

void cover_program(struct cover *c, const struct program *program)
{
    count_head(c, program);
    for (const struct clause *clause = program->clauses; clause; clause = clause->next) {
        int colon = str_index(clause->specs->text, ':');
        struct str name = clause->specs->text;
        const struct probe_desc *probe =
            vocab_probe(colon < 0 ? name : str_sub(name, 0, (u32)colon));

        if (probe)
            c->probes[probe->id]++;
        c->heads[6] += clause->predicate != NULL;
        if (clause->predicate)
            count_expr(c, clause->predicate);
        count_stmts(c, clause->body);
    }
}

/* ---- the table ---- */

typedef const char *name_fn(u32 i);

static const char *expr_name(u32 i)
{
    return expr_kind_name((enum expr_kind)i);
}

static const char *stmt_name(u32 i)
{
    return stmt_kind_name((enum stmt_kind)i);
}

static const char *operator_name(u32 i)
{
    return op_text((enum op)i);
}

static const char *name_of_type(u32 i)
{
    return type_names[i];
}

static const char *func_name(u32 i)
{
    u32 n = 0;

    return vocab_funcs(&n)[i]->name;
}

static const char *name_of_agg(u32 i)
{
    return agg_name((enum agg_id)i);
}

static const char *name_of_probe(u32 i)
{
    return probe_name((enum probe_id)i);
}

static const char *head_name(u32 i)
{
    return heads[i];
}

static void put_group(struct buf *out, const char *group, const u64 *counts, u32 n, name_fn *name)
{
    buf_printf(out, "%s:", group);
    for (u32 i = 0; i < n; i++) {
        if (counts[i])
            buf_printf(out, " %s %llu", name(i), (unsigned long long)counts[i]);
    }
    buf_printf(out, "\n    never:");
    for (u32 i = 0; i < n; i++) {
        if (!counts[i])
            buf_printf(out, " %s", name(i));
    }
    buf_add_char(out, '\n');
}

static void put_casts(const struct cover *c, struct buf *out)
{
    for (u32 to = 0; to < TYPE_COUNT_; to++) {
        u64 n = 0;

        for (u32 from = 0; from < TYPE_COUNT_; from++)
            n += c->casts[to][from];
        if (n == 0)
            continue;
        buf_printf(out, "casts to %s:", type_names[to]);
        for (u32 from = 0; from < TYPE_COUNT_; from++) {
            if (c->casts[to][from]) {
                buf_printf(out, " %s %llu", type_names[from],
                           (unsigned long long)c->casts[to][from]);
            }
        }
        buf_add_char(out, '\n');
    }
}

void cover_print(const struct cover *c, struct buf *out)
{
    u32 n_funcs = 0;

    (void)vocab_funcs(&n_funcs);
    put_group(out, "expressions", c->exprs, EXPR_COUNT_, expr_name);
    put_group(out, "statements", c->stmts, STMT_COUNT_, stmt_name);
    put_group(out, "operators", c->ops, OP_COUNT_, operator_name);
    put_group(out, "assignments", c->assigns, OP_COUNT_, operator_name);
    put_group(out, "types", c->types, TYPE_COUNT_, name_of_type);
    put_group(out, "values of maps", c->values, TYPE_COUNT_, name_of_type);
    put_group(out, "keys of maps", c->keys, TYPE_COUNT_, name_of_type);
    put_group(out, "heads and parts", c->heads, ARRAY_SIZE(heads), head_name);
    put_group(out, "functions", c->funcs, MIN(n_funcs, NAMES_MAX), func_name);
    put_group(out, "aggregations", c->aggs, AGG_COUNT_, name_of_agg);
    put_group(out, "probes", c->probes, PROBE_COUNT_, name_of_probe);
    put_casts(c, out);
}
