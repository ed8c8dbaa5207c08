/* Declarations of C: struct, union, enum, typedef. Those of functions and variables have no meaning
 * here: they are reported, and skipped. */
#include "parser/c_reader.h"

static void decl_add(struct c_reader *r, struct c_decl *decl)
{
    struct program *p = r->program;

    if (p->c_decls.last) {
        p->c_decls.last->next = decl;
    } else {
        p->c_decls.first = decl;
    }
    p->c_decls.last = decl;
}

static struct c_decl *decl_new(struct c_stream *st, enum c_decl_kind kind, struct c_token name)
{
    struct c_decl *decl = arena_new(st->r->arena, struct c_decl);

    decl->kind = kind;
    decl->span = name.span;
    if (name.kind == C_WORD)
        decl->name = name.text;
    return decl;
}

/* ---- members ---- */

/* One declarator of a member, with its width. */
static struct c_field *read_member(struct c_stream *st, struct type_name *base,
                                   struct c_attributes attributes)
{
    struct c_field *field = arena_new(st->r->arena, struct c_field);
    struct c_token name;

    field->type = c_read_declarator(st, base, &name, &attributes);
    if (!field->type)
        return NULL;
    if (c_take(st, ":")) {
        field->bits = c_read_expr(st);
        c_read_attributes(st, &attributes);
        if (!field->bits)
            return NULL;
    }
    if (name.kind == C_END && !field->bits) {
        c_expected(st, "name of a member");
        return NULL;
    }
    field->name = name.text;
    field->span = name.kind == C_END ? field->bits->span : name.span;
    field->align = attributes.align;
    field->is_packed = attributes.is_packed;
    return field;
}

/* The members of one line. *end: where to add them; moved on. */
static bool read_member_line(struct c_stream *st, struct c_field ***end)
{
    struct c_attributes attributes = {0};
    struct type_name *base = c_read_specifiers(st, &attributes);

    if (!base)
        return false;
    if (c_is(st, ";")) { /* an anonymous struct or union; other types alone declare nothing */
        if (base->kind == TYPE_NAME_RECORD) {
            struct c_field *field = arena_new(st->r->arena, struct c_field);

            *field = (struct c_field){.span = base->span,
                                      .type = base,
                                      .align = attributes.align,
                                      .is_packed = attributes.is_packed};
            **end = field;
            *end = &field->next;
        }
        return c_expect(st, ";");
    }
    do {
        **end = read_member(st, base, attributes);
        if (!**end)
            return false;
        *end = &(**end)->next;
    } while (c_take(st, ","));
    return c_expect(st, ";");
}

static bool read_members(struct c_stream *st, struct c_decl *decl)
{
    struct c_field **end = &decl->fields;
    bool is_good = true;

    while (is_good && !c_is(st, "}")) {
        if (c_peek(st).kind == C_END) {
            c_expected(st, "'}'");
            return false;
        }
        if (!c_take(st, ";"))
            is_good = read_member_line(st, &end);
    }
    return is_good && c_expect(st, "}");
}

static bool read_enumerators(struct c_stream *st, struct c_decl *decl)
{
    struct c_enumerator **end = &decl->enumerators;

    while (!c_is(st, "}")) {
        struct c_enumerator *item = arena_new(st->r->arena, struct c_enumerator);
        struct c_token name = c_peek(st);

        if (name.kind != C_WORD) {
            c_expected(st, "name of an enumerator");
            return false;
        }
        (void)c_next(st);
        item->span = name.span;
        item->name = name.text;
        if (c_take(st, "=")) {
            item->value = c_read_expr(st);
            if (!item->value)
                return false;
        }
        *end = item;
        end = &item->next;
        if (!c_take(st, ","))
            break;
    }
    return c_expect(st, "}");
}

/* ---- struct, union, enum ---- */

/* The type that names a definition. */
static struct type_name *type_of(struct c_stream *st, struct c_decl *decl, struct span span)
{
    struct type_name *type = arena_new(st->r->arena, struct type_name);

    type->span = span;
    type->name = decl->name;
    if (decl->kind == C_DECL_ENUM) {
        type->kind = TYPE_NAME_ENUM;
    } else if (decl->name.n) {
        type->kind = decl->is_union ? TYPE_NAME_UNION : TYPE_NAME_STRUCT;
    } else {
        type->kind = TYPE_NAME_RECORD;
    }
    if (!decl->name.n)
        type->decl = decl;
    return type;
}

static bool read_body(struct c_stream *st, struct c_decl *decl, struct c_attributes *attributes)
{
    bool is_good = c_enter(st);

    if (is_good) {
        is_good = decl->kind == C_DECL_ENUM ? read_enumerators(st, decl) : read_members(st, decl);
        if (is_good)
            c_read_attributes(st, attributes);
    }
    st->r->depth--;
    return is_good;
}

