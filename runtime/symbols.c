/* The kernel's symbols. The text of /proc/kallsyms is kept whole; an entry points into it.
 *
 * Per-CPU symbols (types a and A) are left out: their addresses are offsets. Of several names at
 * one address a global one wins, then the first in the alphabet. With kptr_restrict all addresses
 * read as 0: such a table is treated as empty. */
#include "runtime/symbols.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

#include "runtime/address_search.h"

struct symbol {
    u64 address; /* first, see address_search() */
    u32 name;    /* offset in the text */
    char type;
    bool has_module; /* its name, in brackets, is behind that of the symbol */
};

struct symbols {
    int fd; /* -1 once read */
    struct buf text;
    struct symbol *list; /* sorted by address */
    u32 n;
};

enum {
    READ_BYTES = 1 << 16,
    SYMBOL_SPAN_MAX = 16 << 20, /* an address further behind the last symbol is not in it, bytes */
};

int symbols_new(struct symbols **out, int fd)
{
    struct symbols *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        close_fd(&fd);
        return -ENOMEM;
    }
    s->fd = fd;
    *out = s;
    return 0;
}

int symbols_open(struct symbols **out)
{
    int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : symbols_new(out, fd);
}

void symbols_free(struct symbols **s)
{
    if (*s == NULL)
        return;
    close_fd(&(*s)->fd);
    buf_done(&(*s)->text);
    free((*s)->list);
    free(*s);
    *s = NULL;
}

static const char *name_of(const struct symbols *s, const struct symbol *symbol)
{
    return s->text.p + symbol->name;
}

static bool is_global(const struct symbol *symbol)
{
    return symbol->type >= 'A' && symbol->type <= 'Z';
}

static int symbol_order(const void *a, const void *b, void *table)
{
    const struct symbol *x = a;
    const struct symbol *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (is_global(x) != is_global(y))
        return is_global(x) ? -1 : 1;
    return strcmp(name_of(table, x), name_of(table, y));
}

/* Read all of fd into text. */
static bool text_read(int fd, struct buf *text)
{
    char chunk[READ_BYTES];

    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        buf_add(text, chunk, (size_t)n);
    }
    buf_add_char(text, '\0');
    return !text->failed && text->n <= UINT32_MAX;
}

/* strtoull() of 16 costs as much as the rest of a line, and there are 200 000. */
static u64 hex_read(char **at)
{
    u64 number = 0;

    for (; isxdigit((unsigned char)**at); (*at)++)
        number = number << 4 | (u64)(**at <= '9' ? **at - '0' : (**at & 0x1f) + 9);
    return number;
}

bool symbol_line_parse(char *line, struct symbol_line *out)
{
    char *at = line;
    u64 address = hex_read(&at);
    char *tab = NULL;

    if (at == line || at[0] != ' ' || at[1] == '\0' || at[2] != ' ')
        return false;
    *out = (struct symbol_line){.address = address, .name = at + 3, .module = "", .type = at[1]};
    at = strchrnul(at + 3, '\n');
    *at = '\0';
    tab = strchr(out->name, '\t');
    if (tab != NULL && tab[1] == '[') {
        out->module = tab + 2;
        tab[2 + strcspn(tab + 2, "]")] = '\0';
    }
    if (tab != NULL)
        *tab = '\0';
    return true;
}

/* False: not a symbol to keep. */
static bool line_keep(char *line, const char *text, struct symbol *out)
{
    struct symbol_line symbol;

    if (!symbol_line_parse(line, &symbol))
        return false;
    *out = (struct symbol){.address = symbol.address,
                           .type = symbol.type,
                           .name = (u32)(symbol.name - text),
                           .has_module = symbol.module[0] != '\0'};
    return symbol.address != 0 && symbol.type != 'a' && symbol.type != 'A';
}

/* How many symbols, from the first on, are in the order of their addresses, and below all others.
 */
static u32 ordered_count(const struct symbols *s)
{
    u32 n = MIN(1, s->n);
    u64 lowest = UINT64_MAX;

    while (n < s->n && s->list[n].address >= s->list[n - 1].address)
        n++;
    for (u32 i = n; i < s->n; i++)
        lowest = MIN(lowest, s->list[i].address);
    while (n > 0 && s->list[n - 1].address >= lowest)
        n--;
    return n;
}

