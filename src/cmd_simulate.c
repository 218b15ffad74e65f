/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo simulate: the policy on a machine that is not there. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "message.h"
#include "mode.h"
#include "sim/library.h"
#include "sim/policy.h"
#include "sim/report.h"
#include "sim/trace.h"

#define SCENARIO_MAX	 (1 << 20) /* bytes of a scenario file */
#define DURATION_DEFAULT (10 * NSEC_PER_SEC)
#define DURATION_MAX	 (10000 * NSEC_PER_SEC)

static const char help_text[] =
	"Usage: scx_topo simulate -i TOPOLOGY -w SCENARIO [OPTION]...\n"
	"\n"
	"Runs the scheduling policy itself on a simulated machine, without root, and reports\n"
	"latencies, frames, migrations and modelled energy. The same seed prints the same.\n"
	"\n"
	"  -i, --input TOPOLOGY     FILE.xml saved by lstopo, or hwloc's synthetic words\n"
	"  -w, --workload SCENARIO  a file, or the name of one below\n"
	"      --mode perf|powersave|auto   auto is perf here: no battery is simulated\n"
	"      --policy scx_topo    the shipped policy (default); or a model to compare with:\n"
	"               fifo        a global first-come-first-served queue\n"
	"               vtime       a global queue in the order of virtual time\n"
	"               fair        per-CPU fair queues in the manner of EEVDF\n"
	"      --governor hardware  busy CPUs run at full speed (default); or\n"
	"               schedutil   as the kernel's governor of that name sets their clocks\n"
	"      --seed N             another run (default 1)\n"
	"      --duration TIME      how long, such as 500ms or 10s (default 10s)\n"
	"      --costs x86|icount   what switches, wake-ups and cold caches cost\n"
	"      --format text|json\n"
	"      --trace FILE         what ran where, for ui.perfetto.dev\n"
	"      --explain            say on stderr what the energy controller decides\n"
	"      --no-energy          powersave with its static order, without that controller\n"
	"      --help               this text\n"
	"\n"
	"Exit status: 0 done, 1 an invariant broke or it failed, 2 wrong usage.\n"
	"\n"
	"Examples:\n"
	"  scx_topo simulate -i laptop.xml -w game\n"
	"  scx_topo simulate -i \"package:2 l3:4 core:8 pu:2\" -w my.scn --policy fair\n"
	"\n"
	"Scenarios:\n";

struct options {
	const char *topology, *workload, *trace;
	const struct sim_policy *policy;
	const struct sim_cost *cost;
	enum topo_mode mode;
	enum sim_governor governor;
	u64 seed, duration_ns;
	bool json, explain, no_energy, help;
};

enum {
	OPT_MODE = 256,
	OPT_POLICY,
	OPT_GOVERNOR,
	OPT_SEED,
	OPT_DURATION,
	OPT_COSTS,
	OPT_FORMAT,
	OPT_TRACE,
	OPT_EXPLAIN,
	OPT_NO_ENERGY,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "input", required_argument, NULL, 'i' },
	{ "workload", required_argument, NULL, 'w' },
	{ "mode", required_argument, NULL, OPT_MODE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "governor", required_argument, NULL, OPT_GOVERNOR },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "costs", required_argument, NULL, OPT_COSTS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "no-energy", no_argument, NULL, OPT_NO_ENERGY },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int parse_seed(const char *word, u64 *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(word, &end, 10);
	if (word[0] < '0' || word[0] > '9' || *end || errno)
		return fail_usage("--seed %s: not a whole number", word);
	return 0;
}

static int parse_run_time(const char *word, u64 *ns)
{
	if (scenario_duration(word, ns) || !*ns || *ns > DURATION_MAX)
		return fail_usage("--duration %s: want a time with its unit, up to 10000s", word);
	return 0;
}

static int parse_format(const char *word, bool *json)
{
	*json = !strcmp(word, "json");
	if (!*json && strcmp(word, "text"))
		return fail_usage("--format %s: there are text and json", word);
	return 0;
}

static int set_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case 'i':
		o->topology = value;
		return 0;
	case 'w':
		o->workload = value;
		return 0;
	case OPT_MODE:
		if (mode_parse(value, &o->mode))
			return 0;
		return fail_usage("--mode %s: there are perf, powersave and auto", value);
	case OPT_POLICY:
		o->policy = sim_policy_find(value);
		if (o->policy)
			return 0;
		return fail_usage("--policy %s: there are scx_topo, fifo, vtime and fair", value);
	case OPT_GOVERNOR:
		if (sim_governor_find(value, &o->governor))
			return 0;
		return fail_usage("--governor %s: there are hardware and schedutil", value);
	case OPT_SEED:
		return parse_seed(value, &o->seed);
	case OPT_DURATION:
		return parse_run_time(value, &o->duration_ns);
	case OPT_COSTS:
		o->cost = sim_cost_find(value);
		return o->cost ? 0 : fail_usage("--costs %s: there are x86 and icount", value);
	case OPT_FORMAT:
		return parse_format(value, &o->json);
	case OPT_TRACE:
		o->trace = value;
		return 0;
	case OPT_EXPLAIN:
		o->explain = true;
		return 0;
	case OPT_NO_ENERGY:
		o->no_energy = true;
		return 0;
	case OPT_HELP:
		o->help = true;
		return 0;
	}
	return EXIT_USAGE; /* getopt has said why */
}

