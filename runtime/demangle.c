/* The symbols are anybody's: what they expand to is cut, and libiberty bounds its own recursion. */
#include "runtime/demangle.h"

#include <libiberty/demangle.h>

#include "abi/abi.h"

enum {
    SYMBOL_MAX = 4096, /* longer ones are left as they are */
    NAME_MAX_BYTES = 16 << 10,
};

static void on_text(const char *text, size_t n, void *data)
{
    struct buf *out = data;

    if (out->n + n <= NAME_MAX_BYTES)
        buf_add(out, text, n);
}

bool demangle(struct str symbol, enum demangle_form form, struct buf *out)
{
    _cleanup_buf_ struct buf text = {0};
    _cleanup_buf_ struct buf name = {0};
    int options = form == DEMANGLE_FULL ? DMGL_PARAMS | DMGL_ANSI : 0;

    /* All begin with "_Z" or "_R". */
    if (symbol.n < 3 || symbol.n > SYMBOL_MAX || symbol.p[0] != '_' ||
        (symbol.p[1] != 'Z' && symbol.p[1] != 'R'))
        return false;
    buf_add_str(&text, symbol);
    buf_add_char(&text, '\0');
    if (text.failed || (!rust_demangle_callback(text.p, options, on_text, &name) &&
                        !cplus_demangle_v3_callback(text.p, options, on_text, &name)))
        return false;
    buf_add(out, name.p, name.n);
    return name.n != 0;
}

bool demangle_matches(const char *wanted, const char *symbol, struct buf *name)
{
    const char *pattern = wanted + strlen(PTL_CPP_PREFIX);
    _cleanup_buf_ struct buf text = {0};

    if (strncmp(wanted, PTL_CPP_PREFIX, strlen(PTL_CPP_PREFIX)) != 0) {
        if (!str_matches(wanted, symbol))
            return false;
        buf_add_cstr(name, symbol);
        return true;
    }
    if (!demangle(str_of(symbol), strchr(pattern, '(') != NULL ? DEMANGLE_FULL : DEMANGLE_NAME,
                  &text))
        return false;
    buf_add_char(&text, '\0');
    if (text.failed || !str_matches(pattern, text.p))
        return false;
    buf_add_cstr(name, PTL_CPP_PREFIX);
    (void)demangle(str_of(symbol), DEMANGLE_FULL, name);
    return true;
}
