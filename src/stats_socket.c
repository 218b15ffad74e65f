/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stats_socket.h"

#define BACKLOG	     16
#define PATH_MAX_LEN sizeof(((struct sockaddr_un *)0)->sun_path)

/* All folders on the way. */
static int make_folders(const char *path)
{
	char folder[PATH_MAX_LEN];
	mode_t mask = umask(0);
	int err = 0;

	for (size_t i = 1; path[i] && !err; i++) {
		if (path[i] != '/')
			continue;
		snprintf(folder, sizeof(folder), "%.*s", (int)i, path);
		if (mkdir(folder, 0755) && errno != EEXIST)
			err = -errno;
	}
	umask(mask);
	return err;
}

/* Two who begin at once must not take each other's new socket for a dead one. */
static int lock_folder(const char *path)
{
	char folder[PATH_MAX_LEN];
	int fd, err;

	snprintf(folder, sizeof(folder), "%.*s/", (int)(strrchr(path, '/') - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* -ECONNREFUSED: nobody takes calls. -EADDRINUSE: somebody does, or would if it were busy less. */
static int call(const struct sockaddr_un *address)
{
	int fd = new_socket(), err = 0;

	if (fd < 0)
		return fd;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		err = errno == EAGAIN || errno == EPROTOTYPE ? 0 : -errno;
	close(fd);
	return err ?: -EADDRINUSE;
}

/* Makes sure that the name is free. */
static int clear(const struct sockaddr_un *address)
{
	struct stat file;
	int err;

	if (lstat(address->sun_path, &file))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(file.st_mode))
		return -ENOTSOCK;
	err = call(address);
	if (err != -ECONNREFUSED)
		return err;
	return unlink(address->sun_path) ? -errno : 0;
}

static int bind_and_listen(struct stats_socket *s)
{
	mode_t mask = umask(0177);
	int err = bind(s->fd, (struct sockaddr *)&s->address, sizeof(s->address)) ? -errno : 0;
	struct stat file;

	umask(mask);
	if (err)
		return err;
	if (lstat(s->address.sun_path, &file) || listen(s->fd, BACKLOG)) {
		err = -errno;
		unlink(s->address.sun_path);
		return err;
	}
	s->dev = file.st_dev;
	s->ino = file.st_ino;
	return 0;
}

static int claim(struct stats_socket *s)
{
	int err, folder = lock_folder(s->address.sun_path);

	if (folder < 0)
		return folder;
	err = clear(&s->address);
	if (!err) {
		s->fd = new_socket();
		err = s->fd < 0 ? s->fd : bind_and_listen(s);
		if (err && s->fd >= 0)
			close(s->fd);
	}
	close(folder);
	return err;
}

static int explain(int err, const char *path, char *why, size_t size)
{
	switch (err) {
	case -EADDRINUSE:
		snprintf(why, size, "somebody answers at %s already: end that one first", path);
		break;
	case -ENOTSOCK:
		snprintf(why, size, "%s is there and no socket: remove it", path);
		break;
	default:
		snprintf(why, size, "cannot make the socket %s: %s", path, strerror(-err));
	}
	return err;
}

int stats_socket_open(struct stats_socket *s, const char *path, char *why, size_t size)
{
	int err;

	*s = (struct stats_socket){ .fd = -1, .address.sun_family = AF_UNIX };
	if (path[0] != '/' || strlen(path) >= sizeof(s->address.sun_path))
		return explain(path[0] != '/' ? -EINVAL : -ENAMETOOLONG, path, why, size);
	strcpy(s->address.sun_path, path);
	err = make_folders(path) ?: claim(s);
	return err ? explain(err, path, why, size) : 0;
}

void stats_socket_close(struct stats_socket *s)
{
	struct stat file;

	if (!lstat(s->address.sun_path, &file) && file.st_dev == s->dev && file.st_ino == s->ino)
		unlink(s->address.sun_path);
	close(s->fd);
}
