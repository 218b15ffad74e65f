/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a scenario file on a real kernel: scenario FILE SECONDS [SEED]
 *
 * The same file that `scx_topo simulate` runs, with CPU time as the unit of work, so that both can
 * be compared: a process for each task. Prints a line for each line of the scenario: wake-up
 * latencies and frames, from release to end, in us.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/sim/histogram.h"
#include "src/sim/rng.h"
#include "src/sim/scenario.h"

#include "lib/outside.h"

#define TASKS_MAX 512
#define GROUP_MAX 64

/* What a task reports, in memory that all processes share; only its own process writes it. */
struct report {
	pid_t pid;
	u32 line;
	struct histogram wakeup, frame;
	u64 frames, frames_late, jobs;
	u64 cpu_ns;
};

/* A task's view of the world. */
struct task {
	const struct workload *w;
	struct report *report;
	struct rng rng;
	u32 index, copy;
	int (*pipes)[2]; /* one for each task of its group: what is sent to it */
	u32 nr_pipes;
};

static u64 start_ns, end_ns;
static struct report *reports;
static u32 nr_reports;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static u64 clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static u64 now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static u64 draw(struct task *t, const struct span *span)
{
	return rng_between(&t->rng, span->min_ns, span->max_ns);
}

static void compute(u64 ns)
{
	u64 until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		for (volatile int i = 0; i < 500; i++)
			;
}

static void sleep_until(struct task *t, u64 time_ns)
{
	struct timespec ts = { time_ns / NSEC_PER_SEC, time_ns % NSEC_PER_SEC };

	if (time_ns <= now_ns())
		return;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	histogram_add(&t->report->wakeup, now_ns() - time_ns);
}

/* Messages carry the release of their frame, and when they were sent. */
struct message {
	u64 release_ns, sent_ns;
};

static void send_to(struct task *t, u32 index, u64 release_ns)
{
	struct message m = { release_ns, now_ns() };

	if (write(t->pipes[index][1], &m, sizeof(m)) != sizeof(m))
		exit(0);
}

static u64 receive(struct task *t)
{
	struct pollfd fd = { .fd = t->pipes[t->index][0], .events = POLLIN };
	bool waits = !poll(&fd, 1, 0);
	struct message m;

	if (read(fd.fd, &m, sizeof(m)) != sizeof(m))
		exit(0);
	if (waits)
		histogram_add(&t->report->wakeup, now_ns() - m.sent_ns);
	return m.release_ns;
}

static void frame_done(struct task *t, u64 release_ns)
{
	u64 ns = now_ns() - release_ns;

	histogram_add(&t->report->frame, ns);
	t->report->frames++;
	t->report->frames_late += ns > t->w->every.max_ns;
}

/* --- What each kind does, for ever --------------------------------------------------------------
 */

static void do_loop(void)
{
	for (;;)
		compute(NSEC_PER_MSEC);
}

static void do_periodic(struct task *t, u64 release_ns)
{
	for (;; release_ns += draw(t, &t->w->every)) {
		sleep_until(t, release_ns);
		compute(draw(t, &t->w->run));
		frame_done(t, release_ns);
	}
}

static void do_burst(struct task *t)
{
	for (;;) {
		compute(draw(t, &t->w->run));
		sleep_until(t, now_ns() + draw(t, &t->w->sleep));
	}
}

static void do_yield(struct task *t)
{
	for (;;) {
		compute(draw(t, &t->w->run));
		sched_yield();
	}
}

static void do_pingpong(struct task *t)
{
	if (!t->index)
		send_to(t, 0, 0);
	for (;; t->report->jobs++) {
		receive(t);
		compute(draw(t, &t->w->run));
		send_to(t, 1 - t->index, 0);
	}
}

static void do_chain(struct task *t, u64 release_ns)
{
	for (;; release_ns += t->w->every.min_ns) {
		if (!t->index)
			sleep_until(t, release_ns);
		else
			release_ns = receive(t);
		compute(draw(t, &t->w->run));
		if (t->index + 1 < t->nr_pipes)
			send_to(t, t->index + 1, release_ns);
		else
			frame_done(t, release_ns);
	}
}

static void do_messages(struct task *t)
{
	const struct workload *w = t->w;
	u32 i, answered = 0;

	for (; t->index < w->senders;) {
		for (i = 0; i < w->receivers; i++) {
			compute(draw(t, &w->run));
			send_to(t, w->senders + i, 0);
		}
		for (i = 0; i < w->receivers; i++)
			receive(t);
	}
	for (;; t->report->jobs++) {
		receive(t);
		compute(draw(t, &w->run));
		send_to(t, answered++ % w->senders, 0);
	}
}

