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

/*
 * Number of the lowest set bit; 0 for 0. BPF has no instruction for it, and every branch of a
 * search by halving would double what the verifier has to walk through. Multiplying a de Bruijn
 * sequence by a power of two puts different six bits on top for each of the 64.
 */
#define DE_BRUIJN 0x03f79d71b4cb0a89ULL

static const u8 de_bruijn_bit[64] = {
	0,  1,	48, 2,	57, 49, 28, 3,	61, 58, 50, 42, 38, 29, 17, 4,	62, 55, 59, 36, 53, 51,
	43, 22, 45, 39, 33, 30, 24, 18, 12, 5,	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21,
	44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,	13, 8,	7,  6,
};

static inline u32 first_bit(u64 word)
{
	/* volatile, for the compiler would drop the mask that tells the verifier the bound. */
	const volatile u8 *table = de_bruijn_bit;

	return table[((word & -word) * DE_BRUIJN) >> 58] & 63;
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
