/* Functions of the evaluator that only compute: about strings, bytes and addresses. */
#include <arpa/inet.h>

#include "abi/names.h"
#include "abi/record.h"
#include "tests/fuzz/eval.h"

static const struct expr *arg_of(const struct expr *e, u32 i)
{
    const struct expr *arg = e->args;

    while (arg && i-- > 0)
        arg = arg->next;
    return arg;
}

static struct value arg_value(struct eval *ev, const struct expr *e, u32 i)
{
    return arg_of(e, i) ? eval_expr(ev, arg_of(e, i)) : (struct value){0};
}

static struct value number(u64 word)
{
    return (struct value){.word = word};
}

static struct value text(struct str text)
{
    return (struct value){.text = text};
}

/* Of a string, or of an array of characters. */
static struct str arg_text(struct eval *ev, const struct expr *e, u32 i)
{
    return eval_text_of(arg_value(ev, e, i).text);
}

/* ---- strings ---- */

static struct value word_strlen(struct eval *ev, const struct expr *e)
{
    return number(arg_text(ev, e, 0).n);
}

static struct value word_strcap(struct eval *ev, const struct expr *e)
{
    (void)ev;
    return number(type_raw_size(arg_of(e, 0)->type));
}

static struct value word_strncmp(struct eval *ev, const struct expr *e)
{
    struct str a = arg_text(ev, e, 0), b = arg_text(ev, e, 1);
    u64 n = arg_value(ev, e, 2).word;

    return number(!str_eq(str_sub(a, 0, (u32)MIN(n, a.n)), str_sub(b, 0, (u32)MIN(n, b.n))));
}

static s64 place_of(struct str in, struct str part)
{
    for (u32 i = 0; i + part.n <= in.n; i++) {
        if (memcmp(in.p + i, part.p, part.n) == 0)
            return i;
    }
    return -1;
}

static struct value word_strstr(struct eval *ev, const struct expr *e)
{
    struct str in = arg_text(ev, e, 0);

    return number((u64)place_of(in, arg_text(ev, e, 1)));
}

static struct value word_strcontains(struct eval *ev, const struct expr *e)
{
    return number((s64)word_strstr(ev, e).word >= 0);
}

static struct value word_str_concat(struct eval *ev, const struct expr *e)
{
    struct str a = arg_text(ev, e, 0);
    struct str b = arg_text(ev, e, 1);
    struct str joined = str_printf(ev->arena, "%.*s%.*s", STR_ARG(a), STR_ARG(b));

    return text(str_sub(joined, 0, MIN(joined.n, PTL_STRING_MAX - 1)));
}

/* ---- bytes ---- */

/* The first n bytes of a value, or of what a pointer points to; zeros behind a string. */
static struct str bytes_of(struct eval *ev, const struct expr *arg, const struct value *v, u32 n)
{
    char *bytes = NULL;

    if (type_is_word(arg->type))
        return eval_memory(ev, arg->type->space, v->word, n);
    bytes = arena_alloc(ev->arena, n);
    memcpy(bytes, v->text.p, MIN(n, v->text.n));
    return (struct str){bytes, n};
}

static struct value word_memcmp(struct eval *ev, const struct expr *e)
{
    struct value a = arg_value(ev, e, 0), b = arg_value(ev, e, 1);
    u32 n = (u32)arg_value(ev, e, 2).word;
    struct str x = bytes_of(ev, arg_of(e, 0), &a, n), y = bytes_of(ev, arg_of(e, 1), &b, n);
    int order = n ? memcmp(x.p, y.p, n) : 0;

    return number(order < 0 ? UINT64_MAX : order > 0);
}

static struct value word_buf(struct eval *ev, const struct expr *e)
{
    const struct type *t = arg_of(e, 0)->type;
    struct value v = arg_value(ev, e, 0);
    bool has_length = arg_of(e, 1) != NULL;
    u64 n = has_length ? arg_value(ev, e, 1).word : v.text.n;
    u64 most = arg_of(e, 0)->is_const ? v.text.n : type_raw_size(t);

    if (type_is_word(t))
        most = PTL_STRING_MAX;
    n = MIN(n, MIN(most, PTL_STRING_MAX));
    return text(bytes_of(ev, arg_of(e, 0), &v, (u32)n));
}

static struct value word_bswap(struct eval *ev, const struct expr *e)
{
    u64 word = arg_value(ev, e, 0).word;

    return number(__builtin_bswap64(word) >> (64 - arg_of(e, 0)->type->size * 8));
}

/* ---- addresses ---- */

