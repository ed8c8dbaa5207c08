/* Words about addresses of networks. */
#include <arpa/inet.h>

#include <linux/bpf.h>

#include "stdlib/lower.h"

enum {
    IPV4_BYTES = 4,
    IPV6_BYTES = 16,
    MAC_BYTES = 6,
};

/* Bytes of an array of integers, which may hold an address; else 0. */
static u32 array_bytes(const struct type *t)
{
    return t->kind == TYPE_ARRAY && t->of->kind == TYPE_INT ? type_raw_size(t) : 0;
}

static const struct type *refuse(struct vocab *v, const struct call *c, u32 i, const char *expected)
{
    const struct call_arg *arg = &c->args[i];
    struct str type = type_name(v->arena, arg->type);

    diag_add(v->diags, E_ARG_TYPE, arg->span, "%.*s() expects %s (%.*s provided)", STR_ARG(c->name),
             expected, STR_ARG(type));
    return type_error(v->types);
}

static bool is_unknown(const struct call_arg *arg)
{
    return !arg->type || arg->type->kind == TYPE_ERROR;
}

/* ---- ntop ---- */

static const struct type *check_ntop(struct vocab *v, struct call *c)
{
    u32 last = c->n_args - 1;
    const struct call_arg *address = &c->args[last];

    if (is_unknown(address) || is_unknown(&c->args[0]))
        return type_error(v->types);
    if (last == 1 && !type_is_integer(c->args[0].type))
        return refuse(v, c, 0, "an address family, AF_INET or AF_INET6");

    u32 bytes = array_bytes(address->type);

    if (bytes != IPV4_BYTES && bytes != IPV6_BYTES && !type_is_integer(address->type))
        return refuse(v, c, last, "an integer, or an array of 4 or 16 bytes");
    return type_shape(v->types, SHAPE_INET, STR(""));
}

/* The address lies in memory as it came from the network, in an integer, too. */
static ir_val lower_ntop(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct call_arg *address = &c->args[c->n_args - 1];
    u32 bytes = array_bytes(address->type);
    ir_val inet = lower_slot(lo, "inet", type_shape(lo->v->types, SHAPE_INET, STR("")));
    ir_val family = ir_const(b, bytes == IPV6_BYTES ? AF_INET6 : AF_INET);

    ir_fill_zero(b, inet, 0, shape_size(SHAPE_INET));
    ir_store64(b, inet, 0, c->n_args == 2 ? c->args[0].val : family);
    if (bytes) {
        ir_copy(b, ir_ptr_add(b, inet, ir_const(b, 8)), address->val, bytes);
    } else {
        ir_store(b, inet, 8, IPV4_BYTES, address->val);
    }
    return inet;
}

const struct func_desc fn_ntop = {
    .name = "ntop",
    .sig = "(any, any?) -> ?",
    .doc =
        "ntop([family,] address): an IPv4 or IPv6 address, from an integer or an array of 4 or "
        "16 bytes in network order. The family (AF_INET, AF_INET6) follows from that if it is not "
        "given.",
    .example = "BEGIN { print(ntop(0x0100007f)); }",
    .check = check_ntop,
    .lower = lower_ntop,
};

/* ---- pton ---- */

/* The bytes of an address; their number, or 0 where it is none. */
static u32 parse_address(struct vocab *v, const struct call *c, u8 *bytes)
{
    const char *text = str_cstr(v->arena, c->args[0].text);

    if (inet_pton(AF_INET, text, bytes) == 1)
        return IPV4_BYTES;
    return inet_pton(AF_INET6, text, bytes) == 1 ? IPV6_BYTES : 0;
}

static const struct type *check_pton(struct vocab *v, struct call *c)
{
    u8 bytes[IPV6_BYTES];
    u32 n = parse_address(v, c, bytes);

    if (n)
        return type_array(v->types, type_int(v->types, 1, false), n);
    diag_add(v->diags, E_ARG_RANGE, c->args[0].span,
             "pton() expects an IPv4 or IPv6 address (\"%.*s\" provided)",
             STR_ARG(c->args[0].text));
    return type_error(v->types);
}

static ir_val lower_pton(struct lowering *lo, struct call *c)
{
    u8 *bytes = arena_alloc(lo->v->arena, IPV6_BYTES);
    u32 n = parse_address(lo->v, c, bytes);

    return ir_string(&lo->b, (struct str){(const char *)bytes, n}, ROUND_UP(n + 1, 8));
}

const struct func_desc fn_pton = {
    .name = "pton",
    .sig = "(literal) -> ?",
    .doc = "pton(\"address\"): an IPv4 or IPv6 address as an array of 4 or 16 bytes.",
    .example = "BEGIN { print(ntop(pton(\"::1\"))); }",
    .check = check_pton,
    .lower = lower_pton,
};

/* ---- macaddr ---- */

static const struct type *check_macaddr(struct vocab *v, struct call *c)
{
    const struct type *t = c->args[0].type;

    if (is_unknown(&c->args[0]))
        return type_error(v->types);
    if (array_bytes(t) < MAC_BYTES && t->kind != TYPE_POINTER)
        return refuse(v, c, 0, "an array of 6 bytes, or a pointer to them");
    return type_shape(v->types, SHAPE_MAC, STR(""));
}

static ir_val lower_macaddr(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct call_arg *from = &c->args[0];
    ir_val mac = lower_slot(lo, "mac", type_shape(lo->v->types, SHAPE_MAC, STR("")));

    ir_fill_zero(b, mac, 0, shape_size(SHAPE_MAC));
    if (from->type->kind == TYPE_POINTER) {
        lower_read(lo, mac, ir_const(b, MAC_BYTES), from->val, from->type->space);
    } else {
        ir_copy(b, mac, from->val, MAC_BYTES);
    }
    return mac;
}

const struct func_desc fn_macaddr = {
    .name = "macaddr",
    .sig = "(any) -> ?",
    .doc = "A link-layer address, from an array of 6 bytes or from where a pointer points to.",
    .example = "BEGIN { print(macaddr(pton(\"::1\"))); }",
    .check = check_macaddr,
    .lower = lower_macaddr,
};

/* ---- bswap ---- */

static const struct type *check_bswap(struct vocab *v, struct call *c)
{
    const struct type *t = c->args[0].type;

    if (is_unknown(&c->args[0]))
        return type_error(v->types);
    if (t->kind != TYPE_INT)
        return refuse(v, c, 0, "an integer");
    return type_int(v->types, t->size, false);
}

static bool fold_bswap(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    out->num = ir_bswap_value(c->args[0].num, c->args[0].type->size);
    return c->args[0].is_const;
}

static ir_val lower_bswap(struct lowering *lo, struct call *c)
{
    return ir_bswap(&lo->b, c->args[0].val, c->args[0].type->size);
}

const struct func_desc fn_bswap = {
    .name = "bswap",
    .sig = "(int) -> ?",
    .doc =
        "The integer with its bytes in the other order: network order to that of the machine and "
        "back. Its width is that of the type.",
    .example = "BEGIN { print(bswap((uint16)0x1234)); }",
    .check = check_bswap,
    .fold = fold_bswap,
    .lower = lower_bswap,
};
