/* runtime/: numbers and strings as JSON. Values and records: tests/vm/cases/json.case. */
#include "runtime/json.h"
#include "tests/unit/check.h"

static bool is_string(const char *text, const char *wanted)
{
    _cleanup_buf_ struct buf out = {0};

    json_string(str_of(text), &out);
    return str_eq_c((struct str){out.p, (u32)out.n}, wanted);
}

static bool is_number(u64 word, bool is_signed, const char *wanted)
{
    _cleanup_buf_ struct buf out = {0};

    json_number(word, is_signed, &out);
    return str_eq_c((struct str){out.p, (u32)out.n}, wanted);
}

static void test_strings(void)
{
    CHECK(is_string("", "\"\""));
    CHECK(is_string("a\"b\\c\n\r\t", "\"a\\\"b\\\\c\\n\\r\\t\""));
    CHECK(is_string("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""));
    CHECK(is_string("\xc3\xa9\xe2\x82\xac", "\"\xc3\xa9\xe2\x82\xac\""));
    CHECK(is_string("\xc2\x9b", "\"\\u009b\""));
    CHECK(is_string("\xff\xc3(\xe2\x82", "\"\\ufffd\\ufffd(\\ufffd\\ufffd\""));
}

static void test_numbers(void)
{
    CHECK(is_number(0, false, "0"));
    CHECK(is_number((u64)-5, true, "-5"));
    CHECK(is_number((u64)-5, false, "\"18446744073709551611\""));
    CHECK(is_number((u64)1 << 53, false, "9007199254740992"));
    CHECK(is_number(((u64)1 << 53) + 1, false, "\"9007199254740993\""));
    CHECK(is_number((u64)1 << 63, false, "9223372036854775808"));
    CHECK(is_number((u64)1 << 63, true, "-9223372036854775808"));
    CHECK(is_number(INT64_MAX, true, "\"9223372036854775807\""));
}

int main(void)
{
    test_strings();
    test_numbers();
    return check_result();
}
