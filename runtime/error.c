/* Filling in struct ptl_error. Texts longer than its arrays are cut: an error about an error helps
 * nobody. */
#include "runtime/error.h"

#include <stdarg.h>
#include <string.h>

int error_set(struct ptl_error *e, int err, int exit_status, const char *fmt, ...)
{
    va_list args;

    e->err = err;
    e->exit_status = exit_status;
    e->hint[0] = '\0';
    va_start(args, fmt);
    (void)vsnprintf(e->text, sizeof(e->text), fmt, args); // cut on purpose
    va_end(args);
    return err;
}

void error_hint(struct ptl_error *e, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(e->hint, sizeof(e->hint), fmt, args); // cut on purpose
    va_end(args);
}

const char *error_text(int err)
{
    const char *text = strerrordesc_np(-err); // unlike strerror() it has no state

    return text != NULL ? text : "unknown error";
}
