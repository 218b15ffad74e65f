/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a scheduler: started, watched until it ends, ended; and again when CPUs come or go.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "internal.h"
#include "bpf/user.skel.h"

#define DEFAULT_ARENA (8UL * 1024 * 1024)
#define NAME_MAX_LEN  127
#define MAX_TASKS     (1U << 20)
#define GUARD_MAX_MS  10000
#define WATCHDOG_MAX  30000

/* Stable since 6.12; from 1024 on it is an error. */
#define EXIT_KIND_ERROR	 1024
#define EXIT_ACT_RESTART (1ULL << 48)
#define RESTART_PAUSE_MS 50 /* CPUs rarely come or go alone */

int scxu_fail(struct scxu *s, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->error, sizeof(s->error), format, args);
	va_end(args);
	return err;
}

void *scxu_data(const struct scxu *s)
{
	return s->ops->data;
}

void scxu_stop(struct scxu *s)
{
	uint64_t one = 1;

	if (write(s->stop_fd, &one, sizeof(one)) < 0)
		abort(); /* an eventfd takes 2^64 - 2 of these */
}

/* The kernel wants a name it can show in a file: what is not a word it refuses. */
static bool name_is_good(const char *name)
{
	if (!name || !*name || strlen(name) > NAME_MAX_LEN)
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && !strchr("_.-", *name))
			return false;
	}
	return true;
}

static int check_ops(struct scxu *s)
{
	const struct scxu_ops *ops = s->ops;

	if (!name_is_good(ops->name))
		return scxu_fail(s, -EINVAL,
				 "ops.name: 1 to 127 letters, digits, _, . and - are needed");
	if (!ops->schedule)
		return scxu_fail(s, -EINVAL, "ops.schedule is missing");
	if (ops->max_tasks > MAX_TASKS)
		return scxu_fail(s, -EINVAL, "ops.max_tasks: at most %u", MAX_TASKS);
	if (ops->guard_ms > GUARD_MAX_MS)
		return scxu_fail(s, -EINVAL, "ops.guard_ms: at most %d", GUARD_MAX_MS);
	if (ops->timeout_ms > WATCHDOG_MAX)
		return scxu_fail(s, -EINVAL, "ops.timeout_ms: at most %d", WATCHDOG_MAX);
	return 0;
}

static int allocate(struct scxu *s)
{
	s->arena.size = s->ops->arena_bytes ? s->ops->arena_bytes : DEFAULT_ARENA;
	s->arena.start = scxu_memory_map(s->arena.size);
	s->tasks = scxu_memory_map(scxu_max_tasks(s) * sizeof(*s->tasks));
	if (!s->arena.start || !s->tasks)
		return scxu_fail(s, -ENOMEM, "not enough memory for %u tasks and an arena of %zu",
				 scxu_max_tasks(s), s->arena.size);
	scxu_tasks_init(s);
	return 0;
}

/* Everything is in its place before the kernel hands over the first task. */
static int start(struct scxu *s)
{
	uint64_t hotplug_seq = scxu_hotplug_seq();
	int err;

	err = scxu_cpus_init(s);
	err = err ? err : scxu_load(s, hotplug_seq);
	err = err ? err : scxu_memory_lock(s);
	err = err ? err : allocate(s);
	if (!err && s->ops->init) {
		err = s->ops->init(s);
		if (err)
			scxu_fail(s, err < 0 ? err : -ECANCELED, "init() failed: %d", err);
	}
	err = err ? err : scxu_thread_start(s);
	return err ? err : scxu_attach(s, hotplug_seq);
}

/* A thread that does not come back still uses the memory; all that is left is to end the process.
 */
static void end_process(const struct scxu *s, bool attached)
{
	fprintf(stderr, "%s: schedule() does not return; the kernel's own scheduler %s\n",
		s->ops->name, attached ? "has taken over" : "goes on");
	fflush(NULL);
	_exit(1);
}

static void finish(struct scxu *s)
{
	bool attached = s->link;

	scxu_detach(s);
	if (!scxu_thread_stop(s))
		end_process(s, attached);
	if (s->ops->exit && s->skel)
		s->ops->exit(s);
	scxu_unload(s);
	scxu_memory_unmap(s->tasks, scxu_max_tasks(s) * sizeof(*s->tasks));
	scxu_memory_unmap(s->arena.start, s->arena.size);
	scxu_cpus_free(s);
	munlockall();
	s->tasks = NULL;
	memset(&s->arena, 0, sizeof(s->arena));
}

