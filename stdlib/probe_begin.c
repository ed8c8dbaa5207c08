/* BEGIN and END: before anything is attached, after everything is detached. */
#include "stdlib/vocab.h"

static bool parse_begin(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    (void)parts;
    if (n == 0)
        return true;
    diag_add(v->diags, E_PROBE_SPEC, point->span, "%s takes no arguments",
             probe_name(point->probe->id));
    return false;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_BEGIN = {
    .id = PROBE_BEGIN,
    .forms = "BEGIN",
    .doc =
        "Runs once, before any other probe is attached. A script of only BEGIN and END ends by itself.",
    .example = "BEGIN { print(\"hello\"); }",
    .exec = EXEC_ALONE,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_TEST_RUN,
    .parse = parse_begin,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_END = {
    .id = PROBE_END,
    .forms = "END",
    .doc =
        "Runs once at the end, when all other probes are detached and before the maps are printed.",
    .example = "BEGIN { @a = 1; } END { printf(\"%d\\n\", @a); clear(@a); }",
    .exec = EXEC_ALONE,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_TEST_RUN,
    .parse = parse_begin,
};
