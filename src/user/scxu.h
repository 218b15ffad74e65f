/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libscxu: a Linux CPU scheduler as an ordinary C program.
 *
 * You write schedule(). It is called whenever tasks want to run: take them with scxu_dequeue(), in
 * the order in which they came; decide for each where (`cpu`), how long (`slice_ns`) and how
 * urgently (`deadline_ns`) it is to run; and hand it back with scxu_dispatch(), now or in a later
 * round. The library does the rest: its BPF program brings the tasks and carries out the decisions.
 *
 *	static void schedule(struct scxu *s)
 *	{
 *		struct scxu_task *t;
 *
 *		while ((t = scxu_dequeue(s)))
 *			scxu_dispatch(s, t);
 *	}
 *	SCXU_MAIN("simple", schedule)
 *
 * schedule() runs in a thread of its own that nothing else may have to wait for. It must not sleep,
 * take a lock that another thread holds, print, or allocate (except with scxu_alloc()), as what it
 * waits for may itself be waiting to be scheduled. It may compute, in floating point too. Should it
 * hang all the same, the kernel side schedules without it, first come first served, within 100 ms,
 * and gives the work back when it returns; no task ever waits longer than a second for a decision.
 *
 * Kernel threads bound to a CPU, threads that free memory and tasks bound to one CPU never come to
 * user space. A task that wakes while a CPU is idle runs there at once, unless SCXU_F_USER_IDLE.
 *
 * Times are in nanoseconds, of scxu_now_ns() where they are moments. Functions may be called from
 * schedule() only, unless they say otherwise. Errors are negative errno values.
 */
#ifndef SCXU_H
#define SCXU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SCXU_NSEC_PER_USEC 1000ULL
#define SCXU_NSEC_PER_MSEC 1000000ULL
#define SCXU_NSEC_PER_SEC  1000000000ULL

#define SCXU_CPU_ANY (-1) /* whichever CPU is free first */

struct scxu; /* a running scheduler */

/*
 * A task that wants to run. Yours from scxu_dequeue() to scxu_dispatch(); not to be touched after.
 */
struct scxu_task {
	/* What the kernel knows. */
	int32_t pid; /* the thread's */
	int32_t tgid;
	int32_t prev_cpu; /* where it ran last */
	uint32_t nr_cpus_allowed;
	uint32_t weight;   /* 1..10000, 100 is nice 0 */
	bool woken;	   /* it slept; else its slice was used up, or it was preempted */
	uint64_t enq_ns;   /* since when it wants to run */
	uint64_t start_ns; /* when it last came on a CPU, and left it */
	uint64_t stop_ns;
	uint64_t run_ns;     /* how long that was */
	uint64_t awake_ns;   /* CPU time since it last slept; 0 if `woken` */
	uint64_t total_ns;   /* CPU time since it, or the scheduler, started */
	uint64_t nvcsw;	     /* how often it gave up the CPU of its own will */
	uint32_t nvcsw_rate; /* that a second: an average over some seconds, at most 1000 */
	char comm[16];

	/* Yours, kept in the kernel for as long as the task lives. 0 for a new task. */
	uint64_t vruntime_ns;
	uint64_t priv[4];

	/*
	 * The decision. Deadlines are compared by signed distance, so they may wrap but must lie
	 * within 2^63 of each other; if all are 0, the order of dispatching counts.
	 */
	int32_t cpu;	   /* SCXU_CPU_ANY at first */
	bool preempt;	   /* end the slice of what runs on `cpu` now */
	uint64_t slice_ns; /* how long at most; 0: the default */
	uint64_t deadline_ns;

	/* Of the library. */
	int32_t idle_cpu, claimed_cpu;
	uint64_t cookie, order;
	struct scxu_task *child, *next;
};

/* --- Tasks ------------------------------------------------------------------------------------ */

/* The next task that wants to run, or NULL if there is none, or if you hold max_tasks already. */
struct scxu_task *scxu_dequeue(struct scxu *s);

