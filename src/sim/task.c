/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waking tasks and putting them into queues, as try_to_wake_up(), enqueue_task_scx() and
 * direct_dispatch() do: select_cpu first, then enqueue unless select_cpu has put the task on the
 * CPU that it returned. Where the task was put it arrives a little later (TASK_LANDING), with the
 * runqueue of its CPU locked meanwhile, so that other CPUs see a task counted but not there yet.
 */
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "workload.h"

bool task_may_run(const struct sim *sim, const struct task_struct *p, u32 cpu)
{
	if (cpu >= sim->nr_cpu_ids || !cpu_set_has(&sim->online, cpu))
		return false;
	return !p->allowed || cpu_set_has(p->allowed, cpu);
}

u32 task_nr_allowed(const struct sim *sim, const struct task_struct *p)
{
	return p->allowed ? p->allowed->nr : sim->nr_everywhere;
}

/* Words of affinity that no machine of this size uses are left out: caches are small. */
static size_t task_size(const struct sim *sim)
{
	return offsetof(struct task_struct, ctx.allowed) + sim->task_words * sizeof(u64);
}

/* A place in the table of tasks: one that is free again, or a new one. */
static struct task_struct *task_alloc(struct sim *sim)
{
	struct task_struct *p = sim->free_tasks, **tasks;
	u32 capacity;

	if (p) {
		sim->free_tasks = p->local_next;
		return p;
	}
	if (sim->nr_tasks == sim->task_capacity) {
		capacity = sim->task_capacity ? 2 * sim->task_capacity : 64;
		tasks = realloc(sim->tasks, capacity * sizeof(*tasks));
		if (!tasks)
			return NULL;
		sim->tasks = tasks;
		sim->task_capacity = capacity;
	}
	if (event_queue_resize(&sim->events, sim->nr_cpu_ids * CPU_TIMERS + sim->task_capacity))
		return NULL;
	p = malloc(task_size(sim));
	if (!p)
		return NULL;
	p->id = sim->nr_tasks;
	sim->tasks[sim->nr_tasks++] = p;
	return p;
}

/*
 * A task that sleeps; wake it to start it. It is the policy's from now on. NULL: no memory, or far
 * too many tasks.
 */
struct task_struct *task_new(struct sim *sim, const struct workload *w, u32 cpu,
			     const struct cpu_set *allowed)
{
	struct task_struct *p = task_alloc(sim);
	u32 id;

	if (!p) {
		sim_breach(sim, "no room for another task");
		return NULL;
	}
	id = p->id;
	memset(p, 0, task_size(sim));
	p->id = id;
	p->cpu = cpu;
	p->weight = w->weight;
	p->allowed = allowed;
	p->undecided = true;
	p->ran_on = NOT_CPU;
	p->program.workload = w;
	p->program.rng = rng_stream(sim->seed, 1000 + sim->nr_created++);
	task_begin(sim, p);
	return p;
}

/* The policy gets to know the task. */
void task_begin(struct sim *sim, struct task_struct *p)
{
	memset(p->model, 0, sizeof(p->model));
	memset(&p->ctx, 0, task_size(sim) - offsetof(struct task_struct, ctx));
	p->known = false;
	if (sim->policy->init_task)
		sim->policy->init_task(p);
	sim->policy->enable(p);
}

void task_exit(struct sim *sim, struct task_struct *p)
{
	struct group_stats *group = &sim->groups[p->program.workload - sim->workloads];

	group->cpu_time_ns += p->cpu_time_ns;
	group->work += p->work_done;
	sim->stats.work += p->work_done;
	p->state = TASK_DEAD;
	if (p->program.group) /* others may still send to it */
		return;
	p->local_next = sim->free_tasks;
	sim->free_tasks = p;
}

/* --- Putting it somewhere ------------------------------------------------------------------------
 */

static bool may_insert(struct task_struct *p)
{
	if (p->insertion.where == INSERT_NONE && p->state != TASK_WAITING)
		return true;
	sim_breach(sim_current, "task %u put into a queue twice", p->id);
	return false;
}

void sim_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns)
{
	if (!may_insert(p))
		return;
	p->insertion =
		(struct insertion){ .where = INSERT_LOCAL, .cpu = cpu, .slice_ns = slice_ns };
}

void sim_insert_next(struct task_struct *p, u64 slice_ns)
{
	if (!may_insert(p))
		return;
	p->insertion =
		(struct insertion){ .where = INSERT_NEXT, .cpu = p->cpu, .slice_ns = slice_ns };
}

void sim_insert_dsq(struct task_struct *p, struct dsq *dsq, u64 slice_ns, u64 vtime_ns)
{
	if (!may_insert(p))
		return;
	p->insertion = (struct insertion){
		.where = INSERT_DSQ, .dsq = dsq, .slice_ns = slice_ns, .vtime_ns = vtime_ns
	};
}

static void start_landing(struct sim *sim, struct task_struct *p)
{
	struct sim_cpu *c = sim_cpu(sim, p->cpu);

	p->state = TASK_LANDING;
	c->locked_ns = sim->now_ns + sim->cost->land_ns;
	event_queue_set(&sim->events, timer_of_task(sim, p), c->locked_ns);
}

