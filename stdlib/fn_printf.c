/* Words that show a formatted text: printf, errorf, warnf. */
#include "stdlib/format.h"

static ir_val lower_printf(struct lowering *lo, struct call *c)
{
    format_send(lo, c, SITE_PRINTF);
    return NULL;
}

static ir_val lower_errorf(struct lowering *lo, struct call *c)
{
    format_send(lo, c, SITE_ERRORF);
    return NULL;
}

static ir_val lower_warnf(struct lowering *lo, struct call *c)
{
    format_send(lo, c, SITE_WARNF);
    return NULL;
}

const struct func_desc fn_printf = {
    .name = "printf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Prints as printf(3): %d %i %u %x %X %o %c %s %p with flags, width and precision (`*` too). Integers are "
        "printed whole unless `h` or `hh` cuts them; %s takes any value. %r, %rx and %rh show a buffer as text, as "
        "\\xNN, and as bytes with spaces.",
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