static int parse_options(int argc, char **argv, struct options *o)
{
	int option, err = 0;

	opterr = 0;
	optind = 0;
	while (!err && (option = getopt_long(argc, argv, ":i:w:", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return fail_usage(option == ':' ? "%s needs a value"
							: "simulate has no option %s",
					  argv[optind - 1]);
		err = set_option(o, option, optarg);
	}
	if (err || o->help)
		return err;
	if (optind < argc)
		return fail_usage("simulate: what is '%s'?", argv[optind]);
	if (!o->topology)
		return fail_usage("simulate: no topology: give it with -i");
	if (!o->workload)
		return fail_usage("simulate: no scenario: give it with -w");
	return 0;
}

static int load_topology(const char *name, struct topo **topo)
{
	struct topo_source source = topo_source_of_input(name);
	char err[256];
	int ret = topo_load(&source, topo, err, sizeof(err));

	if (!ret)
		return 0;
	return fail(ret == -EINVAL && source.type == TOPO_SYNTHETIC ? EXIT_USAGE : EXIT_FAILED,
		    "%s", err);
}

/* For scenarios in which CPUs come and go. */
static int load_without(const void *context, hwloc_const_bitmap_t offline, struct topo **topo)
{
	struct topo_source source = topo_source_of_input(context);
	char err[256];

	source.offline = offline;
	return topo_load(&source, topo, err, sizeof(err));
}

/* The whole file as text, to be freed; NULL: errno says why. */
static char *read_file(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = file ? malloc(SCENARIO_MAX + 1) : NULL;
	size_t length = 0;

	if (text)
		length = fread(text, 1, SCENARIO_MAX + 1, file);
	if (text && (ferror(file) || length > SCENARIO_MAX || memchr(text, 0, length))) {
		errno = ferror(file) ? errno : length > SCENARIO_MAX ? EFBIG : EINVAL;
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	if (text)
		text[length] = '\0';
	return text;
}

static int load_scenario(const char *name, struct scenario *scenario)
{
	const char *shipped = library_find(name);
	char *text = shipped ? strdup(shipped) : read_file(name);
	char err[256];
	int ret;

	if (!text)
		return fail(errno == EINVAL ? EXIT_USAGE : EXIT_FAILED,
			    "cannot read the scenario %s: %s; scx_topo simulate --help lists those "
			    "that ship",
			    name, errno == EINVAL ? "not a text file" : strerror(errno));
	ret = scenario_parse(text, name, scenario, err, sizeof(err));
	free(text);
	return ret ? fail(ret == -EINVAL ? EXIT_USAGE : EXIT_FAILED, "%s", err) : 0;
}

static int run(struct sim *sim, const struct options *o)
{
	u32 i;

	if (o->trace) {
		sim->trace = trace_open(o->trace, sim);
		if (!sim->trace)
			return fail(EXIT_FAILED, "cannot write %s: %s", o->trace, strerror(errno));
	}
	sim_run(sim);
	if (sim->trace && trace_close(sim->trace, sim))
		return fail(EXIT_FAILED, "cannot write %s: is the disk full?", o->trace);
	if (o->json)
		report_json(stdout, sim);
	else
		report_text(stdout, sim);
	for (i = 0; i < sim->nr_breaches && i < 1; i++)
		fail(EXIT_FAILED, "%u invariants broke, the first: %s", sim->nr_breaches,
		     sim->breach[i]);
	return sim->nr_breaches ? EXIT_FAILED : EXIT_DONE;
}

static int simulate(const struct options *o, const struct topo *topo,
		    const struct scenario *scenario)
{
	struct sim_setup setup = {
		.topo = topo,
		.policy = o->policy,
		.cost = o->cost,
		.workloads = scenario->workloads,
		.nr_workloads = scenario->nr_workloads,
		.mode = o->mode == TOPO_MODE_AUTO ? TOPO_MODE_PERF : o->mode,
		.seed = o->seed,
		.duration_ns = o->duration_ns,
		.explain = o->explain ? stderr : NULL,
		.no_energy = o->no_energy,
		.governor = o->governor,
		.load_topo = load_without,
		.load_context = o->topology,
	};
	struct sim sim;
	char err[256];
	int ret;

	if (sim_create(&sim, &setup, err, sizeof(err)))
		ret = fail(EXIT_FAILED, "cannot simulate %s: %s", o->workload, err);
	else
		ret = run(&sim, o);
	sim_free(&sim);
	return ret;
}

int cmd_simulate(int argc, char **argv)
{
	struct options o = {
		.policy = &policy_topo,
		.cost = sim_cost_find("x86"),
		.mode = TOPO_MODE_PERF,
		.seed = 1,
		.duration_ns = DURATION_DEFAULT,
	};
	struct scenario scenario = { 0 };
	struct topo *topo = NULL;
	int ret = parse_options(argc, argv, &o);

	if (ret)
		return ret;
	if (o.help) {
		fputs(help_text, stdout);
		library_list(stdout);
		return EXIT_DONE;
	}
	ret = load_scenario(o.workload, &scenario);
	if (!ret)
		ret = load_topology(o.topology, &topo);
	if (!ret)
		ret = simulate(&o, topo, &scenario);
	if (topo)
		topo_free(topo);
	scenario_free(&scenario);
	return ret;
}
