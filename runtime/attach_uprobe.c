/* uprobe, uretprobe and usdt, by place in a file: events of the uprobe PMU, or one link for all
 * that a pattern stands for. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <linux/perf_event.h>

#include <bpf/bpf.h>

#include "runtime/attach.h"
#include "runtime/binary.h"
#include "runtime/demangle.h"
#include "runtime/instructions.h"
#include "runtime/link.h"
#include "runtime/perf.h"
#include "runtime/usdt.h"

enum {
    FUNCTION_MAX_BYTES = 16 << 20, /* more of one is not decoded */
};

/* LAYOUT: the uprobe PMU's format/ref_ctr_offset: config:32-63. */
#define SEMAPHORE_SHIFT 32

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

/* Address and offset in the file of what the row names. */
static int find_target(const struct attach_point *point, struct binary *binary, struct diags *diags,
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

/* Are the places for one link, so that there is nothing to open for each? */
static bool is_multi(const struct attach_point *point)
{
    return point->method == METHOD_UPROBE_MULTI || point->method == METHOD_URETPROBE_MULTI ||
           point->method == METHOD_USDT_MULTI;
}

/* semaphore: offset in the file of a counter that the kernel raises while the event is open; 0:
 * none.
 */
static int open_event(const struct attach_point *point, const char *path, u64 offset, u64 semaphore)
{
    struct perf_event_attr attr = {.size = sizeof(attr), .disabled = 1};
    int type = perf_pmu_type("uprobe");
    int bit = point->method == METHOD_URETPROBE ? perf_retprobe_bit("uprobe") : 0;

    if (type < 0 || bit < 0)
        return MIN(type, bit);
    attr.type = (u32)type;
    if (point->method == METHOD_URETPROBE)
        attr.config = (u64)1 << bit;
    attr.config |= semaphore << SEMAPHORE_SHIFT;
    attr.uprobe_path = (u64)(uintptr_t)path;
    attr.probe_offset = offset;
    return perf_event_open_for(&attr, point->env->pid);
}

/* Add a place, whose name has this index. */
static int add_place(struct attach_point *point, const char *path, u64 offset, u64 semaphore,
                     u32 index)
{
    int fd = is_multi(point) ? -1 : open_event(point, path, offset, semaphore);
    int err = fd < 0 && !is_multi(point) ? fd : attach_add_match(point, fd, index);

    if (err != 0)
        return err;
    point->events[point->n_events - 1].place = offset;
    point->events[point->n_events - 1].semaphore = semaphore;
    point->n_names++;
    return 0;
}

/* The matches of a pattern, while the symbols are gone through. */
struct matching {
    struct attach_point *point;
    const char *path;
    char *pattern;
};

/* Has the pattern this place already: the symbol is in both tables, or an alias? */
static bool is_known(const struct attach_point *point, u64 offset)
{
    for (u32 i = 0; i < point->n_events; i++) {
        if (point->events[i].place == offset)
            return true;
    }
    return false;
}

static int on_symbol(void *data, const struct binary_symbol *symbol)
{
    const struct matching *m = data;
    struct attach_point *point = m->point;
    const struct meta_attach *row = point->row;
    _cleanup_buf_ struct buf name = {0};
    u32 index = 0;
    int err = 0;

    if (!demangle_matches(m->pattern, symbol->name.p, &name) || is_known(point, symbol->offset))
        return name.failed ? -ENOMEM : 0;
    err = probe_names_add(point->env->names, &index, "%s:%.*s:%.*s",
                          probe_name((enum probe_id)row->provider), STR_ARG(row->text0),
                          (int)name.n, name.p);
    if (err == 0)
        err = probe_names_place(point->env->names, index, symbol->address);
    return err != 0 ? err : add_place(point, m->path, symbol->offset, 0, index);
}

static int open_pattern(struct attach_point *point, struct binary *binary, const char *path,
                        struct diags *diags)
{
    struct str pattern = point->row->text1;
    struct matching m = {point, path, strndup(pattern.p, pattern.n)};
    int err = m.pattern == NULL ? -ENOMEM : binary_each(binary, on_symbol, &m);

    free(m.pattern);
    if (err == 0 && point->n_names == 0)
        err = -ENOENT;
    return err != 0 ? attach_report_matches(point, diags, err) : 0;
}

/* The places of a usdt probe. */
struct placing {
    struct attach_point *point;
    struct binary *binary;
    const char *path;
    char *pattern; /* "NAMESPACE:NAME" */
    struct diags *diags;
};

static bool is_matched(const struct placing *p, const struct usdt_place *place)
{
    _cleanup_buf_ struct buf name = {0};

    buf_printf(&name, "%.*s:%.*s%c", STR_ARG(place->space), STR_ARG(place->name), '\0');
    return !name.failed && str_matches(p->pattern, name.p);
}

/* An argument that is written in an unknown way is no reason to do without the probe: it is 0. */
static int name_place(const struct placing *p, const struct usdt_place *place,
                      const struct ptl_usdt *args)
{
    struct attach_point *point = p->point;
    u32 index = 0;
    int err =
        probe_names_add(point->env->names, &index, "usdt:%.*s:%.*s:%.*s",
                        STR_ARG(point->row->text0), STR_ARG(place->space), STR_ARG(place->name));

    if (err == 0)
        err = probe_names_usdt(point->env->names, index, args);
    if (err == 0)
        err = probe_names_place(point->env->names, index, place->address);
    if (err == 0)
        err = add_place(point, p->path, place->offset, place->semaphore, index);
    return err;
}

static int on_place(void *data, const struct usdt_place *place)
{
    const struct placing *p = data;
    struct ptl_usdt args;
    int err = 0;

    if (!is_matched(p, place))
        return 0;
    err = usdt_args(p->binary, place, &args);
    if (err == -EINVAL) {
        (void)diag_add(p->diags, W_USDT_ARGS, attach_span(p->point),
                       "The arguments of %.*s:%.*s are written in a way that is not known: %.*s",
                       STR_ARG(place->space), STR_ARG(place->name), STR_ARG(place->args));
    }
    return name_place(p, place, &args);
}

static int open_places(struct attach_point *point, struct binary *binary, const char *path,
                       struct diags *diags)
{
    struct str pattern = point->row->text1;
    struct placing p = {point, binary, path, strndup(pattern.p, pattern.n), diags};
    int err = p.pattern == NULL ? -ENOMEM : usdt_each(binary, on_place, &p);

    free(p.pattern);
    if (err != 0)
        return attach_report_matches(point, diags, err);
    if (point->n_names != 0)
        return 0;
    diag_hint(diag_add(diags, E_ATTACH_NO_USDT, attach_span(point),
                       "No matches for usdt %.*s:%.*s.", STR_ARG(point->row->text0),
                       STR_ARG(pattern)),
              "ptrace-lite -l 'usdt:%.*s' lists those that there are.", STR_ARG(point->row->text0));
    return -ENOENT;
}

static int open_binary(const struct attach_point *point, struct diags *diags, char *path,
                       struct binary **out)
{
    const struct attach_env *env = point->env;
    int err = binary_path(point->row->text0, env->search_path, env->pid, path, PATH_MAX);

    if (err != 0 && point->row->text0.n == 0) {
        return report(point, diags,
                      "The probe names no binary, and without -p there is none to take",
                      point->row->name);
    }
    if (err != 0)
        return report(point, diags, "No such program or library", point->row->text0);
    err = binary_open(path, out);
    if (err == -ENOENT)
        return report(point, diags, "No such program or library", point->row->text0);
    if (err == -ENOEXEC)
        return report(point, diags, "This is not an ELF program or library", point->row->text0);
    if (err == -ENODATA)
        return report(point, diags, "The end of this ELF file is missing", point->row->text0);
    return err != 0 ? attach_report(point, diags, err) : 0;
}

/* Programs that Go made say so. */
static int check_go(const struct attach_point *point, struct binary *binary, struct diags *diags)
{
    struct diag *diag = NULL;

    if (point->method != METHOD_URETPROBE || point->env->allows_unsafe ||
        binary_section_address(binary, ".go.buildinfo") == 0)
        return 0;
    diag =
        diag_add(diags, E_ATTACH_GO, attach_span(point),
                 "A return probe can end %.*s, which is a Go program", STR_ARG(point->row->text0));
    diag_hint(diag, "Probe the places where the function returns (uprobe:BINARY:FUNCTION+OFFSET), "
                    "or take the risk with --unsafe.");
    return -EPERM;
}

/* One that is no pattern needs a cookie only for its place. */
static int open_target(struct attach_point *point, struct binary *binary, const char *path,
                       struct diags *diags)
{
    struct probe_names *names = point->env->names;
    u64 address = 0, offset = 0;
    u32 index = 0;
    int fd = -1;
    int err = find_target(point, binary, diags, &address, &offset);

    if (err != 0)
        return err;
    if (point->env->wants_places) {
        err = probe_names_add(names, &index, "%.*s", STR_ARG(point->row->name));
        if (err == 0)
            err = probe_names_place(names, index, address);
        if (err != 0)
            return attach_report_matches(point, diags, err);
    }
    fd = open_event(point, path, offset, 0);
    if (fd < 0)
        return attach_report(point, diags, fd);
    err =
        point->env->wants_places ? attach_add_match(point, fd, index) : attach_add_event(point, fd);
    return err != 0 ? attach_report(point, diags, err) : 0;
}

static int uprobe_open(struct attach_point *point, struct diags *diags)
{
    _cleanup_(binary_close) struct binary *binary = NULL;
    char path[PATH_MAX];
    int err = open_binary(point, diags, path, &binary);

    if (err == 0)
        err = check_go(point, binary, diags);
    if (err != 0)
        return err;
    if (is_multi(point)) {
        point->path = strdup(path);
        if (point->path == NULL)
            return attach_report(point, diags, -ENOMEM);
    }
    if (point->row->provider == PROBE_USDT)
        return open_places(point, binary, path, diags);
    if (str_is_pattern(point->row->text1) || str_starts(point->row->text1, PTL_CPP_PREFIX))
        return open_pattern(point, binary, path, diags);
    return open_target(point, binary, path, diags);
}

static int uprobe_aim(struct attach_point *point, struct diags *diags)
{
    (void)diags;
    if (is_multi(point)) {
        (void)bpf_program__set_expected_attach_type(
            point->program,
            (enum bpf_attach_type)LINK_UPROBE_MULTI); // fails only once it is loaded
    }
    return 0;
}

/* One link for all places. */
static int uprobe_enable(struct attach_point *point)
{
    u32 n = point->n_events;
    _cleanup_free_ u64 *words = calloc(3 * (size_t)n, sizeof(*words));
    struct link_request request = {.attach_type = LINK_UPROBE_MULTI};
    u64 *offsets = words, *semaphores = words + n, *cookies = words + 2 * (size_t)n;
    int link = -1;

    if (!is_multi(point))
        return attach_enable_events(point);
    if (words == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < n; i++) {
        offsets[i] = point->events[i].place;
        semaphores[i] = point->events[i].semaphore;
        cookies[i] = point->events[i].cookie;
    }
    request.prog_fd = (u32)bpf_program__fd(point->program);
    request.uprobes.path = (u64)(uintptr_t)point->path;
    request.uprobes.offsets = (u64)(uintptr_t)offsets;
    request.uprobes.ref_ctr_offsets = (u64)(uintptr_t)semaphores;
    request.uprobes.cookies = (u64)(uintptr_t)cookies;
    request.uprobes.cnt = n;
    if (point->method == METHOD_URETPROBE_MULTI)
        request.uprobes.flags = LINK_MULTI_RETURN;
    link = link_create(&request);
    return link < 0 ? link : attach_add_link(point, link);
}

const struct attach_ops attach_ops_uprobe = {
    .when = ATTACH_EVENTS,
    .is_lifo = true,
    .methods = 1u << METHOD_UPROBE | 1u << METHOD_URETPROBE | 1u << METHOD_USDT |
               1u << METHOD_UPROBE_MULTI | 1u << METHOD_URETPROBE_MULTI | 1u << METHOD_USDT_MULTI,
    .aim = uprobe_aim,
    .open = uprobe_open,
    .enable = uprobe_enable,
};
