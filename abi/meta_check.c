/* The second check of decoded metadata: the rows against each other. After it the runtime may use
 * every enum as an index and read every value inside its payload, key or map value without looking
 * again.
 *
 * Limits are generous ones of our own, so that a made-up object cannot make the runtime allocate
 * without end: what the compiler produces stays far below them. Each function gives NULL or a
 * static sentence. */
#include "abi/meta_check.h"

#include <errno.h>
#include <string.h>

#include "abi/option.h"
#include "abi/record.h"

enum {
    PAYLOAD_SIZE_MAX = 1 << 20,
    FIELD_WIDTH_MAX = 1 << 16, /* of a printf conversion */
};

static bool word_fits(u64 offset, u64 size)
{
    return offset % 8 == 0 && offset <= size && size - offset >= 8;
}

/* A type of values that stand by themselves. */
static bool is_value(const struct meta *m, u64 ref)
{
    return ref != META_NO_REF && m->types.items[ref].size != 0 && m->types.items[ref].size % 8 == 0;
}

static bool span_ok(u64 begin, u64 end)
{
    return begin <= end && end <= UINT32_MAX;
}

/* "@" and an identifier, or nothing. */
static bool map_name_ok(struct str name)
{
    for (u32 i = 1; i < name.n; i++) {
        char c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
              (i > 1 && c >= '0' && c <= '9')))
            return false;
    }
    return name.n > 0 && name.p[0] == '@';
}

static const char *check_map(const struct meta *m, const struct meta_map *map)
{
    if (!map_name_ok(map->name) || map->bpf_name.n == 0)
        return "a map of the metadata has no name";
    if (!is_value(m, map->value))
        return "a map of the metadata has no value";
    if (map->key != META_NO_REF &&
        (!is_value(m, map->key) || m->types.items[map->key].kind == ABI_AGG))
        return "a map of the metadata has an impossible key";
    if (map->set_offset != META_NO_REF && !word_fits(map->set_offset, META_VALUE_SIZE_MAX))
        return "a map of the metadata has its mark outside of its value";
    if (map->is_percpu > 1 || map->is_flipped > 1 || map->max_entries == 0 ||
        map->max_entries > UINT32_MAX)
        return "a map of the metadata has an impossible size";
    if (!span_ok(map->span_begin, map->span_end))
        return "a map of the metadata has an impossible place in the script";
    return NULL;
}

static const char *check_attach(const struct meta *m, const struct meta_attach *a)
{
    if (a->provider >= PROBE_COUNT_)
        return "an attach point of the metadata is of an unknown provider";
    if (a->choice >= CHOICE_COUNT_)
        return "an attach point of the metadata is an alternative of an unknown kind";
    if (a->n_variants == 0)
        return "an attach point of the metadata has no program";
    for (u64 i = 0; i < a->n_variants; i++) {
        if (m->variants.items[a->first_variant + i].prog == META_NO_REF)
            return "an attach point of the metadata has no program";
    }
    if (!span_ok(a->span_begin, a->span_end))
        return "an attach point of the metadata has an impossible place in the script";
    return NULL;
}

static bool conversion_takes(const struct meta *m, const struct meta_piece *p)
{
    switch (p->conv) {
    case 's':
        return true;
    case 'r':
        return m->types.items[p->type].kind == ABI_BUFFER;
    default:
        return meta_type_is_word(&m->types.items[p->type]);
    }
}

static const char *check_piece(const struct meta *m, const struct meta_piece *p, u64 payload_size)
{
    if (p->conv == 0)
        return NULL;
    if (p->conv > 127 || !strchr("diuxXocsprg", (int)p->conv))
        return "a printf of the metadata has an unknown conversion";
    if (!meta_value_fits(m, p->type, p->offset, payload_size))
        return "an argument of printf lies outside of its payload";
    if (m->types.items[p->type].size == 0 || !conversion_takes(m, p))
        return "an argument of printf does not fit to its conversion";
    if ((p->width != META_NO_REF && p->width > FIELD_WIDTH_MAX) ||
        (p->precision != META_NO_REF && p->precision > FIELD_WIDTH_MAX))
        return "a printf of the metadata has an impossible width";
    if ((p->width_offset != META_NO_REF && !word_fits(p->width_offset, payload_size)) ||
        (p->precision_offset != META_NO_REF && !word_fits(p->precision_offset, payload_size)))
        return "a width of printf lies outside of its payload";
    return NULL;
}

static const char *check_pieces(const struct meta *m, const struct meta_site *s)
{
    for (u64 i = 0; i < s->n_pieces; i++) {
        const char *why = check_piece(m, &m->pieces.items[s->first_piece + i], s->payload_size);

        if (why)
            return why;
    }
    return NULL;
}

/* print(@x), clear(@x), zero(@x) */
static const char *check_map_site(const struct meta *m, const struct meta_site *s)
{
    if (s->map == META_NO_REF)
        return "a print or clear of the metadata names no map";
    if (s->num0 > FLIP_LAST || (s->num0 != FLIP_NONE && !m->maps.items[s->map].is_flipped))
        return "a print or clear of the metadata flips a map that has no halves";
    return NULL;
}

