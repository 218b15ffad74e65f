// SPDX-License-Identifier: GPL-2.0-only
/*
 *	placement NAME COMMAND [ARGUMENT]...
 *
 * Runs a command, without showing its output, and counts in the kernel's scheduling events what
 * needs no clock, as results NAME_...: idle violations, which is the time during which a CPU was
 * idle that a waiting task might have used (each wake-up adds the few microseconds that it takes);
 * migrations, by the smallest part of the machine that holds both CPUs; how long CPUs were idle.
 */
#include "lib/measure.h"
#include "src/sched_event.h"
#include "src/tracefs.h"
#include "bpf/intf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CPUS    64
#define MAX_PID	    65536
#define KIB_PER_CPU 16384

static const char *const level_names[NR_LEVELS] = { "core", "l2", "llc", "node", "machine" };

/* Upper limits of idle times, in us; the last has none. */
static const uint64_t idle_limits_us[] = { 100, 1000, 10000, UINT64_MAX };
#define NR_IDLE_LIMITS (sizeof(idle_limits_us) / sizeof(idle_limits_us[0]))

struct task {
	uint64_t allowed; /* CPUs, as a mask; 0: all */
	int last_cpu;	  /* -1: not seen running yet */
	bool waiting, running;
};

static struct task tasks[MAX_PID];
static int nr_cpus; /* numbered without holes, as in the benchmark's machines */
static enum topo_level levels[MAX_CPUS][MAX_CPUS];
static uint32_t waiting[MAX_PID];
static int nr_waiting;
static uint64_t idle_cpus, seen_cpus;
static uint64_t idle_since_us[MAX_CPUS];
static uint64_t violation_since_us, violation_us, longest_us; /* since 0: there is none */
static uint64_t nr_moves[NR_LEVELS], nr_idles[NR_IDLE_LIMITS];

/* Only those that live long are found, as threads of the kernel do: what is bound is one of them.
 */
static void note_affinity(int pid)
{
	cpu_set_t set;

	if (pid >= MAX_PID || sched_getaffinity(pid, sizeof(set), &set))
		return;
	tasks[pid].allowed = 0;
	for (int cpu = 0; cpu < MAX_CPUS; cpu++)
		tasks[pid].allowed |= (uint64_t) !!CPU_ISSET(cpu, &set) << cpu;
}

static void note_affinities(void)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");

	while (proc && (entry = readdir(proc)))
		if (atoi(entry->d_name) > 0)
			note_affinity(atoi(entry->d_name));
	if (proc)
		closedir(proc);
}

static bool violated(void)
{
	for (int i = 0; idle_cpus && i < nr_waiting; i++)
		if (!tasks[waiting[i]].allowed || tasks[waiting[i]].allowed & idle_cpus)
			return true;
	return false;
}

static void account_violation(uint64_t now_us)
{
	uint64_t length_us = now_us - violation_since_us;
	bool now = violated();

	if (now == !!violation_since_us)
		return;
	violation_since_us = now ? now_us : 0;
	if (now)
		return;
	violation_us += length_us;
	longest_us = length_us > longest_us ? length_us : longest_us;
}

static void set_waiting(uint32_t pid, bool waits)
{
	int i = 0;

	if (tasks[pid].waiting == waits)
		return;
	tasks[pid].waiting = waits;
	if (waits) {
		waiting[nr_waiting++] = pid;
		return;
	}
	while (waiting[i] != pid)
		i++;
	waiting[i] = waiting[--nr_waiting];
}

static void account_idle(uint64_t us)
{
	unsigned int i = 0;

	while (us >= idle_limits_us[i])
		i++;
	nr_idles[i]++;
}

static void read_cpu_file(int cpu, const char *name, char *text, size_t size)
{
	char path[128];
	FILE *file;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/%s", cpu, name);
	file = fopen(path, "r");
	if (file && !fgets(text, size, file))
		text[0] = '\0';
	if (file)
		fclose(file);
}

/* Whether a file of both CPUs names the same set of CPUs. */
static bool same_set(int a, int b, const char *name)
{
	char set_a[256], set_b[256];

	read_cpu_file(a, name, set_a, sizeof(set_a));
	read_cpu_file(b, name, set_b, sizeof(set_b));
	return set_a[0] && !strcmp(set_a, set_b);
}

static int node_of(int cpu)
{
	char path[128];

	for (int node = 0; node < MAX_CPUS; node++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/node%d", cpu, node);
		if (!access(path, F_OK))
			return node;
	}
	return 0;
}

