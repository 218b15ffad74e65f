/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood, OOPSLA 2014),
 * one multiplication chain a number, any seed is good. Integers only.
 */
#ifndef SCX_TOPO_SIM_RNG_H
#define SCX_TOPO_SIM_RNG_H

#include "bpf/types.h"

struct rng {
	u64 state;
};

static inline u64 rng_next(struct rng *rng)
{
	u64 z = rng->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* 0 to n - 1; 0 for n = 0. */
static inline u64 rng_below(struct rng *rng, u64 n)
{
	return n ? (u64)(((unsigned __int128)rng_next(rng) * n) >> 64) : 0;
}

/* min to max, both included. */
static inline u64 rng_between(struct rng *rng, u64 min, u64 max)
{
	return max > min ? min + rng_below(rng, max - min + 1) : min;
}

/* A stream of its own for each purpose, so that one more draw here changes nothing there. */
static inline struct rng rng_stream(u64 seed, u64 purpose)
{
	struct rng rng = { .state = seed * 0xd1342543de82ef95ULL + purpose };

	rng.state = rng_next(&rng) ^ purpose;
	return rng;
}

#endif
