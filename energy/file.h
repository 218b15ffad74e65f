/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files of numbers and words, as sysfs has them, below a root that a test can choose.
 *
 * Parsing is strict: the whole text, one newline or trailing blanks aside, has to be what was asked
 * for. A number is decimal and has no leading zero, sign or prefix that it does not need.
 */
#ifndef SCX_TOPO_ENERGY_FILE_H
#define SCX_TOPO_ENERGY_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "../bpf/types.h"

#define FILE_NAME_LEN 256

/* All return 0 or -errno; *value is untouched when they fail. -EINVAL: not what was asked for. */
int parse_u64(const char *text, u64 *value);
int parse_s64(const char *text, s64 *value);
int parse_double(const char *text, double *value); /* finite */

/* The first line of a file, without blanks at its ends; -ENODATA when there is nothing in it. */
int file_read_text(int dir, const char *path, char *text, size_t size);
int file_read_u64(int dir, const char *path, u64 *value);
int file_read_s64(int dir, const char *path, s64 *value);

/* Writes all of the text at once into a file that exists, as sysfs wants it. */
int file_write_text(int dir, const char *path, const char *text);

/* A folder below another one, for file_*() and fdopendir(); a file descriptor or -errno. */
int file_open_dir(int dir, const char *path);

/* A stream of the names in a folder, which is left open; NULL when it cannot be read. */
DIR *file_list(int dir, const char *path);

/* The next name of the stream that starts with the prefix; NULL at the end. */
const char *file_next(DIR *list, const char *prefix);

#endif
