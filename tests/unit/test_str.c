/* Strings, buffers, the arena and the space of sources. */
#include <setjmp.h>

#include "base/source.h"
#include "tests/unit/check.h"

static void arena_overflow(void *data)
{
    longjmp(*(jmp_buf *)data, 1);
}

static void test_views(struct arena *a)
{
    CHECK(str_eq(STR("ab"), STR("ab")));
    CHECK(!str_eq(STR("ab"), STR("abc")));
    CHECK(str_eq((struct str){NULL, 0}, STR("")));
    CHECK(str_eq_c(STR("x"), "x"));
    CHECK(str_eq_nocase(STR("BeGin"), "bEGIN"));
    CHECK(!str_eq_nocase(STR("a["), "a{")); /* differ in the case bit only */
    CHECK(str_cmp(STR("a"), STR("ab")) < 0);
    CHECK(str_cmp(STR("b"), STR("ab")) > 0);
    CHECK(str_cmp(STR("ab"), STR("ab")) == 0);
    CHECK(str_cmp(STR("\xff"), STR("a")) > 0);
    CHECK(str_starts(STR("kprobe:f"), "kprobe:"));
    CHECK(!str_starts(STR("k"), "kprobe"));
    CHECK(str_index(STR("a:b:c"), ':') == 1);
    CHECK(str_index(STR(""), ':') == -1);
    CHECK_STR(str_sub(STR("abcdef"), 1, 3), "bc");
    CHECK_STR(str_sub(STR("abc"), 2, 99), "c");
    CHECK_STR(str_sub(STR("abc"), 9, 99), "");
    CHECK_STR(str_of(NULL), "");
    CHECK_STR(str_dup(a, STR("dup")), "dup");
    CHECK(strcmp(str_cstr(a, str_sub(STR("abcdef"), 0, 3)), "abc") == 0);
    CHECK_STR(str_printf(a, "%d-%s", 7, "x"), "7-x");
    CHECK_STR(str_printf(a, "%s", ""), "");
}

static void test_utf8(void)
{
    CHECK(str_utf8_len(STR("a"), 0) == 1);
    CHECK(str_utf8_len(STR("a"), 1) == 0);
    CHECK(str_utf8_len(STR("\xc3\xa9"), 0) == 2);
    CHECK(str_utf8_len(STR("\xe2\x82\xac"), 0) == 3);
    CHECK(str_utf8_len(STR("\xf0\x9f\x90\x9d"), 0) == 4);
    CHECK(str_utf8_len(STR("\xc3\xa9"), 1) == 0);         /* continuation */
    CHECK(str_utf8_len(STR("\xc3"), 0) == 0);             /* truncated */
    CHECK(str_utf8_len(STR("\xc0\x80"), 0) == 0);         /* overlong */
    CHECK(str_utf8_len(STR("\xe0\x80\x80"), 0) == 0);     /* overlong */
    CHECK(str_utf8_len(STR("\xed\xa0\x80"), 0) == 0);     /* surrogate */
    CHECK(str_utf8_len(STR("\xf4\x90\x80\x80"), 0) == 0); /* above U+10FFFF */
    CHECK(str_utf8_len(STR("\xff"), 0) == 0);
}

static void test_nearest(void)
{
    static const char *const names[] = {"count", "hist", "lhist", "printf", "print", "sum"};
    u32 n = ARRAY_SIZE(names);

    CHECK(str_nearest(STR("cuont"), names, n) == 0); /* a swap is one edit */
    CHECK(str_nearest(STR("coun"), names, n) == 0);
    CHECK(str_nearest(STR("hst"), names, n) == 1);
    CHECK(str_nearest(STR("prinft"), names, n) == 3);
    CHECK(str_nearest(STR("printt"), names, n) == 3); /* equally near: the first */
    CHECK(str_nearest(STR("sun"), names, n) == 5);
    CHECK(str_nearest(STR("su"), names, n) == -1); /* too short to guess */
    CHECK(str_nearest(STR("completely"), names, n) == -1);
    CHECK(str_nearest(STR(""), names, n) == -1);
    CHECK(str_nearest(STR("count"), names, 0) == -1);
}

static void test_buf(void)
{
    _cleanup_buf_ struct buf b = {0};
    u32 columns = 0;

    buf_add_cstr(&b, "ab");
    buf_add_char(&b, 'c');
    buf_pad(&b, '-', 3);
    buf_add_str(&b, STR("d"));
    buf_printf(&b, "%05d", 42);
    CHECK_STR(((struct str){b.p, (u32)b.n}), "abc---d00042");
    buf_reset(&b);
    buf_add_u64(&b, UINT64_MAX);
    buf_add_s64(&b, INT64_MIN);
    buf_add_s64(&b, -1);
    buf_add_u64(&b, 0);
    buf_add_s64(&b, 10);
    CHECK_STR(((struct str){b.p, (u32)b.n}), "18446744073709551615-9223372036854775808-1010");
    buf_reset(&b);
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i);
    CHECK(b.n == 3890);
    CHECK(!b.failed);
    buf_reset(&b);
    buf_add_escaped(&b, STR("a\t\n\x1b[m\xff\xc3\xa9\xc2\x85"));
    CHECK_STR(((struct str){b.p, (u32)b.n}), "a\\t\\n\\x1b[m\\xff\xc3\xa9\\xc2\\x85");
    buf_reset(&b);
    buf_add_harmless(&b, STR("a\n\x1b[m\xc3\xa9\r\n"));
    CHECK_STR(((struct str){b.p, (u32)b.n}), "a\n\\x1b[m\xc3\xa9\\x0d\n");
    buf_reset(&b);
    CHECK(buf_add_visible(&b, STR("\t"), 0, &columns) == 1);
    CHECK(columns == 4);
    CHECK(buf_add_visible(&b, STR("\xe2\x82\xac"), 0, &columns) == 3);
    CHECK(columns == 1);
    buf_add(&b, "x", SIZE_MAX / 2);
    CHECK(b.failed);
    buf_add_char(&b, 'x'); /* sticky: does nothing */
    CHECK(b.n == 7);
}

