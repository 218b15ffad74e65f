/* SPDX-License-Identifier: GPL-2.0-only */
#include "steering.h"

#include <errno.h>
#include <stdlib.h>

#include "machine.h"

static void write_policy(struct sim *sim)
{
	struct sim_steering *s = sim->steering;

	steer_policy(&s->steer, sim->now_ns, &sim->policy_map);
	sim->policy_map.expires_ns = 0; /* nothing hangs here */
	s->next_ns = 0;
	if (steer_period_ns(&s->steer))
		s->next_ns = sim->now_ns + steer_period_ns(&s->steer);
}

int sim_steering_start(struct sim *sim)
{
	struct sim_steering *s = calloc(1, sizeof(*s));
	int err;

	sim->steering = s;
	if (!s)
		return -ENOMEM;
	s->read_ns = sim->now_ns;
	s->energy_uj = power_now_uj(&sim->power, sim->now_ns);
	err = energy_machine_make(sim->seen, &sim->layout, &s->machine);
	err = err ?: steer_start(&s->steer, &s->machine);
	if (err)
		return err;
	steer_set_mode(&s->steer, sim->mode);
	write_policy(sim);
	return 0;
}

int sim_steering_static(struct sim *sim)
{
	struct energy_machine machine;
	int err = energy_machine_make(sim->seen, &sim->layout, &machine);

	if (err)
		return err;
	energy_machine_policy(&machine, sim->mode, &sim->policy_map);
	energy_machine_free(&machine);
	return 0;
}

void sim_steering_read(struct sim *sim)
{
	struct sim_steering *s = sim->steering;
	struct energy_sample sample = { .now_ns = sim->now_ns, .has_energy = true };
	struct energy_counters counters = { 0 };
	u64 energy_uj = power_now_uj(&sim->power, sim->now_ns);

	for (u32 kind = 0; kind < TOPO_MAX_KINDS; kind++)
		energy_counters_add(&counters, kind, &sim->kind_stats[kind]);
	sample.interval_ns = sim->now_ns - s->read_ns;
	sample.energy_uj = energy_uj - s->energy_uj;
	energy_sample_counters(&sample, &s->counters, &counters);
	s->counters = counters;
	s->energy_uj = energy_uj;
	s->read_ns = sim->now_ns;
	if (steer_take(&s->steer, &sample) && sim->explain)
		fprintf(sim->explain, "%8.3f s  %s\n", sim->now_ns / 1e9, s->steer.explanation);
	write_policy(sim);
}

void sim_steering_end(struct sim *sim)
{
	if (!sim->steering)
		return;
	steer_end(&sim->steering->steer);
	energy_machine_free(&sim->steering->machine);
	free(sim->steering);
	sim->steering = NULL;
}
