/* SPDX-License-Identifier: GPL-2.0-only */
#include "steer.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_UTILISATION 0.01 /* below it nothing is to be won, and probes show nothing */
#define PROBE_MIN	 0.03
#define PROBE_MAX	 0.30
#define PROBE_SETTLE_NS	 (20 * NSEC_PER_SEC) /* what has just started is not stable */
#define PROBE_AGAIN_NS	 (30 * NSEC_PER_SEC) /* while little is known */
#define PROBE_RARELY_NS	 (600 * NSEC_PER_SEC)
#define PROBES_FOR_START 2 /* of each pair of kinds */
#define STABLE_SPREAD	 0.25
#define IDLE_READINGS	 10
#define VETO_MARGIN	 0.02
#define VETO_SIGMAS	 2
#define VETO_MIN_NS	 (30 * NSEC_PER_SEC)
#define VETO_MAX_NS	 (1800 * NSEC_PER_SEC)
#define KIND_ROOM	 0.8 /* how full a kind may get when it has to do everything */

__attribute__((format(printf, 2, 3))) static bool explain(struct steer *steer, const char *format,
							  ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(steer->explanation, sizeof(steer->explanation), format, args);
	va_end(args);
	return true;
}

static const char *kind_name(const struct steer *steer, u32 kind)
{
	static char names[2][24];
	static int next;
	const char *name = steer->machine->kinds[kind].name;

	if (name[0])
		return name;
	next = !next;
	snprintf(names[next], sizeof(names[next]), "kind %u", kind);
	return names[next];
}

static void sort_cpus(struct steer *steer)
{
	const struct energy_machine *machine = steer->machine;
	u32 n = 0;

	for (u32 i = 0; i < machine->nr_kinds; i++)
		for (u32 c = 0; c < machine->nr_cpus; c++)
			if (machine->cpus[c].kind == steer->model.order[i])
				steer->order[n++] = machine->cpus[c];
}

int steer_start(struct steer *steer, struct energy_machine *machine)
{
	memset(steer, 0, sizeof(*steer));
	steer->machine = machine;
	steer->order = calloc(machine->nr_cpus, sizeof(*steer->order));
	if (!steer->order)
		return -ENOMEM;
	model_start(&steer->model, machine);
	sort_cpus(steer);
	steer->veto_ns = VETO_MIN_NS;
	steer->mode = TOPO_MODE_PERF;
	return 0;
}

void steer_recalled(struct steer *steer)
{
	sort_cpus(steer);
}

void steer_end(struct steer *steer)
{
	free(steer->order);
	steer->order = NULL;
}

void steer_set_mode(struct steer *steer, enum topo_mode mode)
{
	steer->mode = mode;
	steer->probe.subject = PROBE_NOTHING;
	steer->active = (struct active){ 0 };
	steer->nr_history = 0;
	steer->nr_idle = 0;
	steer->not_before_ns = 0;
	steer->packing_not_before_ns = 0;
}

/* Of everything that the machine can do, as a share, and per second in CPUs of full power. */
static double note_load(struct steer *steer, const struct energy_sample *sample)
{
	double seconds = (double)sample->interval_ns / NSEC_PER_SEC;
	double rate = energy_sample_work(sample, steer->model.capacity) / seconds;

	steer->history[steer->nr_history++ % STEER_HISTORY] = rate;
	steer->utilisation = rate * 1024 / steer->machine->total_capacity;
	steer->nr_idle = steer->utilisation < IDLE_UTILISATION ? steer->nr_idle + 1 : 0;
	return rate;
}

static bool load_is_stable(const struct steer *steer)
{
	double mean = 0, spread = 0;

	if (steer->nr_history < STEER_HISTORY)
		return false;
	for (u32 i = 0; i < STEER_HISTORY; i++)
		mean += steer->history[i] / STEER_HISTORY;
	for (u32 i = 0; i < STEER_HISTORY; i++)
		spread = fmax(spread, fabs(steer->history[i] - mean));
	return spread <= mean * STABLE_SPREAD;
}

