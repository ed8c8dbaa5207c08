/* usdt:BINARY:NAME: a probe that the authors of a program made (sys/sdt.h). Where its arguments are
 * differs from place to place in the binary: the runtime writes it into PTL_MAP_USDT. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static bool parse_usdt(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    struct str space = n == 3 ? parts[1] : STR("*");
    struct str name = n >= 2 ? parts[n - 1] : (struct str){"", 0};

    if (n < 2 || n > 3)
        return probe_report_count(v, point, "2 or 3", n);
    if (!probe_is_pattern(space) || !probe_is_pattern(name)) {
        probe_report_name(v, point, probe_is_pattern(name) ? space : name, "a usdt probe");
        return false;
    }
    point->text[0] = parts[0];
    point->text[1] = str_printf(v->arena, "%.*s:%.*s", STR_ARG(space), STR_ARG(name));
    /* a probe can be in several places of a binary */
    point->is_pattern = true;
    return true;
}

#define OFFSET_MASK 0xfff /* above the registers of every CPU */

/* The register at an offset of the context, which the verifier wants to be constant for a load: so
 * it is read as memory of the kernel. It sees that the offset has bounds. */
static ir_val read_register(struct lowering *lo, ir_val offset)
{
    struct ir_builder *b = &lo->b;
    ir_val word = ir_slot_addr(b, ir_slot_new(b, "register", 8));
    ir_val bounded = ir_binary(b, IR_AND, offset, ir_const(b, OFFSET_MASK));
    ir_val address = ir_binary(b, IR_ADD, ir_unary(b, IR_PTR_TO_INT, ir_ctx(b)), bounded);
    ir_val args[] = {word, ir_const(b, 8), address};

    ir_store64(b, word, 0, ir_const(b, 0));
    (void)ir_call(b, BPF_FUNC_probe_read_kernel, args, ARRAY_SIZE(args)); /* the context is there */
    return ir_load64(b, word, 0);
}

static ir_val member(struct lowering *lo, ir_val arg, u32 offset)
{
    return ir_load64(&lo->b, arg, offset);
}

/* Store the value of the argument whose place is at arg; an argument that the place does not have
 * is a constant 0 (its row is zeros). */
static void find_value(struct lowering *lo, ir_val arg, ir_val out)
{
    struct ir_builder *b = &lo->b;
    ir_val kind = member(lo, arg, offsetof(struct ptl_usdt_arg, kind));
    ir_val offset = member(lo, arg, offsetof(struct ptl_usdt_arg, offset));
    struct branch is_const = lower_if(lo, ir_binary(b, IR_ULE, kind, ir_const(b, USDT_CONST)));

    ir_store64(b, out, 0, offset);
    lower_else(lo, &is_const);

    ir_val word = read_register(lo, member(lo, arg, offsetof(struct ptl_usdt_arg, reg)));
    struct branch is_memory = lower_if(lo, ir_binary(b, IR_EQ, kind, ir_const(b, USDT_MEMORY)));
    ir_val index = read_register(lo, member(lo, arg, offsetof(struct ptl_usdt_arg, index)));
    ir_val scaled =
        ir_binary(b, IR_MUL, index, member(lo, arg, offsetof(struct ptl_usdt_arg, scale)));
    ir_val address = ir_binary(b, IR_ADD, word, ir_binary(b, IR_ADD, scaled, offset));

    lower_read(lo, out, ir_const(b, 8), address, SPACE_USER);
    lower_else(lo, &is_memory);
    ir_store64(b, out, 0, word);
    lower_end_if(lo, &is_memory);
    lower_end_if(lo, &is_const);
}

/* The low bits of the value that are the argument. */
static void cut(struct lowering *lo, ir_val arg, ir_val out)
{
    struct ir_builder *b = &lo->b;
    ir_val shift = member(lo, arg, offsetof(struct ptl_usdt_arg, shift));
    ir_val high = ir_binary(b, IR_SHL, ir_load64(b, out, 0), shift);
    struct branch br = lower_if(lo, member(lo, arg, offsetof(struct ptl_usdt_arg, is_signed)));

    ir_store64(b, out, 0, ir_binary(b, IR_ASHR, high, shift));
    lower_else(lo, &br);
    ir_store64(b, out, 0, ir_binary(b, IR_LSHR, high, shift));
    lower_end_if(lo, &br);
}

static ir_val usdt_arg(struct lowering *lo, u32 n)
{
    struct ir_builder *b = &lo->b;
    ir_val out = ir_slot_addr(b, ir_slot_new(b, "argument", 8));
    ir_val places = NULL, arg = NULL;
    struct branch br;

    ir_store64(b, out, 0, ir_const(b, 0));
    places = lower_match(lo, &lo->v->usdt, PTL_MAP_USDT, sizeof(struct ptl_usdt));
    br = lower_if_found(lo, places);
    arg = ir_ptr_add(b, places, ir_const(b, (s64)(n * sizeof(struct ptl_usdt_arg))));
    find_value(lo, arg, out);
    cut(lo, arg, out);
    lower_end_if(lo, &br);
    return ir_load64(b, out, 0);
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_USDT = {
    .id = PROBE_USDT,
    .forms = "usdt:BINARY:NAME or usdt:BINARY:NAMESPACE:NAME",
    .doc =
        "A probe that a program's or library's authors made (sys/sdt.h), in all its places. Its arguments are arg0, "
        "arg1, ...; one that it does not have is 0. With -p the BINARY may be empty.",
    .example = "usdt:libstdc++:throw { @[comm] = count(); }",
    .caps = CAP_ARGN | CAP_REGS | CAP_BINARY,
    .exec = EXEC_PREEMPTIBLE,
    .has_task = true,
    .is_user = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "uprobe",
    .method = METHOD_USDT,
    .method_many = METHOD_USDT_MULTI,
    .n_args = PTL_USDT_ARGS,
    .arg = usdt_arg,
    .parse = parse_usdt,
};
