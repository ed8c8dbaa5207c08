/* Names of types, as diagnostics show them. */
#include "ir/type.h"

static void tuple_print(struct buf *out, const struct type *t)
{
    buf_add_char(out, '(');
    for (u32 i = 0; i < t->n_elems; i++) {
        if (i)
            buf_add_char(out, ',');
        if (t->names)
            buf_printf(out, "%.*s=", STR_ARG(t->names[i]));
        type_print(
            out, t->elems[i]); /* a tuple nests only as deep as the parser lets expressions nest */
    }
    buf_add_char(out, ')');
}

static void named_print(struct buf *out, const char *word, struct str name)
{
    buf_printf(out, "%s %.*s", word, name.n ? (int)name.n : 6, name.n ? name.p : "<anon>");
}

static void pointer_print(struct buf *out, const struct type *t)
{
    type_print(out, t->of);
    buf_add_cstr(out, t->of->kind == TYPE_POINTER ? "*" : " *");
}

void type_print(struct buf *out, const struct type *t)
{
    switch (t->kind) {
    case TYPE_ERROR:
        buf_add_cstr(out, "error");
        break;
    case TYPE_VOID:
        buf_add_cstr(out, "void");
        break;
    case TYPE_INT:
        buf_printf(out, "%sint%u", t->is_signed ? "" : "u", t->size * 8);
        break;
    case TYPE_BOOL:
        buf_add_cstr(out, "bool");
        break;
    case TYPE_STRING:
        buf_printf(out, "string[%u]", t->size);
        break;
    case TYPE_TUPLE:
        tuple_print(out, t);
        break;
    case TYPE_KSYM:
        buf_add_cstr(out, "ksym_t");
        break;
    case TYPE_POINTER:
        pointer_print(out, t);
        break;
    case TYPE_ENUM:
        named_print(out, "enum", t->enumeration->name);
        break;
    case TYPE_STRUCT:
        named_print(out, t->composite->is_union ? "union" : "struct", t->composite->name);
        break;
    case TYPE_BUFFER:
        buf_printf(out, "buffer[%u]", t->size);
        break;
    case TYPE_ARRAY:
        type_print(out, t->of);
        buf_printf(out, "[%u]", t->n_elems);
        break;
    case TYPE_SHAPE:
        buf_printf(out, "%s_t", shape_name(t->shape));
        if (t->size) {
            buf_printf(out, "[%.*s, %u]", STR_ARG(t->text),
                       (t->size - STACK_HEADER_BYTES) / stack_frame_bytes(t->text));
        }
        break;
    case TYPE_AGG:
        buf_add_cstr(out, agg_type_name(t->agg));
        break;
    case TYPE_COUNT_:
        break;
    }
}

struct str type_name(struct arena *arena, const struct type *t)
{
    _cleanup_buf_ struct buf out = {0};

    type_print(&out, t);
    return str_dup(arena, (struct str){out.p, (u32)out.n});
}