static struct value word_same(struct eval *ev, const struct expr *e)
{
    return arg_value(ev, e, 0);
}

static struct value word_is_err(struct eval *ev, const struct expr *e)
{
    return number(arg_value(ev, e, 0).word >= (u64)-4095);
}

static struct value word_pton(struct eval *ev, const struct expr *e)
{
    char *bytes = arena_alloc(ev->arena, 16);
    const char *written = str_cstr(ev->arena, arg_of(e, 0)->text);

    if (inet_pton(AF_INET, written, bytes) == 1)
        return text((struct str){bytes, 4});
    (void)inet_pton(AF_INET6, written, bytes); /* the compiler has checked it */
    return text((struct str){bytes, 16});
}

static struct value word_ntop(struct eval *ev, const struct expr *e)
{
    const struct expr *address = arg_of(e, 1) ? arg_of(e, 1) : arg_of(e, 0);
    u64 given = arg_of(e, 1) ? arg_value(ev, e, 0).word : 0;
    struct value v = eval_expr(ev, address);
    struct str held = type_is_word(address->type) ? (struct str){(char *)&v.word, 4} : v.text;
    u64 family = arg_of(e, 1) ? given : held.n == 16 ? AF_INET6 : AF_INET;
    char *bytes = arena_alloc(ev->arena, 24);

    memcpy(bytes, &family, sizeof(family));
    memcpy(bytes + 8, held.p, MIN(held.n, 16));
    return text((struct str){bytes, 24});
}

static struct value word_macaddr(struct eval *ev, const struct expr *e)
{
    struct value v = arg_value(ev, e, 0);
    struct str bytes = bytes_of(ev, arg_of(e, 0), &v, 6);
    char *mac = arena_alloc(ev->arena, 8);

    memcpy(mac, bytes.p, 6);
    return text((struct str){mac, 8});
}

/* ---- names ---- */

static struct value named(struct eval *ev, const struct expr *e, enum names names)
{
    u32 value = (u32)arg_value(ev, e, 0).word; /* an int in the kernel */

    return text(str_of(names_text(names, arch_native(), value)));
}

static struct value word_strerror(struct eval *ev, const struct expr *e)
{
    return named(ev, e, NAMES_ERRNO);
}

static struct value word_signal_name(struct eval *ev, const struct expr *e)
{
    return named(ev, e, NAMES_SIGNAL);
}

static struct value word_syscall_name(struct eval *ev, const struct expr *e)
{
    return named(ev, e, NAMES_SYSCALL);
}

/* ---- types ---- */

/* The answer is in the types: nothing is computed. */
static struct value word_is_type(struct eval *ev, const struct expr *e)
{
    const struct expr *arg = arg_of(e, 0);
    struct str name = e->call->name;

    (void)ev;
    if (!arg->type || arg->kind == EXPR_TYPE || (arg->kind == EXPR_MAP && !arg->args))
        return number(e->num);
    if (str_eq_c(name, "is_array"))
        return number(arg->type->kind == TYPE_ARRAY);
    if (str_eq_c(name, "is_integer"))
        return number(type_is_integer(arg->type));
    if (str_eq_c(name, "is_unsigned_integer"))
        return number(type_is_integer(arg->type) && !arg->type->is_signed);
    if (str_eq_c(name, "is_ptr"))
        return number(arg->type->kind == TYPE_POINTER);
    return number(arg->type->kind == TYPE_STRING);
}

eval_word_fn *eval_word(struct str name)
{
    static const struct {
        const char *name;
        eval_word_fn *call;
    } words[] = {
        {"bswap", word_bswap},
        {"buf", word_buf},
        {"is_array", word_is_type},
        {"is_err", word_is_err},
        {"is_integer", word_is_type},
        {"is_ptr", word_is_type},
        {"is_str", word_is_type},
        {"is_unsigned_integer", word_is_type},
        {"kptr", word_same},
        {"macaddr", word_macaddr},
        {"memcmp", word_memcmp},
        {"ntop", word_ntop},
        {"pton", word_pton},
        {"signal_name", word_signal_name},
        {"str_concat", word_str_concat},
        {"strcap", word_strcap},
        {"strcontains", word_strcontains},
        {"strerror", word_strerror},
        {"strlen", word_strlen},
        {"strncmp", word_strncmp},
        {"strstr", word_strstr},
        {"syscall_name", word_syscall_name},
        {"uptr", word_same},
    };

    for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq_c(name, words[i].name))
            return words[i].call;
    }
    return NULL;
}
