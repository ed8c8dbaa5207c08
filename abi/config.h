/* Settings of a script: the table that compiler and runtime agree on. */
#pragma once

#include "abi/meta.h"

enum config_id {
#define CONFIG(name, kind, min, max, preset, words, effect, doc) CONFIG_##name,
#include "abi/config.def"
#undef CONFIG
    CONFIG_COUNT_
};

enum config_kind {
    CONFIG_KIND_INT,
    CONFIG_KIND_BOOL,
    CONFIG_KIND_WORD,
    CONFIG_KIND_TEXT,
};

enum config_effect {
    CONFIG_EFFECT_COMPILE,
    CONFIG_EFFECT_RUN,
    CONFIG_EFFECT_LATER,
    CONFIG_EFFECT_NONE,
};

/* A row of config.def. */
struct config_row {
    const char *name;
    enum config_kind kind;
    enum config_effect effect;
    u64 min, max, preset;
    const char *words; /* of TEXT: the preset */
    const char *doc;
};

/* A value: num, of TEXT text. */
struct config_value {
    u64 num;
    struct str text;
};

/* The row of a setting. */
const struct config_row *config_row(enum config_id id);
/* The value that it has where none is given. */
struct config_value config_preset(enum config_id id);
/* The word of a number of kind WORD; empty if it is none. */
struct str config_word(const struct config_row *row, u64 num);

/* The value that an object was made with, within the bounds of its row. */
struct config_value config_of(const struct meta *meta, enum config_id id);
