/* SPDX-License-Identifier: GPL-2.0-only */
/* scxu_main(): the main() of a scheduler that needs nothing special. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_CANNOT = 77 };

static int print_help(const struct scxu_ops *ops)
{
	printf("usage: %s [--stats SECONDS] [--user-idle] [--partial]\n"
	       "\n"
	       "Schedules this machine until Ctrl-C. Needs root and Linux 6.16 or newer.\n"
	       "\n"
	       "  --stats SECONDS   print what was done, every so many seconds\n"
	       "  --user-idle       decide for tasks that wake while a CPU is idle, too\n"
	       "  --partial         only for tasks of policy SCHED_EXT\n",
	       ops->name);
	return STATUS_DONE;
}

static int usage_error(const struct scxu_ops *ops, const char *what, const char *arg)
{
	fprintf(stderr, "%s: %s: %s; try --help\n", ops->name, arg, what);
	return STATUS_USAGE;
}

static int status_of(int err)
{
	switch (err) {
	case 0:
		return STATUS_DONE;
	case -EINVAL:
		return STATUS_USAGE;
	case -EOPNOTSUPP:
	case -EPERM:
		return STATUS_CANNOT;
	default:
		return STATUS_FAILED;
	}
}

/* The whole text is a number from 1 to 86400. */
static bool parse_seconds(const char *text, uint32_t *seconds)
{
	char *end;
	unsigned long n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || n < 1 || n > 86400)
		return false;
	*seconds = n;
	return true;
}

static const struct option options[] = { { "stats", required_argument, NULL, 's' },
					 { "user-idle", no_argument, NULL, 'u' },
					 { "partial", no_argument, NULL, 'p' },
					 { "help", no_argument, NULL, 'h' },
					 { 0 } };

/* An exit status, or -1: go on. */
static int parse_option(int c, struct scxu_ops *ops, const char *word)
{
	switch (c) {
	case 's':
		if (!parse_seconds(optarg, &ops->report_s))
			return usage_error(ops, "not seconds, 1 to 86400", optarg);
		return -1;
	case 'u':
		ops->flags |= SCXU_F_USER_IDLE;
		return -1;
	case 'p':
		ops->flags |= SCXU_F_PARTIAL;
		return -1;
	case 'h':
		return print_help(ops);
	default:
		return usage_error(ops, c == ':' ? "needs a value" : "unknown option", word);
	}
}

int scxu_main(int argc, char **argv, const struct scxu_ops *given)
{
	struct scxu_ops ops = *given;
	int c, status;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		status = parse_option(c, &ops, argv[optind - 1]);
		if (status >= 0)
			return status;
	}
	if (optind < argc)
		return usage_error(&ops, "unexpected argument", argv[optind]);
	return status_of(scxu_run(&ops));
}
