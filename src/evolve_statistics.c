/* SPDX-License-Identifier: GPL-2.0-only */
#include <math.h>

#include "evolve.h"

#define MIN_GAIN 0.01 /* less is not worth a change */
#define SIGMAS	 2.0

void candidate_summarise(struct candidate *c)
{
	double sum = 0, squares = 0;
	int i;

	for (i = 0; i < c->nr_samples; i++)
		sum += c->samples[i];
	c->mean = sum / c->nr_samples;
	for (i = 0; i < c->nr_samples; i++)
		squares += (c->samples[i] - c->mean) * (c->samples[i] - c->mean);
	c->noise = 0;
	if (c->nr_samples > 1)
		c->noise = sqrt(squares / (c->nr_samples - 1) / c->nr_samples);
}

bool candidate_better(const struct candidate *c, const struct candidate *best, bool higher)
{
	double gain = higher ? c->mean - best->mean : best->mean - c->mean;
	double noise = sqrt(c->noise * c->noise + best->noise * best->noise);

	return gain > SIGMAS * noise && gain > MIN_GAIN * fabs(best->mean);
}
