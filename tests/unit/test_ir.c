/* ir/: types and their join, the folding builder, the text form (print, read, print again), the
 * verifier's rules. Run in the project's root: the programs of tests/unit/ir/ must read, verify,
 * and print as they are. covers: diag:040 diag:041 */
#include <stdio.h>

#include "base/diag.h"
#include "ir/dom.h"
#include "tests/unit/check.h"

struct fixture {
    struct arena arena;
    struct types *types;
    struct sources sources;
    struct diags diags;
};

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_ir: arena is full\n", stderr);
    abort();
}

static void fixture_init(struct fixture *f)
{
    arena_init(&f->arena, 64 << 20, arena_full, NULL);
    f->types = types_new(&f->arena);
    sources_init(&f->sources, &f->arena);
    diags_init(&f->diags, &f->arena, &f->sources);
}

static struct ir_module *read_text(struct fixture *f, const char *text)
{
    const struct source *src = sources_add(&f->sources, STR("test"), str_of(text));

    return ir_read(&f->arena, f->types, src, &f->diags);
}

static struct str print_text(struct fixture *f, const struct ir_module *m)
{
    _cleanup_buf_ struct buf out = {0};

    ir_print(m, &out);
    return str_dup(&f->arena, (struct str){out.p, (u32)out.n});
}

/* ---- types ---- */

static void check_type_name(struct fixture *f, const struct type *t, const char *name)
{
    CHECK(t != NULL);
    if (t)
        CHECK_STR(type_name(&f->arena, t), name);
}

static void test_types(struct fixture *f)
{
    struct types *ts = f->types;
    const struct type *pair[2] = {type_int(ts, 8, true), type_string(ts, 5)};
    const struct type *other[2] = {type_int(ts, 4, false), type_string(ts, 16)};
    const struct type *tuple = type_tuple(ts, pair, 2);
    const s64 bits[3] = {2, 0, 0};
    const struct type *hist = type_agg(ts, AGG_HIST, false, bits);

    CHECK(type_int(ts, 4, true) == type_int(ts, 4, true));
    CHECK(type_int(ts, 4, true) != type_int(ts, 4, false));
    CHECK(tuple == type_tuple(ts, pair, 2) && tuple != type_tuple(ts, other, 2));
    CHECK(hist == type_agg(ts, AGG_HIST, false, bits) &&
          hist != type_agg(ts, AGG_HIST, true, bits));
    check_type_name(f, tuple, "(int64,string[5])");
    check_type_name(f, hist, "hist_t");
    check_type_name(f, type_int(ts, 1, false), "uint8");
    CHECK(type_mem_size(tuple) == 16 && type_elem_offset(tuple, 1) == 8);
    CHECK(type_mem_size(hist) == 8 * hist_bucket_count(2));
    CHECK(type_mem_size(type_void(ts)) == 0 && type_mem_size(type_bool(ts)) == 8);
    CHECK(type_is_word(type_ksym(ts)) && !type_is_word(tuple));
}

static void test_literals_and_joins(struct fixture *f)
{
    struct types *ts = f->types;
    const struct type *narrow[2] = {type_int(ts, 1, true), type_string(ts, 2)};
    const struct type *wide[2] = {type_int(ts, 8, true), type_string(ts, 1)};

    check_type_name(f, type_of_literal(ts, 127, false), "int8");
    check_type_name(f, type_of_literal(ts, 128, false), "int16");
    check_type_name(f, type_of_literal(ts, (u64)-128, true), "int8");
    check_type_name(f, type_of_literal(ts, 1u << 31, false), "int64");
    check_type_name(f, type_of_literal(ts, ~(u64)0, false), "uint64");
    check_type_name(f, type_join(ts, type_int(ts, 2, true), type_int(ts, 1, false)), "int16");
    check_type_name(f, type_join(ts, type_int(ts, 1, true), type_int(ts, 1, false)), "int16");
    check_type_name(f, type_join(ts, type_int(ts, 8, false), type_int(ts, 1, true)), "int64");
    check_type_name(f, type_join(ts, type_tuple(ts, narrow, 2), type_tuple(ts, wide, 2)),
                    "(int64,string[2])");
    CHECK(type_join(ts, type_bool(ts), type_int(ts, 8, true)) == NULL);
    CHECK(type_join(ts, type_error(ts), type_bool(ts)) == type_error(ts));
}

