/* The kernel's answer, as kernels 6.1 and 6.12 put it, and what is made of it.
 *
 * covers: diag:500 diag:501 diag:502 diag:503 diag:504 diag:505 diag:506 diag:507 diag:508 */
#include <errno.h>

#include "base/source.h"
#include "runtime/verifier.h"
#include "tests/unit/check.h"

#define TRACE                                          \
    "0: R1=ctx(off=0,imm=0) R10=fp0\n"                 \
    "; @ = count();\n"                                 \
    "0: (b7) r1 = 0                        ; R1_w=0\n" \
    "17: (79) r1 = *(u64 *)(r0 +0)\n"
#define END "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 0\n"

static struct verdict read_log(const char *log, int err)
{
    struct verdict verdict;

    verifier_read(str_of(log), err, &verdict);
    return verdict;
}

static void test_catalogue(void)
{
    struct verdict v = read_log(TRACE "R0 invalid mem access 'map_value_or_null'\n" END, -EACCES);

    CHECK(v.code == E_VERIFIER_INTERNAL && v.has_insn && v.insn == 17);
    CHECK_STR(v.line, "R0 invalid mem access 'map_value_or_null'");
    v = read_log(TRACE "R0 invalid mem access 'scalar'\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER_ADDRESS && v.insn == 17);
    v = read_log(TRACE "invalid indirect read from stack R2 off -8+0 size 4\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER_INTERNAL);
    v = read_log(TRACE "math between fp pointer and register with unbounded min value is not "
                       "allowed\n" END,
                 -EACCES);
    CHECK(v.code == E_VERIFIER_INDEX);
    v = read_log(TRACE "invalid access to packet, off=0 size=1, R1(id=0,off=0,r=0)\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER_INTERNAL);
    v = read_log(TRACE "invalid bpf_context access off=400 size=4\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER_CONTEXT);
    v = read_log(TRACE "invalid write to stack R10 off=-520 size=8\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER_STACK);
    v = read_log(TRACE "something quite new\n" END, -EACCES);
    CHECK(v.code == E_VERIFIER && v.text == NULL);
    CHECK_STR(v.line, "something quite new");
}

static void test_helper_names(void)
{
    struct verdict v = read_log(TRACE "unknown func bpf_redirect#23\n" END, -EINVAL);

    CHECK(v.code == E_VERIFIER_HELPER);
    CHECK_STR(v.word, "redirect");
    v = read_log(TRACE "program of this type cannot use helper bpf_redirect#23\n" END, -EINVAL);
    CHECK(v.code == E_VERIFIER_HELPER);
    CHECK_STR(v.word, "redirect");
}

static void test_loops(void)
{
    struct verdict v = read_log(TRACE "infinite loop detected at insn 2\n" END, -EINVAL);

    CHECK(v.code == E_VERIFIER_LOOP && v.has_insn && v.insn == 2);
    v = read_log(TRACE "infinite loop detected at insn 2\ncur state: R0=1\nold state: R0=1\n" END,
                 -EINVAL);
    CHECK(v.code == E_VERIFIER_LOOP && v.insn == 2);
    v = read_log("back-edge from insn 9 to 4\n" END, -EINVAL);
    CHECK(v.code == E_VERIFIER_LOOP && v.insn == 9);
}

static void test_field(void)
{
    struct verdict v = read_log(
        "1: <invalid CO-RE relocation>\nfailed to resolve CO-RE relocation <byte_off>\n" END,
        -EINVAL);

    CHECK(v.code == E_VERIFIER_FIELD);
}

static void test_too_complex(void)
{
    struct verdict v =
        read_log(TRACE "BPF program is too large. Processed 1000001 insn\n" END, -E2BIG);

    CHECK(v.code == E_VERIFIER_COMPLEX && v.insn == 17);
    v = read_log(TRACE "The sequence of 8193 jumps is too complex.\n" END, -EFAULT);
    CHECK(v.code == E_VERIFIER_COMPLEX && v.insn == 17);
    /* The log overflowed: its end, with the verdict, is lost. */
    v = read_log(TRACE, -ENOSPC);
    CHECK(v.code == E_VERIFIER_COMPLEX && v.insn == 17);
    v = read_log("", -EPERM);
    CHECK(v.code == E_VERIFIER && !v.has_insn && v.line.n == 0);
}

static void on_full(void *data)
{
    (void)data;
    abort();
}

/* A report without line information: the place is that of the probe. */
static void test_report(void)
{
    static const struct elf_view no_elf = {0};
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct buf out = {0};
    struct span span;

    arena_init(&arena, 1 << 20, on_full, NULL);
    sources_init(&sources, &arena);
    diags_init(&diags, &arena, &sources);
    span.begin = sources_add(&sources, STR("stdin"), STR("kprobe:f { redirect(1) }"))->base;
    span.end = span.begin + 8;
    verifier_report(&no_elf, STR("p"), STR(TRACE "unknown func bpf_redirect#23\n" END), -EINVAL,
                    span, &diags);
    diags_render(&diags, &out, false);
    CHECK_STR(((struct str){out.p, (u32)out.n}),
              "stdin:1:1-9: ERROR: redirect() cannot be used in this kind of probe on this kernel. "
              "[E505]\nkprobe:f { redirect(1) }\n~~~~~~~~\n");
    buf_done(&out);
    arena_done(&arena);
}

int main(void)
{
    test_catalogue();
    test_helper_names();
    test_loops();
    test_field();
    test_too_complex();
    test_report();
    return check_result();
}
