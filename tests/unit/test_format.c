/* The formatter and the parser on every script there is, and on thousands of broken ones.
 *
 * A script and what formatting makes of it have the same tree, and formatting that again changes
 * nothing. Of broken scripts (deterministic mutations) only the parser's life is asked; those that
 * happen to be right are formatted like the others. */
#include <dirent.h>
#include <fcntl.h>

#include "base/diag.h"
#include "parser/ast.h"
#include "parser/format.h"
#include "tests/unit/check.h"
#include "tools/file.h"

enum {
    MUTANTS = 100,        /* of each script */
    RANDOM_SCRIPTS = 500, /* of bytes without any sense */
    SCRIPT_BYTES = 4000,  /* of a script that is mutated */
};

static const char *const folders[] = {
    "examples",         "tests/golden/ast",    "tests/golden/diag",
    "tests/golden/fmt", "tests/golden/tokens", "tests/golden/types"};

/* What a mutation inserts, beside bytes. */
static const char *const fragments[] = {
    "{",    "}",      "<",       ">",          "(",           ")",          "[",       "]",
    ";",    ",",      "..",      ".",          ":",           "?",          "?:",      "->",
    "/*",   "*/",     "//",      "\"",         "\\",          "\n",         " ",       "\t",
    "@",    "$x",     "$",       "if ",        " else ",      "for ($i : ", "while ",  "comptime ",
    "let ", "= ",     "- -",     "* ",         "& ",          "++",         ">>",      "<<",
    "/ ",   "#if 1",  "#define", "config = {", "macro f(a) ", "import \"",  "struct ", "(uint8)",
    "(a)",  "(a *)",  "sizeof(", "offsetof(",  "typeof(",     "1e6",        "\xff",    "\xc3\xa4",
    "fn ",  "< 1; >", "{ 1 }",   "kprobe:f ",  "begin ",      "unroll ",    "return ", "\r\n",
};

struct parsed {
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct token_list tokens;
    const struct source *src;
    struct program *program;
};

static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("the arena is full");
}

static void parsed_done(struct parsed *p)
{
    arena_done(&p->arena);
}

static void parse(struct parsed *p, struct str text)
{
    *p = (struct parsed){0};
    arena_init(&p->arena, (size_t)1 << 30, arena_is_full, NULL);
    sources_init(&p->sources, &p->arena);
    diags_init(&p->diags, &p->arena, &p->sources);
    p->src = sources_add(&p->sources, STR("script"), text);
    p->program = parse_program_tokens(&p->arena, p->src, &p->diags, &p->tokens);
}

/* The tree without spans. */
static void tree(struct parsed *p, struct buf *out)
{
    _cleanup_buf_ struct buf text = {0};
    struct ast_print how = {0};
    bool is_span = false;

    ast_print(p->program, &p->sources, &how, &text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        char next = (char)(i + 1 < text.n ? text.p[i + 1] : '\0');

        is_span =
            is_span ? c == '-' || (c >= '0' && c <= '9') : c == ' ' && next >= '0' && next <= '9';
        if (!is_span)
            buf_add_char(out, c);
    }
}

static struct str str_of_buf(const struct buf *b)
{
    return (struct str){b->p ? b->p : "", (u32)b->n};
}

/* Check a script without errors; false (and nothing checked) if it has some. */
static bool check_script(const char *name, struct str text)
{
    _cleanup_(parsed_done) struct parsed one, two;
    _cleanup_buf_ struct buf first = {0}, second = {0}, tree_one = {0}, tree_two = {0};
    int n_failed = check_counts.n_failed;

    parse(&two, STR(""));
    parse(&one, text);
    if (diags_errors(&one.diags))
        return false;
    format_program(&one.arena, one.src, &one.tokens, &first);
    tree(&one, &tree_one);

    parsed_done(&two);
    parse(&two, str_of_buf(&first));
    CHECK(diags_errors(&two.diags) == 0);
    tree(&two, &tree_two);
    CHECK_STR(str_of_buf(&tree_two), str_of_buf(&tree_one));
    format_program(&two.arena, two.src, &two.tokens, &second);
    CHECK_STR(str_of_buf(&second), str_of_buf(&first));
    if (check_counts.n_failed > n_failed) {
        (void)printf("in %s:\n%.*s\nformatted:\n%.*s\n", name, STR_ARG(text),
                     STR_ARG(str_of_buf(&first)));
    }
    return true;
}

static u32 random_next(u64 *state, u32 below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (u32)(*state >> 32) % below;
}