/* Hands a task back with your decision. Cannot fail. */
void scxu_dispatch(struct scxu *s, struct scxu_task *t);

/* Hands a task back without one: the kernel side places it within a second, if it still lives. */
void scxu_drop(struct scxu *s, struct scxu_task *t);

/* Tasks that are waiting to be dequeued, and tasks that you have and have not handed back. */
uint64_t scxu_nr_queued(const struct scxu *s);
uint64_t scxu_nr_held(const struct scxu *s);

/* The clock that the task's times are of. */
uint64_t scxu_now_ns(void);

/*
 * Virtual time, for policies that share CPUs by vruntime_ns: the vruntime that a task would have by
 * now if it had had its fair share all along. It goes on with the clock, the slower the more tasks
 * you hold back, and is never behind the vruntime_ns of a task that you have dispatched. Who slept
 * is set forward to it, but for some credit; new tasks begin there. Starts at a second.
 */
uint64_t scxu_vtime(struct scxu *s);

/* The later of two moments, deadlines or vruntimes, which may have wrapped. */
static inline uint64_t scxu_later(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0 ? a : b;
}

/*
 * A queue of tasks by deadline, earliest first; among equals, first in, first out. Zero-initialised
 * it is empty. It never allocates; both operations take about log2(n) steps.
 */
struct scxu_queue {
	struct scxu_task *first; /* the earliest, or NULL */
	uint64_t nr, order;
};

void scxu_queue_push(struct scxu_queue *q, struct scxu_task *t);
struct scxu_task *scxu_queue_pop(struct scxu_queue *q); /* NULL if empty */

/* --- CPUs ------------------------------------------------------------------------------------- */

/* A CPU. Cores, LLCs (last-level caches inside one node), nodes, kinds are numbered from 0. */
struct scxu_cpu {
	int32_t cpu; /* the kernel's number */
	int32_t core, llc, node, package;
	int32_t kind;	  /* of core; 0 is the least powerful */
	int32_t capacity; /* 1..1024 */
	int32_t smt;	  /* which thread of its core, 0 first */
};

struct scxu_topology {
	int32_t nr_cpus;    /* online */
	int32_t nr_cpu_ids; /* highest number + 1; a mask has (nr_cpu_ids + 63) / 64 words */
	int32_t nr_cores, nr_llcs, nr_nodes, nr_kinds;
	const struct scxu_cpu
		*cpus; /* by number, nr_cpu_ids of them; cpu is -1 where there is none */
};

/* Fixed while the scheduler runs: with other CPUs it is restarted. From any thread. */
const struct scxu_topology *scxu_topology(const struct scxu *s);

/* CPUs as bit masks, bit 0 of word 0 is CPU 0. NULL if there is no such number. */
const uint64_t *scxu_llc_mask(const struct scxu *s, int32_t llc);
const uint64_t *scxu_node_mask(const struct scxu *s, int32_t node);
const uint64_t *scxu_kind_mask(const struct scxu *s, int32_t kind);

/*
 * An idle CPU for the task, or SCXU_CPU_ANY if there is none. It is taken: nobody else gets it,
 * until the task is handed back. The nearest to where it ran last comes first: the same CPU, LLC,
 * node, machine. With a mask, only CPUs in it. No system call.
 *
 * A task that may not use every CPU gets only the CPU the kernel found for it, or its last one.
 */
int32_t scxu_select_cpu(struct scxu *s, struct scxu_task *t);
int32_t scxu_select_cpu_in(struct scxu *s, struct scxu_task *t, const uint64_t *mask);

/* --- Memory ----------------------------------------------------------------------------------- */

/* Zeroed, locked memory for policies. NULL if arena_bytes are used up. From init() too. */
void *scxu_alloc(struct scxu *s, size_t bytes);
void scxu_free(struct scxu *s, void *memory);

/* --- Statistics ------------------------------------------------------------------------------- */

