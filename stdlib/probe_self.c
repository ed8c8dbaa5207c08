/* self:signal:SIGUSR1: ptrace-lite itself gets the signal. */
#include "stdlib/vocab.h"

static bool parse_self(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    if (n == 2 && str_eq_c(parts[0], "signal") && str_eq_c(parts[1], "SIGUSR1"))
        return true;
    diag_hint(diag_add(v->diags, E_PROBE_SPEC, point->span,
                       "self has no event like this: only a signal, and only SIGUSR1"),
              "It is written %s.", point->probe->forms);
    return false;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_SELF = {
    .id = PROBE_SELF,
    .forms = "self:signal:SIGUSR1",
    .doc = "ptrace-lite gets the signal, as with kill -USR1: to print what there is so far.",
    .example = "kprobe:vfs_read { @[comm] = count(); } self:signal:SIGUSR1 { print(@); clear(@); }",
    .exec = EXEC_OPEN,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_TEST_RUN,
    .parse = parse_self,
};
