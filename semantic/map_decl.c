/* `let @m = lruhash(1000);`: what a map is, where the default is not wanted. */
#include <linux/bpf.h>

#include "semantic/context.h"

static const struct map_kind kinds[] = {
#define MAP_KIND(name, bpf_type, percpu) {#name, bpf_type, percpu},
#include "stdlib/map_kind.def"
#undef MAP_KIND
};

static const struct map_kind *find_kind(struct sema *s, const struct map_decl *decl)
{
    const char *names[ARRAY_SIZE(kinds)];
    struct str list = {"", 0};
    struct diag *diag = NULL;
    int nearest = 0;

    for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (str_eq_c(decl->kind, kinds[i].name))
            return &kinds[i];
        names[i] = kinds[i].name;
        list = str_printf(s->arena, "%.*s%s%s", STR_ARG(list), i ? ", " : "", names[i]);
    }
    diag = diag_add(s->v.diags, E_MAP_KIND, decl->kind_span, "Invalid bpf map type: %.*s",
                    STR_ARG(decl->kind));
    nearest = str_nearest(decl->kind, names, ARRAY_SIZE(kinds));
    if (nearest >= 0) {
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    } else {
        diag_hint(diag, "Valid map types: %.*s", STR_ARG(list));
    }
    return NULL;
}

/* Number of entries; 0 after reporting. */
static u32 size_of(struct sema *s, const struct map_decl *decl)
{
    struct expr *size = decl->size;

    if (!size) {
        diag_add(s->v.diags, E_MAP_SIZE, decl->span, "%.*s() needs a number of entries",
                 STR_ARG(decl->kind));
        return 0;
    }
    resolve_expr(s, size);
    (void)infer_expr(s, size);
    if (size->type->kind == TYPE_INT && size->is_const && size->num > 0 && size->num <= UINT32_MAX)
        return (u32)size->num;
    vocab_hint_param(
        diag_add(
            s->v.diags, E_MAP_SIZE, size->span,
            "The number of entries of a map is a positive integer that is known at compile time"),
        needs_param(size));
    return 0;
}

static void declare_map(struct sema *s, const struct map_decl *decl)
{
    struct expr name = {.kind = EXPR_MAP, .name = decl->name, .span = decl->span};
    struct map_info *map = NULL;

    resolve_whole_map(s, &name);
    map = &name.symbol->map;
    if (map->is_declared) {
        diag_note(diag_add(s->v.diags, E_MAP_REDECLARED, decl->span,
                           "Redeclaration of existing map: %.*s", STR_ARG(map->name)),
                  map->span, "This is the initial declaration.");
        return;
    }
    map->is_declared = true;
    map->kind = find_kind(s, decl);
    map->max_entries = size_of(s, decl);
}

void declare_maps(struct sema *s, const struct program *program)
{
    for (const struct map_decl *decl = program->map_decls.first; decl; decl = decl->next)
        declare_map(s, decl);
}

static void check_use(struct sema *s, const struct map_info *map)
{
    bool is_agg = map->value->kind == TYPE_AGG;
    struct str type = type_name(s->arena, map->value);
    const char *article = map->kind->name[0] == 'a' ? "an" : "a";

    if (map->is_scalar) {
        diag_add(s->v.diags, E_MAP_IS_SCALAR, map->span,
                 "%.*s is declared as %s %s but used without keys (scalar map)", STR_ARG(map->name),
                 article, map->kind->name);
    } else if (is_agg != map->kind->is_percpu) {
        diag_hint(diag_add(s->v.diags, E_MAP_KIND, map->span,
                           "%.*s is declared as %s %s but holds values of type '%.*s'",
                           STR_ARG(map->name), article, map->kind->name, STR_ARG(type)),
                  is_agg ? "Aggregations are kept in a percpuhash or a percpulruhash."
                         : "A percpuhash holds aggregations only; take hash, lruhash or array.");
    } else if (map->kind->bpf_type == BPF_MAP_TYPE_ARRAY && !type_is_integer(map->key)) {
        struct str key = type_name(s->arena, map->key);

        diag_add(s->v.diags, E_MAP_KIND, map->span,
                 "%.*s is declared as an array but has keys of type '%.*s'", STR_ARG(map->name),
                 STR_ARG(key));
    }
}

void check_map_decls(struct sema *s)
{
    vec_foreach(symbol, &s->maps) {
        const struct map_info *map = &(*symbol)->map;

        if (!map->is_declared)
            continue;
        if (!map->is_scalar && !map->is_keyed) {
            diag_add(s->v.diags, W_UNUSED_MAP, map->span, "Unused map: %.*s", STR_ARG(map->name));
        } else if (map->kind && map->value) {
            check_use(s, map);
        }
    }
}