/* Sort the first n, of which only those with one address can be in a wrong order: few at a time. */
static void aliases_sort(struct symbols *s, u32 n)
{
    struct symbol *list = s->list;

    for (u32 i = 1; i < n; i++) {
        for (u32 k = i; k > 0 && symbol_order(&list[k], &list[k - 1], s) < 0; k--) {
            struct symbol swapped = list[k];

            list[k] = list[k - 1];
            list[k - 1] = swapped;
        }
    }
}

/* The kernel lists its own symbols in the order of their addresses, those of modules module by
 * module behind them: sorting it all would cost more than the rest. */
static void sort(struct symbols *s)
{
    u32 n = ordered_count(s);

    aliases_sort(s, n);
    if (n < s->n)
        qsort_r(s->list + n, s->n - n, sizeof(*s->list), symbol_order, s);
}

static u32 count_lines(const struct buf *text)
{
    const char *end = text->p + text->n;
    u32 n = 0;

    for (const char *at = text->p; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        n++;
    return n;
}

static void parse(struct symbols *s)
{
    u32 n_lines = count_lines(&s->text);

    s->list = calloc(MAX(n_lines, 1), sizeof(*s->list));
    if (s->list == NULL)
        return;
    for (char *line = s->text.p; n_lines > 0; n_lines--) {
        char *end = strchr(line, '\n');

        if (end == NULL)
            break;
        *end = '\0';
        s->n += line_keep(line, s->text.p, &s->list[s->n]);
        line = end + 1;
    }
    sort(s);
}

static void ensure_read(struct symbols *s)
{
    if (s->fd < 0)
        return;
    if (text_read(s->fd, &s->text))
        parse(s);
    close_fd(&s->fd);
    s->fd = -1;
}

/* "": of the kernel itself. */
static const char *module_of(const struct symbols *s, const struct symbol *symbol)
{
    const char *name = name_of(s, symbol);

    return symbol->has_module ? name + strlen(name) + 2 : ""; /* the NUL and the bracket */
}

struct symbol_place symbols_find(struct symbols *s, u64 address)
{
    const struct symbol *found = NULL;
    u32 low = 0;

    ensure_read(s);
    low = address_search(s->list, sizeof(*s->list), s->n, address);
    if (low == 0 || address - s->list[low - 1].address > SYMBOL_SPAN_MAX)
        return (struct symbol_place){0};
    low--;
    while (low > 0 && s->list[low - 1].address == s->list[low].address)
        low--; // the best name of an address is the first
    found = &s->list[low];
    return (struct symbol_place){str_of(name_of(s, found)), address - found->address,
                                 str_of(module_of(s, found))};
}

static bool is_function(const struct symbol *symbol)
{
    return strchr("tTwW", symbol->type) != NULL;
}

int symbols_each(struct symbols *s, int (*fn)(void *data, const struct symbol_line *symbol),
                 void *data)
{
    int result = 0;

    ensure_read(s);
    for (u32 i = 0; result == 0 && i < s->n; i++) {
        const struct symbol *symbol = &s->list[i];
        struct symbol_line line = {symbol->address, name_of(s, symbol), module_of(s, symbol),
                                   symbol->type};

        if (is_function(symbol))
            result = fn(data, &line);
    }
    return result;
}

u32 symbols_addresses(struct symbols *s, struct str name, u64 *addresses, u32 max)
{
    u32 n = 0;

    ensure_read(s);
    for (u32 i = 0; i < s->n; i++) {
        if (!is_function(&s->list[i]) || !str_eq_c(name, name_of(s, &s->list[i])))
            continue;
        if (n < max)
            addresses[n] = s->list[i].address;
        n++;
    }
    return n;
}

struct str symbols_nearest(struct symbols *s, struct str word)
{
    _cleanup_free_ const char **candidates = NULL;
    u32 n = 0;
    int nearest = -1;

    ensure_read(s);
    candidates = calloc(MAX(s->n, 1), sizeof(*candidates));
    if (candidates == NULL)
        return (struct str){0};
    for (u32 i = 0; i < s->n; i++) {
        const char *name = name_of(s, &s->list[i]);
        size_t length = strlen(name);
        bool is_near = length + word.n / 3 >= word.n && length <= word.n + word.n / 3;

        /* Compiler-made names (f.cold, __pfx_f) are not what anybody meant. */
        if (is_function(&s->list[i]) && is_near && strchr(name, '.') == NULL)
            candidates[n++] = name;
    }
    nearest = str_nearest(word, candidates, n);
    return nearest < 0 ? (struct str){0} : str_of(candidates[nearest]);
}
