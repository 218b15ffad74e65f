/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF program, user space and the simulator share: limits, the tables that describe the
 * machine, the policy that steers placement, and the counters.
 *
 * The machine is described by three tables, made from `struct topo` by topo/layout.c:
 *
 *	cpus     one entry a CPU number
 *	domains  one entry a scheduling domain: CPUs that share a last-level cache and a node
 *	tiles    one entry for each 64 CPUs of a domain, or part of them
 *
 * A CPU sits in a *slot* of a tile, so that one 64-bit word says which CPUs of a tile are idle,
 * which a task may use, which are of one kind or share an L2, and choosing an idle CPU is a few
 * operations on such words, whatever the machine's size. Slots are sorted best first: by kind
 * (powerful first), then favoured cores first; the threads of a core are neighbours. Tiles of small
 * domains share one *word* of a task's affinity (`struct task_ctx`), each with slots of its own in
 * it.
 *
 * No implicit padding, fixed-width types; state that CPUs write often has a cache line of its own.
 * Times are in nanoseconds of the scheduler's clock unless a name says otherwise.
 */
#ifndef SCX_TOPO_INTF_H
#define SCX_TOPO_INTF_H

#include "types.h"

#define TOPO_MAX_CPUS	 4096 /* and CPU numbers stay below it */
#define TOPO_MAX_DOMAINS 4096
#define TOPO_MAX_NODES	 1024
#define TOPO_MAX_KINDS	 8  /* more kinds than this are merged, nearest capacities first */
#define TOPO_MAX_RINGS	 68 /* entries of a domain's list of other domains */
#define TOPO_MAX_WORDS	 128
#define TILE_SLOTS	 64

#define NSEC_PER_USEC 1000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL

#define CACHE_LINE 64

/* What the user asked for; see `struct policy` for what it means to the dispatcher. */
enum topo_mode {
	TOPO_MODE_PERF,	     /* powerful kinds first, whole idle cores first */
	TOPO_MODE_POWERSAVE, /* efficient kinds first, packed, spilling as soon as waiting would
				start */
	TOPO_MODE_AUTO,	     /* user space chooses between the two; never seen by the dispatcher */
};

/* DSQs: one for each domain, and one for each CPU for tasks that may run only there. */
#define DSQ_DOMAIN_BASE 0x10000ULL
#define DSQ_CPU_BASE	0x20000ULL

/* The smallest part of the machine that two CPUs share. */
enum topo_level {
	LEVEL_CORE,
	LEVEL_L2,
	LEVEL_LLC, /* the domain */
	LEVEL_NODE,
	LEVEL_MACHINE,
	NR_LEVELS,
};

/*
 * Other domains at one distance, as bits of word `word` of a bitmap of domains. A domain's rings
 * are sorted: same node first, then by NUMA distance.
 */
struct ring {
	u64 domains;
	u16 word;
	u16 level;    /* LEVEL_NODE or LEVEL_MACHINE */
	u32 distance; /* ACPI SLIT, 10 is local */
};

#define DOMAIN_WORDS (TOPO_MAX_DOMAINS / 64)

/*
 * Bitmaps of domains, so that looking for an idle CPU or a waiting task beyond one's own domain is
 * a matter of a few words. Hints: a set bit may be stale, a clear one is put right by whoever
 * cleared it too early.
 */
struct machine {
	u64 idle_domains[DOMAIN_WORDS];	   /* has an idle CPU */
	u64 waiting_domains[DOMAIN_WORDS]; /* has tasks in its DSQ */
	u64 idle_words;			   /* bit i: idle_domains[i] is not 0 */
	u64 pad[7];
};

struct domain {
	/* Written at every enqueue and dequeue. */
	u64 clock_ns;	      /* vruntime that a task which always got its share would have */
	u64 line;	      /* tasks waiting, and how many ever came: see queue.h */
	u64 load;	      /* weights of the tasks that run or wait here */
	u64 waiting_since_ns; /* since when there was always somebody waiting: see far.h */
	u64 pad0[4];

