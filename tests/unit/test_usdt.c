/* Operands of usdt probes as assemblers write them. */
#include <string.h>

#include "abi/abi.h"
#include "check.h"
#include "runtime/usdt.h"

static int parse(const char *text, struct ptl_usdt *out)
{
    struct usdt_place place = {.args = str_of(text)};

    return usdt_args(NULL, &place, out);
}

static u64 reg(const char *name)
{
    const struct arch_reg *found = arch_reg_find(arch_native(), name, strlen(name));

    return found ? found->offset : ~(u64)0;
}

static void test_registers(void)
{
    static const struct {
        const char *text, *name;
        u64 shift;
        bool is_signed;
    } cases[] = {
        {"8@%rdi", "di", 0, false},    {"-8@%rdi", "di", 0, true},    {"-4@%edi", "di", 32, true},
        {"2@%di", "di", 48, false},    {"1@%dil", "di", 56, false},   {"1@%al", "ax", 56, false},
        {"4@%eax", "ax", 32, false},   {"8@%r8", "r8", 0, false},     {"4@%r8d", "r8", 32, false},
        {"2@%r15w", "r15", 48, false}, {"-1@%r10b", "r10", 56, true}, {"8@%rbp", "bp", 0, false},
        {"1@%bpl", "bp", 56, false},   {"8@%rsp", "sp", 0, false},
    };

    for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ptl_usdt usdt;

        CHECK(parse(cases[i].text, &usdt) == 0);
        CHECK(usdt.args[0].kind == USDT_REGISTER && usdt.args[0].reg == reg(cases[i].name));
        CHECK(usdt.args[0].shift == cases[i].shift && usdt.args[0].is_signed == cases[i].is_signed);
        CHECK(usdt.args[1].kind == USDT_NONE);
    }
}

static void test_memory(void)
{
    struct ptl_usdt usdt;
    const struct ptl_usdt_arg *arg = usdt.args;

    CHECK(parse("8@-16(%rbp) 4@(%rax) -4@12(%rdi,%rsi,8) 8@(%rax,%r9) -4@$-7 8@$12", &usdt) == 0);
    CHECK(arg[0].kind == USDT_MEMORY && arg[0].reg == reg("bp") && (s64)arg[0].offset == -16);
    CHECK(arg[0].scale == 0);
    CHECK(arg[1].kind == USDT_MEMORY && arg[1].reg == reg("ax") && arg[1].offset == 0);
    CHECK(arg[2].reg == reg("di") && arg[2].index == reg("si") && arg[2].scale == 8);
    CHECK(arg[2].offset == 12 && arg[2].is_signed);
    CHECK(arg[3].index == reg("r9") && arg[3].scale == 1);
    CHECK(arg[4].kind == USDT_CONST && (s64)arg[4].offset == -7);
    CHECK(arg[5].kind == USDT_CONST && arg[5].offset == 12 && arg[6].kind == USDT_NONE);
    CHECK(parse("", &usdt) == 0 && arg[0].kind == USDT_NONE);
}

static void test_refused(void)
{
    static const char *const bad[] = {
        "8f@%xmm0",
        "8@%nothing",
        "3@%rdi",
        "8@",
        "@%rdi",
        "8%rdi",
        "8@$",
        "8@$x",
        "8@(%rax",
        "8@(%rax,)",
        "8@-(%rax)",
        "8@%rdi,",
        "8@*%rax",
        "8@(rax)",
        "8@%",
        "8@-",
        "8@(",
        "8@()",
        "8@(%rax,%rbx,)",
        "8@%aaaaaaaaaaaaaaa",
        "8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1 8@$1",
    };

    for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
        struct ptl_usdt usdt;

        CHECK(parse(bad[i], &usdt) != 0);
    }
}

int main(void)
{
    test_registers();
    test_memory();
    test_refused();
    return check_result();
}
