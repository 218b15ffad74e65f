/* SPDX-License-Identifier: GPL-2.0-only */
/* What monitor and topology say of watts, costs and active CPUs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/energy_view.h"

#define HYBRID "tests/fixtures/topologies/01-intel-rpl-1370p-hybrid.xml"

static struct topo *topo;
static struct layout layout;
static struct policy policy;
static char *text;
static size_t size;

static int set_up(void **state)
{
	const struct topo_source source = { .type = TOPO_XML, .arg = HYBRID };
	char why[256];

	(void)state;
	assert_int_equal(topo_load(&source, &topo, why, sizeof(why)), 0);
	assert_int_equal(layout_build(topo, &layout), 0);
	layout_policy(topo, TOPO_MODE_POWERSAVE, &policy);
	policy.cost_uw[0] = 3330000;
	policy.confidence[0] = 620;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	layout_free(&layout);
	topo_free(topo);
	return 0;
}

static void activate(u32 cpu)
{
	const struct cpu_ctx *c = &layout.cpus[cpu];

	policy.active[layout.tiles[c->tile].word] |= 1ULL << c->slot;
	policy.nr_active++;
}

static void show(void (*print)(FILE *, const struct energy_view *), double core_watts)
{
	struct energy_view view = {
		.layout = &layout,
		.policy = &policy,
		.reason = energy_view_reason(&policy, 100),
		.zone_watts = { 4.5, core_watts, -1, -1, -1 },
	};
	FILE *out = open_memstream(&text, &size);

	print(out, &view);
	fclose(out);
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("not in it: %s\n%s", part, text);
}

static void test_text(void **state)
{
	(void)state;
	activate(12);
	activate(14);
	policy.reason = POLICY_GROWN;
	policy.min_speed[1] = 615;
	policy.lost_readings = 3;
	policy.spoilt_probes = 1;
	show(energy_view_text, 1.25);
	expect("power   package 4.50 W, core 1.25 W\n");
	expect("cost    kind 0: 3.33 J for a second of work, confidence 62 %; used as number 1\n");
	expect("cost    kind 1: not known; used as number 2, at 60 % of its speed at least\n");
	expect("lost    energy readings 3, probes 1\n");
	expect("active  CPUs 12,14: more load\n");
	free(text);
}

static void test_all_are_active_without_a_set(void **state)
{
	(void)state;
	policy.reason = POLICY_VETO;
	show(energy_view_text, -1);
	expect("power   package 4.50 W\n");
	expect("active  CPUs 0-19: packing was measured not to pay\n");
	assert_null(strstr(text, "lost"));
	free(text);
}

static void test_expired(void **state)
{
	(void)state;
	policy.reason = POLICY_DEMAND;
	policy.expires_ns = 101;
	assert_string_equal(energy_view_reason(&policy, 100), "what the load needs");
	assert_string_equal(energy_view_reason(&policy, 101), "policy expired: static order");
}

static void test_json(void **state)
{
	(void)state;
	activate(13);
	policy.min_speed[1] = 512;
	policy.lost_readings = 3;
	policy.spoilt_probes = 1;
	show(energy_view_json, 1.25);
	expect(",\"zone_watts\":{\"package\":4.500,\"core\":1.250}");
	expect(",\"costs\":[{\"kind\":0,\"joules_per_s\":3.330000,"
	       "\"confidence\":0.620,\"place\":1,\"min_speed\":0.000},");
	expect("{\"kind\":1,\"joules_per_s\":0.000000,\"confidence\":0.000,\"place\":2,"
	       "\"min_speed\":0.500}]");
	expect(",\"lost_readings\":3,\"spoilt_probes\":1");
	expect(",\"active_cpus\":\"13\"");
	free(text);
}

static void test_zones(void **state)
{
	const struct rapl_reading reading = {
		.valid = true,
		.interval_ns = 500000000,
		.has = { [RAPL_CORE] = true },
		.energy_uj = { [RAPL_PACKAGE] = 7, [RAPL_CORE] = 1000000 },
	};
	double watts[NR_RAPL_TYPES];

	(void)state;
	energy_view_zones(&reading, watts);
	assert_true(watts[RAPL_CORE] == 2.0);
	assert_true(watts[RAPL_PACKAGE] < 0);
	energy_view_zones(&(struct rapl_reading){ .has = { [RAPL_CORE] = true } }, watts);
	assert_true(watts[RAPL_CORE] < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_all_are_active_without_a_set, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_expired, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
		cmocka_unit_test(test_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
