/* Lowering tools for records of the ring buffer, for run-time warnings, and for the metadata rows
 * that describe both. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

/* Number of the first word of the new row, or of one that says the same. 0 after reporting that
 * there are too many. */
static u64 resolved_word(struct lowering *lo, struct meta_resolved wanted)
{
    struct vocab *v = lo->v;
    u64 word = 0;

    vec_foreach(row, &v->module->meta.resolveds) {
        if (row->kind == wanted.kind && row->num == wanted.num && str_eq(row->text, wanted.text) &&
            str_eq(row->file, wanted.file))
            return word;
        word += row->n_words;
    }
    if (word + wanted.n_words > IR_RESOLVED_MAX) {
        diag_add(v->diags, E_OUT_OF_MEMORY, lo->b.span,
                 "The parameters, options and symbols of the script take more than %d KB",
                 IR_RESOLVED_MAX * 8 / 1024);
        return 0;
    }
    wanted.span_begin = lo->b.span.begin;
    wanted.span_end = lo->b.span.end;
    *vec_push(v->arena, &v->module->meta.resolveds) = wanted;
    return word;
}

static ir_val resolved(struct lowering *lo, struct meta_resolved row)
{
    row.n_words = 1;
    return ir_resolved(&lo->b, resolved_word(lo, row));
}

static ir_val resolved_text(struct lowering *lo, struct meta_resolved row)
{
    row.n_words = PTL_PARAM_TEXT_MAX / 8;
    return ir_resolved_text(&lo->b, resolved_word(lo, row), PTL_PARAM_TEXT_MAX);
}

ir_val lower_resolved(struct lowering *lo, enum resolved_kind kind, struct str text)
{
    return resolved(lo, (struct meta_resolved){.kind = kind, .text = text});
}

ir_val lower_user_symbol(struct lowering *lo, struct str file, struct str symbol)
{
    return resolved(
        lo, (struct meta_resolved){.kind = RESOLVED_USER_SYMBOL, .text = symbol, .file = file});
}

ir_val lower_event_field(struct lowering *lo, struct str event,
                         const struct tracepoint_field *field)
{
    return resolved(lo, (struct meta_resolved){.kind = RESOLVED_EVENT_FIELD,
                                               .num = tracepoint_field_shape(field),
                                               .text = field->name,
                                               .file = event});
}

ir_val lower_param(struct lowering *lo, u64 number)
{
    u64 kind = number ? RESOLVED_PARAM : RESOLVED_PARAM_COUNT;

    return resolved(lo, (struct meta_resolved){.kind = kind, .num = number});
}

ir_val lower_param_text(struct lowering *lo, u64 number)
{
    return resolved_text(lo, (struct meta_resolved){.kind = RESOLVED_PARAM_TEXT, .num = number});
}

ir_val lower_option(struct lowering *lo, u64 index, u64 kind)
{
    bool is_text = kind == OPTION_STRING;
    struct meta_resolved row = {
        .kind = is_text ? RESOLVED_OPTION_TEXT : RESOLVED_OPTION,
        .num = index,
    };

    return is_text ? resolved_text(lo, row) : resolved(lo, row);
}

u64 lower_site_new(struct vocab *v, enum site_kind kind, struct span span)
{
    u64 index = v->module->meta.sites.n;

    *vec_push(v->arena, &v->module->meta.sites) = (struct meta_site){
        .kind = kind,
        .type = META_NO_REF,
        .map = META_NO_REF,
        .span_begin = span.begin,
        .span_end = span.end,
    };
    return index;
}

struct meta_site *lower_site(struct vocab *v, u64 site)
{
    return &v->module->meta.sites.items[site];
}

/* Address of the site's book on this CPU; NULL at run time never happens, but the verifier cannot
 * know. */
static ir_val book_of(struct lowering *lo, u64 site)
{
    struct ir_builder *b = &lo->b;
    ir_val index = ir_slot_addr(b, ir_slot_new(b, "site", sizeof(u32)));

    ir_store(b, index, 0, sizeof(u32), ir_const(b, (s64)site));

    ir_val args[] = {ir_map_addr(b, lo->v->books), index};

    return ir_call_ptr(b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));
}

/* Add 1 to a member of the site's book. */
static void count_in_book(struct lowering *lo, u64 site, s64 member)
{
    ir_val book = book_of(lo, site);
    struct branch br = lower_if_found(lo, book);

    lower_slot_add(lo, book, member, ir_const(&lo->b, 1));
    lower_end_if(lo, &br);
}

u64 lower_cut_site(struct lowering *lo, u64 bytes)
{
    u64 site = lower_site_new(lo->v, SITE_CUT, lo->b.span);

    lower_site(lo->v, site)->num0 = bytes;
    return site;
}

