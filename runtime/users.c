/* The file is read at the first question and again when its time of change differs. */
#include "runtime/users.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>

#define USERS_FILE "/etc/passwd"

enum {
    LINE_BYTES = 4096,
    USERS_MAX = 1 << 20,
};

struct user {
    u64 uid;
    size_t name; /* offset in names */
};

struct users {
    struct timespec changed;
    struct user *list;
    size_t n, cap;
    struct buf names; /* NUL-terminated, one behind the other */
};

int users_new(struct users **out)
{
    *out = calloc(1, sizeof(**out));
    return *out == NULL ? -ENOMEM : 0;
}

void users_free(struct users **users)
{
    struct users *u = *users;

    if (u == NULL)
        return;
    *users = NULL;
    free(u->list);
    buf_done(&u->names);
    free(u);
}

/* False when memory is out: the users so far are known. */
static bool add(struct users *u, const struct passwd *entry)
{
    if (u->n == u->cap) {
        size_t cap = MAX(u->cap * 2, 64);
        struct user *grown = cap > USERS_MAX ? NULL : realloc(u->list, cap * sizeof(*grown));

        if (grown == NULL)
            return false;
        u->list = grown;
        u->cap = cap;
    }
    u->list[u->n] = (struct user){entry->pw_uid, u->names.n};
    buf_add(&u->names, entry->pw_name, strlen(entry->pw_name) + 1);
    u->n += !u->names.failed;
    return !u->names.failed;
}

static void read_all(struct users *u)
{
    char line[LINE_BYTES];
    struct passwd entry;
    struct passwd *got = NULL;
    FILE *file = fopen(USERS_FILE, "re");

    u->n = 0;
    buf_reset(&u->names);
    if (file == NULL)
        return;
    while (fgetpwent_r(file, &entry, line, sizeof(line), &got) == 0 && add(u, got)) {
        /* add() does it */
    }
    (void)fclose(file); // only read
}

struct str users_find(struct users *u, u64 uid)
{
    struct stat st;

    if (stat(USERS_FILE, &st) != 0)
        return (struct str){"", 0};
    if (st.st_mtim.tv_sec != u->changed.tv_sec || st.st_mtim.tv_nsec != u->changed.tv_nsec) {
        read_all(u);
        u->changed = st.st_mtim;
    }
    for (size_t i = 0; i < u->n; i++) {
        if (u->list[i].uid == uid)
            return str_of(u->names.p + u->list[i].name);
    }
    return (struct str){"", 0};
}
