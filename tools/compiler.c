/* Running ptlc. Source and object travel in memory files whose descriptors the child inherits.
 *
 * What the child gives up, and why in this order: the bounding set needs CAP_SETPCAP, so it goes
 * first; where that is refused, an empty permitted set with no_new_privs does the same, as execve()
 * then grants nothing that the process does not have. All that fails is ignored: it fails only for
 * who has no privileges to lose.
 */
#include "tools/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include "abi/option.h"
#include "base/str.h"
#include "tools/file.h"
#include "tools/message.h"

#define COMPILER_NAME    "ptlc"
#define COMPILER_CPU_S   60
#define COMPILER_MEMORY  ((rlim_t)1 << 30) /* bytes of address space */
#define COMPILER_NO_EXEC 127               /* exit status of the child, as in shells */
#define FD_TEXT_SIZE     12
#define OPTION_WORDS_MAX 25 /* of ptlc, without the script's parameters and options */
#define MESSAGES_MAX     ((size_t)16 << 20)

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifndef HAS_ASAN
#define HAS_ASAN 0
#endif

// --- finding it ----------------------------------------------------------------------------------

static bool is_program(const char *path)
{
    return access(path, X_OK) == 0;
}

/* Beside this program, or where `make install` puts it. */
static bool find_nearby(char *path, size_t size)
{
    static const char *const places[] = {"", "../libexec/ptrace-lite/"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash = NULL;

    if (n < 0)
        return false;
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (!slash)
        return false;
    slash[1] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        int length = snprintf(path, size, "%s%s%s", self, places[i], COMPILER_NAME);

        if (length > 0 && (size_t)length < size && is_program(path))
            return true;
    }
    return false;
}

static bool find_in_path(char *path, size_t size)
{
    const char *dirs = getenv("PATH"); // NOLINT(concurrency-mt-unsafe): one thread

    while (dirs && *dirs != '\0') {
        int n = (int)strcspn(dirs, ":");
        int length = snprintf(path, size, "%.*s/%s", n, dirs, COMPILER_NAME);

        /* An empty part means the current folder, from which root starts nothing unasked. */
        if (n > 0 && length > 0 && (size_t)length < size && is_program(path))
            return true;
        dirs += n;
        dirs += *dirs == ':';
    }
    return false;
}

bool compiler_find(char *path, size_t size)
{
    if (find_nearby(path, size) || find_in_path(path, size))
        return true;
    message_error("the compiler " COMPILER_NAME " is missing: it is neither beside ptrace-lite, "
                  "nor in ../libexec/ptrace-lite, nor in $PATH");
    message_hint(
        "Its package is ptrace-lite-compiler, of the same version as ptrace-lite. Objects that "
        "--aot made elsewhere run without it.");
    return false;
}

// --- starting it ---------------------------------------------------------------------------------

/* What the child finds by the number of its descriptor. */
enum {
    FD_SOURCE,
    FD_OBJECT,
    FD_STEPS,
    FD_COUNT_
};

/* The command line. All strings are borrowed. */
struct command {
    const char **words; /* NULL-terminated, owned */
    size_t n, max;      /* without the NULL */
    char source_fd[FD_TEXT_SIZE], object_fd[FD_TEXT_SIZE], steps_fd[FD_TEXT_SIZE];
};

static void command_done(struct command *c)
{
    free(c->words);
}

static void command_add(struct command *c, const char *option, const char *value)
{
    if (c->n + 1 + (value != NULL) > c->max)
        ptl_bug("the compiler's command line has more words than there is room for");
    c->words[c->n++] = option;
    if (value)
        c->words[c->n++] = value;
}

