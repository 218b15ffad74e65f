/* SPDX-License-Identifier: GPL-2.0-only */
#include "model.h"

#include <math.h>
#include <string.h>

#define FULL_W	       8.0 /* one busy CPU of the most powerful kind; laptops: 4 to 20 */
#define POWER_EXPONENT 2.4 /* watts grow faster than what a core can do */
#define FLOOR_W	       1.5 /* uncore and memory, once anything is awake */
#define CHANGE_MAX     5.0 /* from the prior, either way: beyond it is a mistake */
#define FORGET_S       3600.0
#define CORES_OFF      2.0  /* what cores draw in a second may be off by twice its size, */
#define READING_OFF    0.05 /* and a reading itself by as much of its own */
#define AWAKE_MIN      0.1  /* of the time, for a reading to show anything */
#define RANK_MARGIN    0.10 /* kinds whose cost is closer than this keep their order */
#define STATIC_SHARE   0.12 /* of a CPU's power that does not depend on frequency */
#define LEVEL_EXPONENT 2.6
#define LEVEL_MARGIN   0.03 /* more power for a faster level is well spent */

static const double levels[MODEL_LEVELS] = { 0.4, 0.6, 0.8, 1.0 };

double model_level_speed(u32 level)
{
	return levels[level];
}

double model_level_power(double speed)
{
	return STATIC_SHARE + (1 - STATIC_SHARE) * pow(speed, LEVEL_EXPONENT);
}

static double level_cost(const struct cost_model *model, u32 kind, u32 level)
{
	return model->watts[kind] / model->capacity[kind] * model_level_power(levels[level]) /
	       levels[level];
}

static double cost(const struct cost_model *model, u32 kind)
{
	return level_cost(model, kind, model->level[kind]);
}

static u32 floor_term(const struct cost_model *model)
{
	return model->nr_kinds;
}

void model_start(struct cost_model *model, const struct energy_machine *machine)
{
	memset(model, 0, sizeof(*model));
	model->nr_kinds = machine->nr_kinds;
	for (u32 k = 0; k < machine->nr_kinds; k++) {
		model->capacity[k] = machine->kinds[k].capacity / 1024.0;
		model->prior_w[k] = FULL_W * pow(model->capacity[k], POWER_EXPONENT);
		model->level[k] = machine->sets_speed ? 0 : MODEL_FULL;
		model->order[k] = machine->policies[TOPO_MODE_POWERSAVE].kind_order[k];
	}
	model->prior_w[floor_term(model)] = FLOOR_W;
	memcpy(model->watts, model->prior_w, sizeof(model->watts));
}

/* Adds a row "sum of x = y" with a weight; x and y in units of the prior and of watts. */
static void add_row(struct cost_model *model, const double *x, double y, double weight)
{
	for (u32 i = 0; i <= model->nr_kinds; i++) {
		for (u32 j = 0; j <= model->nr_kinds; j++)
			model->matrix[i][j] += weight * x[i] * x[j];
		model->vector[i] += weight * x[i] * y;
	}
}

/*
 * Inverts by elimination; the matrix is symmetric and positive definite, as the ridge adds 1 to its
 * diagonal, so no pivoting is needed.
 */
static void invert(u32 n, double matrix[][MODEL_TERMS], double inverse[][MODEL_TERMS])
{
	for (u32 i = 0; i < n; i++)
		for (u32 j = 0; j < n; j++)
			inverse[i][j] = i == j;
	for (u32 i = 0; i < n; i++) {
		double pivot = matrix[i][i];

		for (u32 j = 0; j < n; j++) {
			matrix[i][j] /= pivot;
			inverse[i][j] /= pivot;
		}
		for (u32 k = 0; k < n; k++) {
			double factor = matrix[k][i];

			for (u32 j = 0; k != i && j < n; j++) {
				matrix[k][j] -= factor * matrix[i][j];
				inverse[k][j] -= factor * inverse[i][j];
			}
		}
	}
}

/* A term that has reached its bound is held there: the others are solved for again without it. */
static bool hold_worst(const struct cost_model *model, double *scale, bool *held)
{
	for (u32 i = 0; i <= model->nr_kinds; i++) {
		if (held[i] || (scale[i] <= CHANGE_MAX && scale[i] >= 1 / CHANGE_MAX))
			continue;
		scale[i] = scale[i] > 1 ? CHANGE_MAX : 1 / CHANGE_MAX;
		held[i] = true;
		return true;
	}
	return false;
}

