/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo evolve: see evolve.h. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "evolve.h"
#include "message.h"

#define ROUNDS_MAX  1000
#define TIMEOUT_MAX 86400

static const char help_text[] =
	"Usage: scx_topo evolve --spec TEXT (--model-cmd CMD | --replay DIR) [OPTIONS]\n"
	"\n"
	"Asks a command for scheduling policies in C, tries each in a virtual machine, and keeps\n"
	"one only if it is better than the best before by more than the noise.\n"
	"\n"
	"  --spec TEXT        what is wanted, in words\n"
	"  --model-cmd CMD    a shell command that reads a prompt and prints C\n"
	"  --replay DIR       take the answers from DIR/1.c, DIR/2.c ... instead\n"
	"  --rounds N         how many policies to ask for (3)\n"
	"  --samples N        measurements of each (3)\n"
	"  --measure CMD      prints a number for the program it is called with; status 3 means\n"
	"                     that it stalled. Its second argument is the number of the sample.\n"
	"                     (tests/vm/measure: how long sleepers wait beside hogs, in ms)\n"
	"  --goal lower|higher  which number is better (lower)\n"
	"  --start FILE.c     the policy to begin with (fifo.c of the tree)\n"
	"  --out DIR          folder for the report and all else, made anew (evolved)\n"
	"  --timeout S        seconds for an answer or a measurement (300)\n"
	"  --tree DIR         scx_topo's source, built (.)\n"
	"\n"
	"Example:\n"
	"  scx_topo evolve --spec 'frames on time while compiling' --model-cmd 'my-llm --stdin'\n";

/* Those with a value: text, or a number from 1 to max. */
static const struct {
	const char *name;
	size_t where; /* in evolve_options */
	long max;     /* 0: text */
} value_options[] = {
	{ "spec", offsetof(struct evolve_options, spec), 0 },
	{ "model-cmd", offsetof(struct evolve_options, model_cmd), 0 },
	{ "replay", offsetof(struct evolve_options, replay), 0 },
	{ "measure", offsetof(struct evolve_options, measure), 0 },
	{ "start", offsetof(struct evolve_options, start), 0 },
	{ "out", offsetof(struct evolve_options, out), 0 },
	{ "tree", offsetof(struct evolve_options, tree), 0 },
	{ "goal", offsetof(struct evolve_options, goal), 0 },
	{ "rounds", offsetof(struct evolve_options, rounds), ROUNDS_MAX },
	{ "samples", offsetof(struct evolve_options, samples), EVOLVE_SAMPLES_MAX },
	{ "timeout", offsetof(struct evolve_options, timeout_s), TIMEOUT_MAX },
};
#define NR_VALUE_OPTIONS (int)(sizeof(value_options) / sizeof(value_options[0]))
#define FIRST_VALUE	 256 /* what getopt_long() returns for them, plus their index */

static bool parse_number(const char *text, long max, long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtol(text, &end, 10);
	return !errno && !*end && *number >= 1 && *number <= max;
}

/* Texts go into shell commands between single quotes. */
static bool is_quotable(const char *path)
{
	return *path && !strchr(path, '\'') && strlen(path) < EVOLVE_PATH_LEN / 2;
}

static int set_value(struct evolve_options *o, int index)
{
	void *where = (char *)o + value_options[index].where;
	long max = value_options[index].max;

	if (!max)
		*(const char **)where = optarg;
	else if (!parse_number(optarg, max, where))
		return fail_usage("--%s %s: 1 to %ld", value_options[index].name, optarg, max);
	return EXIT_DONE;
}

