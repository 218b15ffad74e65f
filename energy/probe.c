/* SPDX-License-Identifier: GPL-2.0-only */
#include "probe.h"

#include <math.h>
#include <string.h>

#define NOISE_MIN 0.01 /* as a share of power: two windows may agree by chance */

void probe_start(struct probe *probe, enum probe_subject subject, u32 a, u32 b, bool reversed)
{
	memset(probe, 0, sizeof(*probe));
	probe->subject = subject;
	probe->a = a;
	probe->b = b;
	probe->reversed = reversed;
}

static bool step_is_a(const struct probe *probe, u32 step)
{
	bool outer = step == 0 || step == PROBE_STEPS - 1;

	return outer != probe->reversed;
}

bool probe_is_a(const struct probe *probe)
{
	return step_is_a(probe, probe->step);
}

static void window_add(struct probe_window *window, const struct energy_sample *sample, double work)
{
	window->seconds += (double)sample->interval_ns / NSEC_PER_SEC;
	window->joules += sample->energy_uj / 1e6;
	window->work += work;
	for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
		window->busy[k] += energy_sample_busy(sample, k);
}

static bool differ(double a, double b, double factor)
{
	return a > b * factor || b > a * factor;
}

/*
 * Both windows of one side together, and how far apart they are, as a share of power. False: the
 * load was not the same.
 */
static bool join(const struct probe *probe, bool a, struct probe_side *side, double *apart)
{
	struct probe_window sum = { 0 };
	double watts[2], work[2];
	u32 n = 0;

	for (u32 i = 0; i < PROBE_STEPS; i++) {
		const struct probe_window *window = &probe->windows[i];

		if (step_is_a(probe, i) != a)
			continue;
		work[n % 2] = window->work / window->seconds;
		watts[n++ % 2] = window->joules / window->seconds;
		sum.seconds += window->seconds;
		sum.joules += window->joules;
		sum.work += window->work;
		for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
			sum.busy[k] += window->busy[k];
	}
	side->watts = sum.joules / sum.seconds;
	side->work = sum.work / sum.seconds;
	side->joules_per_work = sum.joules / sum.work;
	for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
		side->busy[k] = sum.busy[k] / sum.seconds;
	*apart = fabs(watts[0] - watts[1]) / side->watts;
	return !differ(work[0], work[1], PROBE_MORE_WORK);
}

static enum probe_verdict conclude(const struct probe *probe, struct probe_result *result)
{
	double apart_a, apart_b, apart;

	for (u32 i = 0; i < PROBE_STEPS; i++)
		if (!(probe->windows[i].work > 0) || !(probe->windows[i].joules > 0))
			return PROBE_SPOILT;
	if (!join(probe, true, &result->a, &apart_a) || !join(probe, false, &result->b, &apart_b) ||
	    differ(result->a.work, result->b.work, PROBE_MORE_BUSY))
		return PROBE_SPOILT;
	apart = (apart_a + apart_b) / 2;
	result->noise = sqrt(NOISE_MIN * NOISE_MIN + apart * apart / 4);
	return PROBE_DONE;
}

enum probe_verdict probe_take(struct probe *probe, const struct energy_sample *sample,
			      const double *capacity, struct probe_result *result)
{
	if (!sample->has_energy)
		return PROBE_SPOILT;
	if (!probe->step_start_ns) {
		probe->step_start_ns = sample->now_ns;
		return PROBE_GOES_ON;
	}
	window_add(&probe->windows[probe->step], sample, energy_sample_work(sample, capacity));
	if (sample->now_ns - probe->step_start_ns + sample->interval_ns < PROBE_STEP_NS)
		return PROBE_GOES_ON;
	probe->step_start_ns = 0;
	if (++probe->step < PROBE_STEPS)
		return PROBE_GOES_ON;
	return conclude(probe, result);
}
