/* The two readers that the fuzzer compares the kernel with: each gives the exact output of small
 * scripts, and the interpreter sees what a program may not do. */
#include <setjmp.h>

#include "lexer/token.h"
#include "parser/parse.h"
#include "semantic/semantic.h"
#include "tests/fuzz/evaluator.h"
#include "tests/fuzz/interp.h"
#include "tests/fuzz/known.h"
#include "tests/unit/check.h"

struct front {
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct program *program;
    struct ir_module *module;
};

static void arena_is_full(void *data)
{
    (void)data;
    abort();
}

static void front_run(struct front *f, const char *text)
{
    struct semantic_opts how = {.arch = arch_native(), .btf = TEST_BTF};
    const struct source *src = NULL;

    arena_init(&f->arena, 64 << 20, arena_is_full, NULL);
    sources_init(&f->sources, &f->arena);
    diags_init(&f->diags, &f->arena, &f->sources);
    src = sources_add(&f->sources, STR("stdin"), str_of(text));
    f->program = parse_program(&f->arena, src, &f->diags);
    f->module =
        semantic_analyze(&f->arena, f->program, &f->diags, kernel_new(&f->arena, NULL), &how);
}

static struct str shown(const struct buf *out)
{
    return (struct str){out->p, (u32)out->n};
}

static void both(const char *text, const char *wanted)
{
    _cleanup_buf_ struct buf ast = {0};
    _cleanup_buf_ struct buf ir = {0};
    struct front f = {0};

    front_run(&f, text);
    CHECK(f.module != NULL);
    CHECK(evaluator_run(f.program, &ast) == NULL);
    CHECK_STR(shown(&ast), wanted);
    CHECK(f.module && interp_run(f.module, &ir) == NULL);
    CHECK_STR(shown(&ir), wanted);
    arena_done(&f.arena);
}

static void test_both(void)
{
    both("BEGIN { $x = -7; printf(\"%d %x|%5s|\\n\", $x / 2, 255, \"ab\"); exit(3); }",
         "exit 3\n-3 ff|   ab|\n\n\n");
    both(
        "BEGIN { @m[1, \"a\"] = 2; @m[1, \"a\"]++; print(@m); @m[0, \"b\"] = 1; clear(@n); @n = 1; }",
        "exit 0\n@m[0, b]: 1\n@m[1, a]: 3\n\n\n@m[0, b]: 1\n@m[1, a]: 3\n");
    both("BEGIN { @h = hist(5); @c = count(); @s = str(\"hello\", 2); } END { print(@s); }",
         "exit 0\n@s: he\n\n\n@c: 1\n@h:\n"
         "[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n\n"
         "@s: he\n");
    both("BEGIN { $a = 5; if ($a > 3 && !($a == 4)) { print((uint8)300); } else { print(0); } }",
         "exit 0\n44\n\n\n");
    both("BEGIN { $r = (a = 1, b = \"x\"); print($r); $a = (uint8[4])(uint32)0x04030201; "
         "print(($a, $a[2])); @i = 9; print($a[@i]); }",
         "exit 0\n{ .a = 1, .b = x }\n([1,2,3,4], 3)\n0\n\n\n@i: 9\n");
    both("enum e { A, B = 5 } macro twice(x) { x * 2 } BEGIN { print((enum e)5); print(twice(4)); "
         "print(buf(\"a\\x01\", 2)); print(*(uint16 *)uptr(1)); }",
         "exit 0\nB\n8\na\\x01\n0\n\n\n");
}

/* What is read through pointers is the pages' bytes. */
static void test_pages(void)
{
    char wanted[64];
    u32 word = 0;

    CHECK(known_read(PAGES_ADDRESS + 16, &word, sizeof(word)));
    (void)snprintf(wanted, sizeof(wanted), "exit 0\n%u\n%u\n\n\n", word, word >> 4 & 0xff);
    both("struct s { u32 word; }; struct b { u32 low : 4, mid : 8; };"
         "BEGIN { print(((struct s *)uptr(0x20000000))[4].word);"
         "print(((struct b *)uptr(0x20000010))->mid); }",
         wanted);
}

/* The first instruction of that kind. */
static struct ir_inst *find(struct ir_module *m, enum ir_op op)
{
    vec_foreach(func, &m->funcs) {
        vec_foreach(block, &(*func)->blocks) {
            vec_foreach(inst, &(*block)->insts) {
                if ((*inst)->op == op)
                    return *inst;
            }
        }
    }
    return NULL;
}

/* A program with one instruction changed is found out. */
static void test_caught(void)
{
    static const enum ir_op ops[] = {IR_LOAD, IR_STORE};

    for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
        _cleanup_buf_ struct buf out = {0};
        struct front f = {0};
        struct ir_inst *inst = NULL;

        front_run(&f, "BEGIN { $x = 1; if ($x) { $x++; } print($x); }");
        inst = f.module ? find(f.module, ops[i]) : NULL;
        CHECK(inst != NULL);
        if (inst)
            inst->imm += 1 << 20;
        CHECK(f.module && interp_run(f.module, &out) != NULL);
        arena_done(&f.arena);
    }
}

int main(void)
{
    test_both();
    test_pages();
    test_caught();
    return check_result();
}
