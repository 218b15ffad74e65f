/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program says to people: one line on stderr that names what failed and what to do about
 * it, and the exit status that goes with it.
 */
#ifndef SCX_TOPO_MESSAGE_H
#define SCX_TOPO_MESSAGE_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,  /* at run time */
	EXIT_USAGE = 2,	  /* wrong usage */
	EXIT_CANNOT = 77, /* this machine cannot: no sched_ext, no permission */
};

/* Prints "scx_topo: ..." on stderr and returns `status`. */
int fail(enum exit_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* fail() for wrong usage of a command, with a hint at its help. */
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "scx_topo: ..." on stderr. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
