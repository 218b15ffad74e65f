/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated machine: CPUs, tasks and queues over virtual time.
 *
 * It behaves towards the policy as Linux's sched_ext does (kernel/sched/ext of 7.3): see schedule.c
 * for what a CPU does when it schedules, task.c for waking and enqueueing, machine.c for the clock.
 * All is integer arithmetic and all randomness comes from the seed, so that a run is the same
 * anywhere.
 *
 * Work is counted in units of 1/1024 ns of the machine's most powerful CPU with its core to itself:
 * a CPU of capacity 512 does 512 units a ns.
 *
 * Several machines may live in one process; `sim_current` is the one that runs, which is how the
 * policy finds it.
 */
#ifndef SCX_TOPO_SIM_MACHINE_H
#define SCX_TOPO_SIM_MACHINE_H

#include <stdio.h>
#include <sys/queue.h>

#include "bpf/intf.h"
#include "topo/layout.h"
#include "topo/topo.h"

#include "cost.h"
#include "dsq.h"
#include "event_queue.h"
#include "governor.h"
#include "histogram.h"
#include "outside.h"
#include "power.h"
#include "rng.h"
#include "steering.h"
#include "turns.h"
#include "workload.h"

#define WORK_PER_NS	 1024ULL
#define SLICE_DEFAULT_NS (20 * NSEC_PER_MSEC) /* SCX_SLICE_DFL */
#define NOT_CPU		 NO_CPU

struct sim;
struct sim_policy;
struct trace;

enum task_state {
	TASK_SLEEPING,
	TASK_LANDING, /* put into a queue by an operation that has not taken effect yet */
	TASK_WAITING, /* in a queue of the policy's */
	TASK_LOCAL,   /* next on a CPU */
	TASK_RUNNING,
	TASK_DEAD,
};

/* A set of CPUs, by number. */
struct cpu_set {
	u64 *bits;
	u32 nr;
};

/* Where select_cpu or enqueue put the task; takes effect when the operation has returned. */
struct insertion {
	enum { INSERT_NONE, INSERT_LOCAL, INSERT_NEXT, INSERT_DSQ } where;
	u32 cpu;
	bool wakes; /* an idle CPU that gets it schedules */
	struct dsq *dsq;
	u64 slice_ns;
	u64 vtime_ns;
};

/* The state of what a task does: see workload.c. */
struct program {
	const struct workload *workload;
	struct task_struct *peer;   /* partner, next of a chain, parent */
	struct task_struct **group; /* the tasks that it exchanges messages with */
	u64 next_ns;		    /* next release of periodic work */
	u64 due_ns;		    /* when it wanted to wake */
	u64 release_ns;		    /* when the work in hand was released */
	u32 step;
	u32 index;  /* inside its group */
	u32 tokens; /* messages that it has not read yet */
	u32 needs;  /* messages that it sleeps for */
	struct rng rng;
};

struct task_struct {
	u32 id;
	u32 cpu; /* whose runqueue it is on */
	u32 weight;
	enum task_state state;
	bool immediate; /* runs at once where it is put, or goes back to the policy */
	bool wakeup_latency_due;
	bool undecided; /* has to be asked what it does when its work is done: workload_step() */
	enum workload_does does;
	bool fresh; /* new, not yet woken */
	u32 ran_on; /* where it last ran */
	u64 slice_ns;
	u64 exec_start_ns;
	u64 work_left;
	u64 woken_ns;
	u64 ready_ns;	/* since when it waits */
	u64 allowed_ns; /* since when it may run where it may */
	u64 cpu_time_ns, work_done;
	const struct cpu_set *allowed; /* NULL: all */
	struct insertion insertion;
	struct dsq_node node;
	struct task_struct *local_next; /* on a CPU's local queue; else of the free list */
	bool handed_over;		/* ready to run while the policy is changed */
	bool known;			/* has run under this policy */
	struct program program;
	struct governor_task governor;
	u64 model[4];	     /* a reference policy's */
	struct task_ctx ctx; /* scx_topo's: its last member is allocated as far as it is used */
};

enum cpu_state { CPU_OFFLINE, CPU_IDLE, CPU_RUNS, CPU_TAKEN /* by a higher class */ };

