/* SPDX-License-Identifier: GPL-2.0-only */
#include "file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One form for each number: what looks octal or hexadecimal is refused, not guessed at. */
static bool is_decimal(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && !text[digits] && (text[0] != '0' || digits == 1);
}

int parse_u64(const char *text, u64 *value)
{
	unsigned long long number;

	if (!is_decimal(text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, NULL, 10);
	if (errno)
		return -EINVAL;
	*value = number;
	return 0;
}

int parse_s64(const char *text, s64 *value)
{
	long long number;

	if (!is_decimal(text + (text[0] == '-')))
		return -EINVAL;
	errno = 0;
	number = strtoll(text, NULL, 10);
	if (errno)
		return -EINVAL;
	*value = number;
	return 0;
}

int parse_double(const char *text, double *value)
{
	char *end;
	double number;

	if (!isdigit((unsigned char)text[text[0] == '-']) || strpbrk(text, "xX"))
		return -EINVAL;
	errno = 0;
	number = strtod(text, &end);
	if (errno || *end || !isfinite(number))
		return -EINVAL;
	*value = number;
	return 0;
}

/* Cuts the text after its first line, and blanks off both ends. */
static void trim(char *text)
{
	size_t start, len;

	text[strcspn(text, "\n")] = '\0';
	start = strspn(text, " \t");
	memmove(text, text + start, strlen(text + start) + 1);
	for (len = strlen(text); len && isspace((unsigned char)text[len - 1]); len--)
		text[len - 1] = '\0';
}

int file_read_text(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len;
	int err;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	err = len < 0 ? -errno : 0;
	close(fd);
	if (err)
		return err;
	text[len] = '\0';
	trim(text);
	return text[0] ? 0 : -ENODATA;
}

int file_read_u64(int dir, const char *path, u64 *value)
{
	char text[64];
	int err = file_read_text(dir, path, text, sizeof(text));

	return err ? err : parse_u64(text, value);
}

int file_read_s64(int dir, const char *path, s64 *value)
{
	char text[64];
	int err = file_read_text(dir, path, text, sizeof(text));

	return err ? err : parse_s64(text, value);
}

int file_write_text(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	ssize_t len, want = strlen(text);
	int err;

	if (fd < 0)
		return -errno;
	len = write(fd, text, want);
	err = len < 0 ? -errno : len < want ? -EIO : 0;
	close(fd);
	return err;
}

int file_open_dir(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

DIR *file_list(int dir, const char *path)
{
	int fd = file_open_dir(dir, path);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	return list;
}

const char *file_next(DIR *list, const char *prefix)
{
	struct dirent *entry;

	while ((entry = readdir(list)))
		if (entry->d_name[0] != '.' && !strncmp(entry->d_name, prefix, strlen(prefix)))
			return entry->d_name;
	return NULL;
}
