/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo trace: records scheduling events and writes them as a file for Perfetto. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "energy/rapl.h"
#include "energy_view.h"
#include "help.h"
#include "kernel_check.h"
#include "message.h"
#include "number.h"
#include "trace_json.h"
#include "tracefs.h"

#define DEFAULT_SECONDS 5
#define MIN_SECONDS	0.01
#define MAX_SECONDS	3600
#define KIB_PER_CPU	8192 /* some 100,000 events */
#define POWER_PERIOD_S	0.1

struct options {
	const char *file;
	double seconds;
	bool help;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	*options = (struct options){ .seconds = DEFAULT_SECONDS };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:", long_options, NULL)) != -1) {
		if (c == 'o')
			options->file = optarg;
		else if (c == 'h')
			options->help = true;
		else if (c == ':')
			return fail_usage("%s needs a value", argv[optind - 1]);
		else
			return fail_usage("unknown option %s", argv[optind - 1]);
	}
	if (options->help)
		return EXIT_DONE;
	if (!options->file || !options->file[0])
		return fail_usage("trace needs -o FILE");
	if (optind < argc &&
	    !number_parse_decimal(argv[optind], MIN_SECONDS, MAX_SECONDS, &options->seconds))
		return fail_usage("'%s' is no time: seconds from %g to %d", argv[optind],
				  MIN_SECONDS, MAX_SECONDS);
	if (optind + 1 < argc)
		return fail_usage("trace takes one time, not also '%s'", argv[optind + 1]);
	return EXIT_DONE;
}

static void sleep_for(double seconds)
{
	const struct timespec time = { .tv_sec = seconds,
				       .tv_nsec = (seconds - (time_t)seconds) * NSEC_PER_SEC };

	nanosleep(&time, NULL);
}

/* Which scheduler is in charge; false: the kernel's own. */
static bool is_sched_ext(char *name, size_t size)
{
	char state[32] = "";

	snprintf(name, size, "the kernel's own");
	if (!sched_ext_read("state", state, sizeof(state)) || strcmp(state, "enabled"))
		return false;
	sched_ext_read("root/ops", name, size);
	return true;
}

/* Power since the last time, as marks among the events. */
static void mark_power(const struct tracefs *fs, struct rapl *rapl)
{
	double watts[NR_RAPL_TYPES];
	struct rapl_reading reading;
	struct rapl_clock now;
	char line[128];
	int type;

	rapl_now(&now);
	rapl_read(rapl, &now, &reading);
	energy_view_zones(&reading, watts);
	for (type = 0; type < NR_RAPL_TYPES; type++) {
		if (watts[type] < 0)
			continue;
		snprintf(line, sizeof(line), SCHED_EVENT_POWER, rapl_type_name(type), watts[type]);
		tracefs_mark(fs, line);
	}
}

/* Sleeps at one go where there is nothing to read. */
static void wait_until_done(const struct tracefs *fs, double seconds)
{
	double step, left;
	struct rapl rapl;

	rapl_open(&rapl, "/");
	mark_power(fs, &rapl);
	for (left = seconds; left > 0 && !interrupted; left -= step) {
		step = rapl.status == RAPL_OK && left > POWER_PERIOD_S ? POWER_PERIOD_S : left;
		sleep_for(step);
		mark_power(fs, &rapl);
	}
	rapl_close(&rapl);
}

static int record(struct tracefs *fs, bool sched_ext, double seconds)
{
	int err = tracefs_open(fs, KIB_PER_CPU);

	if (err == -EPERM)
		return fail(EXIT_CANNOT, "tracing needs root: use sudo");
	if (err == -ENOENT)
		return fail(EXIT_CANNOT, "no tracefs with scheduling events: mount one with "
					 "mount -t tracefs tracefs /sys/kernel/tracing");
	if (err == -EBUSY)
		return fail(EXIT_FAILED, "another scx_topo trace is at work; if not: rmdir "
					 "/sys/kernel/tracing/instances/scx_topo");
	if (err)
		return fail(EXIT_FAILED, "cannot set up tracing: %s", strerror(-err));
	if (sched_ext)
		tracefs_probe_grants(fs); /* where the kernel cannot, runs are shown without */
	err = tracefs_start(fs);
	if (!err && !interrupted)
		wait_until_done(fs, seconds);
	err = err ?: tracefs_stop(fs);
	return err ? fail(EXIT_FAILED, "cannot switch tracing: %s", strerror(-err)) : EXIT_DONE;
}

static unsigned long convert(FILE *events, struct trace_json *json)
{
	struct sched_event event;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, events) > 0) {
		if (sched_event_parse(line, &event))
			trace_json_event(json, &event);
	}
	free(line);
	return trace_json_end(json);
}

/* Writes beside the file first: what was there stays until the new one is complete. */
static int write_trace(const struct tracefs *fs, const struct topo *topo, const char *scheduler,
		       const char *file)
{
	FILE *events = tracefs_events(fs), *out = NULL;
	struct trace_json *json = NULL;
	unsigned long nr_slices = 0;
	char part[4096];
	bool written;

	snprintf(part, sizeof(part), "%s.part", file);
	if (events)
		out = fopen(part, "we");
	if (out)
		json = trace_json_begin(out, topo, scheduler);
	if (json)
		nr_slices = convert(events, json);
	written = json && !ferror(out);
	if (out && fclose(out))
		written = false;
	if (events)
		fclose(events);
	if (!written || rename(part, file)) {
		int err = errno;

		if (out)
			unlink(part);
		return fail(EXIT_FAILED, "cannot write %s: %s", file, strerror(err));
	}
	printf("%s: %lu runs under %s; open it in ui.perfetto.dev\n", file, nr_slices, scheduler);
	return EXIT_DONE;
}

static int trace(const struct options *options, const struct topo *topo)
{
	unsigned long long lost;
	struct tracefs fs;
	char scheduler[128];
	bool sched_ext = is_sched_ext(scheduler, sizeof(scheduler));
	int status = record(&fs, sched_ext, options->seconds);

	if (status == EXIT_DONE) {
		lost = tracefs_lost(&fs);
		if (lost)
			note("%llu events had no room: the beginning is missing on some CPUs; "
			     "record for a shorter time",
			     lost);
		status = write_trace(&fs, topo, scheduler, options->file);
	}
	tracefs_close(&fs);
	return status;
}

int cmd_trace(int argc, char **argv)
{
	const struct topo_source live = { .type = TOPO_LIVE };
	const struct sigaction action = { .sa_handler = interrupt };
	struct options options;
	struct topo *topo;
	char why[256];
	int status = parse(argc, argv, &options);

	if (status != EXIT_DONE)
		return status;
	if (options.help)
		return help_print();
	if (geteuid())
		return fail(EXIT_CANNOT, "tracing needs root: use sudo");
	if (topo_load(&live, &topo, why, sizeof(why)))
		return fail(EXIT_FAILED, "cannot read this machine's topology: %s", why);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = trace(&options, topo);
	topo_free(topo);
	return status;
}