static bool kind_holds(const struct steer *steer, u32 kind, double rate)
{
	return rate * 1024 < KIND_ROOM * steer->machine->kinds[kind].total_capacity;
}

/*
 * The next pair of neighbours in the order of which each kind can do everything alone; their costs
 * decide whether the order is right. -1: there is none.
 */
static int next_pair(const struct steer *steer, double rate)
{
	const u8 *order = steer->model.order;
	u32 pairs = steer->model.nr_kinds - 1;

	for (u32 i = 0; i < pairs; i++) {
		u32 place = (steer->model.nr_probes + i) % pairs;

		if (kind_holds(steer, order[place], rate) &&
		    kind_holds(steer, order[place + 1], rate))
			return place;
	}
	return -1;
}

static bool start_kind_probe(struct steer *steer, double rate, u64 now_ns)
{
	int place = now_ns < steer->not_before_ns ? -1 : next_pair(steer, rate);

	if (place < 0)
		return false;
	probe_start(&steer->probe, PROBE_KINDS, steer->model.order[place],
		    steer->model.order[place + 1], steer->reverse);
	return explain(steer, "probe: does the same work cost less on %s or on %s?",
		       kind_name(steer, steer->probe.a), kind_name(steer, steer->probe.b));
}

static bool start_packing_probe(struct steer *steer, u64 now_ns)
{
	if (now_ns < steer->packing_not_before_ns || now_ns < steer->veto_until_ns)
		return false;
	if (steer->active.nr_cpus >= steer->machine->nr_cpus)
		return false;
	probe_start(&steer->probe, PROBE_PACKING, 0, 0, steer->reverse);
	return explain(steer, "probe: does work on %u CPUs cost less than on all?",
		       steer->active.nr_cpus);
}

static bool start_probe(struct steer *steer, const struct energy_sample *sample, double rate)
{
	if (!sample->has_energy || steer->utilisation < PROBE_MIN ||
	    steer->utilisation > PROBE_MAX || !load_is_stable(steer))
		return false;
	if (!start_kind_probe(steer, rate, sample->now_ns) &&
	    !start_packing_probe(steer, sample->now_ns))
		return false;
	steer->reverse = !steer->reverse;
	return true;
}

static bool learn_kinds(struct steer *steer, const struct probe_result *result, u64 now_ns)
{
	u32 pairs = steer->model.nr_kinds - 1;
	double more_busy[TOPO_MAX_KINDS];

	for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
		more_busy[k] = result->a.busy[k] - result->b.busy[k];
	model_probe(&steer->model, more_busy, result->a.watts - result->b.watts,
		    result->noise * result->a.watts);
	sort_cpus(steer);
	steer->not_before_ns =
		now_ns + (steer->model.nr_probes < PROBES_FOR_START * pairs ? PROBE_AGAIN_NS
									    : PROBE_RARELY_NS);
	return explain(steer, "learned: work costs %.2f J/s on %s, %.2f J/s on %s; %s first",
		       model_cost_uj(&steer->model, steer->probe.a, MODEL_FULL) / 1e6,
		       kind_name(steer, steer->probe.a),
		       model_cost_uj(&steer->model, steer->probe.b, MODEL_FULL) / 1e6,
		       kind_name(steer, steer->probe.b), kind_name(steer, steer->model.order[0]));
}

static bool learn_packing(struct steer *steer, const struct probe_result *result, u64 now_ns)
{
	double packed = result->a.joules_per_work, spread = result->b.joules_per_work;
	double saved = 1 - packed / spread;
	double needed = fmax(VETO_MARGIN, VETO_SIGMAS * result->noise);

	steer->packing_not_before_ns = now_ns + PROBE_RARELY_NS;
	if (saved > needed) {
		steer->veto_ns = VETO_MIN_NS;
		return explain(steer, "packing saves %.1f %% (%.1f %% needed): kept", 100 * saved,
			       100 * needed);
	}
	steer->veto_until_ns = now_ns + steer->veto_ns;
	explain(steer, "veto: packing saves %.1f %% (%.1f %% needed): not for %u s", 100 * saved,
		100 * needed, (u32)(steer->veto_ns / NSEC_PER_SEC));
	steer->packing_not_before_ns = steer->veto_until_ns;
	steer->veto_ns = steer->veto_ns * 2 < VETO_MAX_NS ? steer->veto_ns * 2 : VETO_MAX_NS;
	return true;
}

