/* SPDX-License-Identifier: GPL-2.0-only */
#include "governor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/*
 * Shares of the highest speed and of its power: Hi3660 (HiKey 960), the energy costs that Linaro's
 * kernels for it carry (arch/arm64/boot/dts/hisilicon/hi3660-sched-energy.dtsi). A73 at 0.9 to 2.36
 * GHz, for the most powerful kind: 243 500 804 1161 2200 at a capacity of 354 559 710 831 1024; A53
 * at 0.53 to 1.4 GHz, for all others: 28 70 124 at 133 250 351.
 */
static const struct clock_level big_levels[] = {
	{ 354, 113 }, { 559, 233 }, { 710, 374 }, { 831, 540 }, { CLOCK_FULL, 1024 },
};
static const struct clock_level small_levels[] = {
	{ 388, 231 },
	{ 729, 578 },
	{ CLOCK_FULL, 1024 },
};
#define NR_LEVELS_OF(levels) (sizeof(levels) / sizeof((levels)[0]))

/*
 * rate_limit_us where a driver names none, and with amd-pstate; intel_pstate in passive mode has
 * 0.5 or, with HWP, 5 ms.
 */
#define RATE_LIMIT_NS NSEC_PER_MSEC

static const char *const names[NR_GOVERNORS] = { "hardware", "schedutil" };

const char *sim_governor_name(enum sim_governor type)
{
	return names[type];
}

bool sim_governor_find(const char *name, enum sim_governor *type)
{
	for (u32 i = 0; i < NR_GOVERNORS; i++) {
		if (strcmp(name, names[i]))
			continue;
		*type = i;
		return true;
	}
	return false;
}

/* --- Clocks --------------------------------------------------------------------------------------
 */

static bool shares_clock(const struct sim_cpu *a, const struct sim_cpu *b)
{
	return a->core == b->core || (a->topo->l2 >= 0 && a->topo->l2 == b->topo->l2);
}

static void set_levels(const struct sim *sim, struct clock_domain *clock)
{
	bool big = clock->cpus[0]->topo->kind == sim->topo->nr_kinds - 1;

	clock->levels = big ? big_levels : small_levels;
	clock->nr_levels = big ? NR_LEVELS_OF(big_levels) : NR_LEVELS_OF(small_levels);
	clock->level = clock->nr_levels - 1;
}

int governor_init(struct sim *sim, enum sim_governor type)
{
	struct governor *g = &sim->governor;
	int i, k, nr = sim->topo->nr_cpus, clocks = 0, filled = 0;

	g->type = type;
	if (type == GOVERNOR_HARDWARE)
		return 0;
	g->clocks = calloc(nr, sizeof(*g->clocks));
	g->cpus = calloc(nr, sizeof(*g->cpus));
	if (!g->clocks || !g->cpus)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		struct sim_cpu *c = sim_cpu(sim, sim->topo->cpus[i].cpu);
		struct clock_domain *clock = &g->clocks[clocks];

		if (c->governor.clock)
			continue;
		clock->cpus = &g->cpus[filled];
		for (k = i; k < nr; k++) {
			struct sim_cpu *other = sim_cpu(sim, sim->topo->cpus[k].cpu);

			if (other->governor.clock || !shares_clock(c, other))
				continue;
			other->governor.clock = clock;
			clock->cpus[clock->nr_cpus++] = other;
		}
		filled += clock->nr_cpus;
		set_levels(sim, clock);
		clocks++;
	}
	return 0;
}

void governor_free(struct sim *sim)
{
	free(sim->governor.clocks);
	free(sim->governor.cpus);
}

static u32 speed_of(const struct clock_domain *clock)
{
	return clock->levels[clock->level].speed;
}

static bool is_busy(const struct sim_cpu *c)
{
	return c->state == CPU_RUNS || c->state == CPU_TAKEN;
}

/* Accounts for the time since the last call, in which the CPU was busy or not. */
static void settle(struct sim *sim, struct sim_cpu *c, bool busy)
{
	struct governor_cpu *g = &c->governor;
	struct governor_stats *stats = &sim->governor.stats[c->topo->kind];
	u64 ns = sim->now_ns - g->used.now_ns;

	if (c->curr)
		utilisation_ran(&c->curr->governor.used, sim->now_ns, c->capacity_now);
	if (!busy) {
		utilisation_rested(&g->used, sim->now_ns);
		return;
	}
	utilisation_ran(&g->used, sim->now_ns, c->capacity_now);
	stats->busy_ns += ns;
	stats->full_ns += ns * speed_of(g->clock) / CLOCK_FULL;
}

static void set_level(struct sim *sim, struct clock_domain *clock, u32 level)
{
	const struct clock_level *to = &clock->levels[level];

	for (u32 i = 0; i < clock->nr_cpus; i++) {
		struct sim_cpu *c = clock->cpus[i];

		power_set_level(&sim->power, c, to->power, sim->now_ns);
		cpu_set_clock(sim, c, to->speed);
	}
	clock->level = level;
	clock->changed_ns = sim->now_ns;
	sim->governor.nr_changes++;
}

