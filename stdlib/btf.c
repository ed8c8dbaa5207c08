/* The view on BTF: which files there are, and looking names up in them.
 *
 * A look-up walks all types of a file: half a millisecond for a kernel, and scripts name a few
 * types. What has been asked for is remembered, since inference asks again in each of its rounds.
 */
#include "stdlib/btf.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "stdlib/btf_file.h"

#define SYS_BTF "/sys/kernel/btf"

/* Where a type or an enumerator was found. */
struct place {
    const struct btf_file *file;
    u32 id;
    u32 item; /* of an enumerator */
};

struct answer {
    enum btf_names kind;
    struct str name;
    bool is_there;
    struct place place;
};

struct btf {
    struct types *types;
    struct arena *arena;
    const char *path;
    const char *modules; /* folder; NULL: there are none */
    bool is_open, are_modules_open;
    struct str fault;
    VEC(const struct btf_file *) files; /* vmlinux first */
    VEC(struct answer) answers;
};

struct btf *btf_new(struct types *types, const char *path)
{
    struct btf *b = arena_new(types_arena(types), struct btf);

    b->types = types;
    b->arena = types_arena(types);
    b->path = path;
    return b;
}

// --- files ---------------------------------------------------------------------------------------

static const char *open_file(struct btf *b, const char *path)
{
    struct btf_file *file = arena_new(b->arena, struct btf_file);
    const char *why = btf_file_read(b->arena, path, b->files.n ? b->files.items[0] : NULL, file);

    if (!why)
        *vec_push(b->arena, &b->files) = file;
    return why;
}

static void open_vmlinux(struct btf *b)
{
    const char *path = b->path ? b->path : SYS_BTF;
    const char *why = NULL;
    struct stat st;

    if (b->is_open)
        return;
    b->is_open = true;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        b->modules = path;
        path = str_printf(b->arena, "%s/vmlinux%c", path, '\0').p;
    }
    why = open_file(b, path);
    if (why)
        b->fault = str_printf(b->arena, "%s: %s", path, why);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names. One that cannot be read is left out: others may have the type. */
static void open_modules(struct btf *b)
{
    DIR *dir = NULL;
    struct dirent *entry = NULL;
    VEC(const char *) paths = {0};

    if (b->are_modules_open || b->files.n == 0)
        return;
    b->are_modules_open = true;
    dir = b->modules ? opendir(b->modules) : NULL;
    while (dir && (entry = readdir(dir))) { // NOLINT(concurrency-mt-unsafe): one thread
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "vmlinux") == 0)
            continue;
        *vec_push(b->arena, &paths) =
            str_printf(b->arena, "%s/%s%c", b->modules, entry->d_name, '\0').p;
    }
    if (dir)
        (void)closedir(dir);
    if (paths.n)
        qsort(paths.items, paths.n, sizeof(*paths.items), by_name);
    vec_foreach(path, &paths)
        (void)open_file(b, *path);
}

struct str btf_fault(struct btf *b)
{
    open_vmlinux(b);
    return b->fault;
}

// --- names ---------------------------------------------------------------------------------------

static u32 kinds_of(enum btf_names kind)
{
    switch (kind) {
    case BTF_NAMES_STRUCT:
        return 1u << BTF_KIND_STRUCT;
    case BTF_NAMES_UNION:
        return 1u << BTF_KIND_UNION;
    case BTF_NAMES_ENUM:
    case BTF_NAMES_ENUMERATOR:
        return 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64;
    case BTF_NAMES_TYPEDEF:
        return 1u << BTF_KIND_TYPEDEF;
    case BTF_NAMES_FUNC:
        return 1u << BTF_KIND_FUNC;
    }
    return 0;
}

/* The names of a kind in a file, one after the other. */
struct walk {
    const struct btf_file *file;
    enum btf_names kind;
    u32 id, item; /* where to go on */
};

/* The next name and where it is; NULL: that was the last. */
static const char *walk_next(struct walk *w, struct place *out)
{
    u32 kinds = kinds_of(w->kind);
    bool is_enumerator = w->kind == BTF_NAMES_ENUMERATOR;
    const struct btf_type *t = NULL;

    for (; (t = btf_file_type(w->file, w->id)); w->id++, w->item = 0) {
        if (!(kinds >> btf_kind_of(t) & 1) || w->item == (is_enumerator ? btf_count_of(t) : 1))
            continue;
        *out = (struct place){w->file, w->id, w->item++};
        return is_enumerator ? btf_enumerator_name(w->file, t, out->item)
                             : btf_file_string(w->file, t->name_off);
    }
    return NULL;
}

static bool find_in(const struct btf_file *file, enum btf_names kind, struct str name,
                    struct place *out)
{
    struct walk w = {.file = file, .kind = kind, .id = file->first_id};
    const char *found = NULL;

