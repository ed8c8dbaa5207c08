/* begin, end, self, test and bench: raw tracepoint programs that are attached to nothing and run by
 * BPF_PROG_TEST_RUN, in the context of this process. */
#include "runtime/attach.h"

const struct attach_ops attach_ops_begin = {
    .when = ATTACH_BEGIN,
    .methods = 1u << METHOD_TEST_RUN,
};

const struct attach_ops attach_ops_end = {
    .when = ATTACH_END,
    .methods = 1u << METHOD_TEST_RUN,
};

const struct attach_ops attach_ops_self = {
    .when = ATTACH_SIGNAL,
    .methods = 1u << METHOD_TEST_RUN,
};

const struct attach_ops attach_ops_test = {
    .when = ATTACH_TEST,
    .methods = 1u << METHOD_TEST_RUN,
};

const struct attach_ops attach_ops_bench = {
    .when = ATTACH_BENCH,
    .methods = 1u << METHOD_TEST_RUN,
};
