/* Words that do something with a formatted text: printf, errorf, warnf, system, cat. */
#include "stdlib/format.h"

static ir_val lower_printf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_PRINTF);
    return NULL;
}

static ir_val lower_errorf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_ERRORF);
    return NULL;
}

static ir_val lower_warnf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_WARNF);
    return NULL;
}

const struct func_desc fn_printf = {
    .name = "printf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Prints as printf(3): %d %i %u %x %X %o %c %s %p with flags, width and precision (`*` too). Integers are "
        "printed whole unless `h` or `hh` cuts them; %s takes any value. %r, %rx and %rh show a buffer as text, as "
        "\\xNN, and as bytes with spaces; %gr the flags of an allocation in the kernel by name.",
    .example = "BEGIN { printf(\"%-8s|%5d|%#x\\n\", \"name\", 42, 255); }",
    .check = format_check,
    .lower = lower_printf,
};

const struct func_desc fn_errorf = {
    .name = "errorf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Shows a text, formatted as by printf(), as an error at its place in the script, on standard error.",
    .example = "BEGIN { errorf(\"cannot work with %d\", 5); }",
    .check = format_check,
    .lower = lower_errorf,
};

const struct func_desc fn_warnf = {
    .name = "warnf",
    .sig = "(literal, ...) -> void",
    .doc = "The same as a warning.",
    .example = "BEGIN { warnf(\"%s is odd\", comm); }",
    .check = format_check,
    .lower = lower_warnf,
};

static ir_val lower_system(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_SYSTEM);
    return NULL;
}

const struct func_desc fn_system = {
    .name = "system",
    .sig = "(literal, ...) -> void",
    .doc =
        "Runs a command, formatted as by printf(), by sh -c; what it prints is part of the output. It runs when "
        "the record is read: the probe does not wait for it, but what comes behind it in the output does. Needs "
        "--unsafe.",
    .example = "BEGIN { system(\"echo %d\", 42); }",
    .flags = FN_UNSAFE,
    .check = format_check,
    .lower = lower_system,
};

static ir_val lower_cat(struct lowering *lo, struct call *c)
{
    lower_site(lo->v, format_send(lo, c, SITE_CAT))->num0 = lo->v->max_cat_bytes;
    return NULL;
}

const struct func_desc fn_cat = {
    .name = "cat",
    .sig = "(literal, ...) -> void",
    .doc =
        "Shows the file whose path is formatted as by printf(), at most 10240 bytes of it (config max_cat_bytes), when the record is "
        "read.",
    .example = "BEGIN { cat(\"/proc/%d/comm\", 1); }",
    .check = format_check,
    .lower = lower_cat,
};
