/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the library libscxu (src/user/) and its BPF program (user.bpf.c) tell each other.
 *
 * A task that wants to run is parked in the *limbo* DSQ and announced on the ring buffer `up`. User
 * space answers on the user ring buffer `down` with a decision, which moves the task from limbo to
 * the queue of a CPU or to the queue shared by all. A task in limbo still belongs to the kernel: if
 * no answer comes in time, any CPU may take it from there.
 *
 *	wakes -> limbo + message up -> decision down -> queue of a CPU, shared queue -> runs
 *	            \-- guard: no answer in time -------------------------------------->/
 *
 * Messages name a task by its pid and a cookie that is new for every message, so that an answer
 * that comes too late, or for a pid that has become another task's, is recognised and dropped.
 */
#ifndef SCX_TOPO_USER_H
#define SCX_TOPO_USER_H

#include "intf.h"

#define USER_CPU_ANY  (-1)
#define USER_NR_PRIV  4
#define USER_COMM_LEN 16

/* Kernel to user space. */
enum user_event { USER_EVENT_QUEUED, USER_EVENT_EXIT };

/* What is known about a task for as long as it lives: by accounting, and left by the policy. */
struct user_account {
	u64 start_ns; /* of the last time it ran */
	u64 stop_ns;
	u64 run_ns;   /* how long that was */
	u64 awake_ns; /* CPU time since it last slept */
	u64 total_ns;
	u64 vruntime_ns; /* 0: a new task */
	u64 priv[USER_NR_PRIV];
};

struct user_queued {
	u64 cookie;
	s32 pid;
	s32 tgid;
	s32 prev_cpu;
	s32 idle_cpu; /* idle and claimed for this task; -1: none was */
	u32 event;    /* enum user_event; USER_EVENT_EXIT fills in pid and tgid only */
	u32 nr_cpus_allowed;
	u32 weight;
	u32 nvcsw_rate; /* voluntary switches a second */
	u64 enq_flags;	/* USER_ENQ_* */
	u64 enq_ns;
	u64 nvcsw;
	struct user_account account;
	char comm[USER_COMM_LEN];
};

#define USER_ENQ_WAKEUP 1

/* User space to kernel. */
struct user_decision {
	u64 cookie;
	s32 pid;
	s32 cpu; /* or USER_CPU_ANY */
	u64 flags;
	u64 slice_ns;
	u64 deadline_ns;
	u64 vruntime_ns;
	u64 priv[USER_NR_PRIV];
};

#define USER_DECISION_CLAIMED 1 /* cpu was idle and this task is what ended that */
#define USER_DECISION_PREEMPT 2 /* end the slice of what runs on cpu */

/* Constants of one start. */
struct user_conf {
	u64 slice_ns;	 /* where the policy names none, and for tasks placed by the kernel side */
	u64 guard_ns;	 /* without progress for this long, the kernel side takes over */
	u64 hold_max_ns; /* a single task never waits longer than this for a decision */
	u64 lag_ns;	 /* how long a waiting message may be older than work already decided */
	u32 nr_cpu_ids;
	u32 user_idle;	 /* tasks that wake go through user space even if a CPU is idle */
	u32 exit_events; /* tell when tasks end */
	u32 pad0;
};

/*
 * The two sides' states, in memory that both map. User space writes only the first, the BPF program
 * only the second; each side derives from the difference what there is to do.
 */
struct user_side {
	u64 consumed;	   /* messages taken off the ring `up` */
	u64 submitted;	   /* decisions put onto the ring `down` */
	u64 held;	   /* tasks taken and not decided, when the last round ended */
	u64 rounds;	   /* calls of schedule() that have ended */
	u64 last_decided;  /* decisions of the last round */
	u32 asleep;	   /* the scheduler thread waits for a wakeup of the ring */
	u32 scheduler_tid; /* the scheduler thread */
	u64 pad0[2];
};

struct kernel_side {
	u64 sent; /* messages put onto the ring `up` */
	u64 pad0[7];
	u64 drained;	       /* decisions taken off the ring `down` */
	u64 retries;	       /* decisions in the queue `undone` */
	u64 progress_ns;       /* when user space was last seen to make progress */
	u64 rounds_seen;       /* and its state then */
	u64 submitted_seen;    /* */
	u64 parked_ns;	       /* since when the scheduler thread waits for a reason to run */
	u64 rescue_checked_ns; /* when the age of the oldest waiting task was last looked at */
	u32 parked;	       /* it is in its DSQ */
	u32 parked_cpu;
	u32 heartbeat;	   /* let it run once, though there is nothing to do */
	u32 guard;	   /* the kernel side decides */
	u32 rescue;	   /* the oldest waiting task has waited too long */
	u32 guard_armed;   /* the timers */
	u32 parking_armed; /* */
	u32 pad1[11];
};

/* Counters, grouped by the function that counts. X(name, text). */
#define USER_STATS(X)                                                          \
	/* a task wants to run */                                              \
	X(ENQ_USER, "announced to user space")                                 \
	X(ENQ_IDLE, "straight to an idle CPU")                                 \
	X(ENQ_KTHREAD, "kernel threads that never wait for user space")        \
	X(ENQ_PINNED, "tasks bound to one CPU, placed by the kernel side")     \
	X(ENQ_GUARD, "placed by the kernel side while the scheduler was away") \
	X(ENQ_SHED, "placed by the kernel side as the ring was full")          \
	X(ENQ_BACK, "came back as the CPU was taken; of those above")          \
	/* a decision */                                                       \
	X(DEC_CPU, "decided: for a CPU")                                       \
	X(DEC_ANY, "decided: for any CPU")                                     \
	X(DEC_BOUNCED, "decided for a CPU that the task may not use")          \
	X(DEC_STALE, "too late: had been placed otherwise")                    \
	X(DEC_GONE, "too late: the task had ended")                            \
	X(DEC_RETRY, "came before the task had reached its queue")             \
	X(DEC_LOST, "could not be carried out")                                \
	X(DEC_BAD, "not understood")                                           \
	X(DRAIN_BUSY, "another CPU was carrying out decisions")                \
	/* a CPU looks for work */                                             \
	X(RUN_SCHED, "the scheduler thread was given a CPU")                   \
	X(RUN_KEEP, "kept running what ran")                                   \
	X(RUN_RESCUED, "taken from a scheduler that kept a task too long")     \
	X(RUN_GUARD, "taken from a scheduler that was away")                   \
	/* what should be rare */                                              \
	X(GUARD_ON, "times the kernel side took over")                         \
	X(GUARD_OFF, "times the scheduler came back")                          \
	X(HEARTBEAT, "times the scheduler was run without work")               \
	X(BAD_TASK, "task without a context")

enum user_stat {
#define X(name, text) USER_STAT_##name,
	USER_STATS(X)
#undef X
		NR_USER_STATS,
};

/* One for each CPU: what was counted there, and what it is just doing. */
struct user_cpu {
	u64 count[NR_USER_STATS];
	u64 turn;      /* whose turn it is when this CPU looks for work */
	u32 nr_done;   /* decisions carried out in this call */
	u32 has_local; /* one of them was a task for this CPU itself */
	u32 has_any;   /* one of them was a task that this CPU may take */
	u32 pad0;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct user_queued) == 160, "no padding");
_Static_assert(sizeof(struct user_decision) == 80, "no padding");
_Static_assert(sizeof(struct user_side) == CACHE_LINE, "a cache line of its own");
_Static_assert(sizeof(struct kernel_side) % CACHE_LINE == 0, "whole cache lines");

#endif
