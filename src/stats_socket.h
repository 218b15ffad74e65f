/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A socket in the file system, for root alone. Folders that are missing are made, and stay. What
 * somebody who has died left behind is replaced; where somebody answers, or something else has the
 * name, nothing is touched.
 */
#ifndef SCX_TOPO_STATS_SOCKET_H
#define SCX_TOPO_STATS_SOCKET_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/un.h>

struct stats_socket {
	int fd; /* listens, and does not block */
	struct sockaddr_un address;
	dev_t dev; /* of the file that we made */
	ino_t ino;
};

/*
 * Listens at an absolute path. On anything but 0 a line that says why is in `why`, and there is
 * nothing to close:
 *	-EADDRINUSE	somebody answers there
 *	-ENOTSOCK	something is there that is no socket
 *	other errors as the kernel said them
 */
int stats_socket_open(struct stats_socket *s, const char *path, char *why, size_t size);

/* Removes the file, if it is still the one that was made. */
void stats_socket_close(struct stats_socket *s);

#endif
