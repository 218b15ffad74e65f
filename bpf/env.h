/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam: everything that the policy asks of the machine it runs on.
 *
 * The policy is written once, in the other headers of this folder, and compiled twice. env.bpf.h
 * implements these calls with the kernel's kfuncs; the simulator implements them over virtual time.
 * The policy knows nothing else: no kernel struct, no map, no kfunc.
 *
 * Whoever includes this may define ENV before, to get static inline functions; the implementation
 * then has to follow in the same translation unit.
 */
#ifndef SCX_TOPO_ENV_H
#define SCX_TOPO_ENV_H

#include "intf.h"

#ifndef ENV
#define ENV extern
#endif

/*
 * Functions that the verifier looks at once, for all values of their arguments, and not again for
 * each caller: without them it would not get through the search for an idle CPU in time. Arguments
 * are numbers, and pointers to a struct that it has to check for NULL.
 */
/* On the way of every wakeup: inlined whatever its size, as calls of BPF programs are dear. */
#define ENV_HOT static inline __attribute__((always_inline))

#ifndef ENV_SUBPROG
#define ENV_SUBPROG static inline
#endif

/* What is rarely called, lest it takes registers from what is called all the time. */
#define ENV_RARE static __attribute__((noinline, unused))

/*
 * An index made safe by a mask, which the compiler would drop after a comparison, and the verifier
 * needs where the compiler has computed the address before comparing. `size` is a power of two.
 */
#ifndef env_index
#define env_index(i, size) ((i) & ((size)-1))
#endif

/* Loops whose bound the verifier cannot see; the native one is an ordinary loop. */
#ifndef env_for
#define env_for(i, start, end) for ((i) = (start); (i) < (end); (i)++)
#endif

struct task_struct; /* opaque to the policy */

/* Why a CPU is kicked. */
enum env_kick {
	ENV_KICK_IDLE,	  /* look for work if idle, else go on */
	ENV_KICK_PREEMPT, /* put the running task back and look for work */
};

/* Why a task is put somewhere. */
enum env_enqueue {
	ENV_ENQ_WAKEUP = 1 << 0,    /* it slept or is new */
	ENV_ENQ_QUEUEING = 1 << 1,  /* asked by enqueue, not by select_cpu */
	ENV_ENQ_REENQUEUE = 1 << 2, /* it was bound for a CPU that a higher class took meanwhile */
	/*
	 * Its slice has ended, dispatch has neither renewed that nor found another task: unless it
	 * is put into the local queue its CPU goes idle. Only where kinds of core differ; elsewhere
	 * such a task goes on without being asked about.
	 */
	ENV_ENQ_LAST = 1 << 3,
};

/* Time, in ns; monotonic on one CPU, a few us off between CPUs. */
ENV u64 env_now(void);
/*
 * On a CPU that is switching to a task: when it began to, which is from when the kernel, too,
 * counts the time that the task has. A fifth of the price of asking for the time.
 */
ENV u64 env_switch_ns(void);

/* The machine's tables. NULL for an index that is not there. */
ENV const struct topo_conf *env_conf(void);
/* As user space wrote it: see policy.h. NULL in performance, which needs no steering. */
ENV const struct policy *env_policy(void);
ENV bool env_steered(void); /* there is such a policy, good or expired */
ENV struct machine *env_machine(void);
ENV struct cpu_ctx *env_cpu(u32 cpu);
ENV struct tile *env_tile(u32 tile);
ENV struct domain *env_domain(u32 domain);

/* A task. Its context is NULL only if memory ran out when the task was made. */
ENV struct task_ctx *env_task(struct task_struct *p);
ENV u32 env_task_cpu(struct task_struct *p);	     /* the CPU whose runqueue it is on */
ENV u32 env_task_weight(struct task_struct *p);	     /* 1..10000, 100 is nice 0 */
ENV bool env_task_pinned(struct task_struct *p);     /* may run only where it is, if just for now */
ENV bool env_task_everywhere(struct task_struct *p); /* has no affinity at all */
ENV bool env_task_may_run(struct task_struct *p, u32 cpu);
ENV void env_task_set_slice(struct task_struct *p, u64 slice_ns); /* of a running task */

/*
 * Queues. A DSQ is ordered by deadline. env_insert_local() puts a task at the end of what `cpu`
 * runs next: the CPU has to be one that the task may run on, claimed as idle; it needs no kick, as
 * the kernel wakes it. Both may be called once for each select_cpu or enqueue, and take effect when
 * that returns.
 */
ENV void env_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns, u32 enq);
ENV void env_insert_next(struct task_struct *p, u64 slice_ns); /* after what its CPU runs now */
ENV void env_insert_dsq(struct task_struct *p, u64 dsq, u64 slice_ns, u64 deadline_ns);
ENV bool env_move_to_local(u64 dsq); /* first task that may run here; false: there was none */
ENV bool env_first_deadline(u64 dsq, u64 *deadline_ns); /* false: it is empty */

ENV void env_kick(u32 cpu, enum env_kick how);
ENV bool env_cpu_taken(u32 cpu); /* runs a task of a class above ours: real time, say */

/*
 * The clock of a CPU, of 1024 of its full speed: what it is, and what it should be. The latter only
 * of the CPU that this is about: the one that a task gets on, is on, or that goes idle.
 */
ENV u32 env_speed(u32 cpu);
ENV void env_set_speed(u32 cpu, u32 speed);

/* The counters of the CPU that executes this. */
ENV struct cpu_stats *env_stats(void);

/* Where several are counted, or something else is noted, the counters are looked up once. */
static inline void count_in(struct cpu_stats *stats, enum topo_stat stat)
{
	if (stats && stat < NR_TOPO_STATS)
		stats->count[stat]++;
}

static inline void count(enum topo_stat stat)
{
	count_in(env_stats(), stat);
}

/* A CPU that is idle, or may be about to be, looks for work. */
static inline void kick_idle(u32 cpu)
{
	count(STAT_KICK_IDLE);
	env_kick(cpu, ENV_KICK_IDLE);
}

/* What runs on a CPU is put back, and the CPU looks who is next. */
static inline void kick_preempt(u32 cpu)
{
	count(STAT_KICK_PREEMPT);
	env_kick(cpu, ENV_KICK_PREEMPT);
}

#endif
