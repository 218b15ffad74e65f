/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a busy CPU of each kind costs.
 *
 * The model is the power of the package: a floor, and for each kind a number of watts for each CPU
 * that is busy. What matters is watts over capacity, the cost of a unit of work.
 *
 * It starts from a *prior* made of the capacities alone: a core that does half the work takes less
 * than half the power. Two kinds of evidence move it:
 *
 *	readings   power and busy CPUs, once a second, whatever runs. Weak and one-sided, as the
 *		   load decides what they show: they may move the numbers, never the ranking.
 *	probes     the same work done on one kind, then on another, and back (probe.h). These decide
 *		   the ranking.
 *
 *	prior: E 2.4 W, P 8.0 W. A probe says that work that keeps one P core busy by half costs
 *	1.5 W more there: E and P move as little as possible, in percent, to agree with that.
 *
 * Both are rows of one ridge regression towards the prior, forgotten over an hour. Without energy
 * counters the prior is all there is. Confidence is the share of the prior's uncertainty that the
 * evidence has taken away.
 *
 * Where the dispatcher sets the speed of CPUs, a kind is run at a *level* of it. How power falls
 * with speed is taken on trust, the same for all kinds: the evidence is about watts at full speed.
 *
 * What this is bad at: where the processor chooses its speed by itself, nothing is known of it, and
 * watts are those at the speeds that the load of the last hour made it choose.
 */
#ifndef SCX_TOPO_ENERGY_MODEL_H
#define SCX_TOPO_ENERGY_MODEL_H

#include "machine.h"

#define MODEL_LEVELS 4			  /* 40, 60, 80 and 100 % of a CPU's capacity */
#define MODEL_TERMS  (TOPO_MAX_KINDS + 1) /* the kinds, and the floor as the last */

struct cost_model {
	u32 nr_kinds;
	u32 nr_probes;
	double capacity[TOPO_MAX_KINDS]; /* of the most powerful CPU, 0..1 */
	double prior_w[MODEL_TERMS];
	double watts[MODEL_TERMS];
	double confidence[TOPO_MAX_KINDS]; /* 0..1 */
	u8 order[TOPO_MAX_KINDS];	   /* the cheapest work first */
	u8 level[TOPO_MAX_KINDS]; /* at which work on each kind is done: MODEL_FULL, or chosen */
	/* The normal equations of the evidence, in units of the prior. */
	double matrix[MODEL_TERMS][MODEL_TERMS];
	double vector[MODEL_TERMS];
};

void model_start(struct cost_model *model, const struct energy_machine *machine);

/* A reading: mean power, and the mean number of busy CPUs of each kind, over some seconds. */
void model_read(struct cost_model *model, const double *busy, double watts, double seconds);

/*
 * A probe: how much more power one way of doing the work took than the other, how many more CPUs of
 * each kind were busy in it, and how far from the truth the first may be (standard deviation).
 */
void model_probe(struct cost_model *model, const double *more_busy, double more_watts,
		 double noise_w);

/* Works out the numbers anew from the evidence, which was put there from outside. */
void model_solve(struct cost_model *model);

/* Power of a busy CPU at that speed, of its power at full speed; both 0..1. */
double model_level_power(double speed);

/* The speed of a level, 0..1. */
double model_level_speed(u32 level);

/*
 * Chooses the level of each kind: the fastest at which it would do a load, in CPUs of full power,
 * for next to the least power, if it had to do all of it. Too fast wastes power in the core; too
 * slow keeps everything around it awake for longer.
 */
void model_choose_levels(struct cost_model *model, double load);

/* What a second of work of the most powerful CPU costs on a kind, in uJ, at a level 0..3. */
u32 model_cost_uj(const struct cost_model *model, u32 kind, u32 level);
#define MODEL_FULL (MODEL_LEVELS - 1)

#endif