/* ---- builder ---- */

static struct ir_builder new_func(struct fixture *f)
{
    struct ir_module *m = ir_module_new(&f->arena, f->types, &f->sources);
    struct ir_builder b = {.module = m, .func = ir_func_new(m, "f", "kprobe", IR_CTX_PT_REGS)};

    b.block = ir_block_new(&b, "entry");
    return b;
}

static bool is_value(ir_val v, s64 wanted)
{
    s64 value = 0;

    return ir_is_const(v, &value) && value == wanted;
}

static ir_val fold2(struct ir_builder *b, enum ir_op op, s64 x, s64 y)
{
    return ir_binary(b, op, ir_const(b, x), ir_const(b, y));
}

static void test_folding(struct fixture *f)
{
    struct ir_builder b = new_func(f);
    ir_val x = ir_arg(&b, 0), zero = ir_const(&b, 0), one = ir_const(&b, 1);

    CHECK(is_value(fold2(&b, IR_ADD, INT64_MAX, 1), INT64_MIN));
    CHECK(is_value(fold2(&b, IR_SDIV, INT64_MIN, -1), INT64_MIN));
    CHECK(is_value(fold2(&b, IR_SMOD, INT64_MIN, -1), 0) &&
          is_value(fold2(&b, IR_SMOD, -7, 3), -1));
    CHECK(is_value(fold2(&b, IR_UDIV, -1, 2), INT64_MAX));
    CHECK(fold2(&b, IR_UDIV, 1, 0)->op == IR_UDIV);
    CHECK(is_value(fold2(&b, IR_SHL, 1, 65), 2) && is_value(fold2(&b, IR_ASHR, -8, 1), -4));
    CHECK(is_value(fold2(&b, IR_ULT, 1, -1), 1) && is_value(fold2(&b, IR_SLT, 1, -1), 0));
    CHECK(is_value(ir_unary(&b, IR_LOG2, ir_const(&b, 0)), 0));
    CHECK(is_value(ir_unary(&b, IR_LOG2, ir_const(&b, -1)), 63));
    CHECK(is_value(ir_extend(&b, ir_const(&b, 0x1ff), 1, true), -1));
    CHECK(ir_binary(&b, IR_ADD, x, zero) == x && ir_binary(&b, IR_ADD, zero, x) == x);
    CHECK(ir_binary(&b, IR_MUL, one, x) == x && is_value(ir_binary(&b, IR_MUL, x, zero), 0));
    CHECK(ir_binary(&b, IR_AND, x, ir_const(&b, -1)) == x && ir_binary(&b, IR_SUB, x, zero) == x);
    CHECK(is_value(ir_binary(&b, IR_SUB, x, x), 0) && is_value(ir_binary(&b, IR_SLE, x, x), 1));
    CHECK(ir_binary(&b, IR_SUB, zero, x)->op == IR_SUB);
    CHECK(is_value(ir_unary(&b, IR_IS_NULL, ir_ctx(&b)), 0));
    CHECK(ir_ptr_add(&b, ir_ctx(&b), zero)->op == IR_CTX);
    CHECK(is_value(ir_str_eq(&b, ir_string(&b, STR("a"), 8), ir_string(&b, STR("a"), 2), 2), 1));
    ir_br(&b, one, b.block, b.block);
    CHECK(ir_is_terminated(&b) && b.block->insts.items[b.block->insts.n - 1]->op == IR_JMP);
}

/* ---- text ---- */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, 1 << 16);

    if (file) {
        (void)fread(text, 1, (1 << 16) - 1, file);
        (void)fclose(file);
    }
    return text;
}