/* The more probes were spoilt in a row, the longer the next one waits. */
static bool wait_after_spoilt(struct steer *steer, const struct energy_sample *sample)
{
	u64 pause_ns = PROBE_AGAIN_NS << steer->spoilt_in_a_row;

	steer->spoilt_probes++;
	steer->spoilt_in_a_row += pause_ns < PROBE_RARELY_NS;
	steer->not_before_ns = sample->now_ns + pause_ns;
	steer->packing_not_before_ns = steer->not_before_ns;
	return explain(steer, "probe: spoilt by %s",
		       sample->has_energy ? "a change of load" : "a lost reading of energy");
}

/* True: a step of the probe has ended, or all of it, and the policy changes. */
static bool go_on_probing(struct steer *steer, const struct energy_sample *sample)
{
	struct probe_result result;
	bool was_a = probe_is_a(&steer->probe), decided = false;
	enum probe_verdict verdict;

	verdict = probe_take(&steer->probe, sample, steer->model.capacity, &result);
	if (verdict == PROBE_DONE)
		steer->spoilt_in_a_row = 0;
	if (verdict == PROBE_GOES_ON && steer->utilisation <= 2 * PROBE_MAX) {
		if (probe_is_a(&steer->probe) == was_a)
			return false;
		return explain(steer, "probe: now %s", was_a ? "the other way" : "the first way");
	}
	if (verdict == PROBE_DONE && steer->probe.subject == PROBE_KINDS) {
		decided = learn_kinds(steer, &result, sample->now_ns);
	} else if (verdict == PROBE_DONE) {
		decided = learn_packing(steer, &result, sample->now_ns);
	} else {
		decided = wait_after_spoilt(steer, sample);
	}
	steer->probe.subject = PROBE_NOTHING;
	steer->active.nr_cpus = 0; /* the order may be another one */
	return decided;
}

/* A machine without counters loses nothing. */
static void count_lost(struct steer *steer, const struct energy_sample *sample)
{
	steer->lost_readings += steer->had_energy && !sample->has_energy;
	steer->had_energy |= sample->has_energy;
}

static void read_passively(struct steer *steer, const struct energy_sample *sample)
{
	double seconds = (double)sample->interval_ns / NSEC_PER_SEC, busy[TOPO_MAX_KINDS];

	if (!sample->has_energy)
		return;
	for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
		busy[k] = energy_sample_busy(sample, k) / seconds;
	model_read(&steer->model, busy, sample->energy_uj / 1e6 / seconds, seconds);
}

static bool choose_active(struct steer *steer, const struct energy_sample *sample, double rate)
{
	static const char *const texts[] = {
#define X(name, text) text,
		POLICY_REASONS(X)
#undef X
	};
	u32 before = steer->active.nr_cpus;

	if (steer->nr_idle && before)
		return false;
	if (!active_update(&steer->active, steer->machine, steer->order, rate, sample->nr_waits,
			   sample->nr_long_waits, sample->now_ns))
		return false;
	return explain(steer, "active: %u CPUs, %u before: %s; load %.2f CPUs",
		       steer->active.nr_cpus, before, texts[steer->active.reason], rate);
}

bool steer_take(struct steer *steer, const struct energy_sample *sample)
{
	double rate;

	steer->explanation[0] = '\0';
	if (steer->mode == TOPO_MODE_PERF || !sample->interval_ns)
		return false;
	if (!steer->not_before_ns) {
		steer->not_before_ns = sample->now_ns + PROBE_SETTLE_NS;
		steer->packing_not_before_ns = sample->now_ns + PROBE_SETTLE_NS;
	}
	count_lost(steer, sample);
	rate = note_load(steer, sample);
	if (steer->machine->sets_speed)
		model_choose_levels(&steer->model, rate);
	read_passively(steer, sample);
	if (steer->probe.subject != PROBE_NOTHING)
		return go_on_probing(steer, sample);
	return choose_active(steer, sample, rate) || start_probe(steer, sample, rate);
}

