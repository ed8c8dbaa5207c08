/* The grammar. Actions only build nodes; what a rule of the language says about them is semantic's
 * business. Pure: the parse's state is a parameter, all memory but bison's stacks is the arena's.
 *
 * Recovery: a broken statement ends at its `;`, with the block that follows it, or at the end of
 * the enclosing block; a broken clause with its block. The scanner makes it easy: it says what is
 * an opening or closing angle bracket, and knows where blocks end even where the grammar is
 * lost. */
%define api.pure full
%define api.prefix {parser_yy}
%define api.token.prefix {PT_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct parse *ps}

%code requires {
#include "parser/build.h"
}

%union {
    struct expr *expr;
    struct expr_list exprs;
    struct stmt *stmt;
    struct stmt_list stmts;
    struct spec_list specs;
    enum op op;
}

%code {
/* The stacks live in yyparse()'s frame up to the nesting that scripts have. */
#define YYINITDEPTH 1000
#define YYMAXDEPTH 10000

#define YYLLOC_DEFAULT(current, rhs, n)                                                       \
    (current) = (n) ? (struct span){YYRHSLOC(rhs, 1).begin, YYRHSLOC(rhs, n).end}             \
                    : (struct span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end}

static int parser_yylex(YYSTYPE *value, struct span *span, struct parse *ps);
static void parser_yyerror(struct span *span, struct parse *ps, const char *what);
}

%token EOF 0
%token PROBE_SPEC IDENT VAR MAP PARAM PARAM_COUNT INT STRING TYPE
%token PREDICATE END_PREDICATE LBRACE RBRACE LANGLE RANGLE LPAREN RPAREN LBRACKET RBRACKET
%token SEMICOLON COMMA DOT ARROW QUESTION COLON TILDE BANG INC DEC
%token PLUS MINUS STAR SLASH PERCENT AMP PIPE CARET SHL SHR EQ NE LT LE GT GE LAND LOR
%token ASSIGN ADD_ASSIGN SUB_ASSIGN MUL_ASSIGN DIV_ASSIGN MOD_ASSIGN
%token AND_ASSIGN OR_ASSIGN XOR_ASSIGN SHL_ASSIGN SHR_ASSIGN
%token IF ELSE RETURN TRUE FALSE
/* Reserved words that no rule has yet: parse_next() reports them. */
%token BREAK COMPTIME CONFIG CONTINUE ENUM FN FOR IMPORT LET MACRO OFFSETOF SIZEOF STRUCT
%token TYPEDEF TYPEOF UNION UNROLL WHILE

%right QUESTION COLON
%left LOR
%left LAND
%left PIPE
%left CARET
%left AMP
%left EQ NE
%left LT LE GT GE
%left SHL SHR
%left PLUS MINUS
%left STAR SLASH PERCENT

%type <specs> specs
%type <expr> predicate expr unary postfix primary
%type <exprs> exprs args
%type <stmt> block stmt simple if_stmt else_part
%type <stmts> body stmts
%type <op> assign_op unary_op

%%

program: %empty
       | program clause
       | program error block             { yyerrok; }
       | program error SEMICOLON         { yyerrok; }
       ;

clause: specs predicate block            { build_clause(ps, @$, $1, $2, $3); }
      | specs COMMA predicate block      { build_clause(ps, @$, $1, $3, $4); }
      ;

specs: PROBE_SPEC                        { $$ = specs_add(ps, (struct spec_list){0}, @1); }
     | specs COMMA PROBE_SPEC            { $$ = specs_add(ps, $1, @3); }
     ;

predicate: %empty                        { $$ = NULL; }
         | PREDICATE expr END_PREDICATE  { $$ = $2; }
         ;

block: LBRACE body RBRACE                { $$ = build_block(ps, @$, $2); }
     | LANGLE body RANGLE                { $$ = build_block(ps, @$, $2); }
     | LBRACE body RANGLE                { $$ = build_block(ps, @$, $2);
                                           parse_wrong_end(ps, @3, TOK_RBRACE); }
     | LANGLE body RBRACE                { $$ = build_block(ps, @$, $2);
                                           parse_wrong_end(ps, @3, TOK_RANGLE); }
     ;

/* The last statement's `;` may be missing. That it may not before `>` is the scanner's rule. */
body: stmts
    | stmts simple                       { $$ = stmts_add($1, $2); }
    | stmts error                        { $$ = $1; yyerrok; }
    ;

stmts: %empty                            { $$ = (struct stmt_list){0}; }
     | stmts stmt                        { $$ = stmts_add($1, $2); }
     ;

