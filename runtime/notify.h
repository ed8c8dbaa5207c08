/* Messages to a service manager: sd_notify(3). */
#pragma once

/* Connect to its socket. address: as in $NOTIFY_SOCKET, a path, or an abstract name behind '@'.
 * Returns a file descriptor for the caller, or a negative errno: -EAFNOSUPPORT for another kind of
 * address, -ENAMETOOLONG, those of socket() and connect(). */
int notify_open(const char *address);

/* Send a message, such as "READY=1"; waits a second at most. Returns 0 or a negative errno. */
int notify_send(int fd, const char *message);
