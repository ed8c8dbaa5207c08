/* The -c command: forked early, so that its pid is known to the programs; started when everything
 * is attached. */
#pragma once

#include "runtime/runtime.h"

struct child {
    pid_t pid;    /* 0: none */
    int fd;       /* pidfd, -1: none */
    int start_fd; /* closing it unused ends the waiting child */
    int error_fd; /* where the child tells why it could not become the command */
    char **words; /* of the command, NULL at the end; words[0] as typed */
    char *path;   /* of the program */
    bool is_over;
};

/* Nothing forked yet. */
void child_init(struct child *c);

/* Split the command at white space; quotes and backslash as in a shell, but nothing is expanded.
 * Returns 0 with a heap array that ends in NULL (child_free_words), -ENOMEM, or -EINVAL for a quote
 * without its end or a command without words. */
int child_split(const char *command, char ***words_out);

/* NULL-safe. */
void child_free_words(char **words);

/* Find the program of the command and fork the process that will become it; it waits.
 * search_path: folders separated by ':', for a name without '/'; NULL: the system's default.
 * Returns 0; -ENOENT or -EACCES if there is no such program, -EINVAL for a malformed command, or
 * why fork failed; with *err. */
int child_fork(struct child *c, const char *command, const char *search_path,
               struct ptl_error *err);

/* Let the child become the command. Returns 0, or a negative errno with *err. */
int child_start(struct child *c, struct ptl_error *err);

/* The pidfd says that the child has ended: reap it. */
void child_reap(struct child *c);

/* End the child, with SIGTERM if it runs, and free. May be called again. */
void child_done(struct child *c);