stmt: simple SEMICOLON
    | if_stmt
    | block
    | SEMICOLON                          { $$ = NULL; }
    | error SEMICOLON                    { $$ = NULL; yyerrok; }
    | error block else_part              { $$ = NULL; yyerrok; }
    ;

simple: expr                             { $$ = build_stmt(ps, @$, STMT_EXPR, $1); }
      | postfix assign_op expr           { $$ = build_assign(ps, @$, $1, $2, $3); }
      | RETURN                           { $$ = build_stmt(ps, @$, STMT_RETURN, NULL); }
      | RETURN expr                      { $$ = build_stmt(ps, @$, STMT_RETURN, $2); }
      ;

if_stmt: IF unary block else_part        { $$ = build_if(ps, @$, $2, $3, $4); }
       ;

else_part: %empty                        { $$ = NULL; }
         | ELSE block                    { $$ = $2; }
         | ELSE if_stmt                  { $$ = $2; }
         ;

expr: unary
    | expr QUESTION expr COLON expr      { $$ = build_ternary(ps, @$, $1, $3, $5); }
    | expr LOR expr                      { $$ = build_binary(ps, @$, $1, OP_LOR, $3); }
    | expr LAND expr                     { $$ = build_binary(ps, @$, $1, OP_LAND, $3); }
    | expr PIPE expr                     { $$ = build_binary(ps, @$, $1, OP_BOR, $3); }
    | expr CARET expr                    { $$ = build_binary(ps, @$, $1, OP_BXOR, $3); }
    | expr AMP expr                      { $$ = build_binary(ps, @$, $1, OP_BAND, $3); }
    | expr EQ expr                       { $$ = build_binary(ps, @$, $1, OP_EQ, $3); }
    | expr NE expr                       { $$ = build_binary(ps, @$, $1, OP_NE, $3); }
    | expr LT expr                       { $$ = build_binary(ps, @$, $1, OP_LT, $3); }
    | expr LE expr                       { $$ = build_binary(ps, @$, $1, OP_LE, $3); }
    | expr GT expr                       { $$ = build_binary(ps, @$, $1, OP_GT, $3); }
    | expr GE expr                       { $$ = build_binary(ps, @$, $1, OP_GE, $3); }
    | expr SHL expr                      { $$ = build_binary(ps, @$, $1, OP_SHL, $3); }
    | expr SHR expr                      { $$ = build_binary(ps, @$, $1, OP_SHR, $3); }
    | expr PLUS expr                     { $$ = build_binary(ps, @$, $1, OP_ADD, $3); }
    | expr MINUS expr                    { $$ = build_binary(ps, @$, $1, OP_SUB, $3); }
    | expr STAR expr                     { $$ = build_binary(ps, @$, $1, OP_MUL, $3); }
    | expr SLASH expr                    { $$ = build_binary(ps, @$, $1, OP_DIV, $3); }
    | expr PERCENT expr                  { $$ = build_binary(ps, @$, $1, OP_MOD, $3); }
    ;

unary: postfix
     | unary_op unary                    { $$ = build_unary(ps, @$, $1, $2); }
     | INC unary                         { $$ = build_incdec(ps, @$, OP_INC, $2, false); }
     | DEC unary                         { $$ = build_incdec(ps, @$, OP_DEC, $2, false); }
     | LPAREN TYPE RPAREN unary          { $$ = build_cast(ps, @$, @2, $4); }
     | STAR unary                        { $$ = build_unsupported(ps, @1, $2); }
     | AMP unary                         { $$ = build_unsupported(ps, @1, $2); }
     ;

unary_op: BANG                           { $$ = OP_NOT; }
        | TILDE                          { $$ = OP_BNOT; }
        | MINUS                          { $$ = OP_NEG; }
        | PLUS                           { $$ = OP_PLUS; }
        ;

postfix: primary
       | postfix DOT IDENT               { $$ = build_field(ps, @$, $1, @3); }
       | postfix DOT INT                 { $$ = build_field(ps, @$, $1, @3); }
       | postfix ARROW IDENT             { $$ = build_field(ps, @$, $1, @3); }
       | postfix LBRACKET exprs RBRACKET { $$ = build_subscript(ps, @$, $1, $3); }
       | postfix INC                     { $$ = build_incdec(ps, @$, OP_INC, $1, true); }
       | postfix DEC                     { $$ = build_incdec(ps, @$, OP_DEC, $1, true); }
       ;