struct scxu_stats {
	/* Just now. */
	uint64_t queued, held;
	bool guard; /* the kernel side schedules without you */
	/* Since the start. */
	uint64_t rounds;	    /* calls of schedule() */
	uint64_t user_dispatches;   /* your decisions, carried out */
	uint64_t kernel_dispatches; /* tasks that the kernel side placed; of these: */
	uint64_t idle_dispatches;   /* woken while a CPU was idle */
	uint64_t congested;	    /* the ring to user space was full */
	uint64_t guarded, rescued;  /* you were away, or kept one task too long */
	uint64_t cancelled;	    /* decisions that came too late */
	uint64_t bounced;	    /* decisions for a CPU that the task may not use */
	uint64_t spilled;  /* decisions that had to wait, as the ring to the kernel was full */
	uint64_t guard_on; /* times that you were found to be away */
	uint64_t minor_faults, major_faults; /* page faults of the scheduler thread; should be 0 */
	uint64_t restarts;		     /* because CPUs came or went */
};

/* From any thread, while scxu_run() runs. */
void scxu_get_stats(const struct scxu *s, struct scxu_stats *stats);

/* --- Running ---------------------------------------------------------------------------------- */

enum scxu_flags {
	SCXU_F_PARTIAL = 1,	/* only tasks that ask for SCHED_EXT */
	SCXU_F_USER_IDLE = 2,	/* tasks come to schedule() even if a CPU is idle */
	SCXU_F_EXIT_EVENTS = 4, /* call task_exit() */
};

struct scxu_ops {
	const char *name; /* letters, digits, _, . and -; shown in /sys/kernel/sched_ext/root/ops */
	void (*schedule)(struct scxu *s);

	/* The rest may be left out. */
	int (*init)(struct scxu *s);			/* before each (re)start; not 0 ends it */
	void (*exit)(struct scxu *s);			/* after each */
	void (*task_exit)(struct scxu *s, int32_t pid); /* in the scheduler thread */
	void (*report)(struct scxu *s, FILE *stream);	/* in the caller's thread */
	uint64_t slice_ns;				/* default slice; 0: 5 ms */
	uint32_t timeout_ms;				/* the kernel's watchdog; 0: 5000 */
	uint32_t guard_ms;				/* the guard's patience; 0: 60 */
	uint32_t report_s;				/* report every so many seconds; 0: never */
	uint32_t flags;					/* enum scxu_flags */
	uint32_t max_tasks;				/* you can hold; 0: 16384 */
	size_t arena_bytes;				/* for scxu_alloc(); 0: 8 MiB */
	void *data;					/* yours; see scxu_data() */
};

/*
 * Schedules the machine until SIGINT or SIGTERM, or until something ends it. Starts anew when CPUs
 * come or go. Errors are told on stderr, in one line. Returns 0, or
 *	-EINVAL      ops is not complete, or a value out of range
 *	-EOPNOTSUPP  this kernel has no sched_ext, or a damaged one
 *	-EPERM       not root
 *	-EBUSY       another sched_ext scheduler is running
 *	-ECANCELED   the kernel ended it because of an error
 *	-ENOMEM ...  it could not be loaded
 * If schedule() does not return, it ends the process, with status 1.
 */
int scxu_run(const struct scxu_ops *ops);

/* Ends scxu_run() as SIGINT does. From any thread. */
void scxu_stop(struct scxu *s);

void *scxu_data(const struct scxu *s); /* ops->data */

/* A whole main(): --help, --stats SECONDS, --user-idle; scxu_run(); exit status 0, 1, 2 or 77. */
int scxu_main(int argc, char **argv, const struct scxu_ops *ops);

/* The rest is other members of scxu_ops: SCXU_MAIN("mine", schedule, .init = init) */
#define SCXU_MAIN(name_, schedule_, ...)                                                       \
	int main(int argc, char **argv)                                                        \
	{                                                                                      \
		struct scxu_ops ops = { .name = name_, .schedule = schedule_, ##__VA_ARGS__ }; \
		return scxu_main(argc, argv, &ops);                                            \
	}

#ifdef __cplusplus
}
#endif

#endif
