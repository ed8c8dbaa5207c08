/* The formatter's walk over the tokens of a script: which begin a line, how far it is indented, and
 * where comments and empty lines go. See format.h.
 *
 * A decision may ask for what formatting keeps (the tokens, whether something is alone on its line,
 * whether lines are empty between), never for what it changes, or the second run would differ. */
#include "parser/format.h"

#include "parser/format_gap.h"
#include "parser/format_line.h"
#include "parser/format_tokens.h"

enum {
    OPEN_HEAD = 'h', /* of an `if` that is a value, until its block */
};

/* What is open around a token: a bracket, a block, or a head. */
struct open {
    char c;
    bool is_value, is_inline;
};

struct format {
    struct arena *arena;
    struct str text; /* the source's */
    u32 first;       /* where it begins, behind a byte order mark */
    struct fmt_tokens tokens;
    struct line line;
    struct buf *out;
    VEC(struct open) open;
    struct open closed; /* the block closed last */
    u32 level;          /* open blocks that indent */
    u32 n_inline;       /* open blocks that do not */
};

static bool is_block_opener(enum token_kind kind)
{
    return kind == TOK_LBRACE || kind == TOK_LANGLE || kind == TOK_VALUE_LBRACE ||
           kind == TOK_VALUE_LANGLE;
}

static bool is_block_closer(enum token_kind kind)
{
    return kind == TOK_RBRACE || kind == TOK_RANGLE;
}

static bool is_c_declaration(enum token_kind kind)
{
    return kind == TOK_STRUCT || kind == TOK_UNION || kind == TOK_ENUM || kind == TOK_TYPEDEF;
}

static const struct fmt_token *token_at(const struct format *f, u32 i)
{
    return &f->tokens.items[i];
}

/* ---- what is open ---- */

static bool open_is(const struct format *f, char c)
{
    return f->open.n && f->open.items[f->open.n - 1].c == c;
}

static void open_push(struct format *f, struct open open)
{
    *vec_push(f->arena, &f->open) = open;
}

/* Brackets that are open within the innermost block. */
static u32 open_brackets(const struct format *f)
{
    u32 n = 0;

    for (u32 i = f->open.n; i && f->open.items[i - 1].c != '{'; i--)
        n += f->open.items[i - 1].c == '(';
    return n;
}

/* May the block that is a value stay on one line, as it was written? Only one statement may, that
 * holds no others. */
static bool fits_inline(const struct format *f, u32 i)
{
    u32 last = token_at(f, i)->partner;
    struct str text = str_sub(f->text, token_at(f, i)->begin, token_at(f, last)->end);

    if (str_index(text, '\n') >= 0)
        return false;
    for (u32 at = i + 1; at < last; at++) {
        enum token_kind before = token_at(f, at - 1)->kind;

        switch (token_at(f, at)->kind) {
        case TOK_SEMICOLON:
            if (at + 1 < last)
                return false;
            break;
        case TOK_IF:
            if (before != TOK_ELSE)
                return false;
            break;
        case TOK_LBRACE:
        case TOK_LANGLE:
            if (is_block_opener(before) || before == TOK_COMPTIME)
                return false;
            break;
        case TOK_FOR:
        case TOK_WHILE:
        case TOK_UNROLL:
            return false;
        default: /* of an expression, or of a simple statement */
            break;
        }
    }
    return true;
}

static void block_open(struct format *f, u32 i)
{
    enum token_kind kind = token_at(f, i)->kind;
    struct open block = {.c = '{',
                         .is_value = kind == TOK_VALUE_LBRACE || kind == TOK_VALUE_LANGLE};

    if (open_is(f, OPEN_HEAD)) {
        block.is_value = true;
        f->open.n--;
    }
    block.is_inline = block.is_value && fits_inline(f, i);
    f->level += !block.is_inline;
    f->n_inline += block.is_inline;
    open_push(f, block);
}

static void block_close(struct format *f)
{
    f->closed = f->open.items[--f->open.n];
    f->level -= !f->closed.is_inline;
    f->n_inline -= f->closed.is_inline;
}