static void report(struct scxu *s)
{
	if (s->ops->report)
		s->ops->report(s, stdout);
	else
		scxu_print_stats(s, stdout);
}

/* Waits until something ends it; reports now and then. */
static void watch(struct scxu *s, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = s->stop_fd, .events = POLLIN },
		{ .fd = bpf_map__fd(s->skel->maps.ended), .events = POLLIN },
	};
	int timeout_ms = s->ops->report_s ? (int)s->ops->report_s * 1000 : -1;

	for (;;) {
		int n = poll(fds, 3, timeout_ms);

		if (n > 0)
			return;
		if (!n)
			report(s);
	}
}

static enum outcome explain_end(struct scxu *s)
{
	const struct exit_report *r = (void *)&s->skel->bss->exit_report;

	if (!r->kind)
		return OUTCOME_STOPPED;
	if (r->kind < EXIT_KIND_ERROR && r->code & EXIT_ACT_RESTART)
		return OUTCOME_RESTART;
	if (r->kind >= EXIT_KIND_ERROR && r->dump[0])
		fprintf(stderr, "%s\n", r->dump);
	scxu_fail(s, -ECANCELED, "ended by the kernel: %s%s%s; its own scheduler has taken over",
		  r->reason, r->msg[0] ? ": " : "", r->msg);
	return OUTCOME_FAILED;
}

static enum outcome run_once(struct scxu *s, int signal_fd, int *err)
{
	enum outcome outcome;

	*err = start(s);
	if (*err) {
		finish(s);
		return *err == -EAGAIN ? OUTCOME_RESTART : OUTCOME_FAILED;
	}
	watch(s, signal_fd);
	outcome = explain_end(s);
	if (outcome == OUTCOME_FAILED)
		*err = -ECANCELED;
	if (outcome == OUTCOME_STOPPED && s->ops->report_s)
		report(s);
	if (getenv("SCXU_VERBOSE"))
		scxu_print_counters(s, stderr);
	finish(s);
	return outcome;
}

static bool stop_wanted(int signal_fd, int stop_fd)
{
	struct pollfd fds[] = { { .fd = signal_fd, .events = POLLIN },
				{ .fd = stop_fd, .events = POLLIN } };

	return poll(fds, 2, RESTART_PAUSE_MS) > 0;
}

static int run_all(struct scxu *s, int signal_fd)
{
	int err;

	for (;;) {
		enum outcome outcome = run_once(s, signal_fd, &err);

		if (outcome == OUTCOME_FAILED)
			fprintf(stderr, "%s: %s\n", s->ops->name, s->error);
		if (outcome != OUTCOME_RESTART)
			return err;
		s->restarts++;
		fprintf(stderr, "%s: CPUs came or went: starting again\n", s->ops->name);
		if (stop_wanted(signal_fd, s->stop_fd))
			return 0;
	}
}

/* A signal that was taken is gone: nobody else shall see it after scxu_run(). */
static void take_signal(int signal_fd)
{
	struct pollfd fd = { .fd = signal_fd, .events = POLLIN };
	struct signalfd_siginfo info;

	while (poll(&fd, 1, 0) > 0 && read(signal_fd, &info, sizeof(info)) > 0)
		;
}

int scxu_run(const struct scxu_ops *ops)
{
	struct scxu *s = calloc(1, sizeof(*s));
	struct compaction compaction;
	sigset_t signals, before;
	int signal_fd, err;

	if (!s)
		return -ENOMEM;
	s->ops = ops;
	err = check_ops(s);
	if (err) {
		fprintf(stderr, "%s: %s\n", name_is_good(ops->name) ? ops->name : "libscxu",
			s->error);
		free(s);
		return err;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	s->stop_fd = eventfd(0, EFD_CLOEXEC);
	scxu_compaction_stop(&compaction);
	err = signal_fd < 0 || s->stop_fd < 0 ? -errno : run_all(s, signal_fd);
	scxu_compaction_restore(&compaction);
	take_signal(signal_fd);
	close(signal_fd);
	close(s->stop_fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	free(s);
	return err;
}
