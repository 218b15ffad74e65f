/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Idle violations: a task waits in a queue although a CPU that it may use is idle, and no interrupt
 * is on its way to that CPU. The measure of work conservation, independent of any machine's speed.
 *
 * Counted in two ways: as time (tasks that wait so, but no more than there are idle CPUs), and as
 * the longest time that one task and one CPU missed each other.
 */
#include <stdlib.h>
#include <string.h>

#include "bpf/vtime.h"
#include "policy.h"

#define OVERLAP_MIN_NS (10 * NSEC_PER_USEC) /* less is the way of an interrupt */

static bool idle_allowed(const struct sim *sim, const struct task_struct *p)
{
	u32 i;

	for (i = 0; i < (sim->nr_cpu_ids + 63) / 64; i++) {
		if (p->allowed->bits[i] & sim->idle_bits[i])
			return true;
	}
	return false;
}

/* Adds the time since the last change of anything that counts. */
void violation_settle(struct sim *sim)
{
	u64 since = sim->violation_since_ns, nr = sim->nr_waiting_anywhere;
	u32 i;

	sim->violation_since_ns = sim->now_ns;
	if (!sim->nr_idle || since == sim->now_ns)
		return;
	nr += sim->nr_pinned_violations;
	for (i = 0; i < sim->nr_partly; i++)
		nr += idle_allowed(sim, sim->partly[i]);
	if (nr > sim->nr_idle)
		nr = sim->nr_idle;
	sim->stats.idle_violation_ns += nr * (sim->now_ns - since);
}

/* --- When CPUs were idle -------------------------------------------------------------------------
 *
 * Each CPU's last idle time, in two lists ordered by time, so that the few that can matter to a
 * wait are found without looking at all CPUs.
 */

static void forget_idle_time(struct sim_cpu *c)
{
	if (c->idle_times)
		TAILQ_REMOVE(c->idle_times, c, idle_entry);
	c->idle_times = NULL;
}

/* The CPU rests; one that is woken up rests until it gets there. */
void violation_idle_begins(struct sim *sim, struct sim_cpu *c)
{
	forget_idle_time(c);
	c->idle_from_ns = sim->now_ns;
	c->idle_to_ns = UINT64_MAX;
	c->idle_times = &sim->idling;
	TAILQ_INSERT_TAIL(c->idle_times, c, idle_entry);
}

void violation_idle_ends(struct sim *sim, struct sim_cpu *c)
{
	forget_idle_time(c);
	c->idle_to_ns = sim->now_ns;
	if (c->idle_to_ns - c->idle_from_ns <= sim->stats.longest_violation_ns)
		return;
	c->idle_times = &sim->rested;
	TAILQ_INSERT_HEAD(c->idle_times, c, idle_entry);
}

void violation_offline(struct sim *sim, struct sim_cpu *c)
{
	forget_idle_time(c);
	c->idle_from_ns = c->idle_to_ns = sim->now_ns;
}

/* The CPU can be given work, or no more: it has some, or an interrupt is on its way there. */
void violation_cpu(struct sim *sim, struct sim_cpu *c, bool idle)
{
	u64 bit = 1ULL << (c->cpu % 64), *word = &sim->idle_bits[c->cpu / 64];

	if (idle == !!(*word & bit))
		return;
	violation_settle(sim);
	*word ^= bit;
	sim->nr_idle += idle ? 1 : -1;
	if (!sim->nr_idle)
		sim->last_idle_ns = sim->now_ns;
	sim->nr_pinned_violations += idle ? c->nr_pinned_waiting : -c->nr_pinned_waiting;
}

static void partly_add(struct sim *sim, struct task_struct *p)
{
	u32 capacity = sim->partly_capacity ? 2 * sim->partly_capacity : 64;
	struct task_struct **partly = sim->partly;

	if (sim->nr_partly == sim->partly_capacity) {
		partly = realloc(partly, capacity * sizeof(*partly));
		if (!partly)
			return;
		sim->partly = partly;
		sim->partly_capacity = capacity;
	}
	sim->partly[sim->nr_partly++] = p;
}

static void partly_remove(struct sim *sim, struct task_struct *p)
{
	u32 i;

	for (i = 0; i < sim->nr_partly; i++) {
		if (sim->partly[i] != p)
			continue;
		sim->partly[i] = sim->partly[--sim->nr_partly];
		return;
	}
}

static void pinned_waits(struct sim *sim, struct task_struct *p, bool waits)
{
	struct sim_cpu *c = sim_cpu(sim, p->cpu);

	c->nr_pinned_waiting += waits ? 1 : -1;
	if (cpu_set_has(&(struct cpu_set){ .bits = sim->idle_bits }, c->cpu))
		sim->nr_pinned_violations += waits ? 1 : -1;
}

/* A task has come into a queue, or is leaving it. */
void violation_waits(struct sim *sim, struct task_struct *p, bool waits)
{
	violation_settle(sim);
	if (!p->allowed)
		sim->nr_waiting_anywhere += waits ? 1 : -1;
	else if (p->allowed->nr == 1)
		pinned_waits(sim, p, waits);
	else if (waits)
		partly_add(sim, p);
	else
		partly_remove(sim, p);
}

/* How long the task's wait and the CPU's last idle time overlap. */
static u64 overlap_ns(const struct sim *sim, const struct task_struct *p, const struct sim_cpu *c)
{
	u64 to = c->idle_to_ns < sim->now_ns ? c->idle_to_ns : sim->now_ns;
	u64 from = c->idle_from_ns > p->ready_ns ? c->idle_from_ns : p->ready_ns;

	if (from < p->allowed_ns)
		from = p->allowed_ns;
	return to > from ? to - from : 0;
}

