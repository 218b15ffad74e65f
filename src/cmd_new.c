/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo new: writes a ready-to-build project for a scheduler of one's own. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "message.h"

#define NAME_LEN_MAX 64
#define PATH_LEN     (2 * NAME_LEN_MAX + 32)
#define PLACEHOLDER  "@NAME@"

/* The files in src/user/template. */
static const struct template
{
	const char *name;
	const char *text;
}
templates[] = {
#include "user/template.inc"
};

static const char help_text[] =
	"Usage: scx_topo new NAME\n"
	"\n"
	"Makes the folder NAME with a small scheduler in C, its Makefile and a README.\n"
	"\n"
	"Example:\n"
	"  scx_topo new mine && cd mine && make && sudo ./mine\n";

/* A name that can be a file, a program and what the kernel shows. */
static bool name_is_good(const char *name)
{
	if (!isalpha((unsigned char)*name) || strlen(name) > NAME_LEN_MAX)
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && !strchr("_-", *name))
			return false;
	}
	return true;
}

/* The scheduler's source is named as the project is. */
static void path_of(const struct template *t, const char *name, char *path, size_t size)
{
	if (!strcmp(t->name, "scheduler.c"))
		snprintf(path, size, "%s/%s.c", name, name);
	else
		snprintf(path, size, "%s/%s", name, t->name);
}

static void write_filled(FILE *file, const char *text, const char *name)
{
	const char *next;

	while ((next = strstr(text, PLACEHOLDER))) {
		fwrite(text, 1, next - text, file);
		fputs(name, file);
		text = next + strlen(PLACEHOLDER);
	}
	fputs(text, file);
}

static int write_file(const struct template *t, const char *name)
{
	char path[PATH_LEN];
	FILE *file;
	int failed;

	path_of(t, name, path, sizeof(path));
	file = fopen(path, "wxe");
	if (!file)
		return fail(EXIT_FAILED, "cannot write %s: %s", path, strerror(errno));
	write_filled(file, t->text, name);
	failed = ferror(file);
	if (fclose(file) || failed)
		return fail(EXIT_FAILED, "cannot write %s: is the disk full?", path);
	return EXIT_DONE;
}

/* Half a project helps nobody. */
static void remove_all(const char *name)
{
	char path[PATH_LEN];
	size_t i;

	for (i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		path_of(&templates[i], name, path, sizeof(path));
		unlink(path);
	}
	rmdir(name);
}

static int make_project(const char *name)
{
	int status = EXIT_DONE;
	size_t i;

	if (mkdir(name, 0777))
		return fail(EXIT_FAILED, "cannot make the folder %s: %s", name,
			    errno == EEXIST ? "it is there already; choose another name"
					    : strerror(errno));
	for (i = 0; i < sizeof(templates) / sizeof(templates[0]) && !status; i++)
		status = write_file(&templates[i], name);
	if (status) {
		remove_all(name);
		return status;
	}
	printf("%s/%s.c is a scheduler. Build and start it:\n"
	       "  cd %s && make && sudo ./%s\n",
	       name, name, name, name);
	return EXIT_DONE;
}

int cmd_new(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(help_text, stdout);
		return EXIT_DONE;
	}
	if (argc != 2)
		return fail_usage("new takes one name");
	if (!name_is_good(argv[1]))
		return fail_usage("'%s' is no name: a letter, then letters, digits, _ and -, at "
				  "most %d",
				  argv[1], NAME_LEN_MAX);
	return make_project(argv[1]);
}