/* Copy text with one piece replaced by another. */
static void replace(struct buf *out, struct str text, u32 at, u32 n_gone, struct str piece)
{
    buf_add_str(out, str_sub(text, 0, at));
    buf_add_str(out, piece);
    buf_add_str(out, str_sub(text, at + n_gone, text.n));
}

static void mutate(struct buf *out, struct str text, u64 *random)
{
    u32 at = random_next(random, text.n + 1), n = random_next(random, 12);
    u32 from = random_next(random, text.n + 1);
    char byte = (char)random_next(random, 256);

    switch (random_next(random, 6)) {
    case 0:
        replace(out, text, at, text.n, STR(""));
        break;
    case 1:
        replace(out, text, at, n, STR(""));
        break;
    case 2:
        replace(out, text, at, 1, (struct str){&byte, 1});
        break;
    case 3:
        replace(out, text, at, 0, str_sub(text, from, from + n * 4));
        break;
    default:
        replace(out, text, at, random_next(random, 2) * n,
                str_of(fragments[random_next(random, ARRAY_SIZE(fragments))]));
        break;
    }
}

static void test_mutants(const char *name, struct str text, u64 *random)
{
    _cleanup_buf_ struct buf last = {0};

    for (u32 i = 0; i < MUTANTS; i++) {
        _cleanup_buf_ struct buf mutant = {0};

        /* Every fourth begins anew; the others are the one before it, once more changed. */
        mutate(&mutant, i % 4 && last.n ? str_of_buf(&last) : text, random);
        (void)check_script(name, str_of_buf(&mutant));
        buf_reset(&last);
        buf_add(&last, mutant.p ? mutant.p : "", mutant.n);
    }
}

static void test_file(const char *path, u64 *random)
{
    _cleanup_buf_ struct buf text = {0};
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    CHECK(fd >= 0 && file_read_all(fd, SCRIPT_SIZE_MAX, &text) == 0);
    (void)check_script(path, str_of_buf(&text));
    test_mutants(path, str_sub(str_of_buf(&text), 0, SCRIPT_BYTES), random);
}

static void test_folder(const char *folder, u64 *random)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, alphasort);

    CHECK(n > 2); /* more than . and .. */
    for (int i = 0; i < n; i++) {
        _cleanup_free_ char *name = NULL;
        size_t length = strlen(entries[i]->d_name);

        if (length > 3 && strcmp(entries[i]->d_name + length - 3, ".pt") == 0 &&
            asprintf(&name, "%s/%s", folder, entries[i]->d_name) > 0)
            test_file(name, random);
        free(entries[i]);
    }
    free(entries);
}

static void test_random_bytes(u64 *random)
{
    for (u32 i = 0; i < RANDOM_SCRIPTS; i++) {
        char bytes[200];
        u32 n = random_next(random, sizeof(bytes));

        for (u32 at = 0; at < n; at++)
            bytes[at] = (char)random_next(random, i % 2 ? 256 : 128);
        (void)check_script("random bytes", (struct str){bytes, n});
    }
}

static void test_random_fragments(u64 *random)
{
    u32 n_right = 0;

    for (u32 i = 0; i < RANDOM_SCRIPTS; i++) {
        _cleanup_buf_ struct buf text = {0};

        buf_add_cstr(&text, "begin {");
        for (u32 n = random_next(random, 6); n; n--)
            buf_add_cstr(&text, fragments[random_next(random, ARRAY_SIZE(fragments))]);
        buf_add_cstr(&text, "}");
        n_right += check_script("fragments", str_of_buf(&text));
    }
    CHECK(n_right > 10); /* else the check above checks little */
}

/* The largest scripts that make a scanner look ahead or behind again and again. One that takes
 * quadratic time for them runs into the test's timeout. */
static void test_large(void)
{
    static const char *const pieces[] = {"# ",       "< ",     "> ",  ">>", "if ", "(",
                                         "/* ",      "x < y ", "/ ",  "\"", "{ ",  "x ? ",
                                         "$x = if ", ") ",     "#\n", "a,", "*"};

    for (u32 i = 0; i < ARRAY_SIZE(pieces); i++) {
        _cleanup_buf_ struct buf text = {0};

        buf_add_cstr(&text, i % 2 ? "begin { " : "begin < x ");
        while (text.n < SCRIPT_SIZE_MAX - 16)
            buf_add_cstr(&text, pieces[i]);
        CHECK(!check_script("large", str_of_buf(&text)));
    }
}

int main(void)
{
    u64 random = 0x9e3779b97f4a7c15;

    for (u32 i = 0; i < ARRAY_SIZE(folders); i++)
        test_folder(folders[i], &random);
    test_random_bytes(&random);
    test_random_fragments(&random);
    test_large();
    return check_result();
}
