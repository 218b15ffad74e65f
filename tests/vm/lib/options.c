// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const struct option_number *table, const char *usage)
{
	puts(usage);
	for (; table->name; table++)
		printf("  --%-10s %s (%ld)\n", table->name, table->help, *table->value);
	exit(0);
}

long parse_number(const char *what, const char *text, long min, long max)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end || number < min || number > max) {
		fprintf(stderr, "%s: not a number from %ld to %ld: %s\n", what, min, max, text);
		exit(2);
	}
	return number;
}

static const struct option_number *find(const struct option_number *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

int parse_options(int argc, char **argv, const struct option_number *table, const char *usage)
{
	const struct option_number *option;
	int i;

	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i += 2) {
		if (!strcmp(argv[i], "--help"))
			print_help(table, usage);
		option = find(table, argv[i] + 2);
		if (!option || i + 1 == argc) {
			fprintf(stderr, "%s: %s; try --help\n", argv[i],
				option ? "needs a value" : "unknown option");
			exit(2);
		}
		*option->value = parse_number(argv[i], argv[i + 1], option->min, option->max);
	}
	return i;
}