/* Read here, as nothing that is under development may have an influence on what is measured. */
static enum topo_level find_level(int a, int b)
{
	if (same_set(a, b, "topology/thread_siblings_list"))
		return LEVEL_CORE;
	if (same_set(a, b, "cache/index2/shared_cpu_list"))
		return LEVEL_L2;
	if (same_set(a, b, "cache/index3/shared_cpu_list"))
		return LEVEL_LLC;
	return node_of(a) == node_of(b) ? LEVEL_NODE : LEVEL_MACHINE;
}

static void find_levels(void)
{
	nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (nr_cpus > MAX_CPUS)
		nr_cpus = MAX_CPUS;
	for (int a = 0; a < nr_cpus; a++)
		for (int b = 0; b < nr_cpus; b++)
			levels[a][b] = find_level(a, b);
}

static void runs(uint32_t pid, int cpu)
{
	struct task *task = &tasks[pid];

	set_waiting(pid, false);
	task->running = true;
	if (task->last_cpu >= 0 && task->last_cpu != cpu)
		nr_moves[levels[task->last_cpu][cpu]]++;
	task->last_cpu = cpu;
}

static void take_switch(const struct sched_event *e)
{
	uint64_t mask = 1ULL << e->cpu;

	if (e->prev_pid) {
		tasks[e->prev_pid].running = false;
		tasks[e->prev_pid].last_cpu = e->cpu;
		set_waiting(e->prev_pid, e->prev_ready);
	} else if (seen_cpus & mask) {
		account_idle(e->time_us - idle_since_us[e->cpu]);
	}
	seen_cpus |= mask;
	idle_cpus = e->pid ? idle_cpus & ~mask : idle_cpus | mask;
	idle_since_us[e->cpu] = e->time_us;
	if (e->pid)
		runs(e->pid, e->cpu);
}

static void take(const struct sched_event *e)
{
	if (e->pid >= MAX_PID || e->prev_pid >= MAX_PID || (int)e->cpu >= nr_cpus)
		return;
	if (e->type == EVENT_SWITCH)
		take_switch(e);
	else if (e->type == EVENT_WOKEN && !tasks[e->pid].running)
		set_waiting(e->pid, true);
	account_violation(e->time_us);
}

static void run(char **command)
{
	int status;

	if (!start_child()) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execvp(command[0], command);
		fail(command[0]);
	}
	if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		fail(command[0]);
}

static void check(int err, const char *what)
{
	if (err) {
		fprintf(stderr, "placement: %s: %s\n", what, strerror(-err));
		exit(1);
	}
}

/* All CPUs but ours are idle at the start, as nothing else is asked of the machine. */
static void record(struct tracefs *fs, char **command)
{
	for (int cpu = 0; cpu < nr_cpus; cpu++)
		idle_cpus |= 1ULL << cpu;
	idle_cpus &= ~(1ULL << sched_getcpu());
	check(tracefs_open(fs, KIB_PER_CPU), "tracefs");
	check(tracefs_enable(fs, "sched/sched_wakeup"), "sched_wakeup");
	check(tracefs_enable(fs, "sched/sched_wakeup_new"), "sched_wakeup_new");
	note_affinities();
	check(tracefs_start(fs), "tracing");
	run(command);
	check(tracefs_stop(fs), "tracing");
	check(tracefs_lost(fs) ? -ENOSPC : 0, "events");
	note_affinities();
}

static void print(const char *name, const char *what, double value)
{
	char text[128];

	snprintf(text, sizeof(text), "%s_%s", name, what);
	result(text, value);
}

static void report(const char *name)
{
	char what[64];

	print(name, "violation_ms", violation_us / 1e3);
	print(name, "violation_longest_ms", longest_us / 1e3);
	for (int i = 0; i < NR_LEVELS; i++) {
		snprintf(what, sizeof(what), "moves_%s", level_names[i]);
		print(name, what, nr_moves[i]);
	}
	for (unsigned int i = 0; i < NR_IDLE_LIMITS; i++) {
		snprintf(what, sizeof(what), "idles_%u", i);
		print(name, what, nr_idles[i]);
	}
}

int main(int argc, char **argv)
{
	struct sched_event event;
	struct tracefs fs;
	size_t size = 0;
	char *line = NULL;
	FILE *events;

	if (argc < 3) {
		fprintf(stderr, "usage: placement NAME COMMAND [ARGUMENT]...\n");
		return 2;
	}
	find_levels();
	for (int i = 0; i < MAX_PID; i++)
		tasks[i].last_cpu = -1;
	record(&fs, argv + 2);
	events = tracefs_events(&fs);
	while (events && getline(&line, &size, events) > 0)
		if (sched_event_parse(line, &event))
			take(&event);
	if (events)
		fclose(events);
	tracefs_close(&fs);
	free(line);
	report(argv[1]);
	return 0;
}
