/* SPDX-License-Identifier: GPL-2.0-only */
#include "mode.h"
#include "stats_fields.h"
#include "summary.h"

/* An object that is being filled, with figures or with what they mean. */
struct fields {
	json_t *object;
	bool describe;
	bool failed; /* not enough memory */
};

/* A dict of the machine's object, and the objects in it. */
struct dict {
	const char *name, *desc;
	const char *key_kind, *key; /* of what kind keys are, and what they are */
	const char *element, *prefix;
	u32 (*count)(const struct monitor_view *view);
	/* Into `buffer`, or something constant. NULL: this machine has no such thing. */
	const char *(*key_of)(const struct monitor_view *view, u32 i, char *buffer, size_t size);
	void (*put)(struct fields *fields, const struct monitor_view *view, u32 i);
};

static void put(struct fields *f, const char *name, json_t *member)
{
	f->failed |= json_object_set_new(f->object, name, member) != 0;
}

static json_t *describe(const char *kind, const char *desc)
{
	return json_pack("{s:s, s:s}", "datum", kind, "desc", desc);
}

static void put_u64(struct fields *f, const char *name, u64 value, const char *desc)
{
	put(f, name, f->describe ? describe("u64", desc) : json_integer(value));
}

static void put_float(struct fields *f, const char *name, double value, const char *desc)
{
	put(f, name, f->describe ? describe("float", desc) : json_real(value));
}

/* OpenMetrics has numbers only. */
static void put_text(struct fields *f, const char *name, const char *value, const char *desc)
{
	put(f, name,
	    f->describe ? json_pack("{s:s, s:s, s:{s:s}}", "datum", "string", "desc", desc, "user",
				    "_om_skip", "true")
			: json_string(value));
}

static u64 nr_waits(const struct cpu_stats *stats)
{
	u64 nr = 0;

	for (u32 i = 0; i < WAIT_BUCKETS; i++)
		nr += stats->wait_histogram[i];
	return nr;
}

static void put_interval(struct fields *f, const struct activity *a)
{
	const struct cpu_stats *s = &a->stats;
	u64 waits = nr_waits(s);

	put_u64(f, "nr_cpus", a->nr_cpus, "CPUs");
	put_u64(f, "idle", a->nr_idle, "CPUs that are idle now");
	put_u64(f, "waiting", a->nr_waiting, "tasks that wait for a CPU now");
	put_float(f, "busy", a->busy, "share of the CPUs' time that tasks ran, 0 to 1");
	put_float(f, "wait_us_mean", waits ? s->wait_ns / 1e3 / waits : 0,
		  "from ready to run until running, us");
	put_u64(f, "wait_us_p50", wait_quantile_us(s, 500), "half of the waits at most, us");
	put_u64(f, "wait_us_p95", wait_quantile_us(s, 950), "95 of 100 waits at most, us");
	put_u64(f, "wait_us_p99", wait_quantile_us(s, 990), "99 of 100 waits at most, us");
	put_u64(f, "wait_us_max", wait_quantile_us(s, 1000), "the longest wait at most, us");
}

static void put_totals(struct fields *f, const struct cpu_stats *total)
{
	put_u64(f, "busy_ns", total->busy_ns, "total: time that tasks ran");
	put_u64(f, "slow_ns", total->slow_ns, "total: as much of it was lost to a slow clock");
	put_u64(f, "waits", nr_waits(total), "total: how often tasks had to wait");
	put_u64(f, "wait_ns", total->wait_ns, "total: time that they waited");
	for (u32 i = 0; i < NR_TOPO_STATS; i++) {
		char desc[160];

		snprintf(desc, sizeof(desc), "total: %s: %s", stat_group(i), stat_text(i));
		put_u64(f, stat_name(i), total->count[i], desc);
	}
}

static void put_activity(struct fields *f, const struct activity *a)
{
	put_interval(f, a);
	put_totals(f, &a->total);
}

static const char *number_key(const struct monitor_view *view, u32 i, char *buffer, size_t size)
{
	(void)view;
	snprintf(buffer, size, "%u", i);
	return buffer;
}

static u32 nr_domains(const struct monitor_view *view)
{
	return view->activities->nr_domains;
}

static void put_domain(struct fields *f, const struct monitor_view *view, u32 i)
{
	put_activity(f, &view->activities->domains[i]);
}

static u32 nr_kinds(const struct monitor_view *view)
{
	return view->activities->nr_kinds;
}

static void put_kind(struct fields *f, const struct monitor_view *view, u32 i)
{
	const struct policy *policy = &view->policy;

	put_float(f, "cost_joules_per_s", policy->cost_uw[i] / 1e6,
		  "what a second of work costs, 0: not known");
	put_float(f, "cost_confidence", policy->confidence[i] / 1e3, "how sure that is, 0 to 1");
	put_u64(f, "place", energy_view_place(policy, i), "in the order of use, from 1");
	put_float(f, "min_speed", policy->min_speed[i] / 1024.0,
		  "share of its speed below which work costs more, 0: not known");
	put_activity(f, &view->activities->kinds[i]);
}

