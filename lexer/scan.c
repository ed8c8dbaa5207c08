/* The scanner's decisions: which token a text is, given what came before. See scan.h.
 *
 * Each look ahead is bounded by what it skips (white space, comments, a run of `>`), and a run is
 * looked behind once, so that scanning stays linear on any input. */
#include "lexer/scan.h"

/* Flex takes time that is quadratic in the NULs of a token, so it gets to see none. */
struct str scan_copy(struct lexer *lx)
{
    struct str text = str_sub(lx->src.text, lx->end, UINT32_MAX);
    char *copy = arena_alloc(lx->arena, (size_t)text.n + 2);
    bool is_in_run = false;

    for (u32 i = 0; i < text.n; i++) {
        u32 at = lx->src.base + lx->end + i;
        bool is_nul = text.p[i] == '\0';

        copy[i] = (char)(is_nul ? ' ' : text.p[i]);
        if (is_nul && !is_in_run) {
            diag_add(lx->diags, E_NUL_BYTE, (struct span){at, at + 1},
                     "syntax: the script contains a NUL byte");
        }
        is_in_run = is_nul;
    }
    return (struct str){copy, text.n + 2};
}

void scan_mend(struct lexer *lx)
{
    char c = (char)(lx->end < lx->src.text.n ? lx->src.text.p[lx->end] : '\0');
    bool is_nul = c == '\0' && lx->end < lx->src.text.n;

    ((char *)lx->text.p)[lx->end - lx->first] = (char)(is_nul ? ' ' : c); /* a copy of our own */
}

struct str scan_text(const struct lexer *lx)
{
    return str_sub(lx->src.text, lx->begin, lx->end);
}

static struct span scan_span(const struct lexer *lx)
{
    return (struct span){lx->src.base + lx->begin, lx->src.base + lx->end};
}

/* On the stack of what is open: the head of an `if` or its like, until its block opens. */
enum {
    OPEN_HEAD = 'h',
};

/* What is innermost: '{' '<' '(' '[' OPEN_HEAD, or 0. */
static char open_top(const struct lexer *lx)
{
    return (char)(lx->open.n ? lx->open.items[lx->open.n - 1] : '\0');
}

static bool is_bracket(char c)
{
    return c == '(' || c == '[';
}

static bool is_block(char c)
{
    return c == '{' || c == '<';
}

static bool in_brackets(const struct lexer *lx)
{
    return is_bracket(open_top(lx));
}

static void open_push(struct lexer *lx, char c)
{
    *vec_push(lx->arena, &lx->open) = c;
    lx->depth += c != OPEN_HEAD;
}

static void open_cut(struct lexer *lx, u32 n)
{
    for (; lx->open.n > n; lx->open.n--)
        lx->depth -= open_top(lx) != OPEN_HEAD;
}

/* How many are open up to the innermost block, itself included. */
static u32 open_block(const struct lexer *lx)
{
    u32 n = lx->open.n;

    while (n && !is_block(lx->open.items[n - 1]))
        n--;
    return n;
}

u32 lexer_depth(const struct lexer *lx)
{
    return lx->depth;
}

bool lexer_in_angle(const struct lexer *lx)
{
    return open_top(lx) == '<';
}

enum token_kind lexer_block_end(const struct lexer *lx)
{
    u32 n = open_block(lx);

    if (!n)
        return TOK_EOF;
    return lx->open.items[n - 1] == '{' ? TOK_RBRACE : TOK_RANGLE;
}

/* A statement ends here: whatever it had open is over. */
static void statement_reset(struct lexer *lx)
{
    open_cut(lx, open_block(lx));
    lx->has_question = false;
}

/* A head begins; `else if` is one. */
static void head_open(struct lexer *lx)
{
    if (open_top(lx) != OPEN_HEAD)
        open_push(lx, OPEN_HEAD);
}

