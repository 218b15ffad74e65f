/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What schedules a simulated machine: the operations of sched_ext, called as the kernel calls them.
 *
 * `topo` is the shipped policy itself, compiled from bpf/. The others are models to compare with:
 * small, and not the kernel's code.
 */
#ifndef SCX_TOPO_SIM_POLICY_H
#define SCX_TOPO_SIM_POLICY_H

#include "bpf/env.h"
#include "machine.h"

struct sim_policy {
	const char *name;
	const char *what;   /* one line for people; models say that they are */
	bool shipped;	    /* uses scx_topo's tables and counters */
	bool is_fair_class; /* not sched_ext: the governor sees to it by itself */
	int (*init)(struct sim *sim);
	void (*exit)(struct sim *sim);
	s32 (*select_cpu)(struct task_struct *p, s32 prev_cpu, u32 enq);
	void (*enqueue)(struct task_struct *p, u32 enq);
	void (*dispatch)(u32 cpu, struct task_struct *prev);
	void (*running)(struct task_struct *p);
	void (*tick)(struct task_struct *p);
	void (*stopping)(struct task_struct *p, bool runnable); /* else it sleeps, or is moved */
	void (*yield)(struct task_struct *p);
	void (*update_idle)(u32 cpu, bool idle); /* or NULL */
	void (*enable)(struct task_struct *p);
	void (*disable)(struct task_struct *p); /* that was ready; or NULL */
	void (*init_task)(struct task_struct *p);
	void (*set_affinity)(struct task_struct *p); /* p->allowed has changed; or NULL */
};

extern const struct sim_policy policy_topo, policy_fifo, policy_vtime, policy_fair;

/* NULL: there is none of that name. */
const struct sim_policy *sim_policy_find(const char *name);

/* What an operation may do; the seam of the shipped policy (env_sim.h) ends here too. */
void sim_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns);
void sim_insert_next(struct task_struct *p, u64 slice_ns);
void sim_insert_dsq(struct task_struct *p, struct dsq *dsq, u64 slice_ns, u64 vtime_ns);
bool sim_move_to_local(struct dsq *dsq);

#endif