/* What opens or closes behind token i. Blocks close before it: see token_format(). */
static void open_update(struct format *f, u32 i)
{
    switch (token_at(f, i)->kind) {
    case TOK_LPAREN:
    case TOK_LBRACKET:
        open_push(f, (struct open){.c = '('});
        break;
    case TOK_RPAREN:
    case TOK_RBRACKET:
        f->open.n--;
        break;
    case TOK_LBRACE:
    case TOK_LANGLE:
    case TOK_VALUE_LBRACE:
    case TOK_VALUE_LANGLE:
        block_open(f, i);
        break;
    case TOK_VALUE_IF:
        open_push(f, (struct open){.c = OPEN_HEAD});
        break;
    case TOK_ELSE:
        if (f->closed.is_value)
            open_push(f, (struct open){.c = OPEN_HEAD});
        break;
    default: /* the rest neither opens nor closes */
        break;
    }
}

/* ---- lines ---- */

/* Does token i begin a line? */
static bool begins_line(const struct format *f, u32 i, const struct gap *gap)
{
    enum token_kind kind = token_at(f, i)->kind;
    enum token_kind before = i ? token_at(f, i - 1)->kind : TOK_SEMICOLON;
    bool is_in_inline = f->open.n && f->open.items[f->open.n - 1].is_inline;

    if (kind == TOK_EOF)
        return true;
    if (is_block_closer(kind) && is_block_opener(before))
        return !is_in_inline && gap->items.n;
    if (is_block_closer(kind) || is_block_opener(before))
        return !is_in_inline;
    if (is_block_closer(before))
        return !f->closed.is_value && kind != TOK_ELSE && kind != TOK_SEMICOLON;
    if (before == TOK_COMMA)
        return kind == TOK_PROBE_SPEC;
    return (before == TOK_SEMICOLON && kind != TOK_SEMICOLON) ||
           (is_c_declaration(before) && !f->open.n);
}

/* Does an empty line belong before token i at the top of the script? */
static bool wants_blank(const struct format *f, u32 i)
{
    enum token_kind kind = token_at(f, i)->kind;

    if (f->open.n || i == 0 || kind == TOK_EOF || token_at(f, i - 1)->kind == TOK_COMMA ||
        token_at(f, i - 1)->kind == TOK_ALTERNATIVE)
        return false;
    return kind == TOK_PROBE_SPEC || kind == TOK_MACRO || kind == TOK_CONFIG || kind == TOK_FN ||
           is_block_closer(token_at(f, i - 1)->kind);
}

/* The cost of a line break before token i, where one may be: the outermost is the cheapest, and
 * arguments come apart before operands do. */
static bool break_cost(const struct format *f, u32 i, u32 *cost_out)
{
    const struct fmt_token *before = token_at(f, i - 1);
    u32 n_kinds = 4, depth = open_brackets(f);

    *cost_out = depth * n_kinds;
    if (f->n_inline || before->role != ROLE_PLAIN)
        return false;
    if (before->kind == TOK_COMMA)
        return depth > 0;
    if (before->kind < TOK_PLUS || before->kind > TOK_LOR)
        return false;
    *cost_out += before->kind == TOK_LOR ? 1 : before->kind == TOK_LAND ? 2 : 3;
    return true;
}

/* A comment before token i. */
static struct line_piece comment_piece(const struct format *f, u32 i, const struct gap_item *item)
{
    enum token_kind before = i ? token_at(f, i - 1)->kind : TOK_SEMICOLON;

    return (struct line_piece){
        .text = item->text,
        .has_space = before != TOK_LPAREN && before != TOK_LBRACKET,
        .is_comment = item->kind != GAP_RAW,
        .is_raw = item->kind == GAP_RAW,
    };
}

/* Is a comment followed by code on its line? at: its number. */
static bool has_code_behind(const struct gap *gap, u32 at)
{
    u32 n_newlines = at + 1 < gap->items.n ? gap->items.items[at + 1].n_newlines : gap->n_newlines;

    return gap->items.items[at].kind == GAP_BLOCK_COMMENT && !n_newlines;
}

/* The comments that stay on the line that ends before token i. Returns how many. */
static u32 comments_trailing(struct format *f, u32 i, const struct gap *gap)
{
    u32 n = 0;

    while (i && n < gap->items.n && !gap->items.items[n].n_newlines)
        line_add(&f->line, f->level, comment_piece(f, i, &gap->items.items[n++]));
    return n;
}

