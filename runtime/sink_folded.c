/* Stacks in the collapsed form that flame graph tools read, a line for each key of a map:
 *
 *   comm;main;work;do_nanosleep 42
 *
 * Frames are functions, the root first: what of the key is no stack, then the stack of the program,
 * then that of the kernel. The number is the value's. Maps without stacks in their keys or a number
 * as value, and all that is no map, are text on the log. */
#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"
#include "runtime/sink.h"
#include "runtime/stack.h"

/* Parts of a key, in the order in which they are shown. */
enum part {
    PART_OTHER,
    PART_USER,
    PART_KERNEL,
    PART_COUNT_
};

static enum part part_of(const struct meta_type *type)
{
    if (type->kind != ABI_SHAPE)
        return PART_OTHER;
    return type->num0 == SHAPE_USTACK   ? PART_USER
           : type->num0 == SHAPE_KSTACK ? PART_KERNEL
                                        : PART_OTHER;
}

static bool has_stack(const struct meta *meta, u64 index)
{
    const struct meta_type *type = &meta->types.items[index];

    if (type->kind != ABI_TUPLE)
        return part_of(type) != PART_OTHER;
    for (u64 i = 0; i < type->n_fields; i++) {
        if (has_stack(meta, value_field(meta, type, i)->type))
            return true;
    }
    return false;
}

static bool has_number(const struct meta_type *type)
{
    return type->kind == ABI_AGG || type->kind == ABI_INT || type->kind == ABI_UINT;
}

/* The value of a row, whose type has_number(). */
static void add_number(struct sink *sink, const struct table *table, const u8 *value)
{
    struct meta_type type = table->meta->types.items[table->map->value];
    u64 number = 0;

    if (type.kind == ABI_AGG) {
        number = agg_ops((enum agg_id)type.num0)->number(&type, value);
    } else {
        number = value_number(&type, value);
        type.is_signed = type.kind == ABI_INT;
    }
    agg_show_word(&type, agg_divide(&type, number, table->div), &sink->text);
}

/* What would end a frame or a line is replaced as is usual in this form, what is no text escaped.
 */
static void add_frame(struct sink *sink, struct str name, size_t line_begin)
{
    _cleanup_buf_ struct buf text = {0};

    value_escape(name, &text);
    if (sink->text.n != line_begin)
        buf_add_char(&sink->text, ';');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '\n' || c == '\t') {
            buf_printf(&sink->text, "\\x%02x", (u8)c);
        } else {
            buf_add_char(&sink->text, (char)(c == ' ' ? '_' : c == ';' ? ':' : c));
        }
    }
    if (text.failed)
        sink->text.failed = true;
}

static void add_stack(struct sink *sink, const struct value_env *env, const struct meta_type *type,
                      const u8 *bytes, size_t line_begin)
{
    struct stack_view stack;

    stack_view_init(&stack, env, type, bytes);
    for (u64 i = stack.n; i > 0; i--) {
        _cleanup_buf_ struct buf name = {0};

        stack_view_name(&stack, i - 1, &name);
        add_frame(sink, (struct str){name.p, (u32)name.n}, line_begin);
    }
}

/* All of one kind that is in the key. */
static void add_parts(struct sink *sink, const struct value_env *env, u64 index, const u8 *bytes,
                      enum part part, size_t line_begin)
{
    const struct meta_type *type = &env->meta->types.items[index];

    if (type->kind == ABI_TUPLE) {
        for (u64 i = 0; i < type->n_fields; i++) {
            const struct meta_field *field = value_field(env->meta, type, i);

            add_parts(sink, env, field->type, bytes + field->offset, part, line_begin);
        }
    } else if (part_of(type) == part && part == PART_OTHER) {
        _cleanup_buf_ struct buf text = {0};

        value_format(env, index, bytes, &text);
        add_frame(sink, (struct str){text.p, (u32)text.n}, line_begin);
    } else if (part_of(type) == part) {
        add_stack(sink, env, type, bytes, line_begin);
    }
}

static bool folded_map(struct sink *sink, const struct table *table)
{
    struct value_env env = *sink->env;
    bool goes_on = true;

    if (table->map->key == META_NO_REF || !has_stack(table->meta, table->map->key) ||
        !has_number(&table->meta->types.items[table->map->value]))
        return false;
    env.is_raw = true; // escaped above
    for (u32 i = table->first; i < table->n && goes_on; i++) {
        size_t line_begin = sink->text.n;

        for (u32 part = 0; part < PART_COUNT_; part++) {
            add_parts(sink, &env, table->map->key, table_key(table, i), (enum part)part,
                      line_begin);
        }
        if (sink->text.n == line_begin)
            buf_add_cstr(&sink->text, "[no_stack]");
        buf_add_char(&sink->text, ' ');
        add_number(sink, table, table_value(table, i));
        buf_add_char(&sink->text, '\n');
        goes_on = sink_row(sink, table, i);
    }
    return true;
}

const struct sink_ops sink_folded_ops = {
    .map = folded_map,
};
