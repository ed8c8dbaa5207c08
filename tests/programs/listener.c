/* listener ADDRESS COMMAND...: the socket of a service manager at ADDRESS, a path or an abstract
 * name behind '@'. Runs COMMAND with NOTIFY_SOCKET=ADDRESS and prints the messages that came, a
 * line each, when it has ended. Exits with its status.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_at(const char *address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t n = strlen(address);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || n >= sizeof(name.sun_path))
        return -1;
    memcpy(name.sun_path, address, n);
    if (address[0] == '@')
        name.sun_path[0] = '\0';
    if (bind(fd, (struct sockaddr *)&name,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    char message[256];
    int status = 0;
    ssize_t n = 0;
    pid_t child = 0;
    int fd = argc < 3 ? -1 : listen_at(argv[1]);

    if (fd < 0)
        return 2;
    child = fork();
    if (child == 0) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        if (setenv("NOTIFY_SOCKET", argv[1], 1) == 0)
            (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    while ((n = recv(fd, message, sizeof(message), MSG_DONTWAIT)) >= 0)
        (void)printf("%.*s\n", (int)n, message);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
