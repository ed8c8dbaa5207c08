/* Diagnostics: the table of codes, collecting, and the form in which they are shown. */
#include "base/diag.h"
#include "tests/unit/check.h"

/* A text as one source named stdin, and what is reported about it. */
struct fixture {
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct buf out;
};

static void fixture_init(struct fixture *f, struct str text)
{
    *f = (struct fixture){0};
    arena_init(&f->arena, 16 << 20, NULL, NULL);
    sources_init(&f->sources, &f->arena);
    (void)sources_add(&f->sources, STR("stdin"), text);
    diags_init(&f->diags, &f->arena, &f->sources);
}

static void fixture_done(struct fixture *f)
{
    buf_done(&f->out);
    arena_done(&f->arena);
}

static struct str rendered(struct fixture *f, bool color)
{
    buf_reset(&f->out);
    diags_render(&f->diags, &f->out, color);
    return (struct str){f->out.p, (u32)f->out.n};
}

/* Columns count from 1, as do the positions of the only source. */
static struct span at(u32 begin_column, u32 end_column)
{
    return (struct span){begin_column, end_column};
}

static void test_table(void)
{
    u32 n = 0;
    const enum diag_code *codes = diag_codes(&n);

    CHECK(n > 0);
    for (u32 i = 0; i < n; i++) {
        CHECK(i == 0 || codes[i - 1] < codes[i]); /* in order, no number twice */
        CHECK(diag_title(codes[i])[0] != '\0');
        CHECK(diag_explanation(codes[i])[0] != '\0');
    }
    CHECK(diag_letter(E_SYNTAX) == 'E');
    CHECK(diag_title((enum diag_code)9999) == NULL);
    CHECK(diag_explanation((enum diag_code)9999) == NULL);
}

static void test_form(void)
{
    struct fixture f;
    struct diag *d = NULL;

    fixture_init(&f, STR("begin { cuont(); }\n"));
    d = diag_add(&f.diags, E_SYNTAX, at(9, 16), "Unknown function: '%s'", "cuont");
    diag_hint(d, "Did you mean '%s'?", "count");
    diag_note(d, at(1, 6), "here");
    CHECK_STR(rendered(&f, false), "stdin:1:9-16: ERROR: Unknown function: 'cuont' [E110]\n"
                                   "begin { cuont(); }\n"
                                   "        ~~~~~~~\n"
                                   "HINT: Did you mean 'count'?\n"
                                   "stdin:1:1-6: ERROR: here\n"
                                   "begin { cuont(); }\n"
                                   "~~~~~\n");
    fixture_done(&f);
}

static void test_color(void)
{
    struct fixture f;

    fixture_init(&f, STR("x"));
    diag_add(&f.diags, E_SYNTAX, at(1, 2), "m");
    CHECK_STR(rendered(&f, true), "stdin:1:1-2: \033[31mERROR: m\033[0m [E110]\nx\n~\n");
    fixture_done(&f);
}

static void test_places(void)
{
    struct fixture f;

    fixture_init(&f, STR("ab\ncd"));
    diag_add(&f.diags, E_SYNTAX, NO_SPAN, "nowhere");
    diag_add(&f.diags, E_SYNTAX, at(1, 5), "two lines");
    diag_add(&f.diags, E_SYNTAX, at(6, 6), "end");
    CHECK_STR(rendered(&f, false), "ERROR: nowhere [E110]\n"
                                   "stdin:1-2: ERROR: two lines [E110]\n"
                                   "ab\n"
                                   "stdin:2:3-3: ERROR: end [E110]\n"
                                   "cd\n"
                                   "  \n");
    fixture_done(&f);
}

static void test_escapes(void)
{
    struct fixture f;

    /* tab, escape, a character of two bytes, a stray byte, then the span; a carriage return */
    fixture_init(&f, STR("\t\x1b\xc3\xa9\xff=;\r\n"));
    diag_add(&f.diags, E_SYNTAX, at(5, 7), "bad \x1b\xff");
    CHECK_STR(rendered(&f, false), "stdin:1:5-7: ERROR: bad \\x1b\\xff [E110]\n"
                                   "    \\x1b\xc3\xa9\\xff=;\n"
                                   "         ~~~~~\n");
    fixture_done(&f);
}

static void test_collecting(void)
{
    struct fixture f;
    struct diag *d = NULL;

    fixture_init(&f, STR("0123456789"));
    diag_add(&f.diags, E_SYNTAX, at(5, 6), "second");
    diag_add(&f.diags, E_SYNTAX, at(1, 2), "first");
    d = diag_add(&f.diags, E_SYNTAX, at(5, 6), "the same place again");
    diag_hint(d, "dropped too");
    diag_add(&f.diags, E_BAD_CHAR, at(5, 6), "another code");
    diag_add(&f.diags, E_SYNTAX, NO_SPAN, "a");
    diag_add(&f.diags, E_SYNTAX, NO_SPAN, "a");
    diag_add(&f.diags, E_SYNTAX, NO_SPAN, "b");
    CHECK(diags_errors(&f.diags) == 5);
    diags_truncate(&f.diags, 3);
    CHECK(diags_errors(&f.diags) == 3);
    CHECK_STR(rendered(&f, false), "stdin:1:1-2: ERROR: first [E110]\n0123456789\n~\n"
                                   "stdin:1:5-6: ERROR: second [E110]\n0123456789\n    ~\n"
                                   "stdin:1:5-6: ERROR: another code [E103]\n0123456789\n    ~\n");
    fixture_done(&f);
}

static void test_many(void)
{
    struct fixture f;
    struct str text;
    static const char line[4096];

    fixture_init(&f, (struct str){line, sizeof(line)});
    for (u32 i = 1; i <= 3000; i++)
        diag_add(&f.diags, E_SYNTAX, at(i, i + 1), "e");
    CHECK(diags_errors(&f.diags) == 3000);
    text = rendered(&f, false);
    CHECK(text.n < 200 * 1000); /* long lines are cut */
    CHECK_STR(str_sub(text, text.n - 25, text.n), "... and 2980 more errors\n");
    fixture_done(&f);
}

int main(void)
{
    test_table();
    test_form();
    test_color();
    test_places();
    test_escapes();
    test_collecting();
    test_many();
    return check_result();
}