u64 lower_cut_words_site(struct lowering *lo, u64 words)
{
    u64 site = lower_cut_site(lo, words);

    lower_site(lo->v, site)->text = STR(CUT_WORDS);
    return site;
}

void lower_count_cut(struct lowering *lo, u64 site)
{
    count_in_book(lo, site, offsetof(struct ptl_book, errors));
}

/* Only the reserve is left: 1. */
static ir_val ring_is_low(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val args[] = {ir_map_addr(b, lo->v->ring), ir_const(b, BPF_RB_AVAIL_DATA)};
    ir_val used = ir_call(b, BPF_FUNC_ringbuf_query, args, ARRAY_SIZE(args));

    return ir_binary(b, IR_ULT, ir_config(b, offsetof(struct ptl_config, ring_data_limit)), used);
}

struct record lower_record_begin(struct lowering *lo, u64 site)
{
    struct ir_builder *b = &lo->b;
    const struct meta_site *row = lower_site(lo->v, site);
    u32 size = (u32)(sizeof(struct ptl_record) + row->payload_size);
    struct ir_block *try_reserve = ir_block_new(b, "reserve");
    struct ir_block *fill = ir_block_new(b, "fill");
    struct ir_block *lost = ir_block_new(b, "lost");
    struct record r = {.site = site, .done = ir_block_new(b, "sent")};

    if (site_is_control((enum site_kind)row->kind)) {
        ir_jmp(b, try_reserve);
    } else {
        ir_br(b, ring_is_low(lo), lost, try_reserve);
    }

    ir_at(b, try_reserve);

    ir_val args[] = {ir_map_addr(b, lo->v->ring), ir_const(b, size), ir_const(b, 0)};

    r.ptr = ir_call_ptr(b, BPF_FUNC_ringbuf_reserve, args, ARRAY_SIZE(args));
    ir_br(b, ir_unary(b, IR_IS_NULL, r.ptr), lost, fill);

    ir_at(b, lost);
    count_in_book(lo, site, offsetof(struct ptl_book, lost));
    ir_jmp(b, r.done);

    ir_at(b, fill);
    ir_store(b, r.ptr, offsetof(struct ptl_record, site), sizeof(u32), ir_const(b, (s64)site));
    ir_store(b, r.ptr, offsetof(struct ptl_record, size), sizeof(u32), ir_const(b, size));
    return r;
}

void lower_record_store(struct lowering *lo, const struct record *r, u32 offset,
                        const struct type *t, struct operand o)
{
    lower_store(lo, r->ptr, (u32)sizeof(struct ptl_record) + offset, t, o);
}

void lower_record_end(struct lowering *lo, const struct record *r)
{
    ir_val args[] = {r->ptr, ir_const(&lo->b, 0)};

    (void)ir_call(&lo->b, BPF_FUNC_ringbuf_submit, args, ARRAY_SIZE(args)); /* gives nothing */
    ir_jmp(&lo->b, r->done);
    ir_at(&lo->b, r->done);
}

static u64 error_site(struct lowering *lo, enum run_error error, const struct map_info *map)
{
    u64 site = lower_site_new(lo->v, SITE_ERROR, lo->b.span);
    struct meta_site *row = lower_site(lo->v, site);

    row->payload_size = sizeof(s64);
    row->num0 = error;
    if (map)
        row->map = map->meta_index;
    return site;
}

/* Count, and send the first ones. */
static void warn(struct lowering *lo, u64 site, ir_val code)
{
    struct ir_builder *b = &lo->b;
    ir_val book = book_of(lo, site);
    struct branch has_book = lower_if_found(lo, book);
    ir_val errors = ir_load64(b, book, offsetof(struct ptl_book, errors));

    ir_store64(b, book, offsetof(struct ptl_book, errors),
               ir_binary(b, IR_ADD, errors, ir_const(b, 1)));

    struct branch is_early =
        lower_if(lo, ir_binary(b, IR_ULT, errors, ir_const(b, PTL_ERRORS_SENT)));
    struct record r = lower_record_begin(lo, site);

    ir_store64(b, r.ptr, sizeof(struct ptl_record), code ? code : ir_const(b, 0));
    lower_record_end(lo, &r);
    lower_end_if(lo, &is_early);
    lower_end_if(lo, &has_book);
}

void lower_run_error(struct lowering *lo, enum run_error error, ir_val code,
                     const struct map_info *map)
{
    warn(lo, error_site(lo, error, map), code);
}

void lower_helper_error(struct lowering *lo, enum run_error error, ir_val code, u32 helper)
{
    u64 site = error_site(lo, error, NULL);

    lower_site(lo->v, site)->text = str_of(ir_helper_name(helper));
    warn(lo, site, code);
}
