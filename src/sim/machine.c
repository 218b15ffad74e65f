/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "policy.h"
#include "trace.h"

_Thread_local struct sim *sim_current;

void sim_breach(struct sim *sim, const char *format, ...)
{
	u32 nr = sim->nr_breaches++;
	va_list args;
	int n;

	if (nr >= MAX_BREACHES)
		return;
	n = snprintf(sim->breach[nr], BREACH_TEXT_MAX,
		     "at %llu.%06llu ms: ", sim->now_ns / NSEC_PER_MSEC,
		     sim->now_ns % NSEC_PER_MSEC);
	va_start(args, format);
	vsnprintf(sim->breach[nr] + n, BREACH_TEXT_MAX - n, format, args);
	va_end(args);
}

/* --- Making a machine ----------------------------------------------------------------------------
 */

static int make_set(struct cpu_set *set, u32 nr_cpu_ids)
{
	set->bits = calloc((nr_cpu_ids + 63) / 64, sizeof(u64));
	return set->bits ? 0 : -ENOMEM;
}

static void add_to_set(struct cpu_set *set, u32 cpu)
{
	set->bits[cpu / 64] |= 1ULL << (cpu % 64);
	set->nr++;
}

static int make_cpu(struct sim *sim, const struct topo_cpu *topo)
{
	struct sim_cpu *c = &sim->cpus[topo->cpu];

	c->topo = c->seen = topo;
	c->state = CPU_IDLE;
	violation_idle_begins(sim, c);
	c->core = &sim->cores[topo->core];
	c->speed = c->capacity_now = topo->capacity;
	c->core->cpus[c->core->nr_cpus++] = c;
	power_cpu_init(&sim->power, topo, &c->power);
	add_to_set(&sim->online, topo->cpu);
	if (make_set(&sim->one_cpu[topo->cpu], sim->nr_cpu_ids))
		return -ENOMEM;
	add_to_set(&sim->one_cpu[topo->cpu], topo->cpu);
	return 0;
}

static int make_cpus(struct sim *sim)
{
	const struct topo *topo = sim->topo;
	int i, err;

	TAILQ_INIT(&sim->idling);
	TAILQ_INIT(&sim->rested);
	sim->cpus = calloc(sim->nr_cpu_ids, sizeof(*sim->cpus));
	sim->cores = calloc(topo->nr_cores, sizeof(*sim->cores));
	sim->threads = calloc((size_t)topo->nr_cores * topo->smt_width, sizeof(*sim->threads));
	sim->one_cpu = calloc(sim->nr_cpu_ids, sizeof(*sim->one_cpu));
	sim->idle_bits = calloc((sim->nr_cpu_ids + 63) / 64, sizeof(u64));
	if (!sim->cpus || !sim->cores || !sim->threads || !sim->one_cpu || !sim->idle_bits ||
	    make_set(&sim->online, sim->nr_cpu_ids) || power_init(&sim->power, topo))
		return -ENOMEM;
	for (i = 0; i < (int)sim->nr_cpu_ids; i++)
		sim->cpus[i].cpu = i;
	for (i = 0; i < topo->nr_cores; i++)
		sim->cores[i].cpus = &sim->threads[i * topo->smt_width];
	for (i = 0; i < topo->nr_cpus; i++) {
		err = make_cpu(sim, &topo->cpus[i]);
		if (err)
			return err;
	}
	return event_queue_resize(&sim->events, sim->nr_cpu_ids * CPU_TIMERS + 64);
}

/* Up to 5 % off: another seed is another machine of the same type, not the same one again. */
static void draw_costs(struct sim *sim)
{
	u64 *costs[] = { &sim->cost_drawn.tick_ns, &sim->cost_drawn.switch_ns,
			 &sim->cost_drawn.wakeup_ns, &sim->cost_drawn.ipi_ns };
	struct rng rng = rng_stream(sim->seed, 2);
	size_t i;

	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		*costs[i] = *costs[i] * rng_between(&rng, 950, 1050) / 1000;
	sim->tick_phase_ns = rng_below(&rng, sim->cost->tick_period_ns);
}

/*
 * Each CPU looks for work when a scheduler begins, as the kernel has it do; a policy that wants to
 * be told of idle CPUs is told.
 */
void sim_begin_idle(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->topo->nr_cpus; i++) {
		struct sim_cpu *c = sim_cpu(sim, sim->topo->cpus[i].cpu);

		if (c->state != CPU_IDLE)
			continue;
		sim->this_cpu = c->cpu;
		if (sim->policy->update_idle)
			sim->policy->update_idle(c->cpu, true);
		else
			sim->policy->dispatch(c->cpu, NULL);
		violation_cpu(sim, c, true);
	}
}

/* With hotplug, other layouts come that may need more, as their domains are packed otherwise. */
static u32 words_of_tasks(const struct sim *sim)
{
	u32 words = sim->layout.conf.nr_words, i;

	for (i = 0; i < sim->nr_workloads; i++) {
		if (sim->workloads[i].kind == WORK_HOTPLUG)
			words = words < TOPO_MAX_WORDS / 2 ? 2 * words + 2 : TOPO_MAX_WORDS;
	}
	return words < TOPO_MAX_WORDS ? words : TOPO_MAX_WORDS;
}