/* --- schedutil -----------------------------------------------------------------------------------
 */

/* Of 1024 of the CPU's own full speed, with the headroom. */
static u32 wanted_speed(const struct sim *sim, const struct sim_cpu *c)
{
	const struct governor_cpu *g = &c->governor;
	u32 used = utilisation_of(&g->used), wish = g->wish;

	if (c->state == CPU_OFFLINE)
		return 0;
	if (sim->policy->is_fair_class)
		wish = (used > g->expected ? used : g->expected) * CLOCK_FULL / c->topo->capacity;
	return wish + wish / 4;
}

static void update(struct sim *sim, struct clock_domain *clock)
{
	u32 i, wanted = 0, level = 0;

	if (clock->changed_ns && sim->now_ns - clock->changed_ns < RATE_LIMIT_NS)
		return;
	for (i = 0; i < clock->nr_cpus; i++) {
		u32 speed;

		settle(sim, clock->cpus[i], is_busy(clock->cpus[i]));
		speed = wanted_speed(sim, clock->cpus[i]);
		wanted = speed > wanted ? speed : wanted;
	}
	while (level < clock->nr_levels - 1 && clock->levels[level].speed < wanted)
		level++;
	if (level != clock->level)
		set_level(sim, clock, level);
}

/* cpufreq_update_util() of the fair class. */
static void fair_update(struct sim *sim, struct sim_cpu *c)
{
	if (sim->policy->is_fair_class)
		update(sim, c->governor.clock);
}

void governor_wish(struct sim *sim, u32 cpu, u32 utilisation)
{
	struct sim_cpu *c = sim_cpu(sim, cpu);

	if (!c->governor.clock)
		return;
	/* scx_bpf_cpuperf_set() ends a scheduler that does either. */
	if (utilisation > CLOCK_FULL)
		sim_breach(sim, "CPU %u was asked for a speed of %u", cpu, utilisation);
	if (cpu != sim->this_cpu)
		sim_breach(sim, "CPU %u set the speed of CPU %u", sim->this_cpu, cpu);
	c->governor.wish = utilisation;
	update(sim, c->governor.clock);
}

u32 governor_speed(const struct sim *sim, u32 cpu)
{
	const struct clock_domain *clock = sim->cpus[cpu].governor.clock;

	return clock ? speed_of(clock) : CLOCK_FULL;
}

void governor_begin(struct sim *sim)
{
	for (u32 i = 0; i < sim->nr_cpu_ids; i++)
		sim->cpus[i].governor.wish = CLOCK_FULL;
}

void governor_switch(struct sim *sim, struct sim_cpu *c, bool was_busy)
{
	if (c->governor.clock)
		settle(sim, c, was_busy);
}

/* --- Tasks ---------------------------------------------------------------------------------------
 */

static void count_task(struct sim *sim, struct task_struct *p, u32 cpu)
{
	struct governor_task *g = &p->governor;

	if (g->counted && g->cpu == cpu)
		return;
	if (g->counted)
		sim->cpus[g->cpu].governor.expected -= g->expected;
	g->cpu = cpu;
	g->counted = true;
	sim->cpus[cpu].governor.expected += g->expected;
}

void governor_wake(struct sim *sim, struct task_struct *p)
{
	struct sim_cpu *c = sim_cpu(sim, p->cpu);

	if (!c->governor.clock)
		return;
	if (p->ran_on == NOT_CPU) {
		p->governor.expected = c->topo->capacity / 2;
		p->governor.used.value = p->governor.expected * (UTILISATION_ALL / 1024);
		p->governor.used.now_ns = sim->now_ns;
	}
	count_task(sim, p, p->cpu);
	fair_update(sim, c);
}

void governor_start(struct sim *sim, struct sim_cpu *c, struct task_struct *p)
{
	if (!c->governor.clock)
		return;
	count_task(sim, p, c->cpu);
	utilisation_rested(&p->governor.used, sim->now_ns);
	fair_update(sim, c);
}

void governor_tick(struct sim *sim, struct sim_cpu *c)
{
	if (!c->governor.clock)
		return;
	settle(sim, c, is_busy(c));
	fair_update(sim, c);
}

void governor_stop(struct sim *sim, struct sim_cpu *c)
{
	if (c->governor.clock)
		settle(sim, c, is_busy(c));
}

/* As util_est_update(): up at once, down by a quarter of the difference. */
void governor_sleep(struct sim *sim, struct task_struct *p)
{
	struct sim_cpu *c = sim_cpu(sim, p->cpu);
	u32 used;

	if (!c->governor.clock)
		return;
	settle(sim, c, is_busy(c));
	if (p->governor.counted)
		sim->cpus[p->governor.cpu].governor.expected -= p->governor.expected;
	p->governor.counted = false;
	used = utilisation_of(&p->governor.used);
	if (p->governor.expected <= used)
		p->governor.expected = used;
	else
		p->governor.expected -= (p->governor.expected - used) / 4;
	fair_update(sim, c);
}