static void check_overlap(struct sim *sim, const struct task_struct *p, const struct sim_cpu *c,
			  bool near)
{
	u64 *longest_ns =
		near ? &sim->stats.longest_near_violation_ns : &sim->stats.longest_violation_ns;
	u64 bound_ns = near ? sim->near_violation_bound_ns : sim->violation_bound_ns;
	u64 overlap = overlap_ns(sim, p, c);

	if (overlap > *longest_ns)
		*longest_ns = overlap;
	if (bound_ns && overlap > bound_ns)
		sim_breach(sim,
			   "task %u (%s) waited while CPU %u%s idled for %llu us of it, the bound "
			   "is %llu us",
			   p->id, sim_task_name(p), c->cpu, near ? " of its domain" : "",
			   overlap / 1000, bound_ns / 1000);
}

/* The domain in whose line the task waited; the shipped policy's tables say. */
static const struct domain *home_domain(const struct sim *sim, const struct task_struct *p)
{
	const struct layout *layout = &sim->layout;

	if (!sim->policy->shipped || p->ctx.queue == QUEUE_NONE)
		return NULL;
	if (p->ctx.queue == QUEUE_DOMAIN)
		return &layout->domains[p->ctx.queue_id];
	return &layout->domains[layout->cpus[p->ctx.queue_id].domain];
}

static void check_home(struct sim *sim, const struct task_struct *p, const struct domain *home)
{
	u32 i, slot;

	for (i = 0; i < home->nr_tiles; i++) {
		const struct tile *t = &sim->layout.tiles[home->first_tile + i];

		for (slot = 0; slot < TILE_SLOTS; slot++) {
			if ((t->slots >> slot & 1) && task_may_run(sim, p, t->cpu[slot]))
				check_overlap(sim, p, sim_cpu(sim, t->cpu[slot]), true);
		}
	}
}

/* Idle times that began or ended too late to overlap for longer than any did are left out. */
static void check_anywhere(struct sim *sim, const struct task_struct *p)
{
	const u64 *longest_ns = &sim->stats.longest_violation_ns;
	const struct sim_cpu *c;

	TAILQ_FOREACH(c, &sim->idling, idle_entry)
	{
		if (sim->now_ns - c->idle_from_ns <= *longest_ns)
			break;
		if (task_may_run(sim, p, c->cpu))
			check_overlap(sim, p, c, false);
	}
	TAILQ_FOREACH(c, &sim->rested, idle_entry)
	{
		if (c->idle_to_ns <= p->ready_ns + *longest_ns)
			break;
		if (task_may_run(sim, p, c->cpu))
			check_overlap(sim, p, c, false);
	}
}

void violation_note_load(struct sim *sim, const struct task_struct *p)
{
	u64 load = sim->policy->shipped ? sim->layout.domains[p->ctx.domain].load : 0;

	if (load > sim->peak_load)
		sim->peak_load = load;
}

/*
 * No starvation: how long the shipped policy may let a task wait.
 *
 * It lines up at most `lead` and `awake` after its domain's clock, and nobody lines up more than
 * `lag` before it. So once the clock has moved by the sum, which is 500 ms, everybody who comes is
 * behind it. The clock moves by the work of the CPUs that serve it, over the load: with four tasks
 * a CPU that takes 2 s. A task without affinity is served by all CPUs of its domain, as it would
 * not wait otherwise; others, say, by one. Those before it in line have a slice each that may last
 * up to a tick longer, and higher classes take less than half of the time.
 */
static u64 wait_bound_ns(const struct sim *sim, const struct task_struct *p)
{
	const struct topo_conf *conf = &sim->layout.conf;
	u64 slowest = sim->topo->kinds[0].capacity;
	u64 cpus = p->allowed ? 1 : sim->layout.domains[p->ctx.domain].nr_cpus;
	u64 spread_ns = 2 * conf->lag_max_ns + conf->awake_max_ns; /* the lead is no longer */
	u64 slice_ns = conf->slice_max_ns + sim->cost->tick_period_ns;

	return 2 * (slice_ns + spread_ns * sim->peak_load / WEIGHT_NICE0 / cpus * 1024 / slowest);
}

static void check_wait(struct sim *sim, const struct task_struct *p, u64 wait_ns)
{
	u64 bound_ns = wait_bound_ns(sim, p);
	u32 percent = wait_ns * 100 / bound_ns;

	if (percent > sim->stats.longest_wait_percent)
		sim->stats.longest_wait_percent = percent;
	if (wait_ns > bound_ns)
		sim_breach(sim, "task %u (%s) waited %llu us, the bound is %llu us", p->id,
			   sim_task_name(p), wait_ns / 1000, bound_ns / 1000);
}

/*
 * A task's wait is over: was it too long, and was there an idle CPU for too much of it? That is
 * only looked for when the wait is longer than any overlap so far.
 */
void violation_check(struct sim *sim, struct task_struct *p)
{
	const struct domain *home = home_domain(sim, p);
	u64 wait_ns = sim->now_ns - p->ready_ns;

	if (sim->wait_is_bounded && sim->policy->shipped)
		check_wait(sim, p, wait_ns);
	if (wait_ns < OVERLAP_MIN_NS || (!sim->nr_idle && sim->last_idle_ns <= p->ready_ns))
		return;
	if (home && wait_ns > sim->stats.longest_near_violation_ns)
		check_home(sim, p, home);
	if (wait_ns > sim->stats.longest_violation_ns)
		check_anywhere(sim, p);
}
