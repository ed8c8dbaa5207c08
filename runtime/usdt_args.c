/* Where the arguments of a statically defined probe are: operands as the assembler writes them,
 * each behind its size in bytes, which is negative where it is signed. x86_64's:
 *
 *   -4@%edi   8@$7   8@-8(%rbp)   8@(%rax,%rbx,4)   4@counter(%rip)   8@16+table(%rip) */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "abi/abi.h"
#include "runtime/usdt.h"

/* The rest of an operand. */
struct text {
    const char *at, *end;
};

static bool take_char(struct text *t, char c)
{
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool take_number(struct text *t, s64 *out)
{
    const char *before = t->at;
    bool is_negative = take_char(t, '-');
    const char *begin = t->at;
    u64 number = 0;

    for (; t->at < t->end && isdigit((unsigned char)*t->at) != 0; t->at++)
        number = number * 10 + (u64)(*t->at - '0');
    *out = (s64)(is_negative ? 0 - number : number);
    if (t->at > begin)
        return true;
    t->at = before;
    return false;
}

/* The name without what tells the part of the register: rdi, edi, dil to di; r8d, r8w, r8b to r8.
 */
static struct str whole_register(struct str name, char *text)
{
    u32 n = MIN(name.n, 7u);

    memcpy(text, name.p, n);
    text[n] = '\0';
    if (n >= 2 && text[0] == 'r' && isdigit((unsigned char)text[1]) != 0) {
        if (strchr("dwb", text[n - 1]) != NULL)
            n--;
        return (struct str){text, n};
    }
    if (n == 3 && (text[0] == 'r' || text[0] == 'e'))
        return (struct str){text + 1, 2};
    if (n == 3 && text[2] == 'l') /* dil, sil, bpl, spl */
        return (struct str){text, 2};
    if (n == 2 && text[1] == 'l' && strchr("abcd", text[0]) != NULL) /* al */
        text[1] = 'x';
    return (struct str){text, n};
}

/* "%rdi" */
static bool take_register(struct text *t, u64 *offset_out)
{
    char text[8];
    struct str name;
    const struct arch_reg *found = NULL;
    const char *begin = t->at + 1;

    if (!take_char(t, '%'))
        return false;
    while (t->at < t->end && isalnum((unsigned char)*t->at) != 0)
        t->at++;
    name = whole_register((struct str){begin, (u32)(t->at - begin)}, text);
    found = arch_reg_find(arch_native(), name.p, name.n);
    *offset_out = found != NULL ? found->offset : 0;
    return found != NULL;
}

/* "counter", of which the address is meant, with a number before or behind it. */
static bool take_symbol(struct text *t, struct binary *binary, u64 *address_out)
{
    struct str name = {t->at, 0};

    while (t->at < t->end && (isalnum((unsigned char)*t->at) != 0 || strchr("_.$", *t->at) != NULL))
        t->at++;
    name.n = (u32)(t->at - name.p);
    return name.n > 0 && binary_object(binary, name, address_out) == 0;
}

/* "(%rbp)", "(%rax,%rbx,4)", "(,%rbx,8)": base and index. */
static bool take_base(struct text *t, struct ptl_usdt_arg *arg)
{
    s64 scale = 1;

    if (!take_char(t, '(') || !take_register(t, &arg->reg))
        return false;
    if (take_char(t, ',')) {
        if (!take_register(t, &arg->index) || (take_char(t, ',') && !take_number(t, &scale)))
            return false;
        arg->scale = (u64)scale;
    }
    return take_char(t, ')') && t->at == t->end;
}

/* Memory: displacement, symbol, base. */
static bool take_memory(struct text *t, struct binary *binary, u64 address,
                        struct ptl_usdt_arg *arg)
{
    s64 offset = 0, more = 0;
    u64 symbol = 0;
    bool has_offset = take_number(t, &offset);
    bool has_symbol = false;

    if (has_offset)
        (void)take_char(t, '+');
    if (t->at < t->end && *t->at != '(') {
        has_symbol = take_symbol(t, binary, &symbol);
        if (!has_symbol)
            return false;
        if (take_char(t, '+') || (t->at < t->end && *t->at == '-'))
            (void)take_number(t, &more);
    }
    arg->kind = USDT_MEMORY;
    arg->offset = (u64)(offset + more);
    if (!take_base(t, arg))
        return false;
    /* relative to the instruction, which is at the probe's address when the program runs */
    if (has_symbol)
        arg->offset += symbol - address;
    return !has_symbol || arg->reg == arch_native()->ip_off;
}

static bool take_operand(struct text *t, struct binary *binary, u64 address,
                         struct ptl_usdt_arg *arg)
{
    s64 number = 0;

    if (t->at < t->end && *t->at == '%') {
        arg->kind = USDT_REGISTER;
        return take_register(t, &arg->reg) && t->at == t->end;
    }
    if (take_char(t, '$')) {
        arg->kind = USDT_CONST;
        if (!take_number(t, &number))
            return false;
        arg->offset = (u64)number;
        return t->at == t->end;
    }
    return take_memory(t, binary, address, arg);
}

static bool take_arg(struct text *t, struct binary *binary, u64 address, struct ptl_usdt_arg *arg)
{
    s64 size = 0;

    if (!take_number(t, &size) || !take_char(t, '@'))
        return false;
    arg->is_signed = size < 0;
    size = size < 0 ? -size : size;
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return false;
    arg->shift = 64 - 8 * (u64)size;
    return take_operand(t, binary, address, arg);
}

int usdt_args(struct binary *binary, const struct usdt_place *place, struct ptl_usdt *out)
{
    struct str rest = place->args;
    u32 n = 0;

    *out = (struct ptl_usdt){0};
    while (rest.n > 0) {
        int space = str_index(rest, ' ');
        struct str word = space < 0 ? rest : str_sub(rest, 0, (u32)space);
        struct text text = {word.p, word.p + word.n};

        rest = str_sub(rest, space < 0 ? rest.n : (u32)space + 1, rest.n);
        if (word.n == 0)
            continue;
        if (n == PTL_USDT_ARGS || !take_arg(&text, binary, place->address, &out->args[n++]))
            return -EINVAL;
    }
    return 0;
}