/* A child of fork or build; what it does is not reported but for being done. */
static void start_child(struct task *t)
{
	u64 left_ns = draw(t, &t->w->run), chunk_ns;

	if (fork())
		return;
	for (; left_ns; left_ns -= chunk_ns) {
		chunk_ns = t->w->kind == WORK_FORK
				   ? left_ns
				   : rng_between(&t->rng, NSEC_PER_MSEC, 20 * NSEC_PER_MSEC);
		chunk_ns = chunk_ns < left_ns ? chunk_ns : left_ns;
		compute(chunk_ns);
		if (t->w->kind == WORK_BUILD && chunk_ns < left_ns)
			usleep(draw(t, &t->w->sleep) / NSEC_PER_USEC);
	}
	_exit(0);
}

static void do_fork(struct task *t)
{
	for (;;) {
		compute(50 * NSEC_PER_USEC);
		start_child(t);
		sleep_until(t, now_ns() + draw(t, &t->w->every));
		while (waitpid(-1, NULL, WNOHANG) > 0)
			t->report->jobs++;
	}
}

static void do_build(struct task *t)
{
	u32 running = 0;

	for (;; running--, t->report->jobs++) {
		for (; running < t->w->jobs; running++) {
			compute(50 * NSEC_PER_USEC);
			start_child(t);
		}
		wait(NULL);
	}
}

/* --- Starting them ------------------------------------------------------------------------------
 */

static void listed_cpus(const struct workload *w, cpu_set_t *set)
{
	int cpu;

	CPU_ZERO(set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (w->cpus[cpu / 64] >> (cpu % 64) & 1)
			CPU_SET(cpu, set);
	}
}

