/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the scheduler thread. A page fault in it may need a task to run that waits for it, so
 * there must be none: everything is there and locked before the scheduler is attached.
 *
 *	mlockall()       nothing is paged out, or still to be paged in
 *	MPOL_LOCAL       no hinting faults: NUMA balancing leaves out what has a policy of its own
 *	THP disabled     no page is moved in order to be joined with others
 *	compaction.c     nor in order to join free ones
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define MPOL_LOCAL 4
#define ARENA_MIN  5 /* 2^5 bytes is the smallest piece, with its header */

int scxu_memory_lock(struct scxu *s)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		return scxu_fail(s, -errno, "cannot lock memory: %s", strerror(errno));
	return 0;
}

/* Zeroed, and touched; a child of this process does not get it, as sharing it means faults. */
void *scxu_memory_map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_DONTFORK);
	memset(memory, 0, bytes);
	return memory;
}

void scxu_memory_unmap(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}

/* Pieces are powers of two; the first word of each says which, behind it is the user's part. */
struct piece {
	uint64_t order;
	uint64_t pad;
	char memory[];
};

static unsigned int piece_order(size_t bytes)
{
	unsigned int order = ARENA_MIN;

	while (order < 31 && ((size_t)1 << order) - sizeof(struct piece) < bytes)
		order++;
	return order;
}

void *scxu_alloc(struct scxu *s, size_t bytes)
{
	struct arena *a = &s->arena;
	unsigned int order = piece_order(bytes);
	struct piece *piece = a->free[order];
	size_t size = (size_t)1 << order;

	if (size - sizeof(*piece) < bytes)
		return NULL;
	if (piece) {
		a->free[order] = *(void **)piece->memory;
	} else {
		if (a->size - a->used < size)
			return NULL;
		piece = (struct piece *)(a->start + a->used);
		a->used += size;
	}
	piece->order = order;
	return memset(piece->memory, 0, bytes);
}

void scxu_free(struct scxu *s, void *memory)
{
	struct piece *piece;

	if (!memory)
		return;
	piece = (struct piece *)((char *)memory - offsetof(struct piece, memory));
	*(void **)memory = s->arena.free[piece->order];
	s->arena.free[piece->order] = piece;
}