void task_enqueue(struct sim *sim, struct task_struct *p, u32 enq)
{
	p->immediate = false;
	p->state = TASK_SLEEPING; /* nowhere */
	if (p->insertion.where == INSERT_NONE) {
		sim->stats.enqueues++;
		sim->policy->enqueue(p, enq | ENV_ENQ_QUEUEING);
	}
	if (p->insertion.where == INSERT_NONE)
		sim_breach(sim, "task %u lost: enqueue put it nowhere", p->id);
	else
		start_landing(sim, p);
}

static void land_in_dsq(struct sim *sim, struct task_struct *p, const struct insertion *to)
{
	dsq_insert(to->dsq, &p->node, to->vtime_ns);
	if (sim->wait_is_bounded)
		violation_note_load(sim, p);
	p->state = TASK_WAITING;
	violation_waits(sim, p, true);
}

static void land_on_cpu(struct sim *sim, struct task_struct *p, const struct insertion *to)
{
	if (!task_may_run(sim, p, to->cpu)) {
		sim_breach(sim, "task %u put on CPU %u, which it may not use", p->id, to->cpu);
		task_enqueue(sim, p, 0);
		return;
	}
	p->cpu = to->cpu;
	if (to->where == INSERT_NEXT)
		cpu_local_queue(sim, sim_cpu(sim, to->cpu), p);
	else
		cpu_local_add(sim, sim_cpu(sim, to->cpu), p);
}

void task_land(struct sim *sim, struct task_struct *p)
{
	struct insertion to = p->insertion;
	struct sim_cpu *c = sim_cpu(sim, p->cpu);

	p->insertion.where = INSERT_NONE;
	if (to.slice_ns)
		p->slice_ns = to.slice_ns;
	else if (!p->slice_ns)
		p->slice_ns = 1;
	if (to.where == INSERT_DSQ)
		land_in_dsq(sim, p, &to);
	else
		land_on_cpu(sim, p, &to);
	/* wakeup_preempt(): an idle CPU whose runqueue gets a task schedules. */
	if (c->state == CPU_IDLE && to.wakes)
		cpu_resched(sim, c, sim->cost->ipi_ns);
}

static u32 select_cpu(struct sim *sim, struct task_struct *p)
{
	u32 prev_cpu = p->cpu;
	s32 cpu = prev_cpu;

	if (task_nr_allowed(sim, p) > 1)
		cpu = sim->policy->select_cpu(p, prev_cpu, ENV_ENQ_WAKEUP);
	if (cpu >= 0 && task_may_run(sim, p, cpu))
		return cpu;
	if (cpu != (s32)prev_cpu)
		sim_breach(sim, "task %u woken on CPU %d, which it may not use", p->id, cpu);
	p->insertion.where = INSERT_NONE;
	task_find_cpu(sim, p);
	return p->cpu;
}

/*
 * waker_cpu: where the code that wakes it runs. A new task is woken by select_cpu, but then
 * enqueued without the flag for it, as wake_up_new_task() does.
 */
void task_wake(struct sim *sim, struct task_struct *p, u32 waker_cpu)
{
	u32 before = sim->this_cpu;

	if (p->state != TASK_SLEEPING)
		return;
	sim->this_cpu = waker_cpu;
	sim->stats.wakeups++;
	p->woken_ns = p->ready_ns = sim->now_ns;
	p->wakeup_latency_due = p->ran_on != NOT_CPU; /* starting is not waking up */
	p->cpu = select_cpu(sim, p);
	governor_wake(sim, p);
	if (p->insertion.where == INSERT_LOCAL)
		p->insertion.cpu = p->cpu;
	task_enqueue(sim, p, p->fresh ? 0 : ENV_ENQ_WAKEUP);
	p->insertion.wakes = true;
	p->fresh = false;
	sim->this_cpu = before;
	cpu_overhead(sim, sim_cpu(sim, waker_cpu), sim->cost->wakeup_ns);
}

/* What a new stay on a CPU means for the task: its latency, and the cost of cold caches. */
void task_ran_from(struct sim *sim, struct task_struct *p, struct sim_cpu *c)
{
	struct group_stats *group = &sim->groups[p->program.workload - sim->workloads];
	enum topo_level level;
	u64 wait_ns = sim->now_ns - p->ready_ns;

	if (p->ran_on != NOT_CPU && p->ran_on != c->cpu) {
		level = cpu_distance(sim_cpu(sim, p->ran_on), c);
		sim->stats.migrations[level]++;
		if (!p->known) /* the policy does not know either */
			sim->before.migrations[level]++;
		c->progress_ns += sim->cost->migrate_ns[level];
	}
	p->ran_on = c->cpu;
	p->known = true;
	if (wait_ns > sim->stats.longest_wait_ns)
		sim->stats.longest_wait_ns = wait_ns;
	if (!p->wakeup_latency_due)
		return;
	p->wakeup_latency_due = false;
	histogram_add(&sim->stats.wakeup, c->progress_ns - p->woken_ns);
	histogram_add(&group->wakeup, c->progress_ns - p->woken_ns);
}

/* The first task of a queue that may run on the CPU, taken out; NULL: there is none. */
struct task_struct *task_take(struct sim *sim, struct dsq *dsq, u32 cpu)
{
	struct dsq_node *n;

	for (n = dsq->first; n; n = n->next) {
		struct task_struct *p = task_of_node(n);

		if (!task_may_run(sim, p, cpu))
			continue;
		violation_waits(sim, p, false);
		if (n->next && (s64)(n->next->vtime_ns - n->vtime_ns) < 0)
			sim_breach(sim, "a queue is out of order at task %u", p->id);
		dsq_remove(n);
		return p;
	}
	return NULL;
}