/* Begin a line for token i: what is before it there, from comment `at` on. */
static void line_begin(struct format *f, u32 i, const struct gap *gap, u32 at)
{
    bool is_end = is_block_closer(token_at(f, i)->kind) || token_at(f, i)->kind == TOK_EOF;
    bool is_first = i == 0 || is_block_opener(token_at(f, i - 1)->kind);
    bool has_blank = wants_blank(f, i) && !gap_has_blank(gap);

    line_end(&f->line);
    for (; at < gap->items.n; at++) {
        const struct gap_item *item = &gap->items.items[at];

        if (has_blank || (item->n_newlines > 1 && !is_first)) {
            line_end(&f->line);
            buf_add_char(f->out, '\n');
        }
        has_blank = is_first = false;
        line_add(&f->line, f->level, comment_piece(f, i, item));
        if (is_end || !has_code_behind(gap, at))
            line_end(&f->line);
    }
    if (has_blank || (gap->n_newlines > 1 && !is_first && !is_end))
        buf_add_char(f->out, '\n');
}

/* What is before token i on a line that goes on: its comments, and how the line may break before it
 * or, if they are on one line, before them. */
static void line_go_on(struct format *f, u32 i, const struct gap *gap, struct line_piece *piece)
{
    enum line_break brk = break_cost(f, i, &piece->cost) ? BREAK_MAY : BREAK_NEVER;

    for (u32 at = 0; at < gap->items.n; at++) {
        const struct gap_item *item = &gap->items.items[at];
        bool is_inline = has_code_behind(gap, at);
        struct line_piece comment = comment_piece(f, i, item);

        if (item->n_newlines && !is_inline) {
            brk = BREAK_MUST;
        } else if (!is_inline && brk == BREAK_MAY) {
            brk = BREAK_NEVER;
        }
        comment.brk = brk;
        comment.depth = piece->depth;
        comment.cost = piece->cost;
        line_add(&f->line, f->level, comment);
        brk = is_inline ? BREAK_NEVER : BREAK_MUST;
    }
    piece->brk = brk;
}

/* Behind a comment there is a space, but before what closes. */
static bool has_space(const struct format *f, u32 i, const struct gap *gap)
{
    switch (token_at(f, i)->kind) {
    case TOK_COMMA:
    case TOK_SEMICOLON:
    case TOK_RPAREN:
    case TOK_RBRACKET:
        return false;
    default:
        return gap->items.n || (i && fmt_space_before(&f->tokens, i));
    }
}

static void token_format(struct format *f, u32 i)
{
    const struct fmt_token *t = token_at(f, i);
    u32 from = i ? token_at(f, i - 1)->end : f->first;
    /* Behind the last token the parser saw no directives. */
    u32 to = t->kind == TOK_EOF ? f->text.n : t->begin;
    struct gap gap = gap_read(f->arena, str_sub(f->text, from, to));
    struct line_piece piece = {.text = fmt_text(&f->tokens, i), .has_space = has_space(f, i, &gap)};

    if (begins_line(f, i, &gap)) {
        line_begin(f, i, &gap, comments_trailing(f, i, &gap));
    } else {
        bool is_outer = is_block_opener(t->kind) || t->kind == TOK_ELSE || t->kind == TOK_PREDICATE;

        piece.depth = is_outer ? 0 : MAX(open_brackets(f), 1U);
        line_go_on(f, i, &gap, &piece);
    }
    if (is_block_closer(t->kind))
        block_close(f);
    if (t->kind != TOK_EOF)
        line_add(&f->line, f->level, piece);
    open_update(f, i);
}

void format_program(struct arena *arena, const struct source *src, const struct token_list *tokens,
                    struct buf *out)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct format f = {
        .arena = arena,
        .first = str_starts(src->text, mark) ? sizeof(mark) - 1 : 0,
        .text = src->text,
        .tokens = fmt_tokens_new(arena, src, tokens),
        .line = {.arena = arena, .out = out},
        .out = out,
    };

    buf_add(out, mark, f.first);
    for (u32 i = 0; i < f.tokens.n; i++)
        token_format(&f, i);
    line_end(&f.line);
}
