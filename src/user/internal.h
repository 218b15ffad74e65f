/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share. Who may touch what:
 *
 *	control thread    the caller of scxu_run(): loads, attaches, waits for the end, reports
 *	scheduler thread  calls schedule(); the only one that touches rings, tasks, arena
 *
 * Counters of the scheduler thread are read by others without a lock.
 */
#ifndef SCXU_INTERNAL_H
#define SCXU_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "../../bpf/user.h"
#include "../../topo/topo.h"
#include "scxu.h"

struct user_bpf;
struct bpf_link;
struct user_ring_buffer;

/* A BPF ring buffer as we see it: a position of each side, and data that is mapped twice. */
struct ring_reader {
	unsigned long *consumer;
	const unsigned long *producer;
	const char *data;
	size_t size;
	size_t page_size;
};

/* Memory that is there before it is needed and stays: see memory.c. */
struct arena {
	char *start;
	size_t size, used;
	void *free[32]; /* of 2^i bytes */
};

struct cpu_masks {
	uint64_t (*llcs)[TOPO_MAX_CPUS / 64];
	uint64_t (*nodes)[TOPO_MAX_CPUS / 64];
	uint64_t (*kinds)[TOPO_MAX_CPUS / 64];
};

struct scheduler_thread {
	pthread_t thread;
	void *stack;
	int tid;
	int wake_fd, epoll_fd;
	bool started;
	bool finished; /* its function has returned */
	bool stopping;
	uint64_t minor_faults, major_faults; /* when it started */
};

struct scxu {
	const struct scxu_ops *ops;
	int stop_fd; /* ends scxu_run() */

	/* From here on anew with each start. */
	struct user_bpf *skel;
	struct bpf_link *link;
	volatile struct user_side *user;
	const volatile struct kernel_side *kernel;
	uint64_t *idle_cpus;
	struct ring_reader up;
	struct user_ring_buffer *down;

	struct scxu_task *tasks;	      /* ops->max_tasks of them */
	struct scxu_task *free;		      /* those not in use */
	struct scxu_task *spill, **spill_end; /* dispatched, but the ring was full */
	uint64_t nr_held;
	uint64_t nr_decided, nr_spilled;
	uint64_t vtime_ns, vtime_at_ns; /* what it was, and when: see scxu_vtime() */

	struct scxu_topology topology;
	struct scxu_cpu *cpus;
	struct cpu_masks masks;
	int nr_words;

	struct arena arena;
	struct scheduler_thread thread;
	const struct user_cpu *stats; /* of each CPU */
	size_t stats_size;
	uint64_t restarts;
	char error[256];
};

/* compaction.c: keeps the kernel from moving locked pages, until restored or until we die. */
struct compaction {
	pid_t pid; /* of the process that restores; 0: nothing was changed */
	int fd;
};
void scxu_compaction_stop(struct compaction *c);
void scxu_compaction_restore(struct compaction *c);

/* How one start of the scheduler ended, or that it did not begin. */
enum outcome { OUTCOME_STOPPED, OUTCOME_RESTART, OUTCOME_FAILED };

/* Puts the reason into s->error and returns `err`, negative. */
int scxu_fail(struct scxu *s, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* attach.c: the BPF program. Start: 0, -EAGAIN (CPUs came or went) or another error. */
uint64_t scxu_hotplug_seq(void);
int scxu_load(struct scxu *s, uint64_t hotplug_seq);
int scxu_attach(struct scxu *s, uint64_t hotplug_seq);
void scxu_detach(struct scxu *s); /* the kernel schedules again */
void scxu_unload(struct scxu *s);

/* ring.c */
int scxu_ring_map(struct ring_reader *ring, int fd, size_t size);
void scxu_ring_unmap(struct ring_reader *ring);
const struct user_queued *scxu_ring_peek(const struct ring_reader *ring, size_t *length);
void scxu_ring_pop(struct ring_reader *ring, size_t length);
bool scxu_ring_empty(const struct ring_reader *ring);

/* task.c */
void scxu_tasks_init(struct scxu *s);
bool scxu_flush(struct scxu *s); /* what was spilled; true: all of it */

/* cpu.c */
int scxu_cpus_init(struct scxu *s);
void scxu_cpus_free(struct scxu *s);
void scxu_release_claim(struct scxu *s, int32_t cpu);

/* memory.c */
int scxu_memory_lock(struct scxu *s);
void *scxu_memory_map(size_t bytes);
void scxu_memory_unmap(void *memory, size_t bytes);

/* thread.c */
int scxu_thread_start(struct scxu *s); /* returns when it is ready */
bool scxu_thread_stop(struct scxu *s); /* false: schedule() does not return */
void scxu_thread_faults(const struct scxu *s, uint64_t *minor, uint64_t *major);

/* stats.c */
int scxu_stats_map(struct scxu *s);
void scxu_stats_unmap(struct scxu *s);
void scxu_print_stats(const struct scxu *s, FILE *stream);
void scxu_print_counters(const struct scxu *s, FILE *stream);

static inline uint32_t scxu_max_tasks(const struct scxu *s)
{
	return s->ops->max_tasks ? s->ops->max_tasks : 16384;
}

#endif