struct kick {
	u64 time_ns;
	bool preempt;
};

TAILQ_HEAD(idle_times, sim_cpu);

struct sim_cpu {
	u32 cpu;
	enum cpu_state state;
	const struct topo_cpu *topo;
	const struct topo_cpu *seen; /* as the policy sees it: without the CPUs that are offline */
	struct sim_core *core;
	u32 capacity_now; /* at its clock's level */
	u32 speed;	  /* units of work a ns, now */
	bool waking;	  /* idle, but an interrupt is on its way */
	struct task_struct *curr;
	struct task_struct *local_first, *local_last;
	u32 nr_local;
	u32 nr_pinned_waiting;
	u64 progress_ns; /* until here curr's work is settled; later: the kernel works */
	u64 locked_ns;	 /* runqueue locked until then */
	u64 taken_until_ns;
	u64 idle_from_ns, idle_to_ns;  /* the last idle time; to: UINT64_MAX while it lasts */
	struct idle_times *idle_times; /* where it is noted; NULL: nowhere */
	TAILQ_ENTRY(sim_cpu) idle_entry;
	struct kick *kicks; /* under way, a ring */
	u32 nr_kicks, first_kick, kick_capacity;
	struct power_cpu power;
	struct governor_cpu governor;
};

struct sim_core {
	u32 nr_busy;
	u32 nr_cpus;
	struct sim_cpu **cpus; /* its threads */
};

/* What a workload line achieved. */
struct group_stats {
	struct histogram wakeup, frame;
	u64 frames, frames_late;
	u64 work;
	u64 cpu_time_ns;
	u64 jobs;
};

struct sim_stats {
	struct histogram wakeup, frame;
	u64 frames, frames_late;
	u64 work;
	u64 jobs;
	u64 events, switches, wakeups, kicks, preemptions;
	u64 enqueues, moves; /* operations that the policy's own counters have to agree with */
	u64 migrations[NR_LEVELS];
	u64 idle_violation_ns;
	u64 longest_wait_ns;
	u32 longest_wait_percent; /* of its bound, where that is checked */
	u64 longest_violation_ns;
	u64 longest_near_violation_ns; /* beside an idle CPU of the same domain */
	u64 restarts;		       /* of the policy, as CPUs came or went */
};

/* What had been counted when the policy was started: its own counters begin at 0. */
struct sim_counted {
	u64 switches, kicks, enqueues, moves;
	u64 migrations[NR_LEVELS];
};

#define MAX_BREACHES	8
#define BREACH_TEXT_MAX 200

struct sim {
	u64 now_ns;
	u64 seed;
	u64 end_ns;
	enum topo_mode mode;
	bool no_energy;
	const struct topo *topo;
	const struct topo *seen;	 /* without the CPUs that are offline */
	struct topo *reduced;		 /* what `seen` is, unless it is `topo` */
	const struct sim_policy *chosen; /* for this run */
	const struct sim_policy *policy; /* now: another one while the chosen one restarts */
	int (*load_topo)(const void *context, hwloc_const_bitmap_t offline, struct topo **topo);
	const void *load_context;
	const struct sim_cost *cost;
	struct sim_cost cost_drawn; /* this run's: each a little off, by the seed */
	struct rng rng;
	struct event_queue events;
	struct turns turns; /* only where CPUs take turns */
	struct outside outside;
	u32 this_cpu; /* which executes what happens now */
	u64 step_ns;  /* of the last step of a program, and how many there were then */
	u32 nr_steps;

	u32 nr_cpu_ids;
	struct sim_cpu *cpus;
	struct sim_core *cores;
	struct sim_cpu **threads; /* of all cores */
	struct cpu_set online;
	u64 tick_phase_ns;

	struct task_struct **tasks;
	struct task_struct *free_tasks;
	u32 nr_tasks, task_capacity;
	u64 nr_created;
	u32 nr_everywhere; /* CPUs in the affinity of a task that has none */
	u32 task_words;	   /* of a task's affinity, that there is room for */

	struct dsq *domain_dsqs, *cpu_dsqs;

