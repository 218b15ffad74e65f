/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo monitor: what the scheduler that is running does, again and again. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "commands.h"
#include "energy/rapl.h"
#include "help.h"
#include "message.h"
#include "monitor.h"
#include "number.h"
#include "serve.h"

#define INTERVAL_MIN_S 0.01
#define INTERVAL_MAX_S 86400

struct options {
	bool json;
	bool help;
	bool serve;	     /* answer others, instead of reports */
	bool reports;	     /* something was said about these */
	unsigned long count; /* 0: until interrupted */
	double interval_s;
};

struct monitor {
	struct options options;
	struct running running;
	struct activities activities;
	struct rapl rapl;
	bool terminal;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int set_format(struct options *options, const char *name)
{
	options->json = !strcmp(name, "json");
	if (!options->json && strcmp(name, "text"))
		return fail_usage("'%s' is no format: text or json", name);
	return EXIT_DONE;
}

static int set_count(struct options *options, const char *text)
{
	if (!number_parse(text, 1, 1000000000, &options->count))
		return fail_usage("-n %s: not a number of reports from 1 to 1000000000", text);
	return EXIT_DONE;
}

static int set_interval(struct options *options, const char *text)
{
	if (!number_parse_decimal(text, INTERVAL_MIN_S, INTERVAL_MAX_S, &options->interval_s))
		return fail_usage("'%s' is no interval: seconds from %g to %d", text,
				  INTERVAL_MIN_S, INTERVAL_MAX_S);
	return EXIT_DONE;
}

static int set_option(struct options *options, int c, char **argv)
{
	options->reports |= c == 'f' || c == 'n';
	switch (c) {
	case 'f':
		return set_format(options, optarg);
	case 'n':
		return set_count(options, optarg);
	case 's':
		options->serve = true;
		return EXIT_DONE;
	case 'h':
		options->help = true;
		return EXIT_DONE;
	case ':':
		return fail_usage("%s needs a value", argv[optind - 1]);
	default:
		return fail_usage("unknown option %s", argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "count", required_argument, NULL, 'n' },
		{ "serve", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, status = EXIT_DONE;

	*options = (struct options){ .interval_s = 1 };
	opterr = 0;
	optind = 1;
	while (status == EXIT_DONE &&
	       (c = getopt_long(argc, argv, ":n:", long_options, NULL)) != -1)
		status = set_option(options, c, argv);
	options->reports |= optind < argc;
	if (status == EXIT_DONE && optind < argc)
		status = set_interval(options, argv[optind++]);
	if (status == EXIT_DONE && optind < argc)
		status = fail_usage("monitor takes one interval, not also '%s'", argv[optind]);
	if (status == EXIT_DONE && options->serve && options->reports)
		status = fail_usage("--serve reports nothing by itself: no interval, -n or "
				    "--format with it");
	return status;
}

static void pause_for(double seconds)
{
	const struct timespec time = { .tv_sec = seconds,
				       .tv_nsec = (seconds - (time_t)seconds) * NSEC_PER_SEC };

	nanosleep(&time, NULL);
}

/*
 * Power since the last call, of what placement has an influence on and of each zone; < 0: the
 * machine does not tell.
 */
static double read_watts(struct rapl *rapl, double *zone_watts)
{
	struct rapl_reading reading;
	struct rapl_clock now;
	u64 energy_uj;

	rapl_now(&now);
	rapl_read(rapl, &now, &reading);
	energy_view_zones(&reading, zone_watts);
	if (!reading.valid || !reading.interval_ns || !rapl_cpu_energy(rapl, &reading, &energy_uj))
		return -1;
	return energy_uj * 1e3 / reading.interval_ns;
}

static void show(struct monitor *m)
{
	struct monitor_view view = {
		.running = &m->running,
		.activities = &m->activities,
		.policy = *running_policy(&m->running),
		.time_s = clock_now_ns(CLOCK_REALTIME) / 1e9,
	};

	view.watts = read_watts(&m->rapl, view.zone_watts);
	view.reason = energy_view_reason(&view.policy, running_clock_ns(&m->running));
	if (m->options.json) {
		monitor_json(stdout, &view);
	} else {
		if (m->terminal)
			printf("\033[H\033[J"); /* home, and clear what is below */
		monitor_text(stdout, &view);
		printf("\n");
	}
	fflush(stdout);
}

static int begin(struct monitor *m)
{
	if (!activities_begin(&m->activities, &m->running, clock_now_ns(CLOCK_MONOTONIC)))
		return EXIT_DONE;
	return fail(EXIT_FAILED, "not enough memory for a reading of all counters");
}

static void end(struct monitor *m)
{
	activities_free(&m->activities);
	running_close(&m->running);
}

/* The scheduler has ended. Waits until there is one again. */
static int wait_for_next(struct monitor *m)
{
	char why[256];
	int err = -ENOENT;

	end(m);
	if (m->options.json)
		printf("{\"time_s\":%.3f,\"state\":\"ended\"}\n",
		       clock_now_ns(CLOCK_REALTIME) / 1e9);
	else
		printf("scx_topo has ended: waiting for the next\n");
	fflush(stdout);
	while (err == -ENOENT && !interrupted) {
		err = running_open(&m->running, why, sizeof(why));
		if (err == -ENOENT)
			pause_for(m->options.interval_s);
	}
	if (err && err != -ENOENT)
		return fail(EXIT_FAILED, "%s", why);
	return err ? EXIT_DONE : begin(m);
}

static int watch(struct monitor *m)
{
	double zone_watts[NR_RAPL_TYPES];
	unsigned long shown = 0;
	int status = begin(m);

	rapl_open(&m->rapl, "/");
	read_watts(&m->rapl, zone_watts);
	while (status == EXIT_DONE && !interrupted) {
		pause_for(m->options.interval_s);
		if (interrupted || ferror(stdout))
			break;
		if (m->running.exit->kind) {
			status = wait_for_next(m);
			continue;
		}
		activities_read(&m->activities, &m->running, clock_now_ns(CLOCK_MONOTONIC));
		show(m);
		if (++shown == m->options.count)
			break;
	}
	rapl_close(&m->rapl);
	return status;
}

static bool fills_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

int cmd_monitor(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = interrupt };
	struct monitor m = { .terminal = fills_terminal() };
	int status = parse(argc, argv, &m.options);

	if (status != EXIT_DONE)
		return status;
	if (m.options.help)
		return help_print();
	if (m.options.serve)
		return serve_stats();
	status = running_open_or_say(&m.running);
	if (status != EXIT_DONE)
		return status;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = watch(&m);
	end(&m);
	return status;
}
