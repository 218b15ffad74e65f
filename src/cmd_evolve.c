/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo evolve: see evolve.h. */
#include <errno.h>
#include <getopt.h>
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

static const struct option long_options[] = {
	{ "spec", required_argument, NULL, 's' },
	{ "model-cmd", required_argument, NULL, 'm' },
	{ "replay", required_argument, NULL, 'r' },
	{ "rounds", required_argument, NULL, 'n' },
	{ "samples", required_argument, NULL, 'k' },
	{ "measure", required_argument, NULL, 'c' },
	{ "goal", required_argument, NULL, 'g' },
	{ "start", required_argument, NULL, 'i' },
	{ "out", required_argument, NULL, 'o' },
	{ "timeout", required_argument, NULL, 't' },
	{ "tree", required_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

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

static int parse_option(int c, struct evolve_options *o)
{
	switch (c) {
	case 's':
		o->spec = optarg;
		return EXIT_DONE;
	case 'm':
		o->model_cmd = optarg;
		return EXIT_DONE;
	case 'r':
		o->replay = optarg;
		return EXIT_DONE;
	case 'c':
		o->measure = optarg;
		return EXIT_DONE;
	case 'i':
		o->start = optarg;
		return EXIT_DONE;
	case 'o':
		o->out = optarg;
		return EXIT_DONE;
	case 'd':
		o->tree = optarg;
		return EXIT_DONE;
	case 'h':
		o->help = true;
		return EXIT_DONE;
	case 'n':
		return parse_number(optarg, ROUNDS_MAX, &o->rounds)
			       ? EXIT_DONE
			       : fail_usage("--rounds %s: 1 to %d", optarg, ROUNDS_MAX);
	case 'k':
		return parse_number(optarg, EVOLVE_SAMPLES_MAX, &o->samples)
			       ? EXIT_DONE
			       : fail_usage("--samples %s: 1 to %d", optarg, EVOLVE_SAMPLES_MAX);
	case 't':
		return parse_number(optarg, TIMEOUT_MAX, &o->timeout_s)
			       ? EXIT_DONE
			       : fail_usage("--timeout %s: 1 to %d", optarg, TIMEOUT_MAX);
	case 'g':
		o->higher = !strcmp(optarg, "higher");
		return o->higher || !strcmp(optarg, "lower")
			       ? EXIT_DONE
			       : fail_usage("--goal %s: lower or higher", optarg);
	case ':':
		return fail_usage("%s needs a value", "the last option");
	default:
		return fail_usage("evolve: unknown option");
	}
}

static int parse(int argc, char **argv, struct evolve_options *o)
{
	int c, status;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
		status = parse_option(c, o);
		if (status)
			return status;
	}
	if (o->help)
		return EXIT_DONE;
	if (optind < argc)
		return fail_usage("evolve takes no argument '%s'", argv[optind]);
	if (!o->spec)
		return fail_usage("evolve needs --spec");
	if (!o->model_cmd == !o->replay)
		return fail_usage("evolve needs either --model-cmd or --replay");
	if (!is_quotable(o->out) || !is_quotable(o->tree))
		return fail_usage("--out and --tree: shorter, and without quotes");
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
