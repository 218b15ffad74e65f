/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading /sys and /proc, or a snapshot of them: every path is relative to a root directory, so
 * that a test can bring its own machine. Numbers are strict: the whole line must be the number.
 */
#ifndef SCX_TOPO_SYSFS_H
#define SCX_TOPO_SYSFS_H

#include <hwloc.h>
#include <stdbool.h>

/* Opens the root ("/" for the running machine). Returns a file descriptor or -errno. */
int sysfs_open(const char *root);
void sysfs_close(int root);

/* True when the path exists below the root. */
bool sysfs_exists(int root, const char *path);

/*
 * The number in the file that the printf-like path names. Returns 0, or -ENOENT (no such file),
 * -EINVAL (not a number, or negative) or another -errno; *value is untouched then.
 */
__attribute__((format(printf, 3, 4))) int sysfs_read_number(int root, long *value, const char *path,
							    ...);

/* The list in the file, "0-3,8", as a bitmap that the caller frees; NULL when there is none. */
hwloc_bitmap_t sysfs_read_cpulist(int root, const char *path);

#endif