/* The ridge regression: each term as a multiple of its prior, drawn to 1. */
void model_solve(struct cost_model *model)
{
	u32 n = model->nr_kinds + 1;
	double scale[MODEL_TERMS], inverse[MODEL_TERMS][MODEL_TERMS];
	bool held[MODEL_TERMS] = { false };

	do {
		double matrix[MODEL_TERMS][MODEL_TERMS], vector[MODEL_TERMS];

		for (u32 i = 0; i < n; i++) {
			vector[i] = held[i] ? scale[i] : model->vector[i] + 1;
			for (u32 j = 0; j < n; j++) {
				bool fixed = held[i] || held[j];

				matrix[i][j] = fixed ? 0 : model->matrix[i][j];
				if (!held[i] && held[j])
					vector[i] -= model->matrix[i][j] * scale[j];
			}
			matrix[i][i] += 1;
		}
		invert(n, matrix, inverse);
		for (u32 i = 0; i < n; i++) {
			double sum = 0;

			for (u32 j = 0; j < n; j++)
				sum += inverse[i][j] * vector[j];
			scale[i] = held[i] ? scale[i] : sum;
		}
	} while (hold_worst(model, scale, held));
	for (u32 i = 0; i < n; i++)
		model->watts[i] = scale[i] * model->prior_w[i];
	for (u32 k = 0; k < model->nr_kinds; k++)
		model->confidence[k] = held[k] ? model->confidence[k] : 1 - sqrt(inverse[k][k]);
}

/* A kind moves before another only if it is clearly cheaper. */
static void rank(struct cost_model *model)
{
	for (u32 i = 1; i < model->nr_kinds; i++) {
		u8 kind = model->order[i];
		u32 place = i;

		while (place && cost(model, kind) <
					cost(model, model->order[place - 1]) * (1 - RANK_MARGIN)) {
			model->order[place] = model->order[place - 1];
			place--;
		}
		model->order[place] = kind;
	}
}

static void scale_row(const struct cost_model *model, const double *busy, double floor, double *x)
{
	for (u32 k = 0; k < model->nr_kinds; k++)
		x[k] = busy[k] * model->prior_w[k];
	x[floor_term(model)] = floor * model->prior_w[floor_term(model)];
}

/* The share of time that anything is busy, if each CPU is at random. */
static double awake_share(double busy)
{
	return 1 - exp(-busy);
}

static double sum_of(const struct cost_model *model, const double *busy)
{
	double sum = 0;

	for (u32 k = 0; k < model->nr_kinds; k++)
		sum += busy[k];
	return sum;
}

/*
 * How far a reading of a second may be off. What a core draws depends on what it computes, so what
 * a load shows of cores is weak; a light one shows well what there is beside them, as far as that
 * is awake.
 */
static double reading_variance(const struct cost_model *model, const double *busy, double watts)
{
	double asleep = 1 - awake_share(sum_of(model, busy)), cores = 0;

	for (u32 k = 0; k < model->nr_kinds; k++)
		cores += busy[k] * model->watts[k];
	cores = fmin(cores, watts);
	return pow(CORES_OFF * cores, 2) + pow(READING_OFF * watts, 2) +
	       pow(asleep * model->watts[floor_term(model)], 2);
}

void model_read(struct cost_model *model, const double *busy, double watts, double seconds)
{
	double keep = exp(-seconds / FORGET_S), x[MODEL_TERMS];

	if (!(watts > 0) || !(seconds > 0))
		return;
	for (u32 i = 0; i <= model->nr_kinds; i++) {
		for (u32 j = 0; j <= model->nr_kinds; j++)
			model->matrix[i][j] *= keep;
		model->vector[i] *= keep;
	}
	if (awake_share(sum_of(model, busy)) < AWAKE_MIN)
		return;
	scale_row(model, busy, 1, x);
	add_row(model, x, watts, seconds / reading_variance(model, busy, watts));
	model_solve(model);
}

void model_probe(struct cost_model *model, const double *more_busy, double more_watts,
		 double noise_w)
{
	double x[MODEL_TERMS];

	scale_row(model, more_busy, 0, x);
	add_row(model, x, more_watts, 1 / (noise_w * noise_w));
	model->nr_probes++;
	model_solve(model);
	rank(model);
}

/*
 * Power with the load spread over CPUs of a kind at random: the floor is there while any of them is
 * busy.
 */
static double power_at(const struct cost_model *model, u32 kind, u32 level, double load)
{
	double busy = load / (model->capacity[kind] * levels[level]);
	double floor = model->watts[floor_term(model)] * awake_share(busy);

	return floor + load * level_cost(model, kind, level);
}

/* The power at the best level. */
static double least_power(const struct cost_model *model, u32 kind, double load)
{
	double least = power_at(model, kind, 0, load);

	for (u32 level = 1; level < MODEL_LEVELS; level++)
		least = fmin(least, power_at(model, kind, level, load));
	return least;
}

void model_choose_levels(struct cost_model *model, double load)
{
	for (u32 k = 0; k < model->nr_kinds; k++) {
		double most = least_power(model, k, load) * (1 + LEVEL_MARGIN);

		model->level[k] = MODEL_FULL;
		while (model->level[k] && power_at(model, k, model->level[k], load) > most)
			model->level[k]--;
	}
}

u32 model_cost_uj(const struct cost_model *model, u32 kind, u32 level)
{
	return level_cost(model, kind, level) * 1e6;
}
