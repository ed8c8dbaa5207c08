/* Values of literals: integers of all forms, durations, strings. */
#include "lexer/token.h"
#include "tests/unit/check.h"

struct fixture {
    struct arena arena;
    struct sources sources;
    struct diags diags;
};

static const struct span place = {10, 20};

static void check_integer(struct fixture *f, const char *text, u64 value, bool is_unsigned)
{
    u64 got = 0;
    bool got_unsigned = false;
    bool ok = literal_integer(str_of(text), place, &f->diags, &got, &got_unsigned);

    CHECK(ok);
    CHECK(got == value);
    CHECK(got_unsigned == is_unsigned);
    if (!ok || got != value || got_unsigned != is_unsigned)
        (void)printf("  in \"%s\": %llu\n", text, (unsigned long long)got);
}

static void check_refused(struct fixture *f, const char *text, enum diag_code code)
{
    u64 value = 77;
    bool is_unsigned = true;
    bool ok = false;

    diags_truncate(&f->diags, 0);
    ok = literal_integer(str_of(text), place, &f->diags, &value, &is_unsigned);
    CHECK(!ok && value == 77 && is_unsigned); /* outputs untouched */
    CHECK(f->diags.list.n == 1 && f->diags.list.items[0]->code == code);
    if (ok)
        (void)printf("  in \"%s\"\n", text);
    diags_truncate(&f->diags, 0);
}

static void test_integers(struct fixture *f)
{
    check_integer(f, "0", 0, false);
    check_integer(f, "42", 42, false);
    check_integer(f, "1_000_000", 1000000, false);
    check_integer(f, "017", 15, false);
    check_integer(f, "0_17", 15, false);
    check_integer(f, "0x1F", 31, false);
    check_integer(f, "0Xdead_beef", 0xdeadbeef, false);
    check_integer(f, "0b1010", 10, false);
    check_integer(f, "0b1", 1, false);
    check_integer(f, "1e6", 1000000, false);
    check_integer(f, "9E3", 9000, false);
    check_integer(f, "1e0", 1, false);
    check_integer(f, "1e19", 10000000000000000000ULL, false);
    check_integer(f, "18446744073709551615", UINT64_MAX, false);
    check_integer(f, "0xffffffffffffffff", UINT64_MAX, false);
    check_integer(f, "5u", 5, true);
    check_integer(f, "5l", 5, false);
    check_integer(f, "5ll", 5, false);
    check_integer(f, "5ul", 5, true);
    check_integer(f, "5ULL", 5, true);
    check_integer(f, "0x5ull", 5, true);
}

static void test_durations(struct fixture *f)
{
    check_integer(f, "10ns", 10, true);
    check_integer(f, "5us", 5000, true);
    check_integer(f, "20ms", 20000000, true);
    check_integer(f, "1s", 1000000000, true);
    check_integer(f, "0s", 0, true);
    check_integer(f, "2m", 120000000000ULL, true);
    check_integer(f, "1h", 3600000000000ULL, true);
    check_integer(f, "1d", 86400000000000ULL, true);
    check_integer(f, "1e3ms", 1000000000, true);
    check_integer(f, "0x1d", 29, false); /* a digit there */
}

static void test_refused(struct fixture *f)
{
    static const char *const malformed[] = {
        "",    "0x", "0b",   "0b2", "08",   "019",  "1_",   "1__0", "0x_1",  "1q",    "1lll", "1lu",
        "1uu", "1e", "12e3", "0e3", "1e_2", "1sec", "1ul1", "0x1s", "017ms", "0b1ns", "1_u",
    };
    static const char *const huge[] = {
        "18446744073709551616",   "0x10000000000000000",     "1e20", "9e19", "213504d",
        "1e99999999999999999999", "02000000000000000000000",
    };

    for (u32 i = 0; i < ARRAY_SIZE(malformed); i++)
        check_refused(f, malformed[i], E_BAD_INTEGER);
    for (u32 i = 0; i < ARRAY_SIZE(huge); i++)
        check_refused(f, huge[i], E_INTEGER_RANGE);
}

static void check_string(struct fixture *f, struct str text, struct str wanted)
{
    diags_truncate(&f->diags, 0);
    CHECK_STR(literal_string(&f->arena, text, place, &f->diags), wanted);
    CHECK(f->diags.list.n == 0);
}

static void test_strings(struct fixture *f)
{
    check_string(f, STR("\"\""), STR(""));
    check_string(f, STR("\"plain\""), STR("plain"));
    check_string(f, STR("\"\\n\\t\\r\\\"\\\\\""), STR("\n\t\r\"\\"));
    check_string(f, STR("\"\\101\\7z\\0601\\377\""), STR("A\007z01\xff"));
    check_string(f, STR("\"\\x41\\x4g\\xfF\""), STR("A\x04g\xff"));
    check_string(f, STR("\"ab\\0cd\""), STR("ab"));
    check_string(f, STR("\"ab\\x00cd\""), STR("ab"));
    check_string(f, STR("\"gr\xc3\xbc\xc3\x9f\""), STR("gr\xc3\xbc\xc3\x9f"));
    check_string(f, STR("\"open"), STR("open"));
    check_string(f, STR("\"open\\"), STR("open"));
    check_string(f, STR("\""), STR(""));
}

static void test_bad_escapes(struct fixture *f)
{
    struct str got;

    diags_truncate(&f->diags, 0);
    got = literal_string(&f->arena, STR("\"a\\qb\\400c\\xg\""), place, &f->diags);
    CHECK_STR(got, "abcg");
    CHECK(f->diags.list.n == 3);
    for (u32 i = 0; i < f->diags.list.n; i++)
        CHECK(f->diags.list.items[i]->code == E_BAD_ESCAPE);
    CHECK(f->diags.list.items[0]->span.begin == 12 && f->diags.list.items[0]->span.end == 14);
    CHECK_STR(f->diags.list.items[0]->text, "syntax: invalid escape character '\\q'");
    CHECK(f->diags.list.items[1]->span.begin == 15 && f->diags.list.items[1]->span.end == 19);
}

int main(void)
{
    struct fixture f = {0};

    arena_init(&f.arena, 1 << 20, NULL, NULL);
    sources_init(&f.sources, &f.arena);
    diags_init(&f.diags, &f.arena, &f.sources);
    test_integers(&f);
    test_durations(&f);
    test_refused(&f);
    test_strings(&f);
    test_bad_escapes(&f);
    arena_done(&f.arena);
    return check_result();
}
