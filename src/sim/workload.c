/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of tasks. A task that runs and has nothing in hand takes a step: it may wake and
 * make others, and then computes, sleeps, yields or exits. `program.step` says what it has just
 * done; 0: it begins, or woke.
 */
#include "policy.h"
#include "workload.h"

#define LOOP_NS	       NSEC_PER_SEC	    /* of a loop: how often it comes back here */
#define FORK_PARENT_NS (50 * NSEC_PER_USEC) /* what a parent computes for a child */
#define BUILD_CHUNK_NS (10 * NSEC_PER_MSEC) /* a build job sleeps, for I/O, about so often */
#define STEPS_AT_ONCE  100000		    /* without time passing: the program hangs */

const char *sim_task_name(const struct task_struct *p)
{
	return p->program.workload->name;
}

static u64 draw(struct task_struct *p, const struct span *span)
{
	return rng_between(&p->program.rng, span->min_ns, span->max_ns);
}

static enum workload_does computes(struct task_struct *p, u64 ns)
{
	p->work_left = ns * WORK_PER_NS;
	return WORKLOAD_RUNS;
}

static enum workload_does sleeps_until(struct sim *sim, struct task_struct *p, u64 time_ns)
{
	p->program.needs = 0; /* no messages, but the time */
	p->program.due_ns = time_ns;
	event_queue_set(&sim->events, timer_of_task(sim, p), time_ns);
	turns_yield(sim, p->cpu, time_ns);
	return WORKLOAD_SLEEPS;
}

/* A message to a task, which wakes if it sleeps for it. */
static void signal_task(struct sim *sim, struct task_struct *from, struct task_struct *to)
{
	struct program *prog = &to->program;

	prog->tokens++;
	if (to->state == TASK_SLEEPING && prog->needs && prog->tokens >= prog->needs)
		task_wake(sim, to, from->cpu);
}

/* Takes messages, or sleeps until they are there. */
static bool receive(struct task_struct *p, u32 nr)
{
	if (p->program.tokens < nr) {
		p->program.needs = nr;
		return false;
	}
	p->program.needs = 0;
	p->program.tokens -= nr;
	return true;
}

static struct group_stats *group_of(struct sim *sim, const struct task_struct *p)
{
	return &sim->groups[p->program.workload - sim->workloads];
}

static void job_done(struct sim *sim, struct task_struct *p)
{
	sim->stats.jobs++;
	group_of(sim, p)->jobs++;
}

/* A frame was released then and is done now. */
static void frame_done(struct sim *sim, struct task_struct *p, u64 release_ns)
{
	struct group_stats *group = group_of(sim, p);
	u64 ns = sim->now_ns - release_ns;
	bool late = ns > p->program.workload->every.max_ns;

	histogram_add(&sim->stats.frame, ns);
	histogram_add(&group->frame, ns);
	sim->stats.frames++;
	group->frames++;
	sim->stats.frames_late += late;
	group->frames_late += late;
}

static enum workload_does step_periodic(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;

	if (prog->step) {
		frame_done(sim, p, prog->release_ns);
		prog->next_ns += draw(p, &prog->workload->every);
		prog->step = 0;
		if (prog->next_ns > sim->now_ns)
			return sleeps_until(sim, p, prog->next_ns);
	}
	prog->step = 1;
	prog->release_ns = prog->next_ns;
	return computes(p, draw(p, &prog->workload->run));
}

static enum workload_does step_burst(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;

	prog->step = !prog->step;
	if (prog->step)
		return computes(p, draw(p, &prog->workload->run));
	return sleeps_until(sim, p, sim->now_ns + draw(p, &prog->workload->sleep));
}

static enum workload_does step_pingpong(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;

	if (prog->step) {
		prog->step = 0;
		signal_task(sim, p, prog->peer);
		job_done(sim, p);
	}
	if (!receive(p, 1))
		return WORKLOAD_SLEEPS;
	prog->step = 1;
	return computes(p, draw(p, &prog->workload->run));
}

/* The first of a chain works by the clock, the others by messages; frames stay in order. */
static enum workload_does step_chain(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;
	bool first = !prog->index, last = !prog->peer;
	u64 every_ns = prog->workload->every.min_ns;

	if (prog->step) {
		prog->step = 0;
		if (last)
			frame_done(sim, p, prog->release_ns);
		else
			signal_task(sim, p, prog->peer);
		prog->release_ns += every_ns;
	}
	if (first && prog->release_ns > sim->now_ns)
		return sleeps_until(sim, p, prog->release_ns);
	if (!first && !receive(p, 1))
		return WORKLOAD_SLEEPS;
	prog->step = 1;
	return computes(p, draw(p, &prog->workload->run));
}

/* A sender writes to each receiver in turn, then waits for all answers. */
static enum workload_does step_sender(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;
	const struct workload *w = prog->workload;

	if (prog->step) {
		signal_task(sim, p, prog->group[w->senders + prog->step - 1]);
		if (prog->step++ == w->receivers)
			prog->step = 0;
	}
	if (!prog->step) {
		if (!receive(p, w->receivers))
			return WORKLOAD_SLEEPS;
		prog->step = 1;
	}
	return computes(p, draw(p, &w->run));
}

static enum workload_does step_receiver(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;
	const struct workload *w = prog->workload;

	if (prog->step) {
		signal_task(sim, p, prog->group[(prog->step - 1) % w->senders]);
		prog->step = prog->step % w->senders + 1;
		job_done(sim, p);
	} else {
		prog->step = 1;
		prog->needs = 1; /* asleep at first */
	}
	if (!receive(p, 1))
		return WORKLOAD_SLEEPS;
	return computes(p, draw(p, &w->run));
}

