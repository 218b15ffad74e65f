/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks on their way through user space. They are objects of a pool that is as large as the policy
 * may hold tasks; when it is used up, messages stay in the ring, and when that is full, the kernel
 * side places tasks itself: memory is bounded at each step, and nothing is lost.
 */
#include <bpf/libbpf.h>
#include <string.h>
#include <time.h>

#include "internal.h"

void scxu_tasks_init(struct scxu *s)
{
	uint32_t i;

	s->free = NULL;
	for (i = scxu_max_tasks(s); i-- > 0;) {
		s->tasks[i].next = s->free;
		s->free = &s->tasks[i];
	}
	s->spill = NULL;
	s->spill_end = &s->spill;
	s->nr_held = 0;
	s->vtime_ns = SCXU_NSEC_PER_SEC;
	s->vtime_at_ns = scxu_now_ns();
}

/* Only one thread writes these; others read them. */
static void add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static void fill_task(struct scxu_task *t, const struct user_queued *m)
{
	t->pid = m->pid;
	t->tgid = m->tgid;
	t->prev_cpu = m->prev_cpu;
	t->nr_cpus_allowed = m->nr_cpus_allowed;
	t->weight = m->weight;
	t->woken = m->enq_flags & USER_ENQ_WAKEUP;
	t->enq_ns = m->enq_ns;
	t->start_ns = m->account.start_ns;
	t->stop_ns = m->account.stop_ns;
	t->run_ns = m->account.run_ns;
	t->awake_ns = m->account.awake_ns;
	t->total_ns = m->account.total_ns;
	t->nvcsw = m->nvcsw;
	t->nvcsw_rate = m->nvcsw_rate;
	memcpy(t->comm, m->comm, sizeof(t->comm));
	t->vruntime_ns = m->account.vruntime_ns;
	memcpy(t->priv, m->account.priv, sizeof(t->priv));
	t->cpu = SCXU_CPU_ANY;
	t->preempt = false;
	t->slice_ns = 0;
	t->deadline_ns = 0;
	t->idle_cpu = m->idle_cpu;
	t->claimed_cpu = SCXU_CPU_ANY;
	t->cookie = m->cookie;
	t->child = NULL;
	t->next = NULL;
}

static void take_off_ring(struct scxu *s, size_t length)
{
	scxu_ring_pop(&s->up, length);
	s->user->consumed++;
}

struct scxu_task *scxu_dequeue(struct scxu *s)
{
	const struct user_queued *m;
	struct scxu_task *t = s->free;
	size_t length;

	while (t && (m = scxu_ring_peek(&s->up, &length))) {
		if (m->event == USER_EVENT_QUEUED) {
			s->free = t->next;
			fill_task(t, m);
			take_off_ring(s, length);
			add(&s->nr_held, 1);
			return t;
		}
		if (s->ops->task_exit)
			s->ops->task_exit(s, m->pid);
		take_off_ring(s, length);
	}
	return NULL;
}

static void put_back(struct scxu *s, struct scxu_task *t)
{
	t->next = s->free;
	s->free = t;
	add(&s->nr_held, -1ULL);
}

static uint64_t decision_flags(const struct scxu_task *t)
{
	uint64_t flags = 0;

	if (t->cpu >= 0 && (t->cpu == t->claimed_cpu || t->cpu == t->idle_cpu))
		flags |= USER_DECISION_CLAIMED;
	if (t->preempt)
		flags |= USER_DECISION_PREEMPT;
	return flags;
}

/* False: the ring is full. */
static bool send(struct scxu *s, const struct scxu_task *t)
{
	struct user_decision *d = user_ring_buffer__reserve(s->down, sizeof(*d));

	if (!d)
		return false;
	d->cookie = t->cookie;
	d->pid = t->pid;
	d->cpu = t->cpu;
	d->flags = decision_flags(t);
	d->slice_ns = t->slice_ns;
	d->deadline_ns = t->deadline_ns;
	d->vruntime_ns = t->vruntime_ns;
	memcpy(d->priv, t->priv, sizeof(d->priv));
	user_ring_buffer__submit(s->down, d);
	s->user->submitted++;
	add(&s->nr_decided, 1);
	return true;
}

bool scxu_flush(struct scxu *s)
{
	while (s->spill) {
		struct scxu_task *t = s->spill;

		if (!send(s, t))
			return false;
		s->spill = t->next;
		put_back(s, t);
	}
	s->spill_end = &s->spill;
	return true;
}

void scxu_dispatch(struct scxu *s, struct scxu_task *t)
{
	if (t->claimed_cpu >= 0 && t->claimed_cpu != t->cpu)
		scxu_release_claim(s, t->claimed_cpu);
	s->vtime_ns = scxu_later(s->vtime_ns, t->vruntime_ns);
	if (!s->spill && send(s, t)) {
		put_back(s, t);
		return;
	}
	add(&s->nr_spilled, 1);
	t->next = NULL;
	*s->spill_end = t;
	s->spill_end = &t->next;
}

void scxu_drop(struct scxu *s, struct scxu_task *t)
{
	if (t->claimed_cpu >= 0)
		scxu_release_claim(s, t->claimed_cpu);
	put_back(s, t);
}

uint64_t scxu_nr_queued(const struct scxu *s)
{
	return s->kernel->sent - s->user->consumed;
}

uint64_t scxu_nr_held(const struct scxu *s)
{
	return __atomic_load_n(&s->nr_held, __ATOMIC_RELAXED);
}

/* As if all tasks that wait and all that run had the same weight. */
uint64_t scxu_vtime(struct scxu *s)
{
	uint64_t now_ns = scxu_now_ns(), cpus = s->topology.nr_cpus;

	s->vtime_ns += (now_ns - s->vtime_at_ns) * cpus / (cpus + scxu_nr_held(s));
	s->vtime_at_ns = now_ns;
	return s->vtime_ns;
}

/* The BPF program's clock is the run queue's, which counts like this one. */
uint64_t scxu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SCXU_NSEC_PER_SEC + now.tv_nsec;
}
