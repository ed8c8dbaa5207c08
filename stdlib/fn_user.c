/* Words about the variables of the program that a user probe is in. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static const struct type *check_uaddr(struct vocab *v, struct call *c)
{
    if (c->point && c->point->is_pattern && c->point->probe->caps & CAP_RETVAL) {
        diag_add(v->diags, E_NOT_IN_PROBE, c->span,
                 "uaddr() can not be used with a pattern of return probes");
        return type_error(v->types);
    }
    if (c->args[0].text.n > 0)
        return type_pointer(v->types, type_int(v->types, 8, false), SPACE_USER);
    diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "%.*s() needs the name of a symbol",
             STR_ARG(c->name));
    return type_error(v->types);
}

static ir_val read_member(struct lowering *lo, ir_val object, const char *member)
{
    struct ir_builder *b = &lo->b;
    const struct ir_access *access = ir_access_parse(lo->v->arena, str_of(member));
    ir_val word = ir_slot_addr(b, ir_slot_new(b, "member", 8));

    ir_store64(b, word, 0, ir_const(b, 0));
    lower_try_read(lo, word, ir_const(b, 8),
                   ir_binary(b, IR_ADD, object, ir_core(b, IR_CORE_OFFSET, access)), SPACE_KERNEL);
    return ir_load64(b, word, 0);
}

/* A return probe finds the registers of the caller. Where the function began is what the kernel
 * (kernel/trace/trace_uprobe.c) notes for the programs that it is about to run. */
static ir_val function_begin(struct lowering *lo)
{
    ir_val task = ir_call(&lo->b, BPF_FUNC_get_current_task, NULL, 0);
    ir_val utask = read_member(lo, task, "struct:task_struct.utask/p0:64");
    ir_val dispatch = read_member(lo, utask, "struct:uprobe_task.vaddr/u64:64");

    return read_member(lo, dispatch, "struct:uprobe_dispatch_data.bp_addr/u64:64");
}

static ir_val place_in_process(struct lowering *lo, const struct call *c)
{
    if (c->point->probe->caps & CAP_RETVAL)
        return function_begin(lo);
    return ir_ctx_load(&lo->b, arch_reg_find(lo->v->arch, "pc", 2)->offset, 8, false);
}

/* The symbol is as far from the probe in the process as it is in the file, wherever the process
 * has the file. */
static ir_val lower_uaddr(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val result = ir_slot_addr(b, ir_slot_new(b, "address", 8));
    ir_val found = NULL;
    struct branch br;

    ir_store64(b, result, 0, ir_const(b, 0));
    found = lower_match(lo, &lo->v->places, PTL_MAP_PLACES, sizeof(u64));
    br = lower_if_found(lo, found);

    ir_val moved = ir_binary(b, IR_SUB, place_in_process(lo, c), ir_load64(b, found, 0));
    ir_val symbol = lower_user_symbol(lo, c->point->text[0], c->args[0].text);

    ir_store64(b, result, 0, ir_binary(b, IR_ADD, symbol, moved));
    lower_end_if(lo, &br);
    return ir_load64(b, result, 0);
}

const struct func_desc fn_uaddr = {
    .name = "uaddr",
    .sig = "(literal) -> ?",
    .doc =
        "uaddr(\"symbol\"): address in the current process of a variable or function of the probed program or "
        "library, position-independent or not. It points to 64 bits: cast it to what is there.",
    .example = "uprobe:/bin/bash:readline { print(*(int32 *)uaddr(\"last_command_exit_value\")); }",
    .flags = FN_PER_POINT,
    .needs = CAP_BINARY,
    .check = check_uaddr,
    .lower = lower_uaddr,
};