	/* Idle violations: waiting tasks that an idle CPU could run. */
	u32 nr_idle, nr_waiting_anywhere, nr_pinned_violations;
	u64 violation_since_ns;
	u64 last_idle_ns; /* when the last idle CPU became busy */
	u64 *idle_bits;
	struct idle_times idling;    /* CPUs whose idle time lasts, the longest first */
	struct idle_times rested;    /* whose last one was worth noting, the last to end first */
	struct task_struct **partly; /* waiting with an affinity of several CPUs */
	u32 nr_partly, partly_capacity;

	/* scx_topo's tables. */
	struct layout layout;
	struct machine machine;
	struct policy policy_map;
	struct sim_steering *steering;		     /* NULL: the static policy */
	FILE *explain;				     /* its decisions are written there; or NULL */
	struct cpu_stats kind_stats[TOPO_MAX_KINDS]; /* of all CPUs of a kind: caches are small */
	void *model;				     /* a reference policy's */

	const struct workload *workloads;
	u32 nr_workloads;
	struct group_stats *groups;
	struct cpu_set *allowed;	  /* one for each workload that has an affinity */
	struct cpu_set *one_cpu;	  /* for each CPU, just that */
	struct task_struct **group_tasks; /* those that the scenario starts with, copy by copy */
	u32 nr_group_tasks;
	struct sim_stats stats;
	struct sim_counted before; /* this policy */
	struct power power;
	struct governor governor;
	struct trace *trace;

	/* 0: not checked. How long one task waits beside one idle CPU, of its domain or any. */
	u64 near_violation_bound_ns, violation_bound_ns;
	bool wait_is_bounded; /* see violation.c */
	u64 peak_load;	      /* of any domain */
	u32 nr_breaches;
	char breach[MAX_BREACHES][BREACH_TEXT_MAX];
};

extern _Thread_local struct sim *sim_current;

/* What a run is made of. */
struct sim_setup {
	const struct topo *topo;
	const struct sim_policy *policy;
	const struct sim_cost *cost;
	const struct workload *workloads;
	u32 nr_workloads;
	enum topo_mode mode;
	u64 seed;
	u64 duration_ns;
	struct trace *trace; /* or NULL */
	FILE *explain;	     /* or NULL */
	bool no_energy;	     /* the static policy, without the energy controller */
	enum sim_governor governor;

	/*
	 * Loads the same topology with these CPUs offline, as topo_load() does, for scenarios with
	 * hotplug; NULL: they are refused.
	 */
	int (*load_topo)(const void *context, hwloc_const_bitmap_t offline, struct topo **topo);
	const void *load_context;
};

/* Returns 0 or -errno; err gets one line. To be freed with sim_free() in either case. */
int sim_create(struct sim *sim, const struct sim_setup *setup, char *err, size_t err_size);

/* Runs to the end and checks. Returns 0, or -EPROTO if an invariant broke: see sim->breach. */
int sim_run(struct sim *sim);
void sim_free(struct sim *sim);

/* Notes a broken invariant; the run goes on. */
__attribute__((format(printf, 2, 3))) void sim_breach(struct sim *sim, const char *format, ...);

/* CPUs: cpu.c */
void cpu_settle(struct sim *sim, struct sim_cpu *c);
void cpu_update_curr(struct sim *sim, struct task_struct *p);
void cpu_arm_work(struct sim *sim, struct sim_cpu *c);
void cpu_overhead(struct sim *sim, struct sim_cpu *c, u64 ns);
void cpu_set_busy(struct sim *sim, struct sim_cpu *c, bool busy);
void cpu_set_clock(struct sim *sim, struct sim_cpu *c, u32 speed);
void cpu_resched(struct sim *sim, struct sim_cpu *c, u64 delay_ns);
void cpu_kick(struct sim *sim, u32 cpu, bool preempt);
void cpu_kicks_arrive(struct sim *sim, struct sim_cpu *c);
void cpu_tick(struct sim *sim, struct sim_cpu *c);
void cpu_start_tick(struct sim *sim, struct sim_cpu *c);
void cpu_local_add(struct sim *sim, struct sim_cpu *c, struct task_struct *p);
void cpu_local_queue(struct sim *sim, struct sim_cpu *c, struct task_struct *p);
void cpu_local_prepend(struct sim_cpu *c, struct task_struct *p);
struct task_struct *cpu_local_pop(struct sim_cpu *c);
void cpu_local_remove(struct sim_cpu *c, struct task_struct *p);

