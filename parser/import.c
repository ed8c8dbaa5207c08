/* Imports: other scripts become part of a program, as if they stood at its head. A file is taken
 * once: a second import of it, or one that leads back to it, adds nothing. */
#include "parser/import.h"

#include <errno.h>

#include "parser/build.h"

enum {
    MAX_NESTING = 64, /* of files that import each other */
};

struct importer {
    struct arena *arena;
    struct diags *diags;
    VEC(struct str) seen; /* identities */
    struct program all;   /* what was imported so far */
    struct clause *last_clause;
    u32 depth;
};

static void import_all(struct importer *im, const struct program *program, struct str from);

#define LIST_JOIN(to, from)                   \
    do {                                      \
        if ((to)->last) {                     \
            (to)->last->next = (from)->first; \
        } else {                              \
            (to)->first = (from)->first;      \
        }                                     \
        if ((from)->last)                     \
            (to)->last = (from)->last;        \
    } while (0)

/* Append what a program holds itself. */
static void program_add(struct importer *im, const struct program *p)
{
    struct program *all = &im->all;

    if (im->last_clause) {
        im->last_clause->next = p->clauses;
    } else {
        all->clauses = p->clauses;
    }
    for (struct clause *clause = p->clauses; clause; clause = clause->next)
        im->last_clause = clause;
    all->n_clauses += p->n_clauses;
    LIST_JOIN(&all->c_decls, &p->c_decls);
    LIST_JOIN(&all->map_decls, &p->map_decls);
    LIST_JOIN(&all->macros, &p->macros);
}

static struct diag *refuse(struct importer *im, struct span span, struct str path, const char *why)
{
    return diag_add(im->diags, E_IMPORT, span, "Can not import '%.*s': %s", STR_ARG(path), why);
}

static bool is_seen(struct importer *im, struct str identity)
{
    vec_foreach(seen, &im->seen) {
        if (str_eq(*seen, identity))
            return true;
    }
    *vec_push(im->arena, &im->seen) = identity;
    return false;
}

static void import_text(struct importer *im, struct span span, struct str path, struct str text)
{
    struct source source;
    struct program *program = NULL;

    if (im->diags->sources->list.n >= SOURCES_MAX || im->depth >= MAX_NESTING) {
        refuse(im, span, path, "too many files are imported");
        return;
    }
    source = *sources_add(im->diags->sources, path, text);
    program = parse_program(im->arena, &source, im->diags);
    if (!span_is_none(program->config_span)) {
        diag_note(diag_add(im->diags, E_IMPORT_CONFIG, program->config_span,
                           "An imported script can not have a config block"),
                  span, "This imports it.");
    }
    im->depth++;
    import_all(im, program, path);
    im->depth--;
    program_add(im, program);
}

/* Look up a path, then what is built in under the name as it was written. */
static int look_up(struct importer *im, struct str path, struct str written,
                   struct source_import *out)
{
    source_import_fn *import = im->diags->sources->import;
    int err = import ? import(im->arena, path, false, out) : -ENOENT;

    if (err == -ENOENT && import && import(im->arena, written, true, out) == 0)
        return 0;
    return err;
}

static void import_folder(struct importer *im, struct span span, struct str path,
                          const struct source_import *folder);

static void import_path(struct importer *im, struct span span, struct str path, struct str written)
{
    struct source_import found = {.is_folder = false};
    int err = look_up(im, path, written, &found);
    const char *why = strerrordesc_np(-err);

    if (err == -EFBIG) {
        refuse(im, span, path, "it is larger than 1 MiB");
    } else if (err == -EINVAL) {
        refuse(im, span, path, "it is neither a file nor a folder");
    } else if (err) {
        refuse(im, span, path, why ? why : "unknown error");
    } else if (found.is_open_to_all) {
        diag_hint(refuse(im, span, path, "everybody may write there"),
                  "What it holds would run with your rights: chmod o-w the file and its folder.");
    } else if (!found.is_built_in && !is_seen(im, found.identity)) {
        if (found.is_folder) {
            import_folder(im, span, path, &found);
        } else {
            import_text(im, span, path, found.text);
        }
    }
}

static void import_folder(struct importer *im, struct span span, struct str path,
                          const struct source_import *folder)
{
    vec_foreach(name, &folder->files) {
        struct str file = str_printf(im->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(*name));

        import_path(im, span, file, file);
    }
}

static bool ends_in(struct str name, const char *end)
{
    u32 n = (u32)strlen(end);

    return name.n >= n && str_eq_c(str_sub(name, name.n - n, name.n), end);
}

/* from: name of the source that the program was parsed from. */
static void import_all(struct importer *im, const struct program *program, struct str from)
{
    for (const struct import *import = program->imports.first; import; import = import->next) {
        struct str path = sources_path(im->diags->sources, from, import->path);

        if (ends_in(path, ".c") || ends_in(path, ".h")) {
            diag_hint(refuse(im, import->span, import->path, "C code is not supported"),
                      "#include \"FILE\" reads declarations of C.");
        } else if (import->path.n == 0) {
            refuse(im, import->span, import->path, "the name is empty");
        } else {
            import_path(im, import->span, path, import->path);
        }
    }
}

void import_scripts(struct arena *arena, struct program *program, struct str name,
                    struct diags *diags)
{
    struct importer im = {.arena = arena, .diags = diags};
    struct source_import self = {.is_folder = false};

    if (!program->imports.first)
        return;
    /* What leads back to the script itself adds nothing. */
    if (look_up(&im, name, name, &self) == 0)
        (void)is_seen(&im, self.identity);
    import_all(&im, program, name);
    program_add(&im, program);
    program->clauses = im.all.clauses;
    program->n_clauses = im.all.n_clauses;
    program->c_decls.first = im.all.c_decls.first;
    program->c_decls.last = im.all.c_decls.last;
    program->map_decls.first = im.all.map_decls.first;
    program->map_decls.last = im.all.map_decls.last;
    program->macros.first = im.all.macros.first;
    program->macros.last = im.all.macros.last;
}
