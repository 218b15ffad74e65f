/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_SUBPROCESS_H
#define SCX_TOPO_SUBPROCESS_H

/* What a shell command reads and writes; NULL: /dev/null. */
struct subprocess {
	const char *command;
	const char *in, *out, *err; /* files */
	unsigned int timeout_s;
};

#define SUBPROCESS_TIMEOUT 124

/*
 * Runs the command to its end, or kills it with all it has started when the time is up. Returns its
 * exit status, 128 + the signal that ended it, SUBPROCESS_TIMEOUT, or -errno if it did not start.
 */
int subprocess_run(const struct subprocess *p);

#endif
