/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a BPF ring buffer record by record. libbpf reads all there is and calls back for each;
 * here the policy decides when it takes the next one, and what it does not take stays in the ring.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

int scxu_ring_map(struct ring_reader *ring, int fd, size_t size)
{
	void *map;

	ring->page_size = sysconf(_SC_PAGESIZE);
	ring->size = size;
	map = mmap(NULL, ring->page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	ring->consumer = map;
	map = mmap(NULL, ring->page_size + 2 * size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd,
		   ring->page_size);
	if (map == MAP_FAILED) {
		int err = -errno;

		munmap(ring->consumer, ring->page_size);
		ring->consumer = NULL;
		return err;
	}
	ring->producer = map;
	ring->data = (const char *)map + ring->page_size;
	return 0;
}

void scxu_ring_unmap(struct ring_reader *ring)
{
	if (!ring->consumer)
		return;
	munmap(ring->consumer, ring->page_size);
	munmap((void *)ring->producer, ring->page_size + 2 * ring->size);
	ring->consumer = NULL;
}

/* A record that is being written counts. */
bool scxu_ring_empty(const struct ring_reader *ring)
{
	return *ring->consumer == __atomic_load_n(ring->producer, __ATOMIC_SEQ_CST);
}

/* The oldest record, or NULL if there is none that is complete. */
const struct user_queued *scxu_ring_peek(const struct ring_reader *ring, size_t *length)
{
	unsigned long position = *ring->consumer;
	const uint32_t *header = (const void *)(ring->data + (position & (ring->size - 1)));
	uint32_t word;

	if (position == __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE))
		return NULL;
	word = __atomic_load_n(header, __ATOMIC_ACQUIRE);
	if (word & BPF_RINGBUF_BUSY_BIT)
		return NULL;
	*length = word & ~BPF_RINGBUF_DISCARD_BIT;
	return (const void *)((const char *)header + BPF_RINGBUF_HDR_SZ);
}

void scxu_ring_pop(struct ring_reader *ring, size_t length)
{
	unsigned long taken = (length + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;

	__atomic_store_n(ring->consumer, *ring->consumer + taken, __ATOMIC_RELEASE);
}