/* The zones, and what placement has an influence on. */
static u32 nr_powers(const struct monitor_view *view)
{
	(void)view;
	return NR_RAPL_TYPES + 1;
}

static double power_watts(const struct monitor_view *view, u32 i)
{
	return i < NR_RAPL_TYPES ? view->zone_watts[i] : view->watts;
}

static const char *power_key(const struct monitor_view *view, u32 i, char *buffer, size_t size)
{
	(void)buffer;
	(void)size;
	if (power_watts(view, i) < 0)
		return NULL;
	return i < NR_RAPL_TYPES ? rapl_type_name(i) : "placement";
}

static void put_power(struct fields *f, const struct monitor_view *view, u32 i)
{
	put_float(f, "watts", power_watts(view, i), "power, W");
}

static const struct dict dicts[] = {
	{ "domains", "CPUs that share a last-level cache and a node", "u64", "domain", "Domain",
	  "scx_topo_domain_", nr_domains, number_key, put_domain },
	{ "kinds", "CPUs of one kind of core; what waits for any kind is not counted here", "u64",
	  "kind", "Kind", "scx_topo_kind_", nr_kinds, number_key, put_kind },
	{ "power", "by zone, and of what placement has an influence on", "string", "zone", "Power",
	  "scx_topo_power_", nr_powers, power_key, put_power },
};

#define NR_DICTS (sizeof(dicts) / sizeof(dicts[0]))

static json_t *finish(struct fields *f)
{
	if (!f->failed)
		return f->object;
	json_decref(f->object);
	return NULL;
}

static json_t *elements(const struct monitor_view *view, const struct dict *dict)
{
	struct fields all = { .object = json_object() };

	for (u32 i = 0; i < dict->count(view); i++) {
		char buffer[16];
		const char *key = dict->key_of(view, i, buffer, sizeof(buffer));
		struct fields one = { .object = key ? json_object() : NULL };

		if (!key)
			continue;
		dict->put(&one, view, i);
		put(&all, key, finish(&one));
	}
	return finish(&all);
}

static void put_dict(struct fields *f, const struct monitor_view *view, const struct dict *dict)
{
	put(f, dict->name,
	    f->describe ? json_pack("{s:s, s:{s:s, s:{s:s}}}", "desc", dict->desc, "dict", "key",
				    dict->key_kind, "datum", "struct", dict->element)
			: elements(view, dict));
}

static void put_machine(struct fields *f, const struct monitor_view *view)
{
	struct energy_view energy = monitor_energy(view);
	char cpus[ENERGY_VIEW_CPUS_LEN];

	energy_view_active(&energy, cpus, sizeof(cpus));
	put_float(f, "time_s", view->time_s, "when this was read, seconds since 1970");
	put_float(f, "interval_s", view->activities->interval_s,
		  "what shares, waits and watts are of: the time since the last request");
	put_text(f, "mode", mode_name(view->policy.mode), "perf or powersave");
	put_text(f, "reason", view->reason, "why as many CPUs are active");
	put_u64(f, "generation", view->policy.generation, "changes of the policy");
	put_u64(f, "active", view->policy.nr_active, "CPUs that are used first, 0: all");
	put_text(f, "active_cpus", cpus, "CPUs that are used first");
	put_u64(f, "lost_readings", view->policy.lost_readings, "readings of energy that failed");
	put_u64(f, "spoilt_probes", view->policy.spoilt_probes,
		"comparisons of what work costs that came to nothing");
	put_activity(f, &view->activities->machine);
	for (size_t i = 0; i < NR_DICTS; i++)
		put_dict(f, view, &dicts[i]);
}

json_t *stats_fields(const struct monitor_view *view)
{
	struct fields f = { .object = json_object() };

	put_machine(&f, view);
	return finish(&f);
}

/* Nothing is looked at but the fields' names. */
static const struct monitor_view *nobody(void)
{
	static struct activity none;
	static const struct activities activities = { .domains = &none, .kinds = &none };
	static const struct running running;
	static const struct monitor_view view = { .running = &running,
						  .activities = &activities,
						  .reason = "" };

	return &view;
}

static json_t *describe_machine(void)
{
	struct fields f = { .object = json_object(), .describe = true };

	put_machine(&f, nobody());
	return json_pack("{s:s, s:s, s:s, s:{s:s}, s:o}", "name", "Machine", "desc",
			 "what scx_topo does", "top", "true", "user", "_om_prefix", "scx_topo_",
			 "fields", finish(&f));
}

static json_t *describe_element(const struct dict *dict)
{
	struct fields f = { .object = json_object(), .describe = true };

	dict->put(&f, nobody(), 0);
	return json_pack("{s:s, s:s, s:{s:s, s:s}, s:o}", "name", dict->element, "desc", dict->desc,
			 "user", "_om_prefix", dict->prefix, "_om_label", dict->key, "fields",
			 finish(&f));
}

json_t *stats_fields_meta(void)
{
	struct fields f = { .object = json_object() };

	put(&f, "Machine", describe_machine());
	for (size_t i = 0; i < NR_DICTS; i++)
		put(&f, dicts[i].element, describe_element(&dicts[i]));
	return finish(&f);
}