static int parse_options(int argc, char **argv, struct evolve_options *o)
{
	struct option options[NR_VALUE_OPTIONS + 2] = { { "help", no_argument, NULL, 'h' } };
	int c, i, status = EXIT_DONE;

	for (i = 0; i < NR_VALUE_OPTIONS; i++)
		options[i + 1] = (struct option){ value_options[i].name, required_argument, NULL,
						  FIRST_VALUE + i };
	opterr = 0;
	optind = 1;
	while (!status && (c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (c >= FIRST_VALUE)
			status = set_value(o, c - FIRST_VALUE);
		else if (c == 'h')
			o->help = true;
		else if (c == ':')
			status = fail_usage("%s needs a value", argv[optind - 1]);
		else
			status = fail_usage("evolve: unknown option %s", argv[optind - 1]);
	}
	return status;
}

static int parse(int argc, char **argv, struct evolve_options *o)
{
	int status = parse_options(argc, argv, o);

	if (status || o->help)
		return status;
	if (optind < argc)
		return fail_usage("evolve takes no argument '%s'", argv[optind]);
	if (!o->spec)
		return fail_usage("evolve needs --spec");
	if (!o->model_cmd == !o->replay)
		return fail_usage("evolve needs either --model-cmd or --replay");
	if (!is_quotable(o->out) || !is_quotable(o->tree))
		return fail_usage("--out and --tree: shorter, and without quotes");
	o->higher = !strcmp(o->goal, "higher");
	if (!o->higher && strcmp(o->goal, "lower"))
		return fail_usage("--goal %s: lower or higher", o->goal);
	return EXIT_DONE;
}

static bool compile_and_measure(const struct evolve_options *o, struct candidate *c)
{
	return evolve_compile(o, c) && evolve_measure(o, c);
}

static void say_result(const struct candidate *c)
{
	printf("round %d: ", c->round);
	if (c->nr_samples)
		printf("%.6g +- %.2g, ", c->mean, c->noise);
	printf("%s%s%s\n", c->round ? verdict_text(c->verdict) : "start", c->detail[0] ? ": " : "",
	       c->detail);
	fflush(stdout);
}

/* The policy to begin with must work, or there is nothing to compare with. */
static int first_round(const struct evolve_options *o, struct candidate *c)
{
	char source[EVOLVE_PATH_LEN];

	evolve_path(o, 0, ".c", source);
	if (!copy_file(o->start, source))
		return fail(EXIT_FAILED, "cannot copy %s to %s: %s", o->start, source,
			    strerror(errno));
	if (!compile_and_measure(o, c))
		return fail(EXIT_FAILED, "the policy to begin with: %s: %s; see %s",
			    verdict_text(c->verdict), c->detail, o->out);
	say_result(c);
	return EXIT_DONE;
}

static int evolve(const struct evolve_options *o, struct candidate *all)
{
	char from[EVOLVE_PATH_LEN], to[EVOLVE_PATH_LEN];
	int best = 0, i, status = first_round(o, &all[0]);

	for (i = 1; i <= o->rounds && !status; i++) {
		struct candidate *c = &all[i];

		c->round = i;
		if (evolve_ask(o, c, all, best) && compile_and_measure(o, c)) {
			c->verdict = candidate_better(c, &all[best], o->higher)
					     ? VERDICT_KEPT
					     : VERDICT_NOT_BETTER;
			if (c->verdict == VERDICT_KEPT)
				best = i;
		}
		say_result(c);
	}
	if (status)
		return status;
	evolve_path(o, best, ".c", from);
	snprintf(to, sizeof(to), "%s/best.c", o->out);
	if (!copy_file(from, to) || !evolve_report(o, all, i, best))
		return fail(EXIT_FAILED, "cannot write into %s: is the disk full?", o->out);
	printf("best: round %d; %s/report.md tells more\n", best, o->out);
	return EXIT_DONE;
}

/* What the tree offers, where nothing else was asked for. */
static int complete(struct evolve_options *o)
{
	static char measure[EVOLVE_PATH_LEN], start[EVOLVE_PATH_LEN], header[EVOLVE_PATH_LEN];

	snprintf(header, sizeof(header), "%s/src/user/scxu.h", o->tree);
	if (access(header, R_OK))
		return fail(EXIT_FAILED, "%s is no source tree of scx_topo: give one by --tree",
			    o->tree);
	snprintf(measure, sizeof(measure), "'%s/tests/vm/measure'", o->tree);
	snprintf(start, sizeof(start), "%s/src/user/examples/fifo.c", o->tree);
	o->measure = o->measure ? o->measure : measure;
	o->start = o->start ? o->start : start;
	if (mkdir(o->out, 0777))
		return fail(EXIT_FAILED, "cannot make the folder %s: %s", o->out,
			    errno == EEXIST ? "it is there already; choose another with --out"
					    : strerror(errno));
	return EXIT_DONE;
}

int cmd_evolve(int argc, char **argv)
{
	struct evolve_options o = {
		.tree = ".",
		.out = "evolved",
		.goal = "lower",
		.rounds = 3,
		.samples = 3,
		.timeout_s = 300,
	};
	struct candidate *all;
	int status = parse(argc, argv, &o);

	if (status)
		return status;
	if (o.help) {
		fputs(help_text, stdout);
		return EXIT_DONE;
	}
	status = complete(&o);
	if (status)
		return status;
	all = calloc(o.rounds + 1, sizeof(*all));
	if (!all)
		return fail(EXIT_FAILED, "out of memory");
	status = evolve(&o, all);
	free(all);
	return status;
}