static void test_arena(void)
{
    static const size_t cap_bytes = 1 << 20;
    struct arena a;
    jmp_buf full;
    volatile int n_full = 0;
    VEC(u32) numbers = {0};

    arena_init(&a, cap_bytes, arena_overflow, &full);
    for (u32 i = 0; i < 1000; i++)
        *vec_push(&a, &numbers) = i;
    CHECK(numbers.n == 1000 && numbers.items[999] == 999);
    vec_foreach(it, &numbers)
        n_full += *it == 500;
    CHECK(n_full == 1);
    for (size_t size = 0; size < 100000; size += 7777) {
        const char *p = arena_alloc(&a, size);

        CHECK((uintptr_t)p % 16 == 0);
        CHECK(size == 0 || (p[0] == 0 && p[size - 1] == 0));
    }
    CHECK(a.used_bytes <= cap_bytes);
    if (setjmp(full) == 0) {
        (void)arena_alloc(&a, cap_bytes);
    } else {
        n_full = 2;
    }
    CHECK(n_full == 2);
    if (setjmp(full) == 0) {
        (void)arena_alloc(&a, SIZE_MAX - 8);
    } else {
        n_full = 3;
    }
    CHECK(n_full == 3);
    arena_done(&a);
    CHECK(a.used_bytes == 0);
}

/* "ab" is a macro's body, called at "cd", and in that copy again. */
static void test_expansions(struct sources *s, u32 base)
{
    struct span body = {base, base + 2}, call = {base + 3, base + 5};
    u32 shift = sources_expand(s, body, call);
    struct span copy = {body.begin + shift, body.end + shift};
    u32 again = sources_expand(s, body, copy);
    struct span inner = {body.begin + again, body.begin + again + 1};
    struct place place = sources_place(s, inner);

    CHECK(shift != 0 && again > shift);
    CHECK(place.line == 1 && place.column == 1 && place.end_column == 2);
    CHECK(place.call.begin == copy.begin && place.call.end == copy.end);
    place = sources_place(s, place.call);
    CHECK(place.line == 1 && place.end_column == 3 && place.call.begin == call.begin);
    CHECK(span_is_none(sources_place(s, call).call));
    CHECK_STR(sources_text(s, inner), "a");
    CHECK(sources_origin(s, copy).begin == base && sources_origin(s, call).end == call.end);
    CHECK(sources_expand(s, copy, call) == 0); /* of a copy */
    CHECK(sources_expand(s, body, (struct span){UINT32_MAX - 1, UINT32_MAX}) == 0);
}

static void test_sources(struct arena *a)
{
    struct sources s;
    struct source one, two;
    struct place place;

    sources_init(&s, a);
    one = *sources_add(&s, STR("one"), STR("ab\ncd\n"));
    two = *sources_add(&s, STR("two"), STR("xyz"));
    CHECK(one.base > 0);
    CHECK(two.base == one.base + 7);
    place = sources_place(&s, (struct span){one.base + 3, one.base + 5});
    CHECK(place.line == 2 && place.column == 1 && place.end_line == 2 && place.end_column == 3);
    CHECK_STR(place.source->name, "one");
    place = sources_place(&s, (struct span){one.base + 6, one.base + 6}); /* end of the input */
    CHECK(place.line == 3 && place.column == 1);
    place = sources_place(&s, (struct span){one.base + 1, one.base + 4});
    CHECK(place.line == 1 && place.end_line == 2 && place.end_column == 2);
    place = sources_place(&s, (struct span){two.base + 1, two.base + 99}); /* clamped */
    CHECK_STR(place.source->name, "two");
    CHECK(place.column == 2 && place.end_column == 4);
    CHECK(sources_place(&s, NO_SPAN).source == NULL);
    CHECK(sources_place(&s, (struct span){1000, 1001}).source == NULL);
    test_expansions(&s, one.base);
    CHECK_STR(source_line(&one, 1), "ab");
    CHECK_STR(source_line(&one, 2), "cd");
    CHECK_STR(source_line(&one, 3), "");
    CHECK_STR(source_line(&one, 4), "");
    CHECK_STR(source_line(&two, 1), "xyz");
    CHECK_STR(sources_text(&s, (struct span){two.base, two.base + 2}), "xy");
    CHECK_STR(sources_text(&s, NO_SPAN), "");
    CHECK(span_join(NO_SPAN, (struct span){3, 4}).begin == 3);
    CHECK(span_join((struct span){3, 4}, (struct span){7, 9}).end == 9);
    CHECK(span_join((struct span){3, 4}, NO_SPAN).end == 4);
}

int main(void)
{
    struct arena a;

    arena_init(&a, 1 << 20, NULL, NULL);
    test_views(&a);
    test_utf8();
    test_nearest();
    test_buf();
    test_arena();
    test_sources(&a);
    arena_done(&a);
    return check_result();
}