/* What a CPU runs: schedule.c */
void cpu_schedule(struct sim *sim, struct sim_cpu *c);
void cpu_work_done(struct sim *sim, struct sim_cpu *c);
void cpu_take(struct sim *sim, struct sim_cpu *c, u64 ns);
void cpu_stop(struct sim *sim, struct sim_cpu *c);
void cpu_rest(struct sim *sim, struct sim_cpu *c);

/* The smallest part of the machine that holds both. */
enum topo_level cpu_distance(const struct sim_cpu *a, const struct sim_cpu *b);

/* Tasks: task.c */
struct task_struct *task_new(struct sim *sim, const struct workload *w, u32 cpu,
			     const struct cpu_set *allowed);
void task_wake(struct sim *sim, struct task_struct *p, u32 waker_cpu);
void task_enqueue(struct sim *sim, struct task_struct *p, u32 enq);
void task_land(struct sim *sim, struct task_struct *p);
void task_exit(struct sim *sim, struct task_struct *p);
void task_begin(struct sim *sim, struct task_struct *p);
void task_ran_from(struct sim *sim, struct task_struct *p, struct sim_cpu *c);
struct task_struct *task_take(struct sim *sim, struct dsq *dsq, u32 cpu);
bool task_may_run(const struct sim *sim, const struct task_struct *p, u32 cpu);
u32 task_nr_allowed(const struct sim *sim, const struct task_struct *p);

/* Tasks that go somewhere else: affinity.c */
bool task_is_ready(const struct task_struct *p);
void task_pull(struct sim *sim, struct task_struct *p);
void task_find_cpu(struct sim *sim, struct task_struct *p);
void task_set_affinity(struct sim *sim, struct task_struct *p, const struct cpu_set *allowed);

/* Idle violations: violation.c */
void violation_idle_begins(struct sim *sim, struct sim_cpu *c);
void violation_idle_ends(struct sim *sim, struct sim_cpu *c);
void violation_offline(struct sim *sim, struct sim_cpu *c);
void violation_cpu(struct sim *sim, struct sim_cpu *c, bool idle);
void violation_waits(struct sim *sim, struct task_struct *p, bool waits);
void violation_check(struct sim *sim, struct task_struct *p);
void violation_note_load(struct sim *sim, const struct task_struct *p);
void violation_settle(struct sim *sim);

/* Hands all tasks over to another policy, with these CPUs offline: handover.c. Returns 0 or -errno.
 */
int sim_hand_over(struct sim *sim, const struct sim_policy *policy, hwloc_const_bitmap_t offline);

/* All CPUs that are idle say so to a policy that begins. */
void sim_begin_idle(struct sim *sim);

/* The name of its line in the scenario. */
const char *sim_task_name(const struct task_struct *p);

/* Timers of CPUs and tasks. */
enum cpu_timer { TIMER_WORK, TIMER_TICK, TIMER_RESCHED, TIMER_KICK, TIMER_TURN, CPU_TIMERS };

static inline u32 timer_of_cpu(const struct sim_cpu *c, enum cpu_timer timer)
{
	return c->cpu * CPU_TIMERS + timer;
}

static inline u32 timer_of_task(const struct sim *sim, const struct task_struct *p)
{
	return sim->nr_cpu_ids * CPU_TIMERS + p->id;
}

static inline struct sim_cpu *sim_cpu(struct sim *sim, u32 cpu)
{
	return &sim->cpus[cpu];
}

static inline bool cpu_set_has(const struct cpu_set *set, u32 cpu)
{
	return set->bits[cpu / 64] >> (cpu % 64) & 1;
}

/* The CPU, or if it is offline one that does its work. */
static inline u32 sim_alive(const struct sim *sim, u32 cpu)
{
	if (cpu_set_has(&sim->online, cpu))
		return cpu;
	for (cpu = 0; !cpu_set_has(&sim->online, cpu);)
		cpu++;
	return cpu;
}

static inline struct task_struct *task_of_node(struct dsq_node *n)
{
	return (struct task_struct *)((char *)n - offsetof(struct task_struct, node));
}

#endif