static const char *check_site_kind(const struct meta *m, const struct meta_site *s)
{
    switch (s->kind) {
    case SITE_PRINTF:
    case SITE_ERRORF:
    case SITE_WARNF:
        return check_pieces(m, s);
    case SITE_SYSTEM:
        if (!(m->infos.items[0].flags & META_FLAG_UNSAFE))
            return "the metadata has commands but does not say that it is unsafe";
        return check_pieces(m, s);
    case SITE_CAT:
        return s->num0 <= PAYLOAD_SIZE_MAX ? check_pieces(m, s)
                                           : "a cat of the metadata has an impossible size";
    case SITE_PRINT:
        return meta_value_fits(m, s->type, 0, s->payload_size)
                   ? NULL
                   : "a printed value of the metadata lies outside of its payload";
    case SITE_TIME:
    case SITE_CUT:
        return NULL;
    case SITE_JOIN:
        return s->payload_size == 8 + PTL_JOIN_WORDS * PTL_JOIN_WORD_BYTES
                   ? NULL
                   : "a join of the metadata has an impossible payload";
    case SITE_EXIT:
        return s->payload_size >= 8 ? NULL : "an exit of the metadata has no code";
    case SITE_PROCESS:
        return s->payload_size >= 8 ? NULL : "a process of the metadata has no number";
    case SITE_PRINT_MAP:
        return s->payload_size >= 16 ? check_map_site(m, s)
                                     : "a print of the metadata has no arguments";
    case SITE_CLEAR:
    case SITE_ZERO:
        return check_map_site(m, s);
    case SITE_ERROR:
        if (s->num0 < 1 || s->num0 > RUN_ERROR_LAST)
            return "a warning of the metadata is of an unknown kind";
        return s->payload_size >= 8 ? NULL : "a warning of the metadata has no code";
    default:
        return "a site of the metadata is of an unknown kind";
    }
}

static const char *check_site(const struct meta *m, const struct meta_site *s)
{
    if (s->payload_size % 8 != 0 || s->payload_size > PAYLOAD_SIZE_MAX)
        return "a site of the metadata has an impossible payload";
    if (s->n_pieces != 0 && !site_has_pieces((enum site_kind)s->kind))
        return "a site of the metadata has pieces but is no printf";
    if (!span_ok(s->span_begin, s->span_end))
        return "a site of the metadata has an impossible place in the script";
    return check_site_kind(m, s);
}

static const char *check_prog(const struct meta_prog *p)
{
    if (p->name.n == 0)
        return "a program of the metadata has no name";
    if (p->method < METHOD_TEST_RUN || p->method > METHOD_LAST)
        return "a program of the metadata is attached in an unknown way";
    return NULL;
}

static const char *check_option(const struct meta_option *o)
{
    if (o->kind > OPTION_STRING)
        return "an option of the metadata is of an unknown kind";
    if (!script_option_name_ok(o->name))
        return "an option of the metadata has no name";
    if (!span_ok(o->span_begin, o->span_end))
        return "an option of the metadata has an impossible place in the script";
    if (o->default_text.n >= PTL_PARAM_TEXT_MAX && !o->is_bound)
        return "an option of the metadata has a default that is too long";
    return NULL;
}

/* Is it found out about the machine, by a name? */
static bool is_named(const struct meta_resolved *r)
{
    return r->kind <= RESOLVED_USER_SYMBOL || r->kind == RESOLVED_EVENT_FIELD;
}

static const char *check_resolved(const struct meta *m, const struct meta_resolved *r)
{
    bool is_text = r->kind == RESOLVED_PARAM_TEXT || r->kind == RESOLVED_OPTION_TEXT;
    bool is_option = r->kind == RESOLVED_OPTION || r->kind == RESOLVED_OPTION_TEXT;

    if (r->kind < RESOLVED_SYMBOL || r->kind > RESOLVED_LAST)
        return "a constant of the metadata is of an unknown kind";
    if (is_named(r) && r->text.n == 0)
        return "a constant of the metadata has no name";
    if (r->n_words != (is_text ? PTL_PARAM_TEXT_MAX / 8 : 1))
        return "a constant of the metadata has an impossible size";
    if (is_option && r->num >= m->options.n)
        return "a constant of the metadata is an option that there is not";
    if (!span_ok(r->span_begin, r->span_end))
        return "a constant of the metadata has an impossible place in the script";
    return NULL;
}

static const char *check_expansion(const struct meta_expansion *x)
{
    if (span_ok(x->span_begin, x->span_end) && span_ok(x->call_begin, x->call_end))
        return NULL;
    return "a macro of the metadata has an impossible place in the script";
}

/* What is found out before load. */
static const char *check_told(const struct meta *m)
{
    const char *why = NULL;
    u64 n_words = 0;

    if (m->options.n > SCRIPT_OPTIONS_MAX)
        return "the metadata has too many options";
    vec_foreach(o, &m->options) {
        why = why ? why : check_option(o);
    }
    vec_foreach(r, &m->resolveds) {
        why = why ? why : check_resolved(m, r);
        n_words += r->n_words;
    }
    if (!why && n_words > PTL_RESOLVED_WORDS_MAX)
        return "the metadata has too many constants";
    return why;
}

static const char *check_all(const struct meta *m)
{
    const char *why = meta_check_types(m);

    if (!why && m->sources.n > SOURCES_MAX)
        why = "the metadata has too many sources";
    why = why ? why : check_told(m);
    vec_foreach(map, &m->maps) {
        why = why ? why : check_map(m, map);
    }
    vec_foreach(x, &m->expansions) {
        why = why ? why : check_expansion(x);
    }
    vec_foreach(p, &m->progs) {
        why = why ? why : check_prog(p);
    }
    vec_foreach(a, &m->attachs) {
        why = why ? why : check_attach(m, a);
    }
    vec_foreach(s, &m->sites) {
        why = why ? why : check_site(m, s);
    }
    return why;
}

int meta_check(const struct meta *m, const char **why_out)
{
    const char *why = check_all(m);

    if (!why)
        return 0;
    *why_out = why;
    return -EPROTO;
}
