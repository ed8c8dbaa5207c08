/* Words about the kernel's own variables. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

static const struct type *check_symbol(struct vocab *v, struct call *c)
{
    if (c->args[0].text.n > 0)
        return NULL;
    diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "%.*s() needs the name of a symbol",
             STR_ARG(c->name));
    return type_error(v->types);
}

static ir_val lower_kaddr(struct lowering *lo, struct call *c)
{
    return lower_resolved(lo, RESOLVED_SYMBOL, c->args[0].text);
}

const struct func_desc fn_kaddr = {
    .name = "kaddr",
    .sig = "(literal) -> uint64",
    .doc =
        "kaddr(\"symbol\"): address of a variable or function of the kernel, which is looked up where the script "
        "runs.",
    .example = "BEGIN { print(*kaddr(\"jiffies_64\") > 0); }",
    .check = check_symbol,
    .lower = lower_kaddr,
};

/* Each CPU's variables are as far from what the symbol says as the kernel's table tells. Behind the
 * table's end there may be anything: such a CPU has none. */
static ir_val lower_percpu_kaddr(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val cpu = c->n_args > 1
                     ? c->args[1].val
                     : ir_extend(b, ir_call(b, BPF_FUNC_get_smp_processor_id, NULL, 0), 4, false);
    ir_val n_cpus = ir_config(b, offsetof(struct ptl_config, n_cpus));
    ir_val result = ir_slot_addr(b, ir_slot_new(b, "percpu", 8));

    ir_store64(b, result, 0, ir_const(b, 0));

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, cpu, n_cpus));
    ir_val table = lower_resolved(lo, RESOLVED_SYMBOL, STR("__per_cpu_offset"));
    ir_val from = ir_binary(b, IR_ADD, table, ir_binary(b, IR_SHL, cpu, ir_const(b, 3)));
    ir_val symbol = lower_resolved(lo, RESOLVED_SYMBOL, c->args[0].text);

    lower_read(lo, result, ir_const(b, 8), from, SPACE_KERNEL);
    ir_store64(b, result, 0, ir_binary(b, IR_ADD, ir_load64(b, result, 0), symbol));
    lower_end_if(lo, &br);
    return ir_load64(b, result, 0);
}

const struct func_desc fn_percpu_kaddr = {
    .name = "percpu_kaddr",
    .sig = "(literal, int?) -> uint64",
    .doc =
        "percpu_kaddr(\"symbol\", cpu): address of the variable that the kernel has for each CPU, of the current "
        "one if none is given; 0 where there is no such CPU.",
    .example = "BEGIN { print(percpu_kaddr(\"process_counts\") != 0); }",
    .check = check_symbol,
    .lower = lower_percpu_kaddr,
};
