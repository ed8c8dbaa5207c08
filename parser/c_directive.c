/* Directives: conditionals, macros, includes. See c_reader.h.
 *
 * A directive begins with `#` as the first character of a line, wherever the line is: between
 * declarations, between clauses, within a block. */
#include <string.h>

#include "parser/c_eval.h"
#include "parser/c_reader.h"

/* An #if that is not ended yet. */
struct conditional {
    struct span span;
    bool is_outer_active; /* the text around it */
    bool is_active;       /* the text here */
    bool was_active;      /* some branch was taken */
    bool has_else;
};

struct walk {
    struct c_reader *r;
    struct source src;
    struct c_file *file;
    char *out; /* the text without directives */
    VEC(struct conditional) conditionals;
};

/* A directive line, from behind `#`. */
struct directive {
    struct str text; /* the source's text up to the line's end */
    struct span name_span;
    struct str name;
    u32 at; /* offset behind the name */
};

static bool is_active(const struct walk *w)
{
    u32 n = w->conditionals.n;

    return n == 0 || w->conditionals.items[n - 1].is_active;
}

static struct span span_at(const struct walk *w, u32 begin, u32 end)
{
    return (struct span){w->src.base + begin, w->src.base + end};
}

/* Lines and NULs stay: the first for places, the second for the scanner's report. */
static void blank(struct walk *w, u32 begin, u32 end)
{
    for (u32 i = begin; i < end; i++) {
        if (w->out[i] != '\n' && w->out[i] != '\0')
            w->out[i] = ' ';
    }
}

/* The time goes on behind this directive. */
static void time_mark(struct walk *w, u32 end)
{
    *vec_push(w->r->arena, &w->file->marks) =
        (struct c_mark){.position = w->src.base + end, .time = w->r->now};
}

