/* What uprobe, uretprobe and usdt name: a binary, and a place in it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#include "runtime/instructions.h"
#include "runtime/uprobe.h"

enum {
    FUNCTION_MAX_BYTES = 16 << 20, /* more of one is not decoded */
};

static int report(const struct attach_point *point, struct diags *diags, const char *what,
                  struct str which)
{
    (void)diag_add(diags, E_ATTACH_BINARY, attach_span(point), "%s: %.*s", what, STR_ARG(which));
    return -ENOENT;
}

static int report_no_function(const struct attach_point *point, struct binary *binary,
                              struct diags *diags)
{
    struct str name = point->row->text1;
    _cleanup_buf_ struct buf nearest = {0};
    struct diag *diag = diag_add(
        diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for %s %.*s:%.*s.",
        probe_name((enum probe_id)point->row->provider), STR_ARG(point->row->text0), STR_ARG(name));

    if (binary_nearest(binary, name, &nearest))
        diag_hint(diag, "Did you mean '%.*s'?", (int)nearest.n, nearest.p);
    return -ENOENT;
}

static int report_instruction(const struct attach_point *point, struct diags *diags, int err,
                              const u64 around[2])
{
    struct str name = point->row->name;
    struct diag *diag = NULL;

    if (err == -EINVAL) {
        diag = diag_add(diags, E_ATTACH_INSTRUCTION, attach_span(point),
                        "The offset lies inside of an instruction: %.*s", STR_ARG(name));
        diag_hint(diag, "Instructions begin at +%" PRIu64 " and +%" PRIu64 ".", around[0],
                  around[1]);
    } else if (err == -ELIBACC || err == -ENOTSUP) {
        diag = diag_add(diags, E_ATTACH_INSTRUCTION, attach_span(point),
                        "Without libcapstone nobody knows whether an instruction begins here: %.*s",
                        STR_ARG(name));
        diag_hint(diag, err == -ENOTSUP
                            ? "A static ptrace-lite cannot load it: attach without a check by "
                              "--unsafe, or use the one that is not static."
                            : "Install it (Debian: libcapstone4), or attach without a check by "
                              "--unsafe.");
    } else if (err == -EILSEQ || err == -EIO) {
        diag =
            diag_add(diags, E_ATTACH_INSTRUCTION, attach_span(point),
                     "The instructions before the offset cannot be decoded: %.*s", STR_ARG(name));
        diag_hint(diag, "--unsafe attaches without a check.");
    } else {
        return attach_report(point, diags, err);
    }
    return -ENOENT;
}

/* The offset must be that of an instruction. */
static int check_instruction(const struct attach_point *point, const struct binary *binary,
                             const struct binary_symbol *symbol, struct diags *diags)
{
    u64 offset = point->row->num0, around[2] = {0};
    size_t n = MIN(symbol->size, offset + INSTRUCTION_BYTES);
    _cleanup_free_ u8 *bytes = NULL;
    int err = -EILSEQ;

    if (offset == 0 || point->env->allows_unsafe)
        return 0;
    if (offset <= FUNCTION_MAX_BYTES) {
        bytes = malloc(n);
        err = bytes == NULL ? -ENOMEM : binary_read(binary, symbol->offset, bytes, n);
    }
    if (err == 0)
        err = instruction_check(bytes, n, offset, &around[0], &around[1]);
    return err != 0 ? report_instruction(point, diags, err, around) : 0;
}

int uprobe_find(const struct attach_point *point, struct binary *binary, struct diags *diags,
                u64 *address_out, u64 *out)
{
    const struct meta_attach *row = point->row;
    struct binary_symbol symbol;

    if (row->num1 != 0) {
        *address_out = row->num0;
        if (binary_offset(binary, row->num0, out) == 0)
            return 0;
        return report(point, diags, "Nothing is loaded at this address of the binary",
                      point->row->text0);
    }
    if (binary_find(binary, row->text1, &symbol) != 0)
        return report_no_function(point, binary, diags);
    if (row->num0 != 0 && row->num0 >= symbol.size)
        return report(point, diags, "The offset lies outside of the function", point->row->text0);
    *address_out = symbol.address + row->num0;
    *out = symbol.offset + row->num0;
    return check_instruction(point, binary, &symbol, diags);
}

/* Programs that Go made say so. */
static int check_go(const struct attach_point *point, struct binary *binary, struct diags *diags)
{
    struct diag *diag = NULL;

    if (!uprobe_is_return(point) || point->env->allows_unsafe ||
        binary_section_address(binary, ".go.buildinfo") == 0)
        return 0;
    diag =
        diag_add(diags, E_ATTACH_GO, attach_span(point),
                 "A return probe can end %.*s, which is a Go program", STR_ARG(point->row->text0));
    diag_hint(diag, "Probe the places where the function returns (uprobe:BINARY:FUNCTION+OFFSET), "
                    "or take the risk with --unsafe.");
    return -EPERM;
}

int uprobe_open_binary(const struct attach_point *point, struct diags *diags, char *path,
                       struct binary **out)
{
    const struct attach_env *env = point->env;
    int err = binary_path(point->row->text0, env->search_path, env->pid, path, PATH_MAX);

    if (err != 0 && point->row->text0.n == 0) {
        return report(point, diags,
                      "The probe names no binary, and without -p there is none to take",
                      point->row->name);
    }
    if (err == -EACCES && str_index(point->row->text0, '/') < 0)
        err = -ENOENT; // a file in $PATH that is no program
    if (err == 0)
        err = binary_open(path, out);
    if (err == -ENOENT)
        return report(point, diags, "No such program or library", point->row->text0);
    if (err == -ENOEXEC)
        return report(point, diags, "This is not an ELF program or library", point->row->text0);
    if (err == -ENODATA)
        return report(point, diags, "The end of this ELF file is missing", point->row->text0);
    return err != 0 ? attach_report(point, diags, err) : check_go(point, *out, diags);
}

bool uprobe_is_return(const struct attach_point *point)
{
    return point->row->provider == PROBE_URETPROBE;
}

bool uprobe_is_pattern(const struct attach_point *point)
{
    return point->row->provider == PROBE_USDT || str_is_pattern(point->row->text1) ||
           str_starts(point->row->text1, PTL_CPP_PREFIX);
}
