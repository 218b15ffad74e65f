/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scheduler that does what a scheduler should not, for the tests of libscxu.
 *
 *	misbehave sleep MS [EVERY_MS]   sleeps in schedule(), by default every 3 seconds
 *	misbehave spin MS [EVERY_MS]    computes instead
 *	misbehave forget N              never decides for every Nth task
 *	misbehave hoard MS              little room for tasks; keeps what comes for MS, then hands
 *	                                all back at once
 *	misbehave block                 never comes back from its 100th round
 *	misbehave not                   behaves, and says how many tasks ended
 *	misbehave any                   behaves, and leaves every CPU open
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scxu.h"

/* With room for so many tasks, the ring to us holds 48, the one from us only 46 decisions. */
#define HOARD_TASKS 46

static const char *fault;
static struct scxu_queue hoard;
static uint64_t ms, every_ms = 3000, rounds, tasks, next_ns, ended;

static void sleep_ms(uint64_t n)
{
	struct timespec time = { .tv_sec = n / 1000, .tv_nsec = n % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void spin_ms(uint64_t n)
{
	uint64_t end_ns = scxu_now_ns() + n * SCXU_NSEC_PER_MSEC;

	while (scxu_now_ns() < end_ns)
		;
}

static int due(void)
{
	uint64_t now_ns = scxu_now_ns();

	if (now_ns < next_ns)
		return 0;
	next_ns = now_ns + (every_ms + ms) * SCXU_NSEC_PER_MSEC;
	return 1;
}

static void misbehave(void)
{
	if (!strcmp(fault, "sleep") && due())
		sleep_ms(ms);
	else if (!strcmp(fault, "spin") && due())
		spin_ms(ms);
	else if (!strcmp(fault, "block") && ++rounds == 100)
		pause();
}

/* While it sleeps, the ring to it fills; then there is more to say than the ring from it holds. */
static void collect(struct scxu *s)
{
	struct scxu_task *t;

	while ((t = scxu_dequeue(s)))
		scxu_queue_push(&hoard, t);
	sleep_ms(ms);
	while ((t = scxu_queue_pop(&hoard)))
		scxu_dispatch(s, t);
}

static void schedule(struct scxu *s)
{
	struct scxu_task *t;

	misbehave();
	if (!strcmp(fault, "hoard"))
		collect(s);
	while ((t = scxu_dequeue(s))) {
		if (!strcmp(fault, "forget") && !(++tasks % ms)) {
			scxu_drop(s, t);
			continue;
		}
		if (strcmp(fault, "any"))
			t->cpu = scxu_select_cpu(s, t);
		scxu_dispatch(s, t);
	}
}

static void task_exit(struct scxu *s, int32_t pid)
{
	(void)s;
	ended += pid > 0;
}

static void report_ended(struct scxu *s, FILE *stream)
{
	(void)s;
	fprintf(stream, "%llu tasks have ended\n", (unsigned long long)ended);
	fflush(stream);
}

int main(int argc, char **argv)
{
	struct scxu_ops ops = { .name = "misbehave", .schedule = schedule, .report_s = 1 };

	if (argc < 2)
		return 2;
	fault = argv[1];
	ms = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	every_ms = argc > 3 ? strtoul(argv[3], NULL, 10) : every_ms;
	if (!strcmp(fault, "hoard"))
		ops.max_tasks = HOARD_TASKS;
	if (!strcmp(fault, "not")) {
		ops.flags = SCXU_F_EXIT_EVENTS;
		ops.task_exit = task_exit;
		ops.report = report_ended;
	}
	next_ns = scxu_now_ns() + SCXU_NSEC_PER_SEC;
	return scxu_run(&ops) ? 1 : 0;
}