struct type_name *c_read_tagged(struct c_stream *st, struct c_token keyword)
{
    struct c_attributes attributes = {0};
    bool is_enum = str_eq_c(keyword.text, "enum"), has_tag = false;
    struct c_token name = keyword;
    struct c_decl *decl = NULL;

    c_read_attributes(st, &attributes);
    has_tag = c_peek(st).kind == C_WORD;
    if (has_tag)
        name = c_next(st);
    decl = decl_new(st, is_enum ? C_DECL_ENUM : C_DECL_RECORD, name);
    if (!has_tag)
        decl->name = (struct str){"", 0};
    decl->is_union = str_eq_c(keyword.text, "union");
    if (!c_take(st, "{")) {
        if (!has_tag)
            c_expected(st, "'{'");
        decl->is_forward = true;
        if (has_tag && c_is(st, ";"))
            decl_add(st->r, decl);
        return has_tag ? type_of(st, decl, span_join(keyword.span, name.span)) : NULL;
    }
    if (!read_body(st, decl, &attributes))
        return NULL;
    decl->is_packed = attributes.is_packed;
    decl->align = attributes.align;
    decl_add(st->r, decl);
    return type_of(st, decl, span_join(keyword.span, name.span));
}

/* ---- the top ---- */

/* To the end of a declaration that is not understood: behind the `;` or `}` that leaves no brace
 * open. */
static void skip_declaration(struct c_stream *st)
{
    while (c_peek(st).kind != C_END) {
        struct c_token token = c_next(st);
        char c = (char)(token.kind == C_PUNCT ? token.text.p[0] : '\0');

        if (st->braces > 0 || (c != ';' && c != '}'))
            continue;
        if (c == '}')
            (void)c_take(st, ";");
        return;
    }
}

static bool read_typedef(struct c_stream *st, struct c_attributes attributes,
                         struct type_name *base)
{
    do {
        struct c_attributes own = attributes;
        struct c_token name;
        struct type_name *type = c_read_declarator(st, base, &name, &own);
        struct c_decl *decl = NULL;

        if (!type)
            return false;
        if (name.kind != C_WORD) {
            c_expected(st, "name of the type");
            return false;
        }
        decl = decl_new(st, C_DECL_TYPEDEF, name);
        decl->type = type;
        decl->align = own.align;
        decl_add(st->r, decl);
    } while (c_take(st, ","));
    return c_expect(st, ";");
}

static void report_object(struct c_stream *st)
{
    diag_hint(diag_add(st->r->diags, E_C_UNSUPPORTED, c_peek(st).span,
                       "Only types are declared in C here: no variables, no functions"),
              "Values are read from what probes give, as in (struct NAME *)arg0.");
}

static bool read_one(struct c_stream *st)
{
    struct c_attributes attributes = {0};
    bool is_typedef = c_take(st, "typedef");
    struct type_name *base = NULL;
    const struct c_decl *before = st->r->program->c_decls.last;

    if (!is_typedef && (c_is(st, "extern") || c_is(st, "static") || c_is(st, "_Static_assert"))) {
        report_object(st);
        return false;
    }
    base = c_read_specifiers(st, &attributes);
    if (!base)
        return false;
    if (is_typedef)
        return read_typedef(st, attributes, base);
    /* As in bpftrace the `;` may be missing behind a definition: a probe may follow at once. */
    if (c_take(st, ";") || st->r->program->c_decls.last != before)
        return true;
    if (c_peek(st).kind == C_WORD || c_is(st, "*") || c_is(st, "(")) {
        report_object(st);
    } else {
        c_expected(st, "';'");
    }
    return false;
}

u32 c_read_declaration(struct c_reader *r, const struct source *src, u32 at)
{
    struct c_stream st;

    c_stream_init(&st, r, src, at);
    do {
        st.braces = 0;
        if (!read_one(&st))
            skip_declaration(&st);
    } while (st.n_frames > 1 && c_peek(&st).kind != C_END); /* a macro held more than one */
    return c_offset(&st);
}

void c_read_declarations(struct c_reader *r, const struct source *src)
{
    struct c_stream st;

    c_stream_init(&st, r, src, 0);
    while (c_peek(&st).kind != C_END) {
        st.braces = 0;
        if (!c_take(&st, ";") && !read_one(&st))
            skip_declaration(&st);
    }
}

struct c_reader *c_reader_new(struct arena *arena, struct diags *diags, struct program *program)
{
    struct c_reader *r = arena_new(arena, struct c_reader);

    r->arena = arena;
    r->diags = diags;
    r->program = program;
    (void)c_macro_define(r, STR("BPFTRACE_HAVE_BTF"), NO_SPAN, (struct source){.text = STR("1")});
    return r;
}
