/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake trees of files for tests of what reads /sys: made in a temporary folder, removed at the end.
 */
#ifndef SCX_TOPO_TEST_TREE_H
#define SCX_TOPO_TEST_TREE_H

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

struct tree {
	char root[64];
};

static inline void tree_make(struct tree *tree)
{
	strcpy(tree->root, "/tmp/scx_topo-test-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void tree_remove(struct tree *tree)
{
	nftw(tree->root, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes a file, with the folders above it. */
static inline void tree_write(struct tree *tree, const char *path, const char *text)
{
	char full[1024];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", tree->root, path);
	for (char *slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(!mkdir(full, 0755) || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static inline void tree_number(struct tree *tree, const char *path, unsigned long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu\n", number);
	tree_write(tree, path, text);
}

/* A teardown for tests whose state is allocated and begins with the tree. */
static inline int tree_teardown(void **state)
{
	tree_remove(*state);
	free(*state);
	return 0;
}

static inline void tree_delete(struct tree *tree, const char *path)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s/%s", tree->root, path);
	nftw(full, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