static void test_program(struct fixture *f, const char *name)
{
    const char *path = str_cstr(&f->arena, str_printf(&f->arena, "tests/unit/ir/%s.ir", name));
    _cleanup_free_ char *text = read_file(path);
    struct ir_module *m = read_text(f, text);
    const char *why = m ? ir_verify(m) : "not read";

    CHECK(m != NULL);
    CHECK_STR(why, "");
    if (m)
        CHECK_STR(print_text(f, m), text);
}

/* The text has this diagnostic at this line. */
static void check_problem(const char *text, enum diag_code code, u32 line)
{
    struct fixture f;

    fixture_init(&f);
    CHECK(read_text(&f, text) == NULL);
    CHECK(diags_errors(&f.diags) > 0);
    if (f.diags.list.n) {
        const struct diag *d = f.diags.list.items[0];

        CHECK(d->code == code && sources_place(&f.sources, d->span).line == line);
    }
    arena_done(&f.arena);
}

#define IN_FUNC(lines) "func f \"kprobe\" pt_regs {\nslot $a.0 16\nentry.0:\n" lines "}\n"

static void test_problems(void)
{
    check_problem("nonsense\n", E_IR_SYNTAX, 1);
    check_problem("map @m type x", E_IR_SYNTAX, 1);
    check_problem("func f \"kprobe\" elsewhere {\n}\n", E_IR_SYNTAX, 1);
    check_problem("func f \"kprobe\" pt_regs {\nentry.0:\n    ret 0\n", E_IR_SYNTAX, 4);
    check_problem("func f \"kprobe\" pt_regs {\nentry.1:\n}\n", E_IR_SYNTAX, 2);
    check_problem(IN_FUNC("    frobnicate 1\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    %0 = add 1\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    %0 = add 1 2 3\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    add 1 2\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    %0 = ret 0\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    %0 = load $a.0 +0 x8\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    store $a.0 99999999999999999999 +0 :8\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    copy $a.0 \"abc :8\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    copy $a.0 \"abc\":2 :2\n"), E_IR_SYNTAX, 4);
    check_problem(IN_FUNC("    %0 = call no_such_helper\n"), E_IR_NAME, 4);
    check_problem(IN_FUNC("    %0 = add %1 2\n"), E_IR_NAME, 4);
    check_problem(IN_FUNC("    %0 = arg 0\n    %0 = arg 1\n"), E_IR_NAME, 5);
    check_problem(IN_FUNC("    jmp nowhere.7\n"), E_IR_NAME, 4);
    check_problem(IN_FUNC("    store $b.1 0 +0 :8\n"), E_IR_NAME, 4);
    check_problem(IN_FUNC("    %0 = call_ptr map_lookup_elem @m $a.0\n"), E_IR_NAME, 4);
}

/* Cut a text anywhere: no crash, and what is still accepted prints. */
static void test_truncated(const char *name)
{
    const char *whole = NULL;
    struct fixture f;

    fixture_init(&f);
    whole = str_cstr(&f.arena, str_printf(&f.arena, "tests/unit/ir/%s.ir", name));
    {
        _cleanup_free_ char *text = read_file(whole);
        size_t n = strlen(text);

        for (size_t i = 0; i < n; i++) {
            struct fixture cut;
            char *part = strndup(text, i);
            struct ir_module *m = NULL;

            fixture_init(&cut);
            m = read_text(&cut, part);
            CHECK((m == NULL) == (diags_errors(&cut.diags) != 0));
            if (m && ir_verify(m) == NULL)
                (void)print_text(&cut, m);
            free(part);
            arena_done(&cut.arena);
        }
    }
    arena_done(&f.arena);
}

/* ---- verifier ---- */

/* The rule that a function with these lines breaks. */
static void check_rule(const char *text, const char *why)
{
    struct fixture f;
    struct ir_module *m = NULL;

    fixture_init(&f);
    m = read_text(&f, text);
    CHECK(m != NULL);
    if (m)
        CHECK_STR(ir_verify(m), why);
    arena_done(&f.arena);
}

