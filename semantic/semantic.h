/* AST -> typed AST -> IR: every rule that a user can break lives in this folder. */
#pragma once

#include "abi/option.h"
#include "ir/ir.h"
#include "parser/ast.h"
#include "stdlib/kernel.h"

/* Switches of the tests: never set by a user's options. */
enum semantic_test {
    SEMANTIC_TEST_NONE,
    SEMANTIC_TEST_PLAIN_RMW, /* aggregations as plain read-modify-write on shared maps: the negative
                                control */
    SEMANTIC_TEST_REFUSED, /* exit() reads through an unchecked pointer: the verifier refuses it at
                              its place */
    SEMANTIC_TEST_SMALL_PARTS, /* codegen/ makes a part of each program */
};

struct semantic_opts {
    const struct arch *arch;
    struct script_args args;
    bool is_open;     /* the object is told when it runs what args lack */
    struct buf *help; /* what the script's option --help asks for is appended here */
    const char *btf;  /* as btf_new() takes it */
    const char *(*environment)(const char *name); /* of variables that set things; NULL: none */
    bool allows_unsafe;                           /* --unsafe */
    bool lacks_kprobes; /* the kernel does: compile them to what stands in */
    enum semantic_test test;
    /* Called at the end of each step ("types", "IR"); NULL: nobody asks. */
    void (*step)(void *data, const char *name);
    void *step_data;
};

/* Analyse a parsed program in place (types and symbols are filled in) and give the IR module with
 * its metadata, or NULL where there were errors (all reported to diags), and where --help was given
 * to the script. kernel: the view that
 * tracepoints are looked up in. All memory comes from the arena; the module borrows the AST. */
struct ir_module *semantic_analyze(struct arena *arena, struct program *program,
                                   struct diags *diags, const struct kernel *kernel,
                                   const struct semantic_opts *opts);