	/* Written every 2 ms at most; see balance.h. */
	u64 balance_ns; /* when it was last compared with other domains */
	u64 load_avg;	/* of `load` at these times */
	u64 pad3[6];

	/* Written when a tile's first CPU becomes idle or its last one busy. */
	u64 idle_tiles; /* bit i: tile first_tile + i has an idle CPU */
	u64 warm_tiles; /* and a CPU whose DSQ holds a task that others may take */
	u64 pad1[6];

	u32 id;
	u32 node;
	u32 first_tile;
	u32 nr_tiles; /* at most 64 */
	u32 nr_cpus;
	u32 nr_rings;
	u32 first_cpu; /* lowest number */
	u32 kinds;     /* of its CPUs, as bits */
	u32 capacity;  /* of its CPUs together */
	u32 pad2[7];

	struct ring rings[TOPO_MAX_RINGS];
};

struct tile {
	u64 idle;  /* slots whose CPU is idle and not yet claimed */
	u64 warm;  /* slots whose CPU's DSQ holds a task that other CPUs may take */
	u64 hot;   /* slots whose CPU is used so much that its clock has to go up: see speed.h */
	u64 hogs;  /* slots whose CPU runs a task that computes for long: see hog.h */
	u64 brief; /* slots whose CPU is idle for moments only: see far.h */
	u64 pad0[3];

	u64 slots; /* slots in use */
	u64 first; /* the first thread of each core */
	u64 kind[TOPO_MAX_KINDS];
	u16 word; /* of a task's affinity */
	u16 domain;
	u32 alike; /* no core of it is more powerful or favoured than another */
	u64 pad2[5];

	u16 cpu[TILE_SLOTS]; /* CPU number of each slot */
};

struct cpu_ctx {
	/* The machine's shape; not written after start. */
	u64 core_mask; /* slots of the threads of its core */
	u64 l2_mask;   /* slots that share its L2; just the core where there is none */
	u32 tile;
	u32 domain;
	u16 slot;
	u16 node;
	u16 kind;
	u16 capacity; /* 1..1024 */
	u32 online;   /* 0: no such CPU, the rest means nothing */
	u32 pad0;

	/* Written where the clock's governor is asked for a speed only; see speed.h. */
	u64 util_ns; /* when util was last brought up to date */
	u32 util;    /* of its full speed, 1024 is all the time */
	u32 speed;   /* what the governor was asked for; 0: nothing yet */

	/* Written where powersave has kinds of core to choose from only; see descend.h. */
	u32 called_stint; /* that is to go on elsewhere; 0: none */
	u32 called_by;	  /* the CPU that takes it */

	/* What runs here. */
	u64 deadline_ns;   /* of the running task */
	u64 run_start_ns;  /* when it came on; 0: nothing of ours runs */
	u64 line;	   /* tasks waiting in the CPU's own DSQ: see queue.h */
	u32 missed;	   /* arrivals in queues that had nothing for this CPU: see steal.h */
	u32 looked;	   /* those for which it has looked again from idle */
	u32 nr_warm;	   /* tasks in the CPU's DSQ that other CPUs may take */
	u8 yielded;	   /* the running task asked to let others go first */
	u8 idle;	   /* it went idle, and nothing of ours has run since */
	u8 hog;		   /* it is among its tile's hogs */
	u8 brief;	   /* it is among its tile's brief ones */
	u64 hog_ns;	   /* when the running task becomes a hog; 0: never, or it is one */
	u64 idle_since_ns; /* 0: it is not idle; both only where there are several domains */
	u64 idle_avg_ns;   /* how long it is idle at a time; 0: it never was */

	/* Written by this CPU only: its runqueue is locked when a task is put into its DSQ. */
	u64 first_ns; /* if one task waits there, its deadline, or 0: ask the DSQ */
	u64 stole_ns; /* when it last took a task from another domain */

	/* Written by whoever kicks, and by this CPU. */
	u64 pushed_ns; /* deadline of the task that was last kicked to give way; 0: it was asked */
	u64 pad3[5];
};

/*
 * Which queue a task waits in, so that the queue's nr_queued can be kept right whichever way the
 * task leaves it.
 */
