/* The table of settings. */
#include "abi/config.h"

#include "abi/record.h"

static const struct config_row rows[] = {
#define CONFIG(name, kind, min, max, preset, words, effect, doc) \
    {#name, CONFIG_KIND_##kind, CONFIG_EFFECT_##effect, min, max, preset, words, doc},
#include "abi/config.def"
#undef CONFIG
};

const struct config_row *config_row(enum config_id id)
{
    return &rows[id];
}

struct config_value config_preset(enum config_id id)
{
    const struct config_row *row = &rows[id];

    return (struct config_value){row->preset, row->kind == CONFIG_KIND_TEXT ? str_of(row->words)
                                                                            : (struct str){"", 0}};
}

struct str config_word(const struct config_row *row, u64 num)
{
    struct str rest = str_of(row->words);

    for (;; num--) {
        int end = str_index(rest, '|');

        if (num == 0)
            return end < 0 ? rest : str_sub(rest, 0, (u32)end);
        if (end < 0)
            return (struct str){"", 0};
        rest = str_sub(rest, (u32)end + 1, rest.n);
    }
}

struct config_value config_of(const struct meta *meta, enum config_id id)
{
    const struct config_row *row = &rows[id];
    struct config_value value = config_preset(id);

    vec_foreach(setting, &meta->settings) {
        if (str_eq_c(setting->name, row->name))
            value = (struct config_value){setting->num, setting->text};
    }
    if (row->kind == CONFIG_KIND_INT)
        value.num = MAX(row->min, MIN(row->max, value.num));
    return value;
}
