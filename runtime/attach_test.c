/* test and bench: raw tracepoint programs that run when run_tests.c calls for them. */
#include "runtime/attach.h"

const struct attach_ops attach_ops_test = {
    .when = ATTACH_TEST,
    .methods = 1u << METHOD_TEST_RUN,
};

const struct attach_ops attach_ops_bench = {
    .when = ATTACH_BENCH,
    .methods = 1u << METHOD_TEST_RUN,
};
