/* One datagram a message: too little for a library. The socket is opened before privileges and
 * system calls are given up. */
#include "runtime/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/util.h"

int notify_open(const char *address)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 1};
    size_t n = strlen(address);
    _cleanup_close_ int fd = -1;

    if ((address[0] != '/' && address[0] != '@') || n < 2)
        return -EAFNOSUPPORT;
    if (n >= sizeof(to.sun_path))
        return -ENAMETOOLONG;
    memcpy(to.sun_path, address, n);
    if (address[0] == '@')
        to.sun_path[0] = '\0'; // the kernel's form of an abstract name, which no NUL ends
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)); // else it waits
    if (connect(fd, (struct sockaddr *)&to,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0)
        return -errno;
    return take_fd(&fd);
}

int notify_send(int fd, const char *message)
{
    return send(fd, message, strlen(message), MSG_NOSIGNAL) < 0 ? -errno : 0;
}
