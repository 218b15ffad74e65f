/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold after every run, whatever the topology, the scenario and the policy. During a run
 * the machine itself checks that no task is lost, put into two queues, or runs where it may not;
 * see sim_breach().
 */
#ifndef SCX_TOPO_SIM_CHECK_H
#define SCX_TOPO_SIM_CHECK_H

struct sim;

/* What the policy has counted and queued, at the end of its time. */
void check_policy(struct sim *sim);

/* Accounts for what is not finished at the end of the run, and checks everything. */
void check_end(struct sim *sim);

#endif