static bool command_make(struct command *c, const struct options *o, const struct script *script,
                         bool has_color, const int *fds)
{
    /* Numbers fit FD_TEXT_SIZE. */
    c->max = OPTION_WORDS_MAX + 2 * ((size_t)o->n_params + o->n_script_options);
    c->words = calloc(c->max + 1, sizeof(*c->words));
    if (!c->words)
        return false;
    (void)snprintf(c->source_fd, sizeof(c->source_fd), "%d", fds[FD_SOURCE]);
    (void)snprintf(c->object_fd, sizeof(c->object_fd), "%d", fds[FD_OBJECT]);
    (void)snprintf(c->steps_fd, sizeof(c->steps_fd), "%d", fds[FD_STEPS]);
    command_add(c, COMPILER_NAME, NULL);
    command_add(c, "--source-fd", c->source_fd);
    command_add(c, "--source-name", script->name);
    command_add(c, "--color", has_color ? "always" : "never");
    command_add(c, o->emit ? "--emit" : "--object-fd", o->emit ? o->emit : c->object_fd);
    if (o->is_list && o->is_verbose)
        command_add(c, "--details", NULL);
    if (o->is_verbose)
        command_add(c, "--steps-fd", c->steps_fd);
    if (o->is_unsafe)
        command_add(c, "--unsafe", NULL);
    if (o->lacks_kprobes)
        command_add(c, "--no-kprobes", NULL);
    if (o->has_no_warnings)
        command_add(c, "--no-warnings", NULL);
    if (o->btf)
        command_add(c, "--kernel-btf", o->btf);
    if (o->tracefs)
        command_add(c, "--kernel-tracefs", o->tracefs);
    if (o->aot || options_run_object(o))
        command_add(c, "--aot", NULL);
    if (options_run_object(o))
        return true; /* the object is told */
    if (o->test_switch)
        command_add(c, "--test-switch", o->test_switch);
    for (u32 i = 0; i < o->n_params; i++)
        command_add(c, "--param", o->params[i]);
    for (u32 i = 0; i < o->n_script_options; i++)
        command_add(c, "--option", o->script_options[i]);
    return true;
}

/* In the child. */
static void privileges_drop(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

    for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    (void)syscall(SYS_capset, &header, none);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* In the child. */
static void limits_set(void)
{
    struct rlimit cpu = {COMPILER_CPU_S, COMPILER_CPU_S + 1};
    struct rlimit memory = {COMPILER_MEMORY, COMPILER_MEMORY};
    struct rlimit no_core = {0, 0};

    (void)setrlimit(RLIMIT_CPU, &cpu); /* lowering a limit is always allowed */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    if (!HAS_ASAN) /* which reserves terabytes of addresses */
        (void)setrlimit(RLIMIT_AS, &memory);
}

/* Descriptors of the child: those that it finds by their numbers, and its two streams. */
struct streams {
    const int *fds;
    size_t n_fds;
    int output, messages;
};

NORETURN static void child_run(const char *path, const struct command *c, const struct streams *s)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    privileges_drop();
    limits_set();
    for (size_t i = 0; i < s->n_fds; i++)
        (void)fcntl(s->fds[i], F_SETFD, 0);
    if ((s->output == STDOUT_FILENO || dup2(s->output, STDOUT_FILENO) >= 0) &&
        (s->messages == STDERR_FILENO || dup2(s->messages, STDERR_FILENO) >= 0))
        (void)execv(path, (char *const *)c->words);
    message_error("cannot run %s: %s", path, message_errno(-errno));
    _exit(COMPILER_NO_EXEC);
}

// --- its end -------------------------------------------------------------------------------------

static int status_judge(int status)
{
    int signal = 0;

    if (WIFEXITED(status) && WEXITSTATUS(status) == COMPILER_NO_EXEC)
        return COMPILER_FAILED; /* the child has said why */
    if (WIFEXITED(status) && WEXITSTATUS(status) <= COMPILER_REJECTED)
        return WEXITSTATUS(status);
    if (WIFEXITED(status)) {
        message_error("the compiler ended with status %d; this is a bug in ptrace-lite",
                      WEXITSTATUS(status));
        return COMPILER_FAILED;
    }
    signal = WTERMSIG(status);
    if (signal == SIGXCPU) {
        message_error("the compiler died (signal %d); the script took more than %d s of CPU time",
                      signal, COMPILER_CPU_S);
    } else {
        message_error("the compiler died (signal %d); nothing was loaded. This is a bug in "
                      "ptrace-lite, or the script needs more than 1 GiB of memory to compile",
                      signal);
    }
    return COMPILER_FAILED;
}