/* Forget the innermost head, and what it had open; without one, what the statement had open. */
static void head_close(struct lexer *lx)
{
    u32 n = lx->open.n;

    while (n && lx->open.items[n - 1] != OPEN_HEAD && !is_block(lx->open.items[n - 1]))
        n--;
    open_cut(lx, n && lx->open.items[n - 1] == OPEN_HEAD ? n - 1 : n);
}

static void block_open(struct lexer *lx, char c)
{
    lx->has_question = false;
    open_push(lx, c);
    lx->mode = SCAN_CODE;
}

static void block_close(struct lexer *lx)
{
    statement_reset(lx);
    if (lx->open.n)
        open_cut(lx, lx->open.n - 1);
    if (!lx->open.n)
        lx->mode = SCAN_TOP;
}

static void bracket_close(struct lexer *lx)
{
    u32 n = lx->open.n;

    if (open_top(lx) == OPEN_HEAD)
        n--;
    if (n && is_bracket(lx->open.items[n - 1]))
        open_cut(lx, n - 1);
}

static void statement_end(struct lexer *lx)
{
    statement_reset(lx);
    if (lx->mode == SCAN_PREDICATE) { /* its end was forgotten, and some `<` was the block's */
        block_open(lx, '<');
    } else if (!lx->open.n) {
        lx->mode = SCAN_TOP;
    }
}

/* Does a token leave an operand to come? */
static bool wants_operand(enum token_kind kind)
{
    switch (kind) {
    case TOK_LPAREN:
    case TOK_LBRACKET:
    case TOK_COMMA:
    case TOK_QUESTION:
    case TOK_COLON:
    case TOK_RETURN:
        return true;
    default:
        return (kind >= TOK_PLUS && kind <= TOK_LOR) ||
               (kind >= TOK_ASSIGN && kind <= TOK_SHR_ASSIGN);
    }
}

/* Can a value begin here that has a block? Not behind a head, whose own block it would look like.
 */
static bool begins_value(const struct lexer *lx)
{
    return lx->is_operand_next && lx->mode == SCAN_CODE && lx->open.n && open_top(lx) != OPEN_HEAD;
}

struct token scan_emit(struct lexer *lx, enum token_kind kind)
{
    switch (kind) {
    case TOK_LBRACE:
    case TOK_LANGLE:
        head_close(lx);
        block_open(lx, kind == TOK_LBRACE ? '{' : '<');
        break;
    case TOK_VALUE_LBRACE:
    case TOK_VALUE_LANGLE:
        block_open(lx, kind == TOK_VALUE_LBRACE ? '{' : '<');
        break;
    case TOK_RBRACE:
    case TOK_RANGLE:
        block_close(lx);
        break;
    case TOK_LPAREN:
    case TOK_LBRACKET:
        open_push(lx, kind == TOK_LPAREN ? '(' : '[');
        break;
    case TOK_RPAREN:
    case TOK_RBRACKET:
        bracket_close(lx);
        break;
    case TOK_SEMICOLON:
        statement_end(lx);
        break;
    case TOK_PREDICATE:
        lx->mode = SCAN_PREDICATE;
        break;
    case TOK_END_PREDICATE:
        statement_reset(lx);
        lx->mode = SCAN_TOP;
        break;
    case TOK_IF:
    case TOK_VALUE_IF:
    case TOK_ELSE:
    case TOK_FOR:
    case TOK_WHILE:
    case TOK_UNROLL:
        head_open(lx);
        break;
    case TOK_MACRO:
    case TOK_FN:
        lx->mode = SCAN_CODE;
        head_open(lx);
        break;
    case TOK_QUESTION:
        lx->has_question = true;
        break;
    default: /* only these mean anything here; at the top, a keyword begins a definition */
        if (lx->mode == SCAN_TOP && kind >= TOK_BREAK)
            lx->mode = SCAN_CODE;
        break;
    }
    lx->prev = kind;
    if (kind != TOK_COMPTIME)
        lx->is_operand_next = wants_operand(kind);
    return (struct token){kind, scan_span(lx)};
}

