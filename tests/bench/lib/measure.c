// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static uint64_t thread_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

void burn_cpu_time(uint64_t ns)
{
	uint64_t end = thread_time_ns() + ns;

	while (thread_time_ns() < end)
		burn();
}

void sleep_until(uint64_t ns)
{
	const struct timespec time = { .tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void hog(struct worker *worker)
{
	(void)worker;
	while (working())
		burn();
}

struct worker *start_hogs(int nr)
{
	struct worker *hogs = make_workers(nr);

	for (int i = 0; i < nr; i++) {
		hogs[i].cpu = -1;
		start_worker(&hogs[i], hog);
	}
	return hogs;
}

void fail(const char *what)
{
	perror(what);
	exit(1);
}

pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

void wait_children(int nr)
{
	int status;

	while (nr--) {
		if (wait(&status) < 0)
			fail("wait");
		if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			fprintf(stderr, "a child failed: status %d\n", status);
			exit(1);
		}
	}
}

uint64_t migrations_of(pid_t pid)
{
	unsigned long long number = 0;
	char line[256], path[64] = "/proc/self/sched";
	bool found = false;
	FILE *file;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/sched", (int)pid);
	file = fopen(path, "r");
	if (!file)
		fail(path);
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "se.nr_migrations : %llu", &number) == 1;
	fclose(file);
	if (!found) {
		fprintf(stderr, "%s has no se.nr_migrations\n", path);
		exit(1);
	}
	return number;
}

void result(const char *name, double value)
{
	printf("%s %.15g\n", name, value);
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* The smallest sample that so many per cent do not exceed. */
static double quantile(const double *sorted, int nr, int percent)
{
	return sorted[(nr * percent + 99) / 100 - 1];
}

void result_samples(const char *name, double *samples, int nr)
{
	static const int percents[] = { 50, 95, 99 };
	char text[64];

	printf("samples %s", name);
	for (int i = 0; i < nr; i++)
		printf(" %.10g", samples[i]);
	printf("\n");
	qsort(samples, nr, sizeof(*samples), compare);
	for (unsigned int i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		snprintf(text, sizeof(text), "%s_p%d", name, percents[i]);
		result(text, quantile(samples, nr, percents[i]));
	}
	snprintf(text, sizeof(text), "%s_max", name);
	result(text, samples[nr - 1]);
}
