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
#include "parser/c_reader.h"
}

%union {
    struct expr *expr;
    struct expr_list exprs;
    struct stmt *stmt;
    struct stmt_list stmts;
    struct spec_list specs;
    struct type_name *type;
    enum op op;
    u32 n;
}

%code {
/* The stacks live in yyparse()'s frame up to the nesting that scripts have. */
#define YYINITDEPTH 1000
#define YYMAXDEPTH 10000

#define SPAN(first, last) ((struct span){(first).begin, (last).end})

#define YYLLOC_DEFAULT(current, rhs, n)                                                       \
    (current) = (n) ? SPAN(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                                \
                    : (struct span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end}

static int parser_yylex(YYSTYPE *value, struct span *span, struct parse *ps);
static void parser_yyerror(struct span *span, struct parse *ps, const char *what);
}

%token EOF 0
%token BEGIN_EXPR
%token PROBE_SPEC IDENT VAR MAP PARAM PARAM_COUNT INT STRING TYPE
%token PREDICATE END_PREDICATE LBRACE RBRACE LANGLE RANGLE LPAREN RPAREN LBRACKET RBRACKET
%token VALUE_LBRACE VALUE_LANGLE VALUE_IF
%token SEMICOLON COMMA ALTERNATIVE DOT DOTDOT ARROW QUESTION COLON TILDE BANG INC DEC
%token PLUS MINUS STAR SLASH PERCENT AMP PIPE CARET SHL SHR EQ NE LT LE GT GE LAND LOR
%token ASSIGN ADD_ASSIGN SUB_ASSIGN MUL_ASSIGN DIV_ASSIGN MOD_ASSIGN
%token AND_ASSIGN OR_ASSIGN XOR_ASSIGN SHL_ASSIGN SHR_ASSIGN
%token BREAK COMPTIME CONFIG CONTINUE ELSE ENUM FALSE FOR IF IMPORT LET MACRO OFFSETOF RETURN
%token SIZEOF STRUCT TRUE TYPEOF UNION UNROLL WHILE
/* Reserved words that no rule has yet: parse_next() reports them. */
%token FN TYPEDEF

%precedence COMPTIME /* takes all that follows */
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
/* A word before `[` stays one that may name a type, and so does `(word` before its `)`: see cast. */
%precedence WORD
%precedence LBRACKET RPAREN

%type <specs> specs
%type <expr> predicate expr unary plain cast postfix primary word name value_if query
%type <expr> config_value arg size
%type <exprs> exprs args arg_list path fields params param_list
%type <stmt> block value_block stmt simple let if_stmt else_part value_else loop
%type <stmts> body stmts
%type <type> type hard_type soft_type type_words operand_type
%type <op> assign_op unary_op
%type <n> stars

%%

input: program
     | BEGIN_EXPR expr                   { ps->result = $2; }
     ;

program: %empty
       | program clause
       | program config
       | program import
       | program map_decl
       | program macro
       | program error block                { yyerrok; }
       | program error SEMICOLON            { yyerrok; }
       ;

clause: specs predicate block               { build_clause(ps, @$, $1, $2, $3); }
      | specs COMMA predicate block         { build_clause(ps, @$, $1, $3, $4); }
      ;

specs: PROBE_SPEC                           { $$ = specs_add(ps, (struct spec_list){0}, @1, false); }
     | specs COMMA PROBE_SPEC               { $$ = specs_add(ps, $1, @3, false); }
     | specs ALTERNATIVE PROBE_SPEC         { $$ = specs_add(ps, $1, @3, true); }
     ;

predicate: %empty                           { $$ = NULL; }
         | PREDICATE expr END_PREDICATE     { $$ = $2; }
         ;

config: config_head LBRACE config_items RBRACE
      | config_head LBRACE config_items RBRACE SEMICOLON
      ;

config_head: CONFIG ASSIGN                  { build_config(ps, @1); }
           | CONFIG error                   { build_config(ps, @1); yyerrok; }
           ;

/* The last item's `;` may be missing. */
config_items: config_done
            | config_done config_item
            | config_done error             { yyerrok; }
            ;

config_done: %empty
           | config_done config_item SEMICOLON
           | config_done SEMICOLON
           | config_done error SEMICOLON    { yyerrok; }
           ;

config_item: IDENT ASSIGN config_value      { build_config_item(ps, @$, @1, $3); }
           ;

config_value: INT                           { $$ = build_int(ps, @1); }
            | STRING                        { $$ = build_string(ps, @1); }
            | TRUE                          { $$ = build_bool(ps, @1, true); }
            | FALSE                         { $$ = build_bool(ps, @1, false); }
            | IDENT                         { $$ = build_word(ps, @1); }
            ;

import: IMPORT STRING SEMICOLON             { build_import(ps, @2); }
      ;

map_decl: LET MAP ASSIGN IDENT LPAREN size RPAREN SEMICOLON
                                            { build_map_decl(ps, SPAN(@1, @7), @2, @4, $6); }
        ;

macro: MACRO IDENT LPAREN params RPAREN block
                                            { build_macro(ps, SPAN(@1, @5), @2, $4, $6); }
     ;

size: %empty                                { $$ = NULL; }
    | expr
    ;

params: %empty                              { $$ = (struct expr_list){0}; }
      | param_list
      ;

param_list: name                            { $$ = exprs_add((struct expr_list){0}, $1); }
          | param_list COMMA name           { $$ = exprs_add($1, $3); }
          ;

name: IDENT                                 { $$ = build_name(ps, EXPR_IDENT, @1); }
    | VAR                                   { $$ = build_name(ps, EXPR_VAR, @1); }
    | MAP                                   { $$ = build_name(ps, EXPR_MAP, @1); }
    ;

block: LBRACE body RBRACE                   { $$ = build_block(ps, @$, $2); }
     | LANGLE body RANGLE                   { $$ = build_block(ps, @$, $2); }
     | LBRACE body RANGLE                   { $$ = build_block(ps, @$, $2);
                                              parse_wrong_end(ps, @3, TOK_RBRACE); }
     | LANGLE body RBRACE                   { $$ = build_block(ps, @$, $2);
                                              parse_wrong_end(ps, @3, TOK_RANGLE); }
     ;

value_block: VALUE_LBRACE body RBRACE       { $$ = build_block(ps, @$, $2); }
           | VALUE_LANGLE body RANGLE       { $$ = build_block(ps, @$, $2); }
           | VALUE_LBRACE body RANGLE       { $$ = build_block(ps, @$, $2);
                                              parse_wrong_end(ps, @3, TOK_RBRACE); }
           | VALUE_LANGLE body RBRACE       { $$ = build_block(ps, @$, $2);
                                              parse_wrong_end(ps, @3, TOK_RANGLE); }
           ;

/* The last statement's `;` may be missing. That it may not before `>` is the scanner's rule. */
body: stmts
    | stmts simple                          { $$ = stmts_add($1, $2); }
    | stmts broken                          { $$ = $1; yyerrok; }
    ;

stmts: %empty                               { $$ = (struct stmt_list){0}; }
     | stmts stmt                           { $$ = stmts_add($1, $2); }
     ;

stmt: simple SEMICOLON
    | if_stmt
    | COMPTIME if_stmt                      { $$ = build_comptime_if($2, @$); }
    | COMPTIME block                        { $$ = build_comptime_block(ps, @$, $2); }
    | loop
    | block
    | SEMICOLON                             { $$ = NULL; }
    | broken SEMICOLON                      { $$ = NULL; yyerrok; }
    | broken block else_part                { $$ = NULL; yyerrok; }
    ;

broken: error
      | broken error
      | broken value_block
      ;

simple: expr                                { $$ = build_stmt(ps, @$, STMT_EXPR, $1); }
      | unary assign_op expr                { $$ = build_assign(ps, @$, $1, $2, $3); }
      | let
      | BREAK                               { $$ = build_stmt(ps, @$, STMT_BREAK, NULL); }
      | CONTINUE                            { $$ = build_stmt(ps, @$, STMT_CONTINUE, NULL); }
      | RETURN                              { $$ = build_stmt(ps, @$, STMT_RETURN, NULL); }
      | RETURN expr                         { $$ = build_stmt(ps, @$, STMT_RETURN, $2); }
      ;

let: LET VAR                                { $$ = build_let(ps, @$, @2, NULL, NULL); }
   | LET VAR ASSIGN expr                    { $$ = build_let(ps, @$, @2, NULL, $4); }
   | LET VAR COLON type                     { $$ = build_let(ps, @$, @2, $4, NULL); }
   | LET VAR COLON type ASSIGN expr         { $$ = build_let(ps, @$, @2, $4, $6); }
   ;

if_stmt: IF unary block else_part           { $$ = build_if(ps, @$, $2, $3, $4); }
       ;

else_part: %empty                           { $$ = NULL; }
         | ELSE block                       { $$ = $2; }
         | ELSE if_stmt                     { $$ = $2; }
         | ELSE COMPTIME if_stmt            { $$ = build_comptime_if($3, SPAN(@2, @3)); }
         ;

loop: WHILE unary block                     { $$ = build_loop(ps, @$, STMT_WHILE, $2, $3); }
    | UNROLL unary block                    { $$ = build_loop(ps, @$, STMT_UNROLL, $2, $3); }
    | FOR LPAREN VAR COLON expr DOTDOT expr RPAREN block
                                            { $$ = build_for_range(ps, @$, @3, $5, $7, $9); }
    | FOR VAR COLON unary DOTDOT unary block
                                            { $$ = build_for_range(ps, @$, @2, $4, $6, $7); }
    | FOR LPAREN VAR COLON expr RPAREN block
                                            { $$ = build_for_map(ps, @$, @3, $5, $7); }
    | FOR VAR COLON unary block             { $$ = build_for_map(ps, @$, @2, $4, $5); }
    ;

expr: unary
    | expr QUESTION expr COLON expr         { $$ = build_ternary(ps, @$, $1, $3, $5); }
    | expr QUESTION COLON expr              { $$ = build_ternary(ps, @$, $1, NULL, $4); }
    | expr LOR expr                         { $$ = build_binary(ps, @$, $1, OP_LOR, $3); }
    | expr LAND expr                        { $$ = build_binary(ps, @$, $1, OP_LAND, $3); }
    | expr PIPE expr                        { $$ = build_binary(ps, @$, $1, OP_BOR, $3); }
    | expr CARET expr                       { $$ = build_binary(ps, @$, $1, OP_BXOR, $3); }
    | expr AMP expr                         { $$ = build_binary(ps, @$, $1, OP_BAND, $3); }
    | expr EQ expr                          { $$ = build_binary(ps, @$, $1, OP_EQ, $3); }
    | expr NE expr                          { $$ = build_binary(ps, @$, $1, OP_NE, $3); }
    | expr LT expr                          { $$ = build_binary(ps, @$, $1, OP_LT, $3); }
    | expr LE expr                          { $$ = build_binary(ps, @$, $1, OP_LE, $3); }
    | expr GT expr                          { $$ = build_binary(ps, @$, $1, OP_GT, $3); }
    | expr GE expr                          { $$ = build_binary(ps, @$, $1, OP_GE, $3); }
    | expr SHL expr                         { $$ = build_binary(ps, @$, $1, OP_SHL, $3); }
    | expr SHR expr                         { $$ = build_binary(ps, @$, $1, OP_SHR, $3); }
    | expr PLUS expr                        { $$ = build_binary(ps, @$, $1, OP_ADD, $3); }
    | expr MINUS expr                       { $$ = build_binary(ps, @$, $1, OP_SUB, $3); }
    | expr STAR expr                        { $$ = build_binary(ps, @$, $1, OP_MUL, $3); }
    | expr SLASH expr                       { $$ = build_binary(ps, @$, $1, OP_DIV, $3); }
    | expr PERCENT expr                     { $$ = build_binary(ps, @$, $1, OP_MOD, $3); }
    ;

/* Apart from those that begin with what could also be a binary or postfix operator: (name) - 1 is
 * a subtraction, (name) 1 and (name) ~1 are casts. */
unary: plain
     | unary_op unary                       { $$ = build_unary(ps, @$, $1, $2); }
     | INC unary                            { $$ = build_incdec(ps, @$, OP_INC, $2, false); }
     | DEC unary                            { $$ = build_incdec(ps, @$, OP_DEC, $2, false); }
     ;

unary_op: MINUS                             { $$ = OP_NEG; }
        | PLUS                              { $$ = OP_PLUS; }
        | STAR                              { $$ = OP_DEREF; }
        | AMP                               { $$ = OP_ADDR; }
        ;

plain: postfix
     | cast
     | BANG unary                           { $$ = build_unary(ps, @$, OP_NOT, $2); }
     | TILDE unary                          { $$ = build_unary(ps, @$, OP_BNOT, $2); }
     | COMPTIME expr                        { $$ = build_comptime(ps, @$, $2); }
     ;

/* What names a type only by its place reads as an expression first: only what follows tells. */
cast: LPAREN hard_type RPAREN unary         { $$ = build_cast(ps, @$, $2, $4); }
    | LPAREN word RPAREN plain              { $$ = build_cast(ps, @$, build_type_of_expr(ps, @2, $2, 0),
                                                              $4); }
    | LPAREN expr stars RPAREN unary        { $$ = build_cast(ps, @$, build_type_of_expr(ps, SPAN(@2, @3),
                                                              $2, $3), $5); }
    ;

/* The stars of a pointer. Right recursive, so that behind an operand the first can still be a
 * multiplication until the `)` shows. */
stars: STAR                                 { $$ = 1; }
     | STAR stars                           { $$ = $2 + 1; }
     ;

postfix: primary
       | postfix DOT IDENT                  { $$ = build_field(ps, @$, $1, @3); }
       | postfix DOT INT                    { $$ = build_field(ps, @$, $1, @3); }
       | postfix ARROW IDENT                { $$ = build_field(ps, @$, $1, @3); }
       | postfix ARROW INT                  { $$ = build_field(ps, @$, $1, @3); }
       | postfix LBRACKET exprs RBRACKET    { $$ = build_subscript(ps, @$, $1, $3); }
       | postfix INC                        { $$ = build_incdec(ps, @$, OP_INC, $1, true); }
       | postfix DEC                        { $$ = build_incdec(ps, @$, OP_DEC, $1, true); }
       ;

word: IDENT                                 { $$ = build_word(ps, @1); }
    | word LBRACKET exprs RBRACKET          { $$ = build_subscript(ps, @$, $1, $3); }
    ;

primary: INT                                { $$ = build_int(ps, @1); }
       | STRING                             { $$ = build_string(ps, @1); }
       | TRUE                               { $$ = build_bool(ps, @1, true); }
       | FALSE                              { $$ = build_bool(ps, @1, false); }
       | VAR                                { $$ = build_name(ps, EXPR_VAR, @1); }
       | MAP                                { $$ = build_name(ps, EXPR_MAP, @1); }
       | PARAM                              { $$ = build_param(ps, @1); }
       | PARAM_COUNT                        { $$ = build_param(ps, @1); }
       | word                               %prec WORD
       | LPAREN word RPAREN                 { $$ = build_parens($2); }
       | LPAREN expr RPAREN                 { $$ = build_parens($2); }
       | LPAREN exprs COMMA RPAREN          { $$ = build_list(ps, @$, EXPR_TUPLE, $2); }
       | LPAREN exprs COMMA expr RPAREN     { $$ = build_list(ps, @$, EXPR_TUPLE,
                                                              exprs_add($2, $4)); }
       | LPAREN fields RPAREN               { $$ = build_list(ps, @$, EXPR_RECORD, $2); }
       | LPAREN fields COMMA RPAREN         { $$ = build_list(ps, @$, EXPR_RECORD, $2); }
       | IDENT LPAREN args RPAREN           { $$ = build_call(ps, @$, @1, $3); }
       | CONFIG DOT IDENT                   { $$ = build_field(ps, @$,
                                                               build_name(ps, EXPR_IDENT, @1), @3); }
       | query
       | value_if
       | value_block                        { $$ = build_value_block(ps, $1); }
       ;

query: SIZEOF LPAREN expr RPAREN            { $$ = build_query(ps, @$, EXPR_SIZEOF, NULL, $3); }
     | SIZEOF LPAREN operand_type RPAREN    { $$ = build_query(ps, @$, EXPR_SIZEOF, $3, NULL); }
     | OFFSETOF LPAREN expr COMMA path RPAREN
                                            { $$ = build_offsetof(ps, @$, NULL, $3, $5); }
     | OFFSETOF LPAREN operand_type COMMA path RPAREN
                                            { $$ = build_offsetof(ps, @$, $3, NULL, $5); }
     ;

path: IDENT                                 { $$ = exprs_add((struct expr_list){0},
                                                             build_name(ps, EXPR_IDENT, @1)); }
    | path DOT IDENT                        { $$ = exprs_add($1, build_name(ps, EXPR_IDENT, @3)); }
    ;

value_if: VALUE_IF unary block value_else   { $$ = build_value_if(ps, @$, $2, $3, $4); }
        ;

value_else: %empty                          { $$ = NULL; }
          | ELSE block                      { $$ = $2; }
          | ELSE IF unary block value_else  { $$ = build_else_if(ps, SPAN(@2, @5), $3, $4, $5); }
          ;

fields: IDENT ASSIGN expr                   { $$ = exprs_add((struct expr_list){0},
                                                             build_label(ps, @1, $3)); }
      | fields COMMA IDENT ASSIGN expr      { $$ = exprs_add($1, build_label(ps, @3, $5)); }
      ;

args: %empty                                { $$ = (struct expr_list){0}; }
    | arg_list
    ;

arg_list: arg                               { $$ = exprs_add((struct expr_list){0}, $1); }
        | arg_list COMMA arg                { $$ = exprs_add($1, $3); }
        ;

arg: expr
   | operand_type                           { $$ = build_query(ps, @$, EXPR_TYPE, $1, NULL); }
   ;

exprs: expr                                 { $$ = exprs_add((struct expr_list){0}, $1); }
     | exprs COMMA expr                     { $$ = exprs_add($1, $3); }
     ;

/* A type where only a type can stand. */
type: hard_type
    | soft_type
    ;

soft_type: IDENT                            { $$ = build_type_word(ps, @1); }
         | soft_type STAR                   { $$ = build_type_pointer(ps, @$, $1); }
         | soft_type LBRACKET size RBRACKET { $$ = build_type_array(ps, @$, $1, $3); }
         ;

/* A type where an expression may stand, too. */
operand_type: hard_type
            | expr stars                    { $$ = build_type_of_expr(ps, @$, $1, $2); }
            ;

/* A type that begins with a word that nothing else has. */
hard_type: type_words
         | STRUCT IDENT                     { $$ = build_type_tag(ps, @$, TYPE_NAME_STRUCT, @2); }
         | UNION IDENT                      { $$ = build_type_tag(ps, @$, TYPE_NAME_UNION, @2); }
         | ENUM IDENT                       { $$ = build_type_tag(ps, @$, TYPE_NAME_ENUM, @2); }
         | TYPEOF LPAREN expr RPAREN        { $$ = build_type_typeof(ps, @$, $3, NULL); }
         | TYPEOF LPAREN operand_type RPAREN { $$ = build_type_typeof(ps, @$, NULL, $3); }
         | hard_type STAR                   { $$ = build_type_pointer(ps, @$, $1); }
         | hard_type LBRACKET size RBRACKET { $$ = build_type_array(ps, @$, $1, $3); }
         ;

type_words: TYPE                            { $$ = build_type_word(ps, @1); }
          | type_words TYPE                 { $$ = build_type_more(ps, @$, $1, @2); }
          ;

assign_op: ASSIGN                           { $$ = OP_NONE; }
         | ADD_ASSIGN                       { $$ = OP_ADD; }
         | SUB_ASSIGN                       { $$ = OP_SUB; }
         | MUL_ASSIGN                       { $$ = OP_MUL; }
         | DIV_ASSIGN                       { $$ = OP_DIV; }
         | MOD_ASSIGN                       { $$ = OP_MOD; }
         | AND_ASSIGN                       { $$ = OP_BAND; }
         | OR_ASSIGN                        { $$ = OP_BOR; }
         | XOR_ASSIGN                       { $$ = OP_BXOR; }
         | SHL_ASSIGN                       { $$ = OP_SHL; }
         | SHR_ASSIGN                       { $$ = OP_SHR; }
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
    struct token token;

    (void)value; /* tokens are spans */
    *span = NO_SPAN;
    if (ps->macro && !ps->has_begun) {
        ps->has_begun = true;
        return PT_BEGIN_EXPR;
    }
    token = parse_next(ps);
    *span = token.span;
    return token_kinds[token.kind];
}

