#include "tests/fuzz/evaluator.h"

bool evaluator_knows(struct str function)
{
    static const char *const names[] = {"clear",  "delete", "has_key", "len", "print",
                                        "printf", "probe",  "str",     "zero"};

    for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq_c(function, names[i]))
            return true;
    }
    return false;
}
