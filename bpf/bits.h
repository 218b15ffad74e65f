/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bits of 64-bit words, and words that several CPUs change at once.
 */
#ifndef SCX_TOPO_BITS_H
#define SCX_TOPO_BITS_H

#include "types.h"

static inline u64 bit(u32 n)
{
	return 1ULL << (n & 63);
}

/* Number of the lowest set bit; 63 for 0. BPF has no instruction for it, hence the halving. */
static inline u32 first_bit(u64 word)
{
	u32 n = 0;

	if (!(word & 0xffffffff)) {
		n += 32;
		word >>= 32;
	}
	if (!(word & 0xffff)) {
		n += 16;
		word >>= 16;
	}
	if (!(word & 0xff)) {
		n += 8;
		word >>= 8;
	}
	if (!(word & 0xf)) {
		n += 4;
		word >>= 4;
	}
	if (!(word & 0x3)) {
		n += 2;
		word >>= 2;
	}
	if (!(word & 0x1))
		n += 1;
	return n;
}

/* The first set bit at or after `start`, going round at 64. */
static inline u32 first_bit_from(u64 word, u32 start)
{
	u64 after = word & (~0ULL << (start & 63));

	return first_bit(after ? after : word);
}

static inline u64 read_word(const u64 *word)
{
	return *(const volatile u64 *)word;
}

/* These are full memory barriers and return what was there before. */
static inline u64 set_bits(u64 *word, u64 bits)
{
	return __sync_fetch_and_or(word, bits);
}

static inline u64 clear_bits(u64 *word, u64 bits)
{
	return __sync_fetch_and_and(word, ~bits);
}

#endif