int sim_create(struct sim *sim, const struct sim_setup *setup, char *err, size_t err_size)
{
	int ret;

	memset(sim, 0, sizeof(*sim));
	snprintf(err, err_size, "out of memory");
	sim->topo = sim->seen = setup->topo;
	sim->policy = sim->chosen = setup->policy;
	sim->load_topo = setup->load_topo;
	sim->load_context = setup->load_context;
	sim->cost_drawn = *setup->cost;
	sim->cost = &sim->cost_drawn;
	sim->mode = setup->mode;
	sim->no_energy = setup->no_energy;
	sim->explain = setup->explain;
	sim->seed = setup->seed;
	sim->end_ns = setup->duration_ns;
	sim->workloads = setup->workloads;
	sim->nr_workloads = setup->nr_workloads;
	sim->nr_cpu_ids = setup->topo->nr_cpu_ids;
	sim->nr_everywhere = setup->topo->nr_cpus;
	sim->rng = rng_stream(sim->seed, 1);
	sim->groups = calloc(sim->nr_workloads, sizeof(*sim->groups));
	sim->allowed = calloc(sim->nr_workloads, sizeof(*sim->allowed));
	sim_current = sim;
	if (!sim->groups || !sim->allowed)
		return -ENOMEM;
	ret = make_cpus(sim);
	if (ret)
		return ret;
	ret = governor_init(sim, setup->governor);
	if (ret)
		return ret;
	draw_costs(sim);
	governor_begin(sim);
	ret = sim->policy->init(sim);
	if (ret)
		return ret;
	sim->task_words = words_of_tasks(sim);
	sim_begin_idle(sim);
	ret = workload_start(sim, err, err_size);
	return ret ? ret : outside_start(sim, err, err_size);
}

static void free_cpus(struct sim *sim)
{
	u32 i;

	for (i = 0; sim->cpus && i < sim->nr_cpu_ids; i++)
		free(sim->cpus[i].kicks);
	for (i = 0; sim->one_cpu && i < sim->nr_cpu_ids; i++)
		free(sim->one_cpu[i].bits);
	free(sim->cpus);
	free(sim->cores);
	free(sim->threads);
	free(sim->one_cpu);
	free(sim->idle_bits);
	free(sim->online.bits);
	free(sim->partly);
}

void sim_free(struct sim *sim)
{
	u32 i;

	sim_current = sim;
	if (sim->policy && sim->policy->exit)
		sim->policy->exit(sim);
	outside_stop(sim);
	workload_stop(sim);
	for (i = 0; i < sim->nr_tasks; i++)
		free(sim->tasks[i]);
	free(sim->tasks);
	free_cpus(sim);
	free(sim->groups);
	free(sim->allowed);
	event_queue_free(&sim->events);
	power_free(&sim->power);
	governor_free(sim);
	topo_free(sim->reduced);
	memset(sim, 0, sizeof(*sim));
}

/* --- Running it ----------------------------------------------------------------------------------
 */

static void cpu_event(struct sim *sim, u32 timer)
{
	struct sim_cpu *c = sim_cpu(sim, timer / CPU_TIMERS);

	sim->this_cpu = c->cpu;
	switch (timer % CPU_TIMERS) {
	case TIMER_WORK:
		cpu_work_done(sim, c);
		break;
	case TIMER_TICK:
		cpu_tick(sim, c);
		break;
	case TIMER_RESCHED:
		cpu_schedule(sim, c);
		break;
	case TIMER_KICK:
		cpu_kicks_arrive(sim, c);
		break;
	case TIMER_TURN:
		turns_next(sim);
		break;
	}
}

static void task_event(struct sim *sim, struct task_struct *p)
{
	sim->this_cpu = sim_alive(sim, p->cpu);
	if (p->state == TASK_LANDING)
		task_land(sim, p);
	else if (p->state == TASK_SLEEPING)
		workload_timer(sim, p);
}

/* True: the CPU concerned has to wait for its turn, and the timer with it. */
static bool waits_for_turn(struct sim *sim, u32 timer, u32 first_task)
{
	const struct task_struct *p = timer < first_task ? NULL : sim->tasks[timer - first_task];

	if (!sim->cost->takes_turns || (p && p->state != TASK_SLEEPING) ||
	    (!p && timer % CPU_TIMERS == TIMER_TURN))
		return false;
	return turns_defer(sim, timer, p ? p->cpu : timer / CPU_TIMERS);
}

/* Readings of the energy controller that are due by then. */
static void read_until(struct sim *sim, u64 time_ns)
{
	while (sim->steering && sim->steering->next_ns && sim->steering->next_ns < time_ns) {
		sim->now_ns = sim->steering->next_ns;
		sim_steering_read(sim);
	}
}

/* What comes from outside before the next event of the machine; then there may be another. */
static bool outside_until(struct sim *sim, u64 time_ns)
{
	if (sim->outside.next_ns > time_ns || sim->outside.next_ns >= sim->end_ns)
		return false;
	read_until(sim, sim->outside.next_ns);
	sim->now_ns = sim->outside.next_ns;
	outside_happens(sim);
	return true;
}

int sim_run(struct sim *sim)
{
	u64 time_ns;
	u32 timer, first_task = sim->nr_cpu_ids * CPU_TIMERS;

	sim_current = sim;
	for (;;) {
		if (!event_queue_next(&sim->events, &time_ns))
			time_ns = sim->end_ns;
		if (outside_until(sim, time_ns))
			continue;
		if (time_ns >= sim->end_ns)
			break;
		event_queue_pop(&sim->events, &time_ns, &timer);
		read_until(sim, time_ns);
		sim->now_ns = time_ns;
		sim->stats.events++;
		if (waits_for_turn(sim, timer, first_task))
			continue;
		if (timer < first_task)
			cpu_event(sim, timer);
		else
			task_event(sim, sim->tasks[timer - first_task]);
	}
	sim->now_ns = sim->end_ns;
	check_end(sim);
	return sim->nr_breaches ? -EPROTO : 0;
}
