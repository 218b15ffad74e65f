/* SPDX-License-Identifier: GPL-2.0-only */
#include "sysfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sysfs_open(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

void sysfs_close(int root)
{
	if (root >= 0)
		close(root);
}

bool sysfs_exists(int root, const char *path)
{
	return faccessat(root, path, F_OK, 0) == 0;
}

/* The file's text without white space at its end. Returns its length or -errno. */
static ssize_t read_text(int root, const char *path, char *text, size_t size)
{
	/* A snapshot may hold anything; a FIFO in it must not make us wait. */
	int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = read(fd, text, size);
	if (length < 0)
		length = -errno;
	else if ((size_t)length == size)
		length = -EFBIG;
	close(fd);
	if (length < 0)
		return length;
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	text[length] = '\0';
	return length;
}

int sysfs_read_number(int root, long *value, const char *path, ...)
{
	char name[PATH_MAX], text[64], *end;
	va_list args;
	long number;
	ssize_t ret;

	va_start(args, path);
	vsnprintf(name, sizeof(name), path, args);
	va_end(args);
	ret = read_text(root, name, text, sizeof(text));
	if (ret < 0)
		return ret;
	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || *end)
		return -EINVAL;
	*value = number;
	return 0;
}

hwloc_bitmap_t sysfs_read_cpulist(int root, const char *path)
{
	char text[16384]; /* 4096 CPU numbers, every other one online, take 10 KiB */
	hwloc_bitmap_t cpus;

	if (read_text(root, path, text, sizeof(text)) <= 0)
		return NULL;
	if (strspn(text, "0123456789,-") != strlen(text))
		return NULL;
	cpus = hwloc_bitmap_alloc();
	if (cpus && hwloc_bitmap_list_sscanf(cpus, text) == 0)
		return cpus;
	hwloc_bitmap_free(cpus);
	return NULL;
}
