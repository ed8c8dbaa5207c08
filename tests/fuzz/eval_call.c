/* Functions of the evaluator: those whose values are known in advance. */
#include "tests/fuzz/eval.h"

struct known {
    const char *name;
    struct value (*call)(struct eval *ev, const struct expr *e);
};

static struct value nothing(void)
{
    return (struct value){0};
}

static const struct expr *arg_of(const struct expr *e, u32 i)
{
    const struct expr *arg = e->args;

    while (arg && i-- > 0)
        arg = arg->next;
    return arg;
}

static struct event *send(struct eval *ev, enum event_kind kind)
{
    struct event *event = vec_push(ev->arena, &ev->events);

    *event = (struct event){.kind = kind};
    return event;
}

static void send_text(struct eval *ev, const struct buf *text)
{
    struct str copy = str_dup(ev->arena, (struct str){text->p, (u32)text->n});

    send(ev, EVENT_TEXT)->text = copy;
}

static bool is_whole_map(const struct expr *arg)
{
    return arg && arg->kind == EXPR_MAP && !arg->args && arg->symbol->map.key;
}

/* print(@scalar) of an aggregation, or of a map with keys, is about the map. */
static bool prints_map(const struct expr *e)
{
    return e->call->args[0].map != NULL;
}

static struct value call_print(struct eval *ev, const struct expr *e)
{
    const struct expr *arg = arg_of(e, 0);
    _cleanup_buf_ struct buf text = {0};

    if (prints_map(e)) {
        u64 top = arg_of(e, 1) ? eval_expr(ev, arg_of(e, 1)).word : 0;
        u64 div = arg_of(e, 2) ? eval_expr(ev, arg_of(e, 2)).word : 0;
        struct emap *map = eval_map(ev, arg->symbol);
        struct event *event = send(ev, EVENT_PRINT_MAP);

        event->map = map;
        event->top = top;
        event->div = div;
        return nothing();
    }

    struct value v = eval_expr(ev, arg);

    if (arg->type->kind == TYPE_AGG)
        eval_fail(ev, "print() of one row that aggregates");
    if (ev->problem)
        return nothing();
    eval_format(ev, &text, arg->type, &v);
    buf_add_char(&text, '\n');
    send_text(ev, &text);
    return nothing();
}

static struct value call_printf(struct eval *ev, const struct expr *e)
{
    _cleanup_buf_ struct buf text = {0};

    eval_printf(ev, e, &text);
    send_text(ev, &text);
    return nothing();
}

static struct value call_clear(struct eval *ev, const struct expr *e)
{
    struct emap *map = eval_map(ev, arg_of(e, 0)->symbol);

    send(ev, EVENT_CLEAR)->map = map;
    return nothing();
}

static struct value call_zero(struct eval *ev, const struct expr *e)
{
    struct emap *map = eval_map(ev, arg_of(e, 0)->symbol);

    send(ev, EVENT_ZERO)->map = map;
    return nothing();
}

/* The key behind the map: delete(@m, key), delete(@m[key]). */
static struct value written_key(struct eval *ev, const struct expr *e)
{
    const struct expr *map = arg_of(e, 0);
    const struct expr *key = arg_of(e, 1);

    if (map->args || !key)
        return eval_key(ev, map);
    if (key->next)
        eval_fail(ev, "a key of several arguments");
    return eval_expr(ev, key);
}

static struct value call_delete(struct eval *ev, const struct expr *e)
{
    struct value key = written_key(ev, e);
    const struct map_info *map = &arg_of(e, 0)->symbol->map;

    /* Cleared on one CPU only, and always said to have been absent. */
    if (!map->key && map->value->kind == TYPE_AGG)
        eval_fail(ev, "delete() of an aggregation without keys");
    return (struct value){.word = eval_delete(eval_map(ev, arg_of(e, 0)->symbol), &key)};
}

static struct value call_has_key(struct eval *ev, const struct expr *e)
{
    struct value key = written_key(ev, e);

