/* The functions of a file in the order of their places in it. */
#include "runtime/file_symbols.h"

#include <errno.h>

#include "runtime/address_search.h"
#include "runtime/binary.h"

enum {
    UNSIZED_MAX_BYTES = 4096, /* what is written in assembly may have no size */
};

struct function {
    u64 offset, size; /* in the file; size 0: not told. offset: first, see address_search() */
    const char *name; /* of the binary's tables */
    bool is_global;
};

struct file_symbols {
    struct binary *binary;
    struct function *list;
    u32 n, capacity;
};

static int function_order(const void *a, const void *b)
{
    const struct function *x = a;
    const struct function *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->is_global != y->is_global)
        return x->is_global ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int collect(void *data, const struct binary_symbol *symbol)
{
    struct file_symbols *f = data;

    if (f->n == f->capacity) {
        u32 capacity = MAX(f->capacity * 2, 256);
        struct function *grown = realloc(f->list, capacity * sizeof(*grown));

        if (grown == NULL)
            return -ENOMEM;
        f->list = grown;
        f->capacity = capacity;
    }
    f->list[f->n++] =
        (struct function){symbol->offset, symbol->size, symbol->name.p, symbol->is_global};
    return 0;
}

int file_symbols_read(struct file_symbols **out, int fd)
{
    _cleanup_(file_symbols_free) struct file_symbols *f = calloc(1, sizeof(*f));
    int err = 0;

    if (f == NULL)
        return -ENOMEM;
    err = binary_open_fd(fd, &f->binary);
    if (err == 0)
        err = binary_each(f->binary, collect, f);
    if (err != 0)
        return err;
    if (f->n == 0)
        return -ENOENT;
    qsort(f->list, f->n, sizeof(*f->list), function_order);
    *out = take_ptr(f);
    return 0;
}

void file_symbols_free(struct file_symbols **f)
{
    if (*f == NULL)
        return;
    binary_close(&(*f)->binary);
    free((*f)->list);
    free(*f);
    *f = NULL;
}

struct str file_symbols_find(const struct file_symbols *f, u64 file_offset, u64 *offset_out)
{
    const struct function *found = NULL;
    u32 low = address_search(f->list, sizeof(*f->list), f->n, file_offset);

    if (low == 0)
        return (struct str){0};
    low--;
    while (low > 0 && f->list[low - 1].offset == f->list[low].offset)
        low--; // the best name of a place is the first
    found = &f->list[low];
    if (file_offset - found->offset >= (found->size != 0 ? found->size : UNSIZED_MAX_BYTES))
        return (struct str){0};
    *offset_out = file_offset - found->offset;
    return str_of(found->name);
}