/* May the script's own --help have been asked for? Then there may be no object. */
static bool asks_script_for_help(const struct options *o)
{
    for (u32 i = 0; i < o->n_script_options; i++) {
        if (script_option_is_help(str_of(o->script_options[i])))
            return true;
    }
    return false;
}

static int object_read(const struct options *o, int fd, struct buf *out)
{
    int err = file_rewind(fd);

    if (err == 0)
        err = file_read_all(fd, SCRIPT_OBJECT_MAX, out);
    if (err == 0 && (out->n > 0 || asks_script_for_help(o)))
        return 0;
    message_error("cannot read the compiled object: %s", err ? message_errno(err) : "it is empty");
    return COMPILER_FAILED;
}

/* Wait for the child's end. Returns 0 or a negative errno. */
static int child_wait(pid_t child, int *status_out)
{
    while (waitpid(child, status_out, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* Run it to its end with these descriptors open. Returns 0 or the status to end with. */
static int command_run(const struct command *c, const struct streams *streams)
{
    char path[PATH_MAX];
    struct sigaction plain = {.sa_handler = SIG_DFL}, old_action;
    pid_t child = 0;
    int status = 0;
    int err = 0;

    if (!compiler_find(path, sizeof(path)))
        return COMPILER_FAILED;
    /* Where SIGCHLD is ignored the kernel keeps no exit status. Cannot fail with a valid number. */
    (void)sigaction(SIGCHLD, &plain, &old_action);
    child = fork();
    if (child == 0)
        child_run(path, c, streams);
    err = child < 0 ? -errno : child_wait(child, &status);
    (void)sigaction(SIGCHLD, &old_action, NULL);
    if (err) {
        message_error("cannot run the compiler: %s", message_errno(err));
        return COMPILER_FAILED;
    }
    return status_judge(status);
}

/* What the compiler said. That it cannot be had is said instead. */
static void messages_read(int fd, struct buf *out)
{
    int err = file_rewind(fd);

    if (!err)
        err = file_read_all(fd, MESSAGES_MAX, out);
    if (err)
        message_error("cannot read what the compiler says: %s", message_errno(err));
}

int compiler_run(const struct options *o, const struct script *script, bool has_color,
                 int output_fd, struct buf *object_out, struct buf *messages_out)
{
    _cleanup_(command_done) struct command command = {0};
    _cleanup_buf_ struct buf steps = {0};
    _cleanup_close_ int object_fd = file_memory_new("object");
    _cleanup_close_ int steps_fd = file_memory_new("steps");
    _cleanup_close_ int messages_fd = messages_out ? file_memory_new("messages") : -1;
    int fds[FD_COUNT_] = {script->fd, object_fd, steps_fd};
    struct streams streams = {
        .fds = fds,
        .n_fds = FD_COUNT_,
        .output = output_fd,
        .messages = messages_out ? messages_fd : STDERR_FILENO,
    };
    int status = 0;

    if (object_fd < 0 || steps_fd < 0 || streams.messages < 0 ||
        !command_make(&command, o, script, has_color, fds)) {
        message_error("cannot start the compiler: out of memory");
        return COMPILER_FAILED;
    }
    status = command_run(&command, &streams);
    if (messages_out)
        messages_read(messages_fd, messages_out);
    messages_read(steps_fd, &steps);
    message_write(&steps, stderr);
    return status || o->emit ? status : object_read(o, object_fd, object_out);
}

int compiler_list(const struct options *o, const char *search, int output_fd)
{
    const char *words[8] = {NULL};
    struct command command = {.words = words, .max = ARRAY_SIZE(words) - 1};

    command_add(&command, COMPILER_NAME, NULL);
    command_add(&command, "--list", search);
    if (o->is_verbose)
        command_add(&command, "--details", NULL);
    return command_run(&command, &(struct streams){.output = output_fd, .messages = STDERR_FILENO});
}
