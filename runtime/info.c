/* --info: what the running kernel can do. */
#include <stdio.h>
#include <sys/utsname.h>

#include "runtime/features.h"
#include "runtime/perf.h"

#define NAME_COLUMN 16

static void print_row(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, "  %-*s %s\n", NAME_COLUMN, name, value); // the caller checks the stream
}

static void print_system(FILE *out)
{
    struct utsname system = {0};
    _cleanup_free_ u32 *cpus = NULL;
    u32 n_cpus = 0;
    char text[32];

    (void)uname(&system); // cannot fail with a valid pointer
    (void)fputs("System\n", out);
    print_row(out, "kernel", system.release);
    print_row(out, "machine", system.machine);
    if (perf_online_cpus(&cpus, &n_cpus) == 0) {
        (void)snprintf(text, sizeof(text), "%u", n_cpus); // fits
        print_row(out, "cpus", text);
    }
    print_row(out, "ptrace-lite", "v" PTL_VERSION);
}

int ptl_info(const char *const *no_features, u32 n, FILE *out, struct ptl_error *err)
{
    struct features features;
    int failed = features_init(&features, no_features, n, err);

    if (failed != 0)
        return failed;
    print_system(out);
    (void)fputs("Kernel features\n", out);
    for (int id = 0; id < FEATURE_ID_COUNT_; id++) {
        struct ptl_error why = {0};
        bool is_there = features_need(&features, (enum feature_id)id, &why) == 0;

        print_row(out, feature_name((enum feature_id)id), is_there ? "yes" : "no");
        if (!is_there)
            (void)fprintf(out, "  %-*s %s %s\n", NAME_COLUMN, "", why.text, why.hint);
    }
    return 0;
}