static void put_kind_first(struct policy *policy, u32 kind)
{
	u32 place = 0;

	while (policy->kind_order[place] != kind)
		place++;
	for (; place; place--)
		policy->kind_order[place] = policy->kind_order[place - 1];
	policy->kind_order[0] = kind;
}

static void set_active(struct policy *policy, const struct energy_cpu *order, u32 nr_cpus)
{
	policy->nr_active = nr_cpus;
	for (u32 i = 0; i < nr_cpus; i++)
		policy->active[order[i].word] |= 1ULL << order[i].slot;
}

/* Where clocks go by use, work is spread over active CPUs only: all, until the load is known. */
static u32 nr_active(const struct steer *steer)
{
	if (steer->machine->sets_speed && !steer->active.nr_cpus)
		return steer->machine->nr_cpus;
	return steer->active.nr_cpus;
}

static enum policy_reason fill_active(const struct steer *steer, u64 now_ns, struct policy *policy)
{
	const struct probe *probe = &steer->probe;

	if (probe->subject == PROBE_KINDS) {
		put_kind_first(policy, probe_is_a(probe) ? probe->a : probe->b);
		return POLICY_PROBE;
	}
	if (probe->subject == PROBE_PACKING && !probe_is_a(probe))
		return POLICY_PROBE;
	if (now_ns < steer->veto_until_ns)
		return POLICY_VETO;
	set_active(policy, steer->order, nr_active(steer));
	if (probe->subject == PROBE_PACKING)
		return POLICY_PROBE;
	return steer->nr_idle ? POLICY_IDLE : steer->active.reason;
}

/* At the lowest level the load alone decides: who knows how low the machine's own go. */
static u16 min_speed(u32 level)
{
	return level ? model_level_speed(level) * 1024 : 0;
}

void steer_policy(const struct steer *steer, u64 now_ns, struct policy *policy)
{
	const struct cost_model *model = &steer->model;

	*policy = steer->machine->policies[steer->mode];
	for (u32 k = 0; k < model->nr_kinds; k++) {
		policy->cost_uw[k] = model_cost_uj(model, k, MODEL_FULL);
		policy->confidence[k] = 1000 * model->confidence[k];
	}
	policy->lost_readings = steer->lost_readings;
	policy->spoilt_probes = steer->spoilt_probes;
	policy->reason = POLICY_PERF;
	if (steer->mode == TOPO_MODE_PERF)
		return;
	memcpy(policy->kind_order, model->order, sizeof(policy->kind_order));
	for (u32 k = 0; k < model->nr_kinds && steer->machine->sets_speed; k++)
		policy->min_speed[k] = min_speed(model->level[k]);
	policy->reason = fill_active(steer, now_ns, policy);
	policy->expires_ns = steer_expires_ns(steer, now_ns);
}

u64 steer_renewal_ns(const struct steer *steer)
{
	if (steer->mode == TOPO_MODE_PERF)
		return 0;
	return steer->nr_idle ? steer_period_ns(steer) : STEER_RENEWAL_NS;
}

u64 steer_expires_ns(const struct steer *steer, u64 now_ns)
{
	u64 renewal_ns = steer_renewal_ns(steer);

	return renewal_ns ? now_ns + renewal_ns + STEER_LIFETIME_NS - STEER_RENEWAL_NS : 0;
}

u64 steer_period_ns(const struct steer *steer)
{
	if (steer->mode == TOPO_MODE_PERF)
		return 0;
	return steer->nr_idle > IDLE_READINGS ? STEER_IDLE_PERIOD_NS : STEER_PERIOD_NS;
}
