/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of the guest's helpers: numbers only, strictly read. A mistake ends the program with
 * status 2 and one line that says what is wrong.
 */
#ifndef SCX_TOPO_TESTS_VM_OPTIONS_H
#define SCX_TOPO_TESTS_VM_OPTIONS_H

struct option_number {
	const char *name; /* without the leading "--"; NULL ends a table */
	long *value;
	long min, max;
	const char *help;
};

/* The whole text as a number from min to max. */
long parse_number(const char *what, const char *text, long min, long max);

/*
 * Fills the table's values from the options and returns the index of the first argument that is
 * none. --help prints `usage` and the table, and ends with status 0.
 */
int parse_options(int argc, char **argv, const struct option_number *table, const char *usage);

#endif
