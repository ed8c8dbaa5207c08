/* The parser of format files. See Documentation/trace/events.rst of the kernel, "Event formats". */
#include "abi/event_format.h"

#include <errno.h>

/* The bits of a shape, in its high half. Part of the metadata. */
enum {
    SHAPE_SIGNED = 1,
    SHAPE_ARRAY = 2,
    SHAPE_DATA_LOC = 4,
    SHAPE_REL_LOC = 8,
};

/* Part of a line behind `key` and before the next `;`, as in "offset:8;". False if it is not there.
 */
static bool get_part(struct str line, const char *key, struct str *out)
{
    size_t key_n = strlen(key);

    for (u32 i = 0; i + key_n <= line.n; i++) {
        if (memcmp(line.p + i, key, key_n) == 0) {
            struct str rest = str_sub(line, i + (u32)key_n, line.n);
            int end = str_index(rest, ';');

            if (end < 0)
                return false;
            *out = str_sub(rest, 0, (u32)end);
            return true;
        }
    }
    return false;
}

static bool get_number(struct str line, const char *key, u32 *out)
{
    struct str digits;
    u64 number = 0;

    if (!get_part(line, key, &digits) || !str_number(digits, &number) || number > UINT16_MAX)
        return false; /* a record is smaller than a page or two */
    *out = (u32)number;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "char comm[16]" -> type "char[16]", name "comm"; "const char * filename" -> "const char *",
 * "filename". */
static bool split_declaration(struct arena *arena, struct str decl, struct tracepoint_field *field)
{
    int bracket = str_index(decl, '[');
    u32 end = decl.n;

    /* "__data_loc char[] name" has its brackets in the type. */
    if (bracket >= 0 && decl.n > 0 && decl.p[decl.n - 1] == ']')
        end = (u32)bracket;
    while (end > 0 && decl.p[end - 1] == ' ')
        end--;

    u32 begin = end;

    while (begin > 0 && is_name_char(decl.p[begin - 1]))
        begin--;
    if (begin == end || begin == 0)
        return false;
    field->name = str_sub(decl, begin, end);

    struct str type = str_sub(decl, 0, begin);

    while (type.n > 0 && type.p[type.n - 1] == ' ')
        type.n--;

    struct str suffix = str_sub(decl, end, decl.n);

    field->is_array = suffix.n > 0;
    field->is_rel_loc = str_starts(type, "__rel_loc ");
    field->is_data_loc = field->is_rel_loc || str_starts(type, "__data_loc ");
    field->type = str_printf(arena, "%.*s%.*s", STR_ARG(type), STR_ARG(suffix));
    return true;
}

static bool parse_field(struct arena *arena, struct str line, struct tracepoint_field *field)
{
    struct str decl;
    u32 is_signed = 0;

    if (!get_part(line, "field:", &decl) || !get_number(line, "offset:", &field->offset) ||
        !get_number(line, "size:", &field->size) || !get_number(line, "signed:", &is_signed))
        return false;
    field->is_signed = is_signed;
    return split_declaration(arena, decl, field);
}

u64 tracepoint_field_shape(const struct tracepoint_field *field)
{
    bool is_whole = field->is_array || field->is_data_loc || str_eq_c(field->type, "char");
    u64 bits = (field->is_signed && !is_whole ? SHAPE_SIGNED : 0u) |
               (field->is_array ? SHAPE_ARRAY : 0u) | (field->is_data_loc ? SHAPE_DATA_LOC : 0u) |
               (field->is_rel_loc ? SHAPE_REL_LOC : 0u);

    return bits << 32 | field->size;
}

/* The first 8 bytes are the common_* fields: programs may not read them. */
int tracepoint_parse(struct arena *arena, struct str text, struct tracepoint *tp)
{
    VEC(struct tracepoint_field) fields = {0};

    while (text.n > 0) {
        int newline = str_index(text, '\n');
        u32 n = newline < 0 ? text.n : (u32)newline;
        struct str line = str_sub(text, 0, n);
        struct tracepoint_field field = {.offset = 0};
        struct str decl;

        text = str_sub(text, n + 1, text.n);
        if (!get_part(line, "field:", &decl))
            continue;
        if (!parse_field(arena, line, &field))
            return -EPROTO;
        if (field.offset >= 8)
            *vec_push(arena, &fields) = field;
    }
    tp->fields = fields.items;
    tp->n_fields = fields.n;
    return 0;
}
