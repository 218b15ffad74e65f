/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "shrink.h"

/* A copy with scenario lines of its own. */
static struct test_case copy_case(const struct test_case *test)
{
	struct test_case copy = *test;
	size_t size = test->scenario.nr_workloads * sizeof(*test->scenario.workloads);

	copy.scenario.workloads = malloc(size);
	if (!copy.scenario.workloads)
		abort();
	memcpy(copy.scenario.workloads, test->scenario.workloads, size);
	return copy;
}

static u32 count_cpus(const struct test_case *test)
{
	u32 i, cpus = 1;

	for (i = 0; i < LEVELS; i++)
		cpus *= test->arity[i];
	return cpus;
}

/* Affinities have to stay inside a machine that has become smaller. */
static bool affinities_fit(const struct test_case *test)
{
	u32 i, cpu;

	for (i = 0; i < test->scenario.nr_workloads; i++) {
		const struct workload *w = &test->scenario.workloads[i];

		for (cpu = count_cpus(test); w->has_cpus && cpu < TOPO_MAX_CPUS; cpu++) {
			if (w->cpus[cpu / 64] >> (cpu % 64) & 1)
				return false;
		}
	}
	return true;
}

/* Takes the candidate if it still fails. */
static bool accept(struct test_case *test, struct test_case *candidate,
		   const struct sim_policy *policy, char *breach)
{
	char text[BREACH_TEXT_MAX];

	if (affinities_fit(candidate) && run_case(candidate, policy, NULL, text)) {
		strcpy(breach, text);
		test_case_free(test);
		*test = *candidate;
		return true;
	}
	test_case_free(candidate);
	return false;
}

static void drop_line(struct scenario *s, u32 line)
{
	s->nr_workloads--;
	memmove(&s->workloads[line], &s->workloads[line + 1],
		(s->nr_workloads - line) * sizeof(*s->workloads));
}

static bool fewer_lines(struct test_case *test, const struct sim_policy *policy, char *breach)
{
	struct test_case candidate;
	u32 i;

	for (i = 0; test->scenario.nr_workloads > 1 && i < test->scenario.nr_workloads; i++) {
		candidate = copy_case(test);
		drop_line(&candidate.scenario, i);
		if (accept(test, &candidate, policy, breach))
			return true;
	}
	return false;
}

/* One thing about a line made simpler; false: there is no such thing to simplify. */
static bool simplify(struct workload *w, u32 what)
{
	struct workload before = *w;

	if (w->kind == WORK_HOTPLUG && what != 4)
		return false;
	switch (what) {
	case 0:
		w->copies = (w->copies + 1) / 2;
		break;
	case 1:
		w->copies -= w->copies > 1;
		break;
	case 2:
		w->nice = 0;
		w->weight = 100;
		break;
	case 3:
		w->start_ns = 0;
		break;
	case 4:
		w->end_ns = 0;
		break;
	case 5:
		w->run.max_ns = w->run.min_ns;
		w->sleep.max_ns = w->sleep.min_ns;
		w->every.max_ns = w->every.min_ns;
		break;
	case 6:
		w->has_cpus = w->each_cpu = false;
		memset(w->cpus, 0, sizeof(w->cpus));
		break;
	case 7:
		w->rebind = (struct span){ 0 };
		break;
	}
	return memcmp(&before, w, sizeof(before));
}

static bool simpler_lines(struct test_case *test, const struct sim_policy *policy, char *breach)
{
	struct test_case candidate;
	u32 i, what;

	for (i = 0; i < test->scenario.nr_workloads; i++) {
		for (what = 0; what < 8; what++) {
			candidate = copy_case(test);
			if (!simplify(&candidate.scenario.workloads[i], what))
				test_case_free(&candidate);
			else if (accept(test, &candidate, policy, breach))
				return true;
		}
	}
	return false;
}

static bool smaller_machine(struct test_case *test, const struct sim_policy *policy, char *breach)
{
	struct test_case candidate;
	u32 i;

	for (i = 0; i < LEVELS + 2; i++) {
		candidate = copy_case(test);
		if (i < LEVELS)
			candidate.arity[i] = (candidate.arity[i] + 1) / 2;
		else if (i == LEVELS)
			candidate.kinds = 1;
		else
			candidate.duration_ns = candidate.duration_ns * 3 / 4;
		if (!memcmp(candidate.arity, test->arity, sizeof(test->arity)) &&
		    candidate.kinds == test->kinds && candidate.duration_ns == test->duration_ns)
			test_case_free(&candidate);
		else if (accept(test, &candidate, policy, breach))
			return true;
	}
	return false;
}

void shrink(struct test_case *test, const struct sim_policy *policy, char *breach)
{
	while (fewer_lines(test, policy, breach) || smaller_machine(test, policy, breach) ||
	       simpler_lines(test, policy, breach))
		;
}
