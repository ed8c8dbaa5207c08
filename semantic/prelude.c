/* The prelude: macros that every script has (stdlib/prelude.pt). It is parsed when the first name
 * turns up that nothing else explains; most scripts never need it. */
#include "stdlib/prelude.h"

#include "parser/parse.h"
#include "semantic/macro.h"

/* It has sources and diagnostics of its own: none of its positions gets into the script's. */
static struct macro *prelude_parse(struct arena *arena)
{
    struct sources sources;
    struct diags diags;
    struct program *program = NULL;

    sources_init(&sources, arena);
    diags_init(&diags, arena, &sources);
    program = parse_program(arena, sources_add(&sources, STR("prelude"), prelude_text()), &diags);
    if (diags.list.n > 0)
        ptl_bug("the prelude has errors");
    return program->macros.first;
}

bool expand_prelude(struct sema *s, struct expr *e)
{
    if (!s->prelude) {
        s->prelude = prelude_parse(s->arena);
        note_macro_names(s, s->prelude);
    }
    return expand_call_of(s, s->prelude, e);
}
