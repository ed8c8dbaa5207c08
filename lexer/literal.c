/* Values of literals: integers, durations, strings.
 *
 * The scanner takes any run of digits, letters and `_` for an integer, so that a malformed one is
 * one message here and not a puzzle of two tokens. */
#include "lexer/token.h"

struct unit {
    const char *name;
    u64 ns;
};

static const struct unit units[] = {
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000ULL * 1000},
    {"s", 1000ULL * 1000 * 1000},
    {"m", 60ULL * 1000 * 1000 * 1000},
    {"h", 3600ULL * 1000 * 1000 * 1000},
    {"d", 86400ULL * 1000 * 1000 * 1000},
};

/* A literal while it is read. */
struct number {
    struct str text;
    u32 at;
    u32 base;
    u64 value;
    bool is_huge; /* does not fit 64 bits */
};

/* The value of a digit or letter; 99 where it is none. */
static u32 digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (u32)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (u32)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (u32)(c - 'A') + 10;
    return 99;
}

static bool next_is_digit(const struct number *n, u32 ahead)
{
    return n->at + ahead < n->text.n && digit_value(n->text.p[n->at + ahead]) < n->base;
}

static void number_scale(struct number *n, u64 factor, u64 plus)
{
    if (__builtin_mul_overflow(n->value, factor, &n->value) ||
        __builtin_add_overflow(n->value, plus, &n->value))
        n->is_huge = true;
}

/* Digits with single `_` between them; returns how many digits. */
static u32 number_digits(struct number *n)
{
    u32 count = 0;

    while (next_is_digit(n, 0)) {
        number_scale(n, n->base, digit_value(n->text.p[n->at]));
        n->at++;
        count++;
        if (n->at < n->text.n && n->text.p[n->at] == '_' && next_is_digit(n, 1))
            n->at++;
    }
    return count;
}

static void number_prefix(struct number *n)
{
    char second = (char)(n->text.n > 1 ? n->text.p[1] : '\0');

    n->base = 10;
    if (n->text.p[0] != '0')
        return;
    if (second == 'x' || second == 'X' || second == 'b' || second == 'B') {
        n->base = second == 'x' || second == 'X' ? 16 : 2;
        n->at = 2;
    } else if ((second >= '0' && second <= '9') || second == '_') {
        n->base = 8; /* a lone 0 stays decimal, so that 0s is a duration */
    }
}

/* The e of 1e6, behind a coefficient of one digit. False if it is not well-formed. */
static bool number_exponent(struct number *n, u32 n_digits)
{
    struct number exponent = {.text = n->text, .at = n->at + 1, .base = 10};

    if (n_digits != 1 || n->value == 0 || !number_digits(&exponent))
        return false;
    n->at = exponent.at;
    if (exponent.is_huge || exponent.value > 19) /* 10^19 is the last that fits */
        n->is_huge = true;
    for (u64 i = 0; i < exponent.value && !n->is_huge; i++)
        number_scale(n, 10, 0);
    return true;
}

/* What follows the digits. False if it is no suffix. */
static bool number_suffix(struct number *n, bool *is_unsigned_out)
{
    struct str suffix = str_sub(n->text, n->at, n->text.n);
    struct str length = suffix;

    *is_unsigned_out = false;
    if (!suffix.n)
        return true;
    for (u32 i = 0; i < ARRAY_SIZE(units) && n->base == 10; i++) {
        if (!str_eq_c(suffix, units[i].name))
            continue;
        number_scale(n, units[i].ns, 0);
        *is_unsigned_out = true;
        return true;
    }
    if (suffix.p[0] == 'u' || suffix.p[0] == 'U') {
        *is_unsigned_out = true;
        length = str_sub(suffix, 1, suffix.n);
    }
    return !length.n || str_eq_nocase(length, "l") || str_eq_nocase(length, "ll");
}