static bool is_blank_char(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Behind the comment at `at`. */
static u32 skip_comment(struct str text, u32 at)
{
    at += 3;
    while (at < text.n && (text.p[at] != '/' || text.p[at - 1] != '*'))
        at++;
    return MIN(at + 1, text.n);
}

/* Behind the string at `at`, which ends with its line at the latest. */
static u32 skip_string(struct str text, u32 at, bool is_directive)
{
    for (at++; at < text.n && text.p[at] != '\n'; at++) {
        if (text.p[at] == '"')
            return at + 1;
        if (text.p[at] == '\\' && at + 1 < text.n && (is_directive || text.p[at + 1] != '\n'))
            at++;
    }
    return at;
}

/* Is a path with a provider before it at `at`, as in uprobe:/usr/bin/x? In it no comment begins. */
static bool is_path_spec(struct str text, u32 at)
{
    u32 i = at;

    if (at > 0 && is_word_char(text.p[at - 1]))
        return false;
    while (i < text.n && is_word_char(text.p[i]))
        i++;
    return i > at && i + 1 < text.n && text.p[i] == ':' &&
           (text.p[i + 1] == '/' || text.p[i + 1] == '.');
}

static u32 skip_spec(struct str text, u32 at)
{
    while (at < text.n && !is_blank_char(text.p[at]) && !strchr(",{}<>\";=", text.p[at]))
        at++;
    return at;
}

/* Offset of the newline that ends the line at `at`, or of the text's end. A comment may take it
 * along to a later line, and so does a backslash at the end of a directive. */
static u32 line_end(struct str text, u32 at, bool is_directive)
{
    while (at < text.n && text.p[at] != '\n') {
        struct str rest = str_sub(text, at, text.n);

        if (str_starts(rest, "//")) {
            while (at < text.n && text.p[at] != '\n')
                at += is_directive && str_starts(str_sub(text, at, text.n), "\\\n") ? 2 : 1;
            at = MIN(at, text.n);
        } else if (str_starts(rest, "/*")) {
            at = skip_comment(text, at);
        } else if (text.p[at] == '"') {
            at = skip_string(text, at, is_directive);
        } else if (is_directive && str_starts(rest, "\\\n")) {
            at += 2;
        } else if (!is_directive && is_path_spec(text, at)) {
            at = skip_spec(text, at);
        } else {
            at++;
        }
    }
    return at;
}

static struct str directive_rest(const struct directive *d)
{
    u32 at = d->at, end = d->text.n;

    while (at < end && is_blank_char(d->text.p[at]))
        at++;
    while (end > at && is_blank_char(d->text.p[end - 1]))
        end--;
    return str_sub(d->text, at, end);
}

/* The word that a directive is about; reported and false where there is none. */
static bool directive_word(struct walk *w, struct directive *d, struct c_token *out)
{
    struct source src = {.text = d->text, .base = w->src.base};
    struct c_stream st;

    c_stream_init(&st, w->r, &src, d->at);
    *out = c_next_raw(&st);
    if (out->kind == C_WORD) {
        d->at = c_offset(&st);
        return true;
    }
    diag_add(w->r->diags, E_SYNTAX, d->name_span, "syntax: expected a name behind '#%.*s'",
             STR_ARG(d->name));
    return false;
}

/* The text of a macro, of the same length as in the source: comments and continuations become
 * spaces. */
static struct source macro_body(const struct walk *w, const struct directive *d)
{
    u32 begin = d->at, end = d->text.n;
    char *copy = arena_alloc(w->r->arena, (size_t)d->text.n + 1);
    struct str text = {copy, d->text.n};

    memcpy(copy, d->text.p, d->text.n);
    for (u32 at = begin; at < end;) {
        struct str rest = str_sub(text, at, end);
        u32 next = at + 1;
        bool is_space = copy[at] == '\n' || str_starts(rest, "\\\n");

        if (copy[at] == '"') {
            next = skip_string(text, at, true);
        } else if (str_starts(rest, "//")) {
            is_space = true;
            next = end;
        } else if (str_starts(rest, "/*")) {
            is_space = true;
            next = skip_comment(text, at);
        }
        if (is_space)
            memset(copy + at, ' ', next - at);
        at = next;
    }
    while (begin < end && is_blank_char(copy[begin]))
        begin++;
    while (end > begin && is_blank_char(copy[end - 1]))
        end--;
    return (struct source){
        .name = w->src.name, .text = str_sub(text, begin, end), .base = w->src.base + begin};
}

static void do_define(struct walk *w, struct directive *d)
{
    struct c_token name;
    struct c_macro *macro = NULL;
    bool is_function = false;

    if (!directive_word(w, d, &name))
        return;
    is_function = d->at < d->text.n && d->text.p[d->at] == '(';
    w->r->now++;
    macro = c_macro_define(w->r, name.text, name.span, macro_body(w, d));
    macro->is_function = is_function;
    time_mark(w, d->text.n);
}

static void do_undef(struct walk *w, struct directive *d)
{
    struct c_token name;

    if (!directive_word(w, d, &name))
        return;
    w->r->now++;
    c_macro_undefine(w->r, name.text);
    time_mark(w, d->text.n);
}

static void include_file(struct walk *w, struct str path, struct span span)
{
    struct c_reader *r = w->r;
    struct source src;
    const struct source *loaded = NULL;
    int err = 0;

    if (r->n_includes >= C_MAX_NESTING || r->diags->sources->list.n >= SOURCES_MAX) {
        diag_add(r->diags, E_TOO_DEEP, span, "syntax: too many files are included");
        return;
    }
    err = sources_load(r->diags->sources, w->src.name, path, &loaded);
    if (err) {
        const char *why = strerrordesc_np(-err);

        diag_add(r->diags, E_INCLUDE, span, "Cannot read '%.*s': %s", STR_ARG(path),
                 why ? why : "unknown error");
        return;
    }
    src = *loaded;
    r->n_includes++;
    src.text = c_preprocess(r, &src);
    c_read_declarations(r, &src);
    r->n_includes--;
}

static void do_include(struct walk *w, struct directive *d)
{
    struct str rest = directive_rest(d);
    u32 at = (u32)(rest.p - d->text.p);
    int end = rest.n ? str_index(str_sub(rest, 1, rest.n), rest.p[0] == '<' ? '>' : '"') : -1;
    struct span span = span_at(w, at, at + (u32)(end + 2));

    if (end < 1 || (rest.p[0] != '<' && rest.p[0] != '"')) {
        diag_add(w->r->diags, E_SYNTAX, d->name_span,
                 "syntax: expected \"FILE\" or <FILE> behind '#include'");
    } else if (rest.p[0] == '"') {
        include_file(w, str_sub(rest, 1, (u32)end + 1), span);
        time_mark(w, d->text.n);
    } else if (!w->r->has_note) {
        w->r->has_note = true;
        diag_add(w->r->diags, W_INCLUDE_IGNORED, span,
                 "#include <...> is ignored: types of the kernel come from its BTF");
    }
}

/* Is the condition of #if or #elif true? Reports what is no condition. */
static bool condition_holds(struct walk *w, const struct directive *d)
{
    struct source src = {.text = d->text, .base = w->src.base};
    struct c_stream st;
    struct expr *e = NULL;
    struct c_eval eval = {.diags = w->r->diags, .is_directive = true};
    struct c_value value = {0};

    c_stream_init(&st, w->r, &src, d->at);
    st.is_directive = true;
    if (c_peek(&st).kind == C_END) {
        diag_add(w->r->diags, E_SYNTAX, d->name_span, "syntax: expected a condition behind '#%.*s'",
                 STR_ARG(d->name));
        return false;
    }
    e = c_read_expr(&st);
    if (!e)
        return false;
    if (c_peek(&st).kind != C_END)
        c_expected(&st, "the end of the line");
    return c_eval(&eval, e, &value) && value.num != 0;
}

static bool branch_holds(struct walk *w, struct directive *d)
{
    struct c_token name;
    bool is_defined = false;

    if (str_eq_c(d->name, "if") || str_eq_c(d->name, "elif"))
        return condition_holds(w, d);
    if (!directive_word(w, d, &name))
        return false;
    is_defined = c_macro_find(w->r, name.text, w->r->now);
    return is_defined != (str_eq_c(d->name, "ifndef") || str_eq_c(d->name, "elifndef"));
}

static void do_if(struct walk *w, struct directive *d)
{
    struct conditional c = {.span = d->name_span, .is_outer_active = is_active(w)};

    c.is_active = c.is_outer_active && branch_holds(w, d);
    c.was_active = c.is_active;
    *vec_push(w->r->arena, &w->conditionals) = c;
}

/* #else, #elif and #endif. */
static void do_branch(struct walk *w, struct directive *d)
{
    struct conditional *c = NULL;
    bool is_else = str_eq_c(d->name, "else");

    if (!w->conditionals.n) {
        diag_add(w->r->diags, E_CONDITIONAL, d->name_span, "#%.*s without #if", STR_ARG(d->name));
        return;
    }
    c = &w->conditionals.items[w->conditionals.n - 1];
    if (str_eq_c(d->name, "endif")) {
        w->conditionals.n--;
        return;
    }
    if (c->has_else) {
        diag_note(diag_add(w->r->diags, E_CONDITIONAL, d->name_span, "#%.*s behind #else",
                           STR_ARG(d->name)),
                  c->span, "The conditional begins here.");
    }
    c->has_else |= is_else;
    c->is_active = c->is_outer_active && !c->was_active && (is_else || branch_holds(w, d));
    c->was_active |= c->is_active;
}

static void do_error(struct walk *w, struct directive *d)
{
    diag_add(w->r->diags, E_DIRECTIVE_ERROR, d->name_span, "#error %.*s",
             STR_ARG(directive_rest(d)));
}

/* What has no meaning for types. */
static void do_nothing(struct walk *w, struct directive *d)
{
    (void)w;
    (void)d;
}

static const struct {
    const char *name;
    void (*act)(struct walk *w, struct directive *d);
    bool is_conditional; /* counts in text that is left out, too */
} directives[] = {
    {"if", do_if, true},
    {"ifdef", do_if, true},
    {"ifndef", do_if, true},
    {"elif", do_branch, true},
    {"elifdef", do_branch, true},
    {"elifndef", do_branch, true},
    {"else", do_branch, true},
    {"endif", do_branch, true},
    {"define", do_define, false},
    {"undef", do_undef, false},
    {"include", do_include, false},
    {"error", do_error, false},
    {"warning", do_nothing, false},
    {"pragma", do_nothing, false},
    {"ident", do_nothing, false},
    {"line", do_nothing, false},
};

/* `#!/usr/bin/...` as the first line, if need be behind a byte order mark. */
static bool is_shebang(struct str text, u32 hash)
{
    return str_starts(str_sub(text, hash, text.n), "#!") &&
           (hash == 0 || (hash == 3 && str_starts(text, "\xef\xbb\xbf")));
}

static void obey(struct walk *w, struct directive *d)
{
    if (!d->name.n && !directive_rest(d).n)
        return;
    for (u32 i = 0; i < ARRAY_SIZE(directives); i++) {
        if (!str_eq_c(d->name, directives[i].name))
            continue;
        if (is_active(w) || directives[i].is_conditional)
            directives[i].act(w, d);
        return;
    }
    if (is_active(w)) {
        diag_add(w->r->diags, E_SYNTAX, d->name_span, "syntax: unknown directive '#%.*s'",
                 STR_ARG(d->name));
    }
}

/* The directive whose `#` is at `hash`; returns the offset of its newline. */
static u32 directive_read(struct walk *w, u32 hash)
{
    struct str text = w->src.text;
    u32 end = line_end(text, hash + 1, true), at = hash + 1, begin = 0;
    struct directive d = {.text = str_sub(text, 0, end)};

    while (at < end && is_blank_char(text.p[at]))
        at++;
    begin = at;
    while (at < end && is_word_char(text.p[at]))
        at++;
    d.name = str_sub(text, begin, at);
    d.name_span = span_at(w, hash, at);
    d.at = at;
    if (!is_shebang(text, hash))
        obey(w, &d);
    blank(w, hash, end);
    return end;
}

struct str c_preprocess(struct c_reader *r, const struct source *src)
{
    struct c_file *file = arena_new(r->arena, struct c_file);
    struct walk w = {.r = r, .src = *src, .file = file};
    struct str text = src->text;

    *file = (struct c_file){.base = src->base, .size = text.n, .begin = r->now};
    *vec_push(r->arena, &r->files) = file;
    w.out = arena_alloc(r->arena, (size_t)text.n + 1);
    if (text.n)
        memcpy(w.out, text.p, text.n);
    for (u32 at = 0; at < text.n; at++) {
        u32 first = at;

        while (first < text.n && strchr(first < 3 ? " \t\xef\xbb\xbf" : " \t", text.p[first]) &&
               text.p[first])
            first++;
        if (first < text.n && text.p[first] == '#') {
            at = directive_read(&w, first);
        } else {
            u32 begin = at;

            at = line_end(text, at, false);
            if (!is_active(&w))
                blank(&w, begin, at);
        }
    }
    vec_foreach(c, &w.conditionals)
        diag_add(r->diags, E_CONDITIONAL, c->span, "This conditional has no #endif");
    return (struct str){w.out, text.n};
}
