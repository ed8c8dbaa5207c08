/* The answer of the kernel's verifier, told at the place in the script. */
#pragma once

#include "base/diag.h"
#include "runtime/elf.h"

/* What a log says. Texts are views into the log, or static. */
struct verdict {
    enum diag_code code;
    const char *text; /* what we say, with '@' for `word`; NULL: nothing but the kernel's line */
    const char *hint; /* may be empty */
    struct str word;
    struct str line; /* the line of the log that tells */
    u32 insn;
    bool has_insn; /* is insn known? */
};

/* Read a verifier's log (level 1). err: negative errno of the load, which tells when the log does
 * not. */
void verifier_read(struct str log, int err, struct verdict *out);

/* Report why the kernel refused the program `name`, at its place in the script, or at `fallback`
 * where that is not known. sources: those of the metadata, that diags points into. */
void verifier_report(const struct elf_view *elf, struct str name, struct str log, int err,
                     struct span fallback, struct diags *diags);