static struct task_struct *make_child(struct sim *sim, struct task_struct *parent)
{
	const struct workload *w = parent->program.workload;
	struct task_struct *child = task_new(sim, w, parent->cpu, parent->allowed);

	if (!child)
		return NULL;
	child->fresh = true;
	child->program.peer = parent;
	cpu_overhead(sim, sim_cpu(sim, parent->cpu), sim->cost->fork_ns);
	task_wake(sim, child, parent->cpu);
	return child;
}

static enum workload_does step_child(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;
	const struct workload *w = prog->workload;
	u64 chunk;

	if (!prog->step) {
		prog->step = 1;
		prog->next_ns = draw(p, &w->run); /* still to compute */
	}
	if (!prog->next_ns) {
		job_done(sim, p);
		if (w->kind == WORK_BUILD)
			signal_task(sim, p, prog->peer);
		return WORKLOAD_EXITS;
	}
	if (w->kind == WORK_BUILD && prog->step == 2) {
		prog->step = 1;
		return sleeps_until(sim, p, sim->now_ns + draw(p, &w->sleep));
	}
	chunk = w->kind == WORK_BUILD ? rng_between(&prog->rng, NSEC_PER_MSEC, 2 * BUILD_CHUNK_NS)
				      : prog->next_ns;
	if (chunk > prog->next_ns)
		chunk = prog->next_ns;
	prog->next_ns -= chunk;
	prog->step = 2;
	return computes(p, chunk);
}

static enum workload_does step_fork(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;

	if (prog->peer)
		return step_child(sim, p);
	if (!prog->step) {
		prog->step = 1;
		return computes(p, FORK_PARENT_NS);
	}
	prog->step = 0;
	make_child(sim, p);
	return sleeps_until(sim, p, sim->now_ns + draw(p, &prog->workload->every));
}

/* Tokens are children that may be started: as many as there are jobs at first. */
static enum workload_does step_build(struct sim *sim, struct task_struct *p)
{
	struct program *prog = &p->program;

	if (prog->peer)
		return step_child(sim, p);
	if (prog->step) {
		prog->step = 0;
		make_child(sim, p);
	}
	if (!receive(p, 1))
		return WORKLOAD_SLEEPS;
	prog->step = 1;
	return computes(p, FORK_PARENT_NS);
}

enum workload_does workload_step(struct sim *sim, struct task_struct *p)
{
	const struct workload *w = p->program.workload;

	if (sim->now_ns != sim->step_ns)
		sim->nr_steps = 0;
	sim->step_ns = sim->now_ns;
	if (sim->nr_steps++ > STEPS_AT_ONCE) {
		sim_breach(sim, "%s takes steps without end and without time passing", w->name);
		return WORKLOAD_EXITS;
	}
	if (w->end_ns && sim->now_ns >= w->end_ns)
		return WORKLOAD_EXITS;
	switch (w->kind) {
	case WORK_LOOP:
		return computes(p, LOOP_NS);
	case WORK_PERIODIC:
		return step_periodic(sim, p);
	case WORK_BURST:
	case WORK_KTHREAD:
		return step_burst(sim, p);
	case WORK_YIELD:
		p->program.step = !p->program.step;
		return p->program.step ? computes(p, draw(p, &w->run)) : WORKLOAD_YIELDS;
	case WORK_PINGPONG:
		return step_pingpong(sim, p);
	case WORK_CHAIN:
		return step_chain(sim, p);
	case WORK_MESSAGES:
		return p->program.index < w->senders ? step_sender(sim, p) : step_receiver(sim, p);
	case WORK_FORK:
		return step_fork(sim, p);
	case WORK_BUILD:
		return step_build(sim, p);
	case WORK_RT:
	case WORK_HOTPLUG:
	case NR_WORKLOAD_KINDS:
		break;
	}
	return WORKLOAD_EXITS;
}

bool workload_woken(struct sim *sim, const struct task_struct *p)
{
	if (p->program.needs)
		return p->program.tokens >= p->program.needs;
	return !event_queue_is_set(&sim->events, timer_of_task(sim, p));
}

/* A sleep is over, or the moment to start has come. */
void workload_timer(struct sim *sim, struct task_struct *p)
{
	const struct workload *w = p->program.workload;

	if (w->kind == WORK_RT) {
		if (w->end_ns && sim->now_ns >= w->end_ns)
			return;
		if (sim_cpu(sim, p->cpu)->state != CPU_OFFLINE)
			cpu_take(sim, sim_cpu(sim, p->cpu), draw(p, &w->run));
		sleeps_until(sim, p, sim->now_ns + draw(p, &w->sleep));
		return;
	}
	task_wake(sim, p, sim->this_cpu);
	p->woken_ns = p->program.due_ns;
}

void workload_account(struct sim *sim, struct task_struct *p)
{
	struct group_stats *group = group_of(sim, p);
	const struct workload *w = p->program.workload;

	if (w->kind == WORK_PERIODIC && p->program.step &&
	    sim->now_ns > p->program.release_ns + w->every.max_ns)
		frame_done(sim, p, p->program.release_ns);
	group->cpu_time_ns += p->cpu_time_ns;
	group->work += p->work_done;
	sim->stats.work += p->work_done;
}
