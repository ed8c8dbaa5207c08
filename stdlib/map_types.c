/* Types of maps: found from every use over the whole script, one type for the key and one for the
 * value. */
#include "stdlib/vocab.h"

bool map_join_key(struct vocab *v, struct map_info *map, const struct type *key, struct span span)
{
    if (!type_is_known(key))
        return true;
    if (!type_is_known(map->key)) {
        map->key = key;
        return true;
    }

    const struct type *joined = type_join(v->types, map->key, key);

    if (joined) {
        map->key = joined;
        return true;
    }

    struct str got = type_name(v->arena, key);
    struct str expected = type_name(v->arena, map->key);

    diag_add(v->diags, E_KEY_TYPE, span,
             "Argument mismatch for %.*s: trying to access with arguments: '%.*s' when map expects "
             "arguments: '%.*s'",
             STR_ARG(map->name), STR_ARG(got), STR_ARG(expected));
    return false;
}

static const char *params_word(enum agg_id agg)
{
    return agg == AGG_HIST ? "bits" : agg == AGG_TSERIES ? "parameters" : "bounds";
}

/* The same aggregation with other constants: bounds of a histogram. */
static bool report_params(struct vocab *v, const struct type *old, const struct type *value,
                          struct span span)
{
    if (old->kind != TYPE_AGG || value->kind != TYPE_AGG || old->agg != value->agg)
        return false;

    diag_add(v->diags, E_AGG_PARAMS, span, "Different %s %s in a single map unsupported",
             agg_name(value->agg), params_word(value->agg));
    return true;
}

bool map_join_value(struct vocab *v, struct map_info *map, const struct type *value,
                    struct span span)
{
    if (!type_is_known(value))
        return true;
    if (!type_is_known(map->value)) {
        map->value = value;
        return true;
    }

    const struct type *joined = type_join(v->types, map->value, value);

    if (joined) {
        map->value = joined;
        return true;
    }
    if (report_params(v, map->value, value, span))
        return false;

    struct str got = type_name(v->arena, value);
    struct str expected = type_name(v->arena, map->value);
    diag_add(v->diags, E_MAP_VALUE_TYPE, span,
             "Type mismatch for %.*s: trying to assign value of type '%.*s' when map already has a "
             "type '%.*s'",
             STR_ARG(map->name), STR_ARG(got), STR_ARG(expected));

    return false;
}
