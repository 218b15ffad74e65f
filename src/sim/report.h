/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came out of a run, for people or for programs. The same run prints the same bytes anywhere.
 */
#ifndef SCX_TOPO_SIM_REPORT_H
#define SCX_TOPO_SIM_REPORT_H

#include <stdio.h>

struct sim;

void report_text(FILE *out, const struct sim *sim);
void report_json(FILE *out, const struct sim *sim);

/* Sums that both need. */
unsigned long long report_energy_uj(const struct sim *sim);
unsigned long long report_work_ns(unsigned long long work); /* at full speed */

/*
 * How equally the loops of the scenario were treated: Jain's index of CPU time over weight, in
 * 1/1000; 1000 is all the same, 1000/n one has everything. 0: fewer than two loops.
 */
unsigned report_fairness(const struct sim *sim);

/* How fast CPUs of a kind ran while busy, in 1/1000 of full speed; 0: they never were. */
unsigned report_speed(const struct sim *sim, int kind);

#endif