static void test_rules_of_memory(void)
{
    check_rule(IN_FUNC("    store $a.0 1 +16 :8\n    ret 0\n"),
               "function f, block entry.0, store: accesses bytes outside of the object");
    check_rule(IN_FUNC("    store $a.0 1 +4 :8\n    ret 0\n"),
               "function f, block entry.0, store: is not aligned");
    check_rule(IN_FUNC("    store $a.0 1 +0 :3\n    ret 0\n"),
               "function f, block entry.0, store: the size is not 1, 2, 4 or 8");
    check_rule(IN_FUNC("    store zero:8 1 +0 :8\n    ret 0\n"),
               "function f, block entry.0, store: writes to read-only memory");
    check_rule(IN_FUNC("    %0 = ptr_add $a.0 8\n    copy %0 zero:16 :16\n    ret 0\n"),
               "function f, block entry.0, copy: accesses bytes outside of the object");
    check_rule(IN_FUNC("    %0 = config +4096\n    ret 0\n"),
               "function f, block entry.0, config: there is no such member of the configuration");
    check_rule(IN_FUNC("    %0 = ctx_load -8 u8\n    ret 0\n"),
               "function f, block entry.0, ctx_load: the offset in the context is out of range");
    check_rule("func f \"perf_event\" perf_event {\nentry.0:\n    %0 = arg 0\n    ret 0\n}\n",
               "function f, block entry.0, arg: the context has no arguments");
}

static void test_rules_of_flow(void)
{
    check_rule(IN_FUNC("    %0 = arg 0\n"),
               "function f, block entry.0: does not end in jmp, br or ret");
    check_rule(IN_FUNC("    ret 0\n    ret 0\n"),
               "function f, block entry.0, ret: ends the block before its last instruction");
    check_rule(
        IN_FUNC("    %1 = add %0 1\n    %0 = arg 0\n    ret 0\n"),
        "function f, block entry.0, add: an operand is used where it may not be computed yet");
    check_rule(IN_FUNC("    %0 = add $a.0 1\n    ret 0\n"),
               "function f, block entry.0, add: an operand is no word");
    check_rule(IN_FUNC("    %0 = load 1 +0 u8\n    ret 0\n"),
               "function f, block entry.0, load: an operand is no pointer");
    /* %1 is computed in one arm only */
    check_rule(
        IN_FUNC("    %0 = arg 0\n    br %0 a.1 b.2\na.1:\n    %1 = arg 1\n    jmp b.2\nb.2:\n"
                "    store $a.0 %1 +0 :8\n    ret 0\n"),
        "function f, block b.2, store: an operand is used where it may not be computed yet");
    check_rule("func f \"kprobe\" pt_regs {\n}\n", "function f: has no block");
}

static void test_dominators(struct fixture *f)
{
    struct ir_module *m = read_text(
        f, IN_FUNC("    %0 = arg 0\n    br %0 a.1 b.2\na.1:\n    jmp c.3\nb.2:\n    jmp c.3\nc.3:\n"
                   "    br %0 a.1 d.4\nd.4:\n    ret 0\ndead.5:\n    jmp a.1\n"));
    struct dom d;

    CHECK(m && ir_verify(m) == NULL);
    if (!m)
        return;
    d = dom_compute(&f->arena, m->funcs.items[0]);
    CHECK(dom_dominates(&d, 0, 4) && dom_dominates(&d, 3, 4) && !dom_dominates(&d, 1, 3));
    CHECK(dom_common(&d, 1, 2) == 0 && dom_common(&d, 3, 4) == 3);
    CHECK(!dom_is_reached(&d, 5) && dom_is_reached(&d, 4));
}

int main(void)
{
    struct fixture f;

    fixture_init(&f);
    test_types(&f);
    test_literals_and_joins(&f);
    test_folding(&f);
    test_program(&f, "count");
    test_program(&f, "ring");
    test_program(&f, "words");
    test_program(&f, "bytes");
    test_program(&f, "begin");
    test_problems();
    test_truncated("ring");
    test_truncated("words");
    test_rules_of_memory();
    test_rules_of_flow();
    test_dominators(&f);
    arena_done(&f.arena);
    return check_result();
}
