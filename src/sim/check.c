/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "check.h"
#include "policy.h"

/* Runs on one CPU, which agrees; or is on the one queue where it says it is. */
static void check_task(struct sim *sim, struct task_struct *p)
{
	const struct sim_cpu *c = sim_cpu(sim, p->cpu);
	bool queued = p->node.dsq;

	if ((p->state == TASK_RUNNING) != (c->curr == p))
		sim_breach(sim, "task %u: running or not is unclear", p->id);
	if ((p->state == TASK_WAITING) != queued)
		sim_breach(sim, "task %u: queued or not is unclear", p->id);
	if (p->state == TASK_WAITING || p->state == TASK_LOCAL)
		violation_check(sim, p);
	if (p->state == TASK_SLEEPING && p->insertion.where != INSERT_NONE)
		sim_breach(sim, "task %u sleeps and is put into a queue", p->id);
}

static void check_cpu_time(struct sim *sim)
{
	u64 total = 0, available = (u64)sim->topo->nr_cpus * sim->now_ns;
	u32 i;

	for (i = 0; i < sim->nr_workloads; i++)
		total += sim->groups[i].cpu_time_ns;
	if (total > available)
		sim_breach(sim, "%llu ns of CPU time used of %llu ns", total, available);
}

static void check_queues(struct sim *sim)
{
	u32 i;

	for (i = 0; sim->domain_dsqs && i < sim->layout.conf.nr_domains; i++) {
		if (!dsq_sound(&sim->domain_dsqs[i]))
			sim_breach(sim, "the queue of domain %u is out of order", i);
	}
	for (i = 0; sim->cpu_dsqs && i < sim->nr_cpu_ids; i++) {
		if (!dsq_sound(&sim->cpu_dsqs[i]))
			sim_breach(sim, "the queue of CPU %u is out of order", i);
	}
}

static u64 counted(const struct sim *sim, enum topo_stat stat)
{
	u64 sum = 0;
	u32 kind;

	for (kind = 0; kind < TOPO_MAX_KINDS; kind++)
		sum += sim->kind_stats[kind].count[stat];
	return sum;
}

static void check_counter(struct sim *sim, const char *what, u64 policy, u64 machine)
{
	if (policy != machine)
		sim_breach(sim, "%s: the policy counted %llu, the machine %llu", what, policy,
			   machine);
}

/* What the shipped policy has counted, against what the machine saw. */
static void check_counters(struct sim *sim)
{
	u32 level;

	check_counter(sim, "switches", counted(sim, STAT_RUN_SWITCH),
		      sim->stats.switches - sim->before.switches);
	check_counter(sim, "tasks moved to a CPU",
		      counted(sim, STAT_DSP_CPU) + counted(sim, STAT_DSP_DOMAIN) +
			      counted(sim, STAT_DSP_WARM) + counted(sim, STAT_DSP_STEAL_NODE) +
			      counted(sim, STAT_DSP_STEAL_MACHINE),
		      sim->stats.moves - sim->before.moves);
	check_counter(sim, "tasks enqueued",
		      counted(sim, STAT_ENQ_IDLE) + counted(sim, STAT_ENQ_DOMAIN) +
			      counted(sim, STAT_ENQ_CPU) + counted(sim, STAT_ENQ_WARM) +
			      counted(sim, STAT_ENQ_NEXT) + counted(sim, STAT_ENQ_STAY),
		      sim->stats.enqueues - sim->before.enqueues);
	check_counter(sim, "kicks", counted(sim, STAT_KICK_IDLE) + counted(sim, STAT_KICK_PREEMPT),
		      sim->stats.kicks - sim->before.kicks);
	for (level = 0; level < NR_LEVELS; level++)
		check_counter(sim, "migrations", counted(sim, STAT_RUN_MIGRATE_CORE + level),
			      sim->stats.migrations[level] - sim->before.migrations[level]);
	check_counter(sim, "tasks without a context", counted(sim, STAT_BAD_TASK), 0);
	check_counter(sim, "CPUs without a context", counted(sim, STAT_BAD_CPU), 0);
}

/* Tasks that a line counts are those that are in its queue, bound for it, or just taken from it. */
static void check_lines(struct sim *sim)
{
	u64 counts = 0, waiting = 0;
	u32 i;

	for (i = 0; i < sim->layout.conf.nr_domains; i++)
		counts += (u32)sim->layout.domains[i].line;
	for (i = 0; i < sim->layout.conf.nr_cpu_ids; i++)
		counts += (u32)sim->layout.cpus[i].line;
	for (i = 0; i < sim->nr_tasks; i++)
		waiting += sim->tasks[i]->ctx.queue != QUEUE_NONE;
	check_counter(sim, "tasks in line", counts, waiting);
	for (i = 0; i < sim->nr_tasks; i++) {
		struct task_struct *p = sim->tasks[i];

		if (p->state == TASK_WAITING && p->ctx.queue == QUEUE_NONE)
			sim_breach(sim, "task %u waits and is not counted", p->id);
		if (p->state == TASK_SLEEPING && p->ctx.queue != QUEUE_NONE)
			sim_breach(sim, "task %u sleeps and is counted as waiting", p->id);
	}
}

/* A domain's load is the weight of the tasks that compete there. */
static void check_load(struct sim *sim)
{
	u64 domains = 0, tasks = 0;
	u32 i;

	for (i = 0; i < sim->layout.conf.nr_domains; i++)
		domains += sim->layout.domains[i].load;
	for (i = 0; i < sim->nr_tasks; i++) {
		const struct task_struct *p = sim->tasks[i];

		tasks += p->ctx.load;
		if ((p->state == TASK_SLEEPING || p->state == TASK_DEAD) && p->ctx.load)
			sim_breach(sim, "task %u is not there and adds to a load", p->id);
	}
	check_counter(sim, "load", domains, tasks);
}

void check_policy(struct sim *sim)
{
	check_queues(sim);
	if (!sim->policy->shipped)
		return;
	check_counters(sim);
	check_lines(sim);
	check_load(sim);
}

/* What is expected of each CPU is what its tasks that are awake are expected to use. */
static void check_governor(struct sim *sim)
{
	u64 expected = 0, tasks = 0;
	u32 i;

	for (i = 0; i < sim->nr_cpu_ids; i++)
		expected += sim->cpus[i].governor.expected;
	for (i = 0; i < sim->nr_tasks; i++) {
		const struct task_struct *p = sim->tasks[i];

		if (p->state != TASK_DEAD && p->governor.counted)
			tasks += p->governor.expected;
	}
	if (expected != tasks)
		sim_breach(sim, "the governor expects %llu of its CPUs, their tasks are %llu",
			   expected, tasks);
}

void check_end(struct sim *sim)
{
	u32 i;

	violation_settle(sim);
	for (i = 0; i < sim->nr_tasks; i++) {
		struct task_struct *p = sim->tasks[i];

		if (p->state == TASK_DEAD)
			continue;
		if (p->state == TASK_RUNNING)
			cpu_settle(sim, sim_cpu(sim, p->cpu));
		check_task(sim, p);
		workload_account(sim, p);
	}
	check_cpu_time(sim);
	check_governor(sim);
	check_policy(sim);
	power_finish(&sim->power, sim->now_ns);
}
