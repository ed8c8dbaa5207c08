/* test:NAME and bench:NAME: run by themselves, where that was asked for. */
#include "stdlib/vocab.h"

static bool parse_name(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    if (n == 1 && parts[0].n > 0) {
        point->text[0] = parts[0];
        return true;
    }
    diag_add(v->diags, E_PROBE_SPEC, point->span, "%s takes a name: %s",
             probe_name(point->probe->id), point->probe->forms);
    return false;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_TEST = {
    .id = PROBE_TEST,
    .forms = "test:NAME",
    .doc =
        "A test of the script. With --test only BEGIN and the tests run, one after the other; one whose assert() fails, "
        "or which calls exit() with another code than 0, has failed.",
    .example = "test:sum { assert(1 + 1 == 2, \"numbers are odd\"); } BEGIN { }",
    .exec = EXEC_ALONE,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_TEST_RUN,
    .parse = parse_name,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_BENCH = {
    .id = PROBE_BENCH,
    .forms = "bench:NAME",
    .doc =
        "A benchmark. With --bench only BEGIN and the benchmarks run, each again and again for at least 1 ms; the time "
        "of a run is printed.",
    .example = "bench:count { @ = count(); } BEGIN { }",
    .exec = EXEC_ALONE,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_TEST_RUN,
    .parse = parse_name,
};