enum task_queue {
	QUEUE_NONE,
	QUEUE_DOMAIN,
	QUEUE_CPU,  /* may run only there */
	QUEUE_NEXT, /* may run only there, and is in its local DSQ: nothing comes before it */
	QUEUE_WARM, /* in the DSQ of the CPU it ran on last, for its cache; others may take it */
};

/* Whether a task leaves its core. */
enum task_escape {
	TASK_STAYS,
	TASK_ESCAPES,  /* it is too small for it; see escape.h */
	TASK_DESCENDS, /* it is dear, and a cheaper one is idle; see descend.h */
};

/*
 * Kept for each task while it is scheduled by us. `allowed` is its CPU affinity as slots;
 * conf.nr_words words are in use. (The kernel wants the size of task storage fixed at build time.)
 */
struct task_ctx {
	u64 vruntime_ns; /* CPU time over weight, on the clock of `domain` */
	u64 deadline_ns; /* what its queue is sorted by */
	u64 awake_ns;	 /* weighted CPU time since it last slept */
	u64 run_ns;	 /* CPU time since it last slept; kept where kinds differ, as are: */
	u64 util_ns;	 /* when util was last brought up to date */
	u64 run_start_ns;
	u64 wait_start_ns; /* when it became ready to run; 0: it is not waiting */
	u64 left_ns;	   /* when it last stopped without waiting; 0: it has woken since */
	u64 last_sleep_ns; /* when it last gave up the CPU of its own will */
	u64 joined_ns;	   /* when it came to `domain` from another one */
	u32 domain;	   /* whose clock vruntime_ns is on */
	u32 last_cpu;	   /* where it last ran; NO_CPU at first */
	u32 queue;	   /* enum task_queue */
	u32 queue_id;	   /* domain or CPU of that queue */
	u32 sleep_freq;	   /* EWMA of voluntary switches in 100 ms; see vtime.h */
	u32 load;	   /* what it adds to the load of `domain`; 0 while it sleeps */
	u32 util;	   /* share of the most powerful CPU that it uses, 1024 is all; see fit.h */
	u32 escaping;	   /* enum task_escape */
	u64 allowed[TOPO_MAX_WORDS];
};
#define NO_CPU ((u32)-1)

/*
 * How placement is steered; written by user space, read by the dispatcher. Two copies, of which
 * `policy_index` names the valid one: the writer fills the other and then flips the index.
 *
 * In powersave CPUs are taken in the order of `kind_order`, first among the active ones. They are a
 * preference: a task that finds none of them idle takes any other CPU at once, and one that does
 * not fit a kind passes it over.
 */
#define POLICY_VERSION 4
struct policy {
	u32 version;
	u32 generation; /* grows by one with every change */
	u64 expires_ns; /* after this moment the static order of `mode` holds; 0: never */
	u32 mode;	/* TOPO_MODE_PERF or TOPO_MODE_POWERSAVE */
	u32 nr_kinds;
	u8 kind_order[TOPO_MAX_KINDS];	/* kinds, the one to use first comes first */
	u16 fit_util[TOPO_MAX_KINDS];	/* tasks of a higher util do not fit the kind; 0: all do */
	u32 cost_uw[TOPO_MAX_KINDS];	/* what 1024 of capacity costs; to be shown; 0: unknown */
	u16 confidence[TOPO_MAX_KINDS]; /* in cost_uw, permille; to be shown */
	u16 nr_active;			/* CPUs to be used first; 0: no such set */
	u16 reason;			/* enum policy_reason; to be shown */
	u32 lost_readings;		/* of energy, since there were any; to be shown */
	u32 spoilt_probes;		/* comparisons that came to nothing; to be shown */
	u32 pad0;
	u16 min_speed[TOPO_MAX_KINDS]; /* of 1024: slower costs more; 0: unknown. See speed.h */
	u64 active[TOPO_MAX_WORDS];    /* slots in a task's words, as in task_ctx.allowed */
};