/* What a token stands for, when it is one of those that could have come. */
static unsigned wanted_of(yysymbol_kind_t symbol)
{
    switch (symbol) {
    case YYSYMBOL_PARAM_COUNT:
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
        return WANTED_NAME; /* where more may stand too, that is said first */
    case YYSYMBOL_STRING:
        return WANTED_STRING;
    case YYSYMBOL_TRUE:
        return WANTED_VALUE;
    case YYSYMBOL_TYPE:
        return WANTED_TYPE;
    case YYSYMBOL_VAR:
        return WANTED_VAR;
    case YYSYMBOL_MAP:
        return WANTED_MAP;
    case YYSYMBOL_LPAREN:
        return WANTED_LPAREN;
    case YYSYMBOL_ASSIGN:
        return WANTED_ASSIGN;
    case YYSYMBOL_COMMA:
        return WANTED_COMMA;
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
    return parse_program_tokens(arena, src, diags, NULL);
}

struct program *parse_program_tokens(struct arena *arena, const struct source *src,
                                     struct diags *diags, struct token_list *tokens)
{
    struct parse ps = {
        .arena = arena,
        .src = *src,
        .diags = diags,
        .program = arena_new(arena, struct program),
        .tokens = tokens,
    };

    ps.c = c_reader_new(arena, diags, ps.program);
    ps.src.text = c_preprocess(ps.c, src);
    ps.lexer = lexer_new(arena, &ps.src, diags);
    /* What it returns says nothing that the diagnostics do not. */
    (void)parser_yyparse(&ps);
    lexer_free(ps.lexer);
    return ps.program;
}

struct expr *parse_macro_body(struct parse *outer, const struct c_macro *macro)
{
    struct parse ps = {
        .arena = outer->arena,
        .src = macro->body,
        .diags = outer->diags,
        .lexer = lexer_new(outer->arena, &macro->body, outer->diags),
        .program = outer->program,
        .c = outer->c,
        .macro = macro,
        .outer = outer,
    };

    lexer_enter_code(ps.lexer);
    (void)parser_yyparse(&ps);
    lexer_free(ps.lexer);
    return ps.result;
}