/* Whether a statement could begin here, so that no operator can. */
static bool begins_statement(const struct lexer *lx)
{
    switch (lx->prev) {
    case TOK_SEMICOLON:
    case TOK_LBRACE:
    case TOK_RBRACE:
    case TOK_LANGLE:
    case TOK_RANGLE:
        return true;
    default:
        return false;
    }
}

enum token_kind scan_word(const struct lexer *lx)
{
    enum token_kind kind = TOK_IDENT;

    switch (lx->prev) {
    case TOK_DOT:
    case TOK_ARROW:
    case TOK_STRUCT:
    case TOK_UNION:
    case TOK_ENUM:
        return TOK_IDENT;
    default: /* any word */
        kind = token_of_word(scan_text(lx));
        return kind == TOK_IF && begins_value(lx) ? TOK_VALUE_IF : kind;
    }
}

enum token_kind scan_spec(struct lexer *lx)
{
    enum token_kind kind = token_of_word(scan_text(lx));

    if (token_is_definition(kind))
        return kind;
    scan_check_bytes(lx); /* any other word may be a provider's */
    return TOK_PROBE_SPEC;
}

/* Offset behind white space and comments at `at`. */
static u32 skip_gap(struct str text, u32 at)
{
    for (; at < text.n; at++) {
        struct str rest = str_sub(text, at, text.n);
        char c = text.p[at];

        if (str_starts(rest, "//")) {
            int newline = str_index(rest, '\n');

            at = newline < 0 ? text.n - 1 : at + (u32)newline;
        } else if (str_starts(rest, "/*")) {
            at += 3; /* at the earliest place of the closing slash */
            while (at < text.n && (text.p[at] != '/' || text.p[at - 1] != '*'))
                at++;
        } else if (c != ' ' && (c < '\t' || c > '\r')) {
            break;
        }
    }
    return at;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether the `<` at `at`, in the head of an `if`, was meant to compare: no block begins with an
 * operand and then a block. */
static bool is_comparison(struct str text, u32 at)
{
    at = skip_gap(text, at + 1);
    if (at >= text.n || (!is_word_char(text.p[at]) && text.p[at] != '$' && text.p[at] != '@'))
        return false;
    do {
        at++;
    } while (at < text.n && (is_word_char(text.p[at]) || text.p[at] == '.'));
    at = skip_gap(text, at);
    return at < text.n && text.p[at] == '{';
}

enum token_kind scan_brace(const struct lexer *lx)
{
    return begins_value(lx) ? TOK_VALUE_LBRACE : TOK_LBRACE;
}

enum token_kind scan_less(const struct lexer *lx)
{
    if (in_brackets(lx) || lx->mode != SCAN_CODE)
        return TOK_LT;
    if (begins_statement(lx))
        return TOK_LANGLE;
    if (begins_value(lx))
        return TOK_VALUE_LANGLE;
    return open_top(lx) == OPEN_HEAD && !is_comparison(lx->src.text, lx->begin) ? TOK_LANGLE
                                                                                : TOK_LT;
}

/* Whether what follows the word that ends at `at` shows it to be a probe, not an operand. */
static bool is_probe_word(const struct lexer *lx, u32 at)
{
    struct str text = lx->src.text;
    char c = '\0', next = '\0';

    if (at < text.n && text.p[at] == ':')
        return !lx->has_question;
    at = skip_gap(text, at);
    c = (char)(at < text.n ? text.p[at] : '\0');
    next = (char)(at + 1 < text.n ? text.p[at + 1] : '\0');
    return c == '{' || c == ',' || (c == '<' && next != '<' && next != '=');
}

/* Whether no operand of a `>` can begin at `at`: the end of the input, a closer, the word of a
 * statement, or the next clause's probe. n_closed: how many `>` lie before it. */
static bool is_behind_closer(const struct lexer *lx, u32 at, u32 n_closed)
{
    struct str text = lx->src.text;
    u32 end = at;
    struct str word = {"", 0};

    if (at >= text.n || text.p[at] == '}')
        return true;
    while (end < text.n && is_word_char(text.p[end]))
        end++;
    word = str_sub(text, at, end);
    if (!word.n)
        return false;
    switch (token_of_word(word)) {
    case TOK_ELSE:
    case TOK_IF:
    case TOK_RETURN:
    case TOK_LET:
    case TOK_WHILE:
    case TOK_FOR:
    case TOK_UNROLL:
    case TOK_BREAK:
    case TOK_CONTINUE:
    case TOK_MACRO:
    case TOK_FN:
        return true;
    default: /* other words begin an operand, if they do not begin a clause */
        break;
    }
    return n_closed >= lx->open.n && is_probe_word(lx, end);
}

bool scan_closes(struct lexer *lx)
{
    struct str text = lx->src.text, match = scan_text(lx);
    u32 at = lx->begin, n_closed = 0;

    if (in_brackets(lx) || lx->mode != SCAN_CODE)
        return false;
    if (begins_statement(lx))
        return true;
    if (lx->prev == TOK_GT || lx->prev == TOK_SHR) /* of a run that was looked behind already */
        return false;
    /* Behind an expression it is an operator, if an operand follows. */
    if (!lexer_in_angle(lx) || match.p[match.n - 1] == '=')
        return false;
    for (; at < text.n && text.p[at] == '>'; n_closed++)
        at = skip_gap(text, at + 1);
    if (!is_behind_closer(lx, at, n_closed))
        return false;
    diag_hint(diag_add(lx->diags, E_ANGLE_SEMICOLON,
                       (struct span){lx->src.base + lx->begin, lx->src.base + lx->begin + 1},
                       "syntax: expected ';' before the closing '>'"),
              "In a block of < > the last statement ends in ';' too.");
    return true;
}

/* Whether text is UTF-8 from end to end. */
static bool is_utf8(struct str text)
{
    for (u32 i = 0; i < text.n;) {
        u32 n = str_utf8_len(text, i);

        if (!n)
            return false;
        i += n;
    }
    return true;
}

void scan_check_bytes(struct lexer *lx)
{
    struct str text = scan_text(lx);
    u32 at = lx->src.base + lx->begin;

    for (u32 i = 0; i < text.n;) {
        u32 n = str_utf8_len(text, i);

        if (!n) {
            diag_add(lx->diags, E_BAD_UTF8, (struct span){at + i, at + i + 1},
                     "syntax: the script is not valid UTF-8");
            return;
        }
        i += n;
    }
}

void scan_bad_chars(struct lexer *lx)
{
    struct str text = scan_text(lx);

    if (!is_utf8(text)) {
        scan_check_bytes(lx);
    } else if ((u8)text.p[0] < 0x20 || text.p[0] == 0x7f) {
        diag_add(lx->diags, E_BAD_CHAR, scan_span(lx), "syntax: invalid character '\\x%02x'",
                 (u8)text.p[0]);
    } else {
        diag_add(lx->diags, E_BAD_CHAR, scan_span(lx), "syntax: invalid character '%.*s'",
                 STR_ARG(str_sub(text, 0, str_utf8_len(text, 0))));
    }
}

void scan_open_string(struct lexer *lx)
{
    scan_check_bytes(lx);
    diag_add(lx->diags, E_OPEN_STRING, scan_span(lx), "syntax: unterminated string");
}

void scan_open_comment(struct lexer *lx)
{
    u32 begin = lx->src.base + lx->begin;

    scan_check_bytes(lx);
    diag_add(lx->diags, E_OPEN_COMMENT, (struct span){begin, begin + 2},
             "syntax: unterminated comment");
}

void scan_directive(struct lexer *lx)
{
    u32 at = lx->begin;

    while (at && (lx->src.text.p[at - 1] == ' ' || lx->src.text.p[at - 1] == '\t'))
        at--;
    if (at == lx->first || lx->src.text.p[at - 1] == '\n')
        return;
    at = lx->src.base + lx->begin;
    diag_add(lx->diags, E_BAD_CHAR, (struct span){at, at + 1}, "syntax: invalid character '#'");
}