/* A leading zero makes an octal number: the usual way to get here by a digit. */
static bool bad_integer(const struct number *n, struct span span, struct diags *diags)
{
    struct str rest = str_sub(n->text, n->at, n->text.n);

    if (n->base == 8 && rest.n && rest.p[0] >= '8' && rest.p[0] <= '9') {
        diag_add(diags, E_BAD_INTEGER, span, "syntax: invalid digit '%c' in an octal integer",
                 rest.p[0]);
    } else if (n->at > (n->base == 16 || n->base == 2 ? 2 : 0) && rest.n) {
        diag_add(diags, E_BAD_INTEGER, span, "syntax: invalid integer suffix '%.*s'",
                 STR_ARG(rest));
    } else {
        diag_add(diags, E_BAD_INTEGER, span, "syntax: invalid integer '%.*s'", STR_ARG(n->text));
    }
    return false;
}

bool literal_integer(struct str text, struct span span, struct diags *diags, u64 *value_out,
                     bool *is_unsigned_out)
{
    struct number n = {.text = text};
    bool is_unsigned = false;
    u32 n_digits = 0;

    if (!text.n)
        return bad_integer(&n, span, diags);
    number_prefix(&n);
    n_digits = number_digits(&n);
    if (!n_digits)
        return bad_integer(&n, span, diags);
    if (n.base == 10 && n.at < text.n && (text.p[n.at] == 'e' || text.p[n.at] == 'E') &&
        !number_exponent(&n, n_digits))
        return bad_integer(&n, span, diags);
    if (!number_suffix(&n, &is_unsigned))
        return bad_integer(&n, span, diags);
    if (n.is_huge) {
        diag_add(diags, E_INTEGER_RANGE, span, "syntax: integer does not fit 64 bits: '%.*s'",
                 STR_ARG(text));
        return false;
    }
    *value_out = n.value;
    *is_unsigned_out = is_unsigned;
    return true;
}

/* Up to max_digits digits of a base at text[*at]; returns how many. */
static u32 escape_digits(struct str text, u32 *at, u32 base, u32 max_digits, u32 *value_out)
{
    u32 count = 0, value = 0;

    while (count < max_digits && *at < text.n && digit_value(text.p[*at]) < base) {
        value = value * base + digit_value(text.p[*at]);
        ++*at;
        count++;
    }
    *value_out = value;
    return count;
}

/* The escape behind the backslash at text[*at - 1]; moves *at behind it. False if it is invalid. */
static bool escape_value(struct str text, u32 *at, u32 *value_out)
{
    static const char letters[] = "ntr\"\\", values[] = "\n\t\r\"\\";
    char c = text.p[*at];
    const char *letter = c ? strchr(letters, c) : NULL;

    if (c >= '0' && c <= '7') {
        (void)escape_digits(text, at, 8, 3, value_out); /* at least the one just seen */
        return *value_out <= 0xff;
    }
    ++*at;
    if (c == 'x')
        return escape_digits(text, at, 16, 2, value_out) > 0;
    if (!letter)
        return false;
    *value_out = (u8)values[letter - letters];
    return true;
}

/* Report the escape from begin to *at, or to the end of its first character, and step behind it. */
static void bad_escape(struct str text, u32 begin, u32 *at, struct span span, struct diags *diags)
{
    u32 first = str_utf8_len(text, begin + 1);

    *at = MAX(*at, MIN(text.n, begin + 1 + MAX(first, 1U)));
    diag_add(diags, E_BAD_ESCAPE, (struct span){span.begin + begin, span.begin + *at},
             "syntax: invalid escape character '%.*s'", STR_ARG(str_sub(text, begin, *at)));
}

struct str literal_string(struct arena *arena, struct str text, struct span span,
                          struct diags *diags)
{
    char *p = arena_alloc(arena, (size_t)text.n + 1);
    u32 n = 0, at = 1;
    bool is_ended = false;

    while (at < text.n && text.p[at] != '"') {
        u32 begin = at, value = (u8)text.p[at++];

        if (value == '\\' && at >= text.n)
            break; /* unterminated: reported by the scanner */
        if (value == '\\' && !escape_value(text, &at, &value)) {
            bad_escape(text, begin, &at, span, diags);
            continue;
        }
        is_ended |= value == 0;
        if (!is_ended)
            p[n++] = (char)value;
    }
    return (struct str){p, n};
}