/* Why the active CPUs are as many as they are. X(name, text). */
#define POLICY_REASONS(X)                                     \
	X(STATIC, "static order")                             \
	X(PERF, "performance: all CPUs")                      \
	X(DEMAND, "what the load needs")                      \
	X(GROWN, "more load")                                 \
	X(SHRUNK, "less load")                                \
	X(WAITS, "tasks had to wait")                         \
	X(PROBE, "comparing two ways of doing the same work") \
	X(VETO, "packing was measured not to pay")            \
	X(IDLE, "nearly idle: left alone")

enum policy_reason {
#define X(name, text) POLICY_##name,
	POLICY_REASONS(X)
#undef X
		NR_POLICY_REASONS,
};

/* Constants of one start: sizes of the tables, and the knobs of the policy. */
struct topo_conf {
	u32 nr_cpu_ids; /* entries of the cpus table */
	u32 nr_cpus;	/* online ones */
	u32 nr_domains;
	u32 nr_tiles;
	u32 nr_words; /* of a task's affinity */
	u32 nr_kinds;
	u32 smt_width;	 /* threads of the widest core */
	u32 nr_possible; /* CPUs in the affinity of a task that has none */
	u32 sets_speed;	 /* CPUs' clocks go by what we ask for; see speed.h */
	u32 pad0;
	u64 slice_max_ns; /* with nobody waiting */
	u64 slice_min_ns; /* however many wait */
	u64 credit_ns; /* how far behind the clock a task wakes, for each voluntary switch in 100 ms
			*/
	u64 lag_max_ns;		/* how far from the clock anybody may be */
	u64 awake_max_ns;	/* how much of the time since the last sleep counts */
	u64 preempt_ns;		/* how much earlier a deadline must be to preempt */
	u64 steal_node_ns;	/* what moving a task to another LLC of the node costs */
	u64 steal_machine_ns;	/* and to another node, at distance 20 */
	struct policy fallback; /* when user space stops writing the policy */
};

/*
 * Counters, grouped by the function that counts. Every decision, loss, retry and fallback has one.
 * X(name, text shown by monitor).
 */
