/* runtime/: names of C++ and Rust functions, and patterns that mean them. */
#include "runtime/demangle.h"
#include "tests/unit/check.h"

static bool is_shown(const char *symbol, enum demangle_form form, const char *wanted)
{
    _cleanup_buf_ struct buf out = {0};

    return demangle(str_of(symbol), form, &out) &&
           str_eq_c((struct str){out.p, (u32)out.n}, wanted);
}

static void test_names(void)
{
    _cleanup_buf_ struct buf out = {0};

    CHECK(is_shown("_ZN2ns1fEi", DEMANGLE_FULL, "ns::f(int)"));
    CHECK(is_shown("_ZN2ns1fEi", DEMANGLE_NAME, "ns::f"));
    CHECK(is_shown("_ZNSt6vectorIiSaIiEE9push_backERKi", DEMANGLE_NAME,
                   "std::vector<int, std::allocator<int> >::push_back"));
    CHECK(is_shown("_RNvC7mycrate5twice", DEMANGLE_FULL, "mycrate::twice"));
    CHECK(is_shown("_ZN7mycrate5twice17h0123456789abcdefE", DEMANGLE_FULL, "mycrate::twice"));
    CHECK(!demangle(STR("main"), DEMANGLE_FULL, &out));
    CHECK(!demangle(STR("_Z"), DEMANGLE_FULL, &out));
    CHECK(!demangle(STR("_Z9x"), DEMANGLE_FULL, &out));
    CHECK(out.n == 0);
}

/* Each level says all that is inside of it twice. */
static void test_growth(void)
{
    _cleanup_buf_ struct buf symbol = {0};
    _cleanup_buf_ struct buf out = {0};

    buf_add_cstr(&symbol, "_Z1f");
    for (u32 i = 0; i < 14; i++)
        buf_add_cstr(&symbol, "PF1ai");
    (void)demangle((struct str){symbol.p, (u32)symbol.n}, DEMANGLE_FULL, &out);
    CHECK(out.n <= 16 << 10);
}

static bool is_match(const char *wanted, const char *symbol, const char *name)
{
    _cleanup_buf_ struct buf out = {0};

    return demangle_matches(wanted, symbol, &out) &&
           str_eq_c((struct str){out.p, (u32)out.n}, name);
}

static void test_matches(void)
{
    _cleanup_buf_ struct buf out = {0};

    CHECK(is_match("cpp:ns::f", "_ZN2ns1fEi", "cpp:ns::f(int)"));
    CHECK(is_match("cpp:ns::f(int)", "_ZN2ns1fEi", "cpp:ns::f(int)"));
    CHECK(is_match("cpp:ns::*", "_ZN2ns1fEi", "cpp:ns::f(int)"));
    CHECK(is_match("_ZN2*", "_ZN2ns1fEi", "_ZN2ns1fEi"));
    CHECK(!demangle_matches("cpp:ns::f(double)", "_ZN2ns1fEi", &out));
    CHECK(!demangle_matches("cpp:f", "_ZN2ns1fEi", &out));
    CHECK(!demangle_matches("cpp:*", "main", &out));
    CHECK(out.n == 0);
}

int main(void)
{
    test_names();
    test_growth();
    test_matches();
    return check_result();
}