    while ((found = walk_next(&w, out))) {
        if (strncmp(found, name.p, name.n) == 0 && found[name.n] == '\0')
            return true;
    }
    return false;
}

static bool find_new(struct btf *b, enum btf_names kind, struct str name, struct place *out)
{
    open_vmlinux(b);
    for (u32 i = 0; i < b->files.n; i++) {
        if (find_in(b->files.items[i], kind, name, out))
            return true;
        open_modules(b);
    }
    return false;
}

static bool find(struct btf *b, enum btf_names kind, struct str name, struct place *out)
{
    struct answer answer = {.kind = kind};

    if (name.n == 0)
        return false;
    vec_foreach(known, &b->answers) {
        if (known->kind == kind && str_eq(known->name, name)) {
            *out = known->place;
            return known->is_there;
        }
    }
    answer.name = str_dup(b->arena, name);
    answer.is_there = find_new(b, kind, name, &answer.place);
    *vec_push(b->arena, &b->answers) = answer;
    *out = answer.place;
    return answer.is_there;
}

struct str btf_nearest(struct btf *b, enum btf_names kind, struct str name)
{
    VEC(const char *) names = {0};
    struct walk w = {.kind = kind, .id = 1};
    struct place at;
    const char *found = NULL;
    int nearest = 0;

    open_vmlinux(b);
    if (b->files.n == 0)
        return (struct str){"", 0};
    w.file = b->files.items[0];
    while ((found = walk_next(&w, &at)))
        *vec_push(b->arena, &names) = found;
    if (names.n == 0)
        return (struct str){"", 0};
    nearest = str_nearest(name, names.items, names.n);
    return str_of(nearest < 0 ? NULL : names.items[nearest]);
}

u32 btf_names(struct btf *b, enum btf_names kind, const char *prefix, const char *const **names_out)
{
    VEC(const char *) names = {0};
    struct walk w = {.kind = kind, .id = 1};
    size_t n = strlen(prefix);
    struct place at;
    const char *found = NULL;

    open_vmlinux(b);
    if (b->files.n == 0)
        return 0;
    w.file = b->files.items[0];
    while ((found = walk_next(&w, &at))) {
        if (strncmp(found, prefix, n) == 0)
            *vec_push(b->arena, &names) = found + n;
    }
    *names_out = names.items;
    return names.n;
}

// --- what is asked for ---------------------------------------------------------------------------

static const struct type *find_type(struct btf *b, enum btf_names kind, struct str name)
{
    struct place at;

    return find(b, kind, name, &at) ? btf_type_of(b->types, at.file, at.id) : NULL;
}

const struct type *btf_struct(struct btf *b, struct str name, bool is_union)
{
    return find_type(b, is_union ? BTF_NAMES_UNION : BTF_NAMES_STRUCT, name);
}

const struct type *btf_enum(struct btf *b, struct str name)
{
    return find_type(b, BTF_NAMES_ENUM, name);
}

const struct type *btf_typedef(struct btf *b, struct str name)
{
    return find_type(b, BTF_NAMES_TYPEDEF, name);
}

bool btf_enumerator(struct btf *b, struct str name, s64 *value_out, const struct type **enum_out)
{
    struct place at;
    const struct type *t = NULL;

    if (!find(b, BTF_NAMES_ENUMERATOR, name, &at))
        return false;
    t = btf_type_of(b->types, at.file, at.id);
    *value_out = t->enumeration->items[at.item].value;
    *enum_out = t;
    return true;
}

static const struct btf_function *make_function(struct btf *b, const struct place *at)
{
    const struct btf_type *own = btf_file_type(at->file, at->id);
    const struct btf_type *proto = btf_file_type(at->file, own->type);
    struct btf_function *f = NULL;

    if (!proto || btf_kind_of(proto) != BTF_KIND_FUNC_PROTO)
        return NULL;

    const struct btf_param *params = btf_behind(proto);
    u32 n = btf_count_of(proto);

    f = arena_new(b->arena, struct btf_function);
    f->is_variadic = n > 0 && params[n - 1].type == 0;
    f->n_params = n - f->is_variadic;
    f->params = arena_array(b->arena, struct btf_parameter, n);
    f->result = btf_type_of(b->types, at->file, proto->type);
    for (u32 i = 0; i < f->n_params; i++) {
        f->params[i] = (struct btf_parameter){
            .name = str_of(btf_file_string(at->file, params[i].name_off)),
            .type = btf_type_of(b->types, at->file, params[i].type),
        };
    }
    return f;
}

const struct btf_function *btf_func(struct btf *b, struct str name)
{
    struct place at;

    return find(b, BTF_NAMES_FUNC, name, &at) ? make_function(b, &at) : NULL;
}
