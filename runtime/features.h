/* What the running kernel can do, found out by trying, and only when something needs it. */
#pragma once

#include "runtime/runtime.h"

/* ORDER: the rows of features.def. */
enum feature_id {
#define FEATURE(id, name, missing, hint) FEATURE_##id,
#include "runtime/features.def"
#undef FEATURE
    FEATURE_ID_COUNT_
};

struct features {
    enum feature_state states[FEATURE_ID_COUNT_]; /* as far as known */
};

/* Start with nothing known, but the names of --no-feature as missing. names: borrowed, n of them.
 * Returns 0, or -EINVAL with *err listing the known names when one is unknown. */
int features_init(struct features *f, const char *const *names, u32 n, struct ptl_error *err);

/* Make sure of a feature, probing it the first time. Returns 0, or a negative errno with *err: one
 * sentence on what is missing, and what to do. */
int features_need(struct features *f, enum feature_id id, struct ptl_error *err);

/* Is the feature known to be missing: found so, or switched off by --no-feature? Probes nothing. */
bool features_is_off(const struct features *f, enum feature_id id);

/* Name of a feature, as in --no-feature; static string. */
const char *feature_name(enum feature_id id);
