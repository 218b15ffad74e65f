/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "energy/cpufreq.h"
#include "exit_report.h"
#include "loader.h"
#include "message.h"
#include "mode.h"
#include "privileges.h"
#include "steering.h"
#include "summary.h"
#include "worker.h"

struct worker {
	struct topo *topo;
	struct layout layout;
	struct loader loader;
	struct steering steering;
	enum topo_mode mode;
	unsigned long long hotplug_seq;
	int signals;
};

int worker_signal_of(enum topo_mode mode)
{
	return SIGRTMIN + mode;
}

static int open_signals(void)
{
	enum topo_mode mode;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	for (mode = TOPO_MODE_PERF; mode <= TOPO_MODE_AUTO; mode++)
		sigaddset(&set, worker_signal_of(mode));
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void apply_mode(struct worker *w, enum topo_mode mode)
{
	w->mode = mode;
	steering_set_wish(&w->steering, &w->loader, mode);
}

/* The sequence number first: what changes after it makes attaching fail, and we look again. */
static int look_at_machine(struct worker *w)
{
	const struct topo_source live = { .type = TOPO_LIVE };
	char why[256];
	int err;

	w->hotplug_seq = loader_hotplug_seq();
	err = topo_load(&live, &w->topo, why, sizeof(why));
	if (err)
		return fail(EXIT_FAILED, "cannot read this machine's topology: %s", why);
	if (!w->topo->this_system)
		return fail(EXIT_FAILED,
			    "hwloc describes another machine than this one: not scheduling");
	err = layout_build(w->topo, &w->layout);
	if (err)
		return fail(EXIT_FAILED, "cannot lay out this machine's domains: %s",
			    strerror(-err));
	w->layout.conf.sets_speed = cpufreq_is_schedutil("/");
	return EXIT_DONE;
}

static int start(struct worker *w, const struct run_options *options)
{
	char why[256];
	enum loader_result result;
	int err;

	result = loader_start(&w->loader, &w->layout, w->hotplug_seq, options->verbose, why,
			      sizeof(why));
	if (result == LOADER_RESTART)
		return WORKER_RESTART;
	if (result != LOADER_DONE)
		return fail(result == LOADER_CANNOT ? EXIT_CANNOT : EXIT_FAILED, "%s", why);
	err = steering_open(&w->steering, w->topo, &w->layout, &options->steering);
	if (err)
		return fail(EXIT_FAILED, "cannot open what steers the mode: %s", strerror(-err));
	err = privileges_drop();
	if (err)
		return fail(EXIT_FAILED, "cannot give up root: %s", strerror(-err));
	return EXIT_DONE;
}

static void say_started(const struct worker *w)
{
	const struct topo *t = w->topo;

	printf("scx_topo schedules %d CPUs: %d node%s, %d domain%s, %d kind%s of core; mode %s; "
	       "Ctrl-C ends it\n",
	       t->nr_cpus, t->nr_nodes, t->nr_nodes == 1 ? "" : "s", t->nr_domains,
	       t->nr_domains == 1 ? "" : "s", t->nr_kinds, t->nr_kinds == 1 ? "" : "s",
	       mode_name(w->mode));
	fflush(stdout);
}

/* False: it is time to end. */
static bool take_signal(struct worker *w)
{
	struct signalfd_siginfo info;
	enum topo_mode mode;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return errno == EINTR;
	for (mode = TOPO_MODE_PERF; mode <= TOPO_MODE_AUTO; mode++) {
		if ((int)info.ssi_signo == worker_signal_of(mode)) {
			apply_mode(w, mode);
			printf("mode %s\n", mode_name(mode));
			fflush(stdout);
			return true;
		}
	}
	return false;
}

/* Sleeps until something happens; only steering wakes up by itself, where it has to. */
static void wait_for_end(struct worker *w)
{
	struct pollfd fds[2 + STEERING_FDS] = {
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = loader_event_fd(&w->loader), .events = POLLIN },
	};

	while (!steering_outdated(&w->steering)) {
		steering_fds(&w->steering, fds + 2);
		if (poll(fds, 2 + STEERING_FDS, -1) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (loader_exit_report(&w->loader)->kind)
			return;
		if (fds[0].revents && !take_signal(w))
			return;
		steering_event(&w->steering, &w->loader, fds + 2);
	}
}

/* The report is copied before the maps go. */
static int finish(struct worker *w)
{
	static struct exit_report report;
	struct cpu_stats stats;

	report = *loader_exit_report(&w->loader);
	loader_sum_stats(&w->loader, &stats);
	loader_stop(&w->loader);
	if (exit_wants_restart(&report))
		return WORKER_RESTART;
	if (!report.kind && steering_outdated(&w->steering))
		return WORKER_NEW_GOVERNOR;
	summary_print(stdout, &stats);
	return report.kind ? exit_explain(&report) : EXIT_DONE;
}

int worker_run(const struct run_options *options)
{
	struct worker w = { .signals = -1 };
	int status;

	w.signals = open_signals();
	if (w.signals < 0)
		return fail(EXIT_FAILED, "cannot wait for signals: %s", strerror(errno));
	status = look_at_machine(&w);
	if (status == EXIT_DONE)
		status = start(&w, options);
	if (status == EXIT_DONE) {
		apply_mode(&w, options->mode);
		say_started(&w);
		wait_for_end(&w);
		status = finish(&w);
	}
	steering_close(&w.steering);
	loader_stop(&w.loader);
	layout_free(&w.layout);
	topo_free(w.topo);
	close(w.signals);
	return status;
}