primary: INT                             { $$ = build_int(ps, @1); }
       | STRING                          { $$ = build_string(ps, @1); }
       | TRUE                            { $$ = build_bool(ps, @1, true); }
       | FALSE                           { $$ = build_bool(ps, @1, false); }
       | VAR                             { $$ = build_name(ps, EXPR_VAR, @1); }
       | MAP                             { $$ = build_name(ps, EXPR_MAP, @1); }
       | IDENT                           { $$ = build_name(ps, EXPR_IDENT, @1); }
       | PARAM                           { $$ = build_param(ps, @1); }
       | PARAM_COUNT                     { $$ = build_param(ps, @1); }
       | IDENT LPAREN args RPAREN        { $$ = build_call(ps, @$, @1, $3); }
       | LPAREN expr RPAREN              { $$ = build_parens($2); }
       | LPAREN exprs COMMA RPAREN       { $$ = build_tuple(ps, @$, $2); }
       | LPAREN exprs COMMA expr RPAREN  { $$ = build_tuple(ps, @$, exprs_add($2, $4)); }
       ;

args: %empty                             { $$ = (struct expr_list){0}; }
    | exprs
    ;

exprs: expr                              { $$ = exprs_add((struct expr_list){0}, $1); }
     | exprs COMMA expr                  { $$ = exprs_add($1, $3); }
     ;

assign_op: ASSIGN                        { $$ = OP_NONE; }
         | ADD_ASSIGN                    { $$ = OP_ADD; }
         | SUB_ASSIGN                    { $$ = OP_SUB; }
         | MUL_ASSIGN                    { $$ = OP_MUL; }
         | DIV_ASSIGN                    { $$ = OP_DIV; }
         | MOD_ASSIGN                    { $$ = OP_MOD; }
         | AND_ASSIGN                    { $$ = OP_BAND; }
         | OR_ASSIGN                     { $$ = OP_BOR; }
         | XOR_ASSIGN                    { $$ = OP_BXOR; }
         | SHL_ASSIGN                    { $$ = OP_SHL; }
         | SHR_ASSIGN                    { $$ = OP_SHR; }
         ;

%%

/* ORDER: lexer/tokens.def. A row without its %token does not compile. */
static const enum parser_yytokentype token_kinds[TOK_COUNT_] = {
#define TOKEN(name, text) [TOK_##name] = PT_##name,
#define KEYWORD(name, word) [TOK_##name] = PT_##name,
#include "lexer/tokens.def"
#undef KEYWORD
#undef TOKEN
};

static int parser_yylex(YYSTYPE *value, struct span *span, struct parse *ps)
{
    struct token token = parse_next(ps);

    (void)value; /* tokens are spans */
    *span = token.span;
    return token_kinds[token.kind];
}

/* What a token stands for, when it is one of those that could have come. */
static unsigned wanted_of(yysymbol_kind_t symbol)
{
    switch (symbol) {
    case YYSYMBOL_STRING:
        return WANTED_EXPRESSION;
    case YYSYMBOL_RBRACE:
    case YYSYMBOL_RANGLE:
        return WANTED_BLOCK_END;
    case YYSYMBOL_END_PREDICATE:
        return WANTED_PREDICATE_END;
    case YYSYMBOL_RPAREN:
        return WANTED_RPAREN;
    case YYSYMBOL_RBRACKET:
        return WANTED_RBRACKET;
    case YYSYMBOL_COLON:
        return WANTED_COLON;
    case YYSYMBOL_SEMICOLON:
        return WANTED_SEMICOLON;
    case YYSYMBOL_LBRACE:
        return WANTED_BLOCK;
    case YYSYMBOL_PROBE_SPEC:
        return WANTED_PROBE;
    case YYSYMBOL_IDENT:
        return WANTED_FIELD; /* where an expression may stand too, that is said first */
    default:
        return 0;
    }
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parse *ps)
{
    yysymbol_kind_t expected[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    unsigned wanted = 0;

    for (int i = 0; i < n; i++)
        wanted |= wanted_of(expected[i]);
    parse_syntax_error(ps, wanted);
    return 0;
}

/* Called by bison where its stack is full, and for nothing else: see parse.error. */
static void parser_yyerror(struct span *span, struct parse *ps, const char *what)
{
    (void)what;
    parse_too_deep(ps, *span);
}

struct program *parse_program(struct arena *arena, const struct source *src, struct diags *diags)
{
    struct parse ps = {
        .arena = arena,
        .src = *src,
        .diags = diags,
        .lexer = lexer_new(arena, src, diags),
        .program = arena_new(arena, struct program),
    };

    /* What it returns says nothing that the diagnostics do not. */
    (void)parser_yyparse(&ps);
    lexer_free(ps.lexer);
    return ps.program;
}