    return (struct value){.word = eval_row(eval_map(ev, arg_of(e, 0)->symbol), &key) != NULL};
}

static struct value call_len(struct eval *ev, const struct expr *e)
{
    if (!is_whole_map(arg_of(e, 0)))
        eval_fail(ev, "len() of something else");
    return (struct value){.word = ev->problem ? 0 : eval_len(eval_map(ev, arg_of(e, 0)->symbol))};
}

static struct value call_str(struct eval *ev, const struct expr *e)
{
    const struct type *t = arg_of(e, 0)->type;
    struct value v = eval_expr(ev, arg_of(e, 0));
    u64 most = arg_of(e, 1) ? eval_expr(ev, arg_of(e, 1)).word : ev->max_strlen;
    u32 n = (u32)MIN(most, ev->max_strlen - 1);

    if (arg_of(e, 0)->kind == EXPR_PARAM) {
        v.text = arg_of(e, 0)->text; /* as it was given */
    } else if (type_is_word(t))
        return (struct value){.text = eval_memory_string(ev, t->space, v.word, n + 1)};
    v.text = eval_text_of(v.text);
    v.text = str_sub(v.text, 0, MIN(n, v.text.n));
    return v;
}

static struct value call_probe(struct eval *ev, const struct expr *e)
{
    bool is_end = str_eq_nocase(ev->clause->specs->text, "END");

    (void)e;
    return (struct value){.text = is_end ? STR("end") : STR("begin")};
}

static struct value call_exit(struct eval *ev, const struct expr *e)
{
    s64 status = arg_of(e, 0) ? (s64)eval_expr(ev, arg_of(e, 0)).word : 0;

    send(ev, EVENT_EXIT)->status = status;
    ev->flow = FLOW_END;
    return nothing();
}

static struct value call_probetype(struct eval *ev, const struct expr *e)
{
    (void)ev;
    (void)e;
    return (struct value){.text = STR("special")};
}

/* errorf(), warnf(): on standard error, which is not compared. The arguments have effects. */
static struct value call_told(struct eval *ev, const struct expr *e)
{
    for (const struct expr *arg = e->args->next; arg; arg = arg->next)
        (void)eval_expr(ev, arg);
    return nothing();
}

static struct value call_find(struct eval *ev, const struct expr *e)
{
    struct emap *map = eval_map(ev, arg_of(e, 0)->symbol);
    struct value key = eval_expr(ev, arg_of(e, 1));
    const struct row *row = eval_row(map, &key);
    const struct expr *variable = arg_of(e, 2);
    const struct type *t = map->symbol->map.value;
    struct value found;

    if (t->kind == TYPE_AGG) {
        found = (struct value){.word = eval_agg_number(t, row)};
    } else {
        found = row ? row->value : eval_zero(ev, variable->symbol->type);
    }
    *eval_variable(ev, variable->symbol) = found;
    return (struct value){.word = row != NULL};
}

static const struct known functions[] = {
    {"clear", call_clear}, {"delete", call_delete},       {"errorf", call_told},
    {"exit", call_exit},   {"find", call_find},           {"has_key", call_has_key},
    {"len", call_len},     {"print", call_print},         {"printf", call_printf},
    {"probe", call_probe}, {"probetype", call_probetype}, {"str", call_str},
    {"warnf", call_told},  {"zero", call_zero},
};

bool evaluator_knows(struct str function)
{
    for (u32 i = 0; i < ARRAY_SIZE(functions); i++) {
        if (str_eq_c(function, functions[i].name))
            return true;
    }
    return eval_word(function) != NULL;
}

struct value eval_call(struct eval *ev, const struct expr *e)
{
    for (u32 i = 0; e->call && i < ARRAY_SIZE(functions); i++) {
        if (str_eq_c(e->call->name, functions[i].name))
            return functions[i].call(ev, e);
    }
    if (e->call && eval_word(e->call->name))
        return eval_word(e->call->name)(ev, e);
    eval_fail(ev, "a function");
    return nothing();
}