#define TOPO_STATS(X)                                                          \
	/* where an idle CPU was found on waking */                            \
	X(SEL_PREV_CORE, "previous CPU, its core idle")                        \
	X(SEL_CORE_L2, "idle core, same L2")                                   \
	X(SEL_CORE_LLC, "idle core, same LLC")                                 \
	X(SEL_PREV_THREAD, "previous CPU, sibling busy")                       \
	X(SEL_THREAD_L2, "idle thread, same L2")                               \
	X(SEL_THREAD_LLC, "idle thread, same LLC")                             \
	X(SEL_NODE, "other LLC of the node")                                   \
	X(SEL_MACHINE, "other node")                                           \
	X(SEL_HOG, "a hog is to give way")                                     \
	X(SEL_NONE, "no idle CPU")                                             \
	X(SEL_SPILL, "beyond the active CPUs")                                 \
	X(SEL_BRIEF, "far CPUs left alone, idle for moments only")             \
	X(SEL_CLAIM_LOST, "idle CPU claimed by somebody else first")           \
	X(SEL_TAKEN, "idle CPU that a higher class had taken")                 \
	/* enqueue: where a task that did not get an idle CPU at once waits */ \
	X(ENQ_IDLE, "straight to an idle CPU")                                 \
	X(ENQ_DOMAIN, "domain DSQ")                                            \
	X(ENQ_CPU, "CPU DSQ (pinned)")                                         \
	X(ENQ_NEXT, "next on its CPU (pinned)")                                \
	X(ENQ_WARM, "CPU DSQ (for its cache)")                                 \
	X(ENQ_STAY, "went on where it was, as nobody else wanted to")          \
	X(ENQ_PREEMPT, "preempted a later deadline")                           \
	/* dispatch: what a CPU that needs work does */                        \
	X(DSP_CPU, "from the CPU DSQ")                                         \
	X(DSP_DOMAIN, "from the domain DSQ")                                   \
	X(DSP_WARM, "from the DSQ of another CPU of the domain")               \
	X(DSP_STEAL_NODE, "stolen inside the node")                            \
	X(DSP_STEAL_MACHINE, "stolen from another node")                       \
	X(DSP_BALANCE, "of those stolen, while it had work itself")            \
	X(DSP_STEAL_LEFT, "not stolen: it would cost more than it gains")      \
	X(DSP_STEAL_MISS, "nothing there to steal")                            \
	X(DSP_KEEP, "kept running")                                            \
	X(DSP_CALL, "called an idle CPU instead, as a hog did not give way")   \
	X(DSP_IDLE, "went idle")                                               \
	X(DSP_LOOK_AGAIN, "looked again on the way to idle")                   \
	/* running, stopping, tick */                                          \
	X(RUN_SWITCH, "context switches")                                      \
	X(RUN_MIGRATE_CORE, "migrations inside a core")                        \
	X(RUN_MIGRATE_L2, "migrations inside an L2")                           \
	X(RUN_MIGRATE_LLC, "migrations inside an LLC")                         \
	X(RUN_MIGRATE_NODE, "migrations inside a node")                        \
	X(RUN_MIGRATE_MACHINE, "migrations between nodes")                     \
	X(RUN_SLEEP, "gave up the CPU of their own will")                      \
	X(TICK_CUT, "slices cut because others wait")                          \
	X(TICK_CALL, "called an idle CPU of another domain")                   \
	/* fit: heavy tasks on small cores */                                  \
	X(FIT_ESCAPE, "left a core too small for it")                          \
	X(FIT_STAY, "too small, but no bigger one idle")                       \
	X(FIT_DESCEND, "left a dear core for a cheap one")                     \
	/* speed: what the governor of clocks is asked for */                  \
	X(SPEED_UP, "asked for a faster clock")                                \
	X(SPEED_DOWN, "asked for a slower clock")                              \
	/* kicks */                                                            \
	X(KICK_IDLE, "kicked an idle CPU")                                     \
	X(KICK_PREEMPT, "kicked a busy CPU")                                   \
	X(KICK_AGAIN, "of those, as an earlier kick was in vain")              \
	/* what should be rare */                                              \
	X(BAD_TASK, "task without a context")                                  \
	X(BAD_CPU, "CPU without a context")                                    \
	X(BAD_POLICY, "policy expired or of another version, static order used")

enum topo_stat {
#define X(name, text) STAT_##name,
	TOPO_STATS(X)
#undef X
		NR_TOPO_STATS,
};

#define WAIT_BUCKETS 32 /* bucket i: waits of [2^i, 2^(i+1)) us, the first from 0 */

/*
 * Why the scheduler ended, as the kernel told it. `kind` is written last: not 0 means that the rest
 * is complete.
 */
#define EXIT_REASON_LEN 128
#define EXIT_MSG_LEN	1024
#define EXIT_DUMP_LEN	32768
struct exit_report {
	u32 kind;
	u32 pad0;
	u64 code;
	char reason[EXIT_REASON_LEN];
	char msg[EXIT_MSG_LEN];
	char dump[EXIT_DUMP_LEN];
};

/* One for each CPU, written only by the CPU on which the event happens. */
struct cpu_stats {
	u64 count[NR_TOPO_STATS];
	u64 busy_ns;			  /* wall time with one of our tasks on */
	u64 slow_ns;			  /* as much of it was lost to a slow clock */
	u64 wait_ns;			  /* sum of the waits */
	u64 wait_histogram[WAIT_BUCKETS]; /* of ready-to-run until running */
};

_Static_assert(sizeof(struct ring) == 16, "no padding");
_Static_assert(sizeof(struct domain) % CACHE_LINE == 0, "whole cache lines");
_Static_assert(sizeof(struct tile) % CACHE_LINE == 0, "whole cache lines");
_Static_assert(sizeof(struct cpu_ctx) % CACHE_LINE == 0, "whole cache lines");
_Static_assert(sizeof(struct task_ctx) % 8 == 0, "no padding");
_Static_assert(sizeof(struct policy) == 128 + 8 * TOPO_MAX_WORDS, "no padding");

#endif