static void set_affinity(const struct task *t)
{
	const struct workload *w = t->w;
	bool each = w->each_cpu || w->kind == WORK_KTHREAD || w->kind == WORK_RT;
	cpu_set_t set;

	if (!each && !w->has_cpus)
		return;
	listed_cpus(w, &set);
	if (each)
		CPU_SET(t->copy % sysconf(_SC_NPROCESSORS_ONLN), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static void set_class(const struct task *t)
{
	struct sched_param param = { .sched_priority = 1 };

	prctl(PR_SET_TIMERSLACK, 1);
	if (t->w->nice && setpriority(PRIO_PROCESS, 0, t->w->nice))
		die("setpriority");
	if (t->w->kind == WORK_RT && sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
}

static void run_task(struct task *t)
{
	const struct workload *w = t->w;
	u64 period = w->every.max_ns ? w->every.max_ns : w->sleep.max_ns;
	u64 release_ns = start_ns + w->start_ns + rng_below(&t->rng, period);
	struct timespec ts = { release_ns / NSEC_PER_SEC, release_ns % NSEC_PER_SEC };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_affinity(t);
	set_class(t);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	switch (w->kind) {
	case WORK_LOOP:
		do_loop();
		break;
	case WORK_PERIODIC:
		do_periodic(t, release_ns);
		break;
	case WORK_BURST:
	case WORK_KTHREAD:
	case WORK_RT:
		do_burst(t);
		break;
	case WORK_YIELD:
		do_yield(t);
		break;
	case WORK_PINGPONG:
		do_pingpong(t);
		break;
	case WORK_CHAIN:
		do_chain(t, release_ns);
		break;
	case WORK_MESSAGES:
		do_messages(t);
		break;
	case WORK_FORK:
		do_fork(t);
		break;
	case WORK_BUILD:
		do_build(t);
		break;
	case WORK_HOTPLUG:
	case NR_WORKLOAD_KINDS:
		break;
	}
}

static void start_copy(const struct workload *w, u32 line, u32 copy, u64 seed)
{
	int(*pipes)[2] = calloc(GROUP_MAX, sizeof(*pipes));
	struct task t = { .w = w, .copy = copy, .pipes = pipes, .nr_pipes = workload_tasks(w) };
	pid_t pid;
	u32 i;

	if (!pipes || t.nr_pipes > GROUP_MAX || nr_reports + t.nr_pipes > TASKS_MAX) {
		fprintf(stderr, "scenario: too many tasks\n");
		exit(1);
	}
	for (i = 0; t.nr_pipes > 1 && i < t.nr_pipes; i++) {
		if (pipe(pipes[i]))
			die("pipe");
	}
	for (i = 0; i < t.nr_pipes; i++) {
		t.index = i;
		t.report = &reports[nr_reports];
		t.rng = rng_stream(seed, 1000 + nr_reports);
		t.report->line = line;
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			setpgid(0, 0);
			run_task(&t);
			_exit(0);
		}
		setpgid(pid, pid);
		t.report->pid = pid;
		nr_reports++;
	}
	for (i = 0; t.nr_pipes > 1 && i < t.nr_pipes; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	free(pipes);
}

/* With their children: each is a process group. */
static void stop_all(void)
{
	struct rusage usage;
	u32 i;

	for (i = 0; i < nr_reports; i++)
		kill(-reports[i].pid, SIGSTOP);
	for (i = 0; i < nr_reports; i++)
		kill(-reports[i].pid, SIGKILL);
	for (i = 0; i < nr_reports; i++) {
		if (wait4(reports[i].pid, NULL, 0, &usage) < 0)
			continue;
		reports[i].cpu_ns = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
				    (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	}
}

static void add_histogram(struct histogram *sum, const struct histogram *h)
{
	u32 i;

	sum->nr += h->nr;
	sum->max_ns = h->max_ns > sum->max_ns ? h->max_ns : sum->max_ns;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum->bucket[i] += h->bucket[i];
}

static void print_histogram(const char *what, const struct histogram *h)
{
	printf(" %s %llu %llu %llu %llu %llu", what, h->nr, histogram_percentile(h, 50) / 1000,
	       histogram_percentile(h, 95) / 1000, histogram_percentile(h, 99) / 1000,
	       h->max_ns / 1000);
}

static void print_line(const struct workload *w, u32 line)
{
	struct report *sum = calloc(1, sizeof(*sum));
	u32 i;

	if (!sum)
		die("calloc");
	for (i = 0; i < nr_reports; i++) {
		if (reports[i].line != line)
			continue;
		add_histogram(&sum->wakeup, &reports[i].wakeup);
		add_histogram(&sum->frame, &reports[i].frame);
		sum->frames += reports[i].frames;
		sum->frames_late += reports[i].frames_late;
		sum->jobs += reports[i].jobs;
		sum->cpu_ns += reports[i].cpu_ns;
	}
	printf("%s cpu_ms %llu", w->name, sum->cpu_ns / NSEC_PER_MSEC);
	print_histogram("wakeup_us", &sum->wakeup);
	print_histogram("frame_us", &sum->frame);
	printf(" late %llu of %llu jobs %llu\n", sum->frames_late, sum->frames, sum->jobs);
	free(sum);
}

static void read_scenario(const char *file, struct scenario *scenario)
{
	static char text[1 << 16];
	char err[200];
	FILE *in = fopen(file, "r");

	if (!in)
		die(file);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	if (scenario_parse(text, file, scenario, err, sizeof(err))) {
		fprintf(stderr, "scenario: %s\n", err);
		exit(2);
	}
}

/* The processes whose affinity changes. */
static void find_rebindings(const struct scenario *scenario, struct outside *outside)
{
	u32 i;

	outside->rebindings = calloc(nr_reports + 1, sizeof(*outside->rebindings));
	if (!outside->rebindings)
		die("calloc");
	for (i = 0; i < nr_reports; i++) {
		const struct workload *w = &scenario->workloads[reports[i].line];
		struct rebinding *r = &outside->rebindings[outside->nr_rebindings];

		if (!w->rebind.max_ns || w->each_cpu) /* one CPU is all there is */
			continue;
		*r = (struct rebinding){ .pid = reports[i].pid, .workload = w };
		if (w->has_cpus)
			listed_cpus(w, &r->all);
		else if (sched_getaffinity(0, sizeof(r->all), &r->all))
			die("sched_getaffinity");
		outside->nr_rebindings++;
	}
}

int main(int argc, char **argv)
{
	struct scenario scenario;
	struct outside outside = { .scenario = &scenario };
	u64 seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	u32 i, copy, copies;

	if (argc < 3) {
		fprintf(stderr, "usage: scenario FILE SECONDS [SEED]\n");
		return 2;
	}
	read_scenario(argv[1], &scenario);
	reports = mmap(NULL, TASKS_MAX * sizeof(*reports), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reports == MAP_FAILED)
		die("mmap");
	start_ns = now_ns() + 300 * NSEC_PER_MSEC;
	end_ns = start_ns + atoi(argv[2]) * NSEC_PER_SEC;
	for (i = 0; i < scenario.nr_workloads; i++) {
		const struct workload *w = &scenario.workloads[i];

		copies = w->copies;
		if (w->kind == WORK_KTHREAD || w->kind == WORK_RT)
			copies *= sysconf(_SC_NPROCESSORS_ONLN);
		for (copy = 0; w->kind != WORK_HOTPLUG && copy < copies; copy++)
			start_copy(w, i, copy, seed);
	}
	setpriority(PRIO_PROCESS, 0, -20);
	outside.rng = rng_stream(seed, 3);
	outside.start_ns = start_ns;
	outside.end_ns = end_ns;
	find_rebindings(&scenario, &outside);
	if (outside_until_end(&outside))
		die("cannot switch a CPU");
	stop_all();
	free(outside.rebindings);
	for (i = 0; i < scenario.nr_workloads; i++) {
		if (scenario.workloads[i].kind != WORK_HOTPLUG)
			print_line(&scenario.workloads[i], i);
	}
	scenario_free(&scenario);
	return 0;
}
