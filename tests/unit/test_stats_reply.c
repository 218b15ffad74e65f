/* SPDX-License-Identifier: GPL-2.0-only */
/* What a client of scx_stats gets for its requests, and that the description fits the figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/stats_fields.h"
#include "src/stats_reply.h"
#include "src/summary.h"

#define HYBRID "tests/fixtures/topologies/01-intel-rpl-1370p-hybrid.xml"

static struct topo *topo;
static struct running running;
static struct activities activities;
static struct cpu_stats *stats;
static struct monitor_view view;

/* CPU 0 switched 5 times before the interval and 3 times in it, and was busy for half of it. */
static void count(void)
{
	stats = calloc(running.layout.conf.nr_cpu_ids, sizeof(*stats));
	running.stats = stats;
	stats[0].count[STAT_RUN_SWITCH] = 5;
	assert_int_equal(activities_begin(&activities, &running, NSEC_PER_SEC), 0);
	stats[0].count[STAT_RUN_SWITCH] += 3;
	stats[0].wait_histogram[4] = 2;
	stats[0].wait_ns = 50000;
	stats[0].busy_ns = NSEC_PER_SEC;
	activities_read(&activities, &running, 3 * NSEC_PER_SEC);
}

static int set_up(void **state)
{
	const struct topo_source source = { .type = TOPO_XML, .arg = HYBRID };
	char why[256];

	(void)state;
	assert_int_equal(topo_load(&source, &topo, why, sizeof(why)), 0);
	assert_int_equal(layout_build(topo, &running.layout), 0);
	count();
	view = (struct monitor_view){
		.running = &running,
		.activities = &activities,
		.reason = "more load",
		.time_s = 1.5,
		.watts = 1.25,
		.zone_watts = { 4.5, 1.25, -1, -1, -1 },
	};
	layout_policy(topo, TOPO_MODE_POWERSAVE, &view.policy);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	activities_free(&activities);
	free(stats);
	layout_free(&running.layout);
	topo_free(topo);
	return 0;
}

static int read_view(void *client, struct monitor_view *to, char *why, size_t size)
{
	(void)client;
	(void)why;
	(void)size;
	*to = view;
	return 0;
}

static int read_nothing(void *client, struct monitor_view *to, char *why, size_t size)
{
	(void)client;
	(void)to;
	snprintf(why, size, "nobody there");
	return -ENOENT;
}

/* The answer, with what every answer has checked. */
static json_t *ask_of(const char *line, size_t len, stats_read_fn read)
{
	struct stats_answer answer = stats_reply(line, len, read, NULL);
	json_t *object;

	assert_non_null(answer.text);
	assert_ptr_equal(memchr(answer.text, '\n', answer.len), answer.text + answer.len - 1);
	object = json_loadb(answer.text, answer.len, JSON_REJECT_DUPLICATES, NULL);
	free(answer.text);
	assert_non_null(object);
	assert_int_equal(json_object_size(object), 2);
	assert_true(json_is_integer(json_object_get(object, "errno")));
	assert_int_equal(json_object_size(json_object_get(object, "args")), 1);
	return object;
}

static json_t *ask(const char *line)
{
	json_t *object = ask_of(line, strlen(line), read_view), *resp;

	if (json_integer_value(json_object_get(object, "errno")))
		fail_msg("%s: %s", line, json_dumps(object, 0));
	resp = json_incref(json_object_get(json_object_get(object, "args"), "resp"));
	json_decref(object);
	assert_true(json_is_object(resp));
	return resp;
}

static void expect_error(json_t *object, int errnum, const char *part)
{
	json_t *why = json_object_get(json_object_get(object, "args"), "resp");

	assert_int_equal(json_integer_value(json_object_get(object, "errno")), errnum);
	if (!json_is_string(why) || !strstr(json_string_value(why), part))
		fail_msg("not in it: %s\n%s", part, json_string_value(why));
	json_decref(object);
}

static json_t *member(json_t *object, const char *path)
{
	char *names = strdup(path), *rest = names, *name;

	while ((name = strsep(&rest, ".")))
		object = json_object_get(object, name);
	free(names);
	if (!object)
		fail_msg("%s is missing", path);
	return object;
}

static bool is_of_kind(const json_t *value, const char *kind)
{
	if (!strcmp(kind, "u64"))
		return json_is_integer(value) && json_integer_value(value) >= 0;
	if (!strcmp(kind, "float"))
		return json_is_real(value);
	return !strcmp(kind, "string") && json_is_string(value);
}

static bool is_number(const char *text)
{
	return text[0] && !text[strspn(text, "0123456789")];
}

static u32 compare(json_t *meta, const char *name, json_t *object);

/* All elements of a dict, and their keys. Returns how many fields were compared. */
static u32 compare_dict(json_t *meta, json_t *dict, json_t *elements)
{
	const char *kind = json_string_value(member(dict, "key")), *key;
	const char *name = json_string_value(member(dict, "datum.struct"));
	u32 nr = 0;
	json_t *element;

	assert_true(json_is_object(elements));
	assert_true(json_object_size(elements) > 0);
	json_object_foreach(elements, key, element)
	{
		assert_true(!strcmp(kind, "string") || (!strcmp(kind, "u64") && is_number(key)));
		nr += compare(meta, name, element);
	}
	return nr;
}

/* An object has the fields that the description of its struct has, and no others. */
static u32 compare(json_t *meta, const char *name, json_t *object)
{
	json_t *fields = member(member(meta, name), "fields"), *field;
	const char *key;
	u32 nr = 0;

	assert_string_equal(json_string_value(member(member(meta, name), "name")), name);
	assert_int_equal(json_object_size(fields), json_object_size(object));
	json_object_foreach(fields, key, field)
	{
		json_t *value = member(object, key);
		const char *kind = json_string_value(json_object_get(field, "datum"));

		assert_true(json_is_string(member(field, "desc")));
		if (kind && !is_of_kind(value, kind))
			fail_msg("%s is no %s", key, kind);
		nr += kind ? 1 : compare_dict(meta, member(field, "dict"), value);
	}
	return nr;
}

static void test_meta_describes_the_figures(void **state)
{
	json_t *meta = ask("{\"req\":\"stats_meta\"}");
	json_t *top = ask("{\"req\":\"stats\",\"args\":{\"target\":\"top\"}}");

	(void)state;
	assert_int_equal(json_object_size(meta), 4);
	assert_string_equal(json_string_value(member(meta, "Machine.top")), "true");
	assert_null(json_object_get(member(meta, "Domain"), "top"));
	assert_true(compare(meta, "Machine", top) > 5 * NR_TOPO_STATS);
	json_decref(meta);
	json_decref(top);
}

/* What the translator to OpenMetrics of the scx project needs. */
static void test_names_for_openmetrics(void **state)
{
	json_t *meta = ask("{\"req\":\"stats_meta\"}"), *seen = json_object(), *object, *field;
	const char *name, *key;

	(void)state;
	json_object_foreach(meta, name, object)
	{
		const char *prefix = json_string_value(member(object, "user._om_prefix"));

		if (strcmp(name, "Machine"))
			member(object, "user._om_label");
		json_object_foreach(member(object, "fields"), key, field)
		{
			const char *kind = json_string_value(json_object_get(field, "datum"));
			char full[128];

			if (kind && !strcmp(kind, "string"))
				member(field, "user._om_skip");
			snprintf(full, sizeof(full), "%s%s", prefix, key);
			assert_null(json_object_get(seen, full));
			json_object_set_new(seen, full, json_true());
		}
	}
	json_decref(seen);
	json_decref(meta);
}

static void test_every_counter(void **state)
{
	json_t *top = ask("{\"req\":\"stats\",\"args\":{}}");

	(void)state;
	for (u32 i = 0; i < NR_TOPO_STATS; i++)
		assert_true(json_is_integer(member(top, stat_name(i))));
	json_decref(top);
}

static void test_shares_are_of_the_interval_and_counters_are_totals(void **state)
{
	json_t *top = ask("{\"req\":\"stats\"}");

	(void)state;
	assert_true(json_real_value(member(top, "interval_s")) == 2.0);
	assert_int_equal(json_integer_value(member(top, "run_switch")), 8);
	assert_int_equal(json_integer_value(member(top, "domains.0.run_switch")), 8);
	assert_int_equal(json_integer_value(member(top, "kinds.0.run_switch")), 0);
	assert_int_equal(json_integer_value(member(top, "kinds.1.run_switch")), 8);
	assert_true(json_real_value(member(top, "busy")) == 0.5 / running.layout.conf.nr_cpus);
	assert_int_equal(json_integer_value(member(top, "wait_us_p50")), 32);
	assert_true(json_real_value(member(top, "wait_us_mean")) == 25.0);
	assert_int_equal(json_integer_value(member(top, "waits")), 2);
	assert_string_equal(json_string_value(member(top, "mode")), "powersave");
	assert_string_equal(json_string_value(member(top, "active_cpus")), "0-19");
	json_decref(top);
}

static void test_only_power_that_is_known(void **state)
{
	json_t *top = ask("{\"req\":\"stats\"}");

	(void)state;
	assert_int_equal(json_object_size(member(top, "power")), 3);
	assert_true(json_real_value(member(top, "power.package.watts")) == 4.5);
	assert_true(json_real_value(member(top, "power.placement.watts")) == 1.25);
	json_decref(top);
}

static void test_bad_requests(void **state)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "", "expected" },
		{ "stats", "expected" },
		{ "{\"req\":\"stats\"", "expected" },
		{ "{\"req\":\"stats\"} x", "end of file expected" },
		{ "{\"req\":\"stats\",\"req\":\"stats\"}", "duplicate" },
		{ "[\"stats\"]", "no request" },
		{ "{}", "no request" },
		{ "{\"req\":1}", "no request" },
		{ "{\"req\":\"stat\"}", "unknown request" },
		{ "{\"req\":\"\"}", "unknown request" },
		{ "{\"req\":\"stats\",\"args\":null}", "args is not" },
		{ "{\"req\":\"stats\",\"args\":[]}", "args is not" },
		{ "{\"req\":\"stats\",\"args\":{\"target\":1}}", "args is not" },
		{ "{\"req\":\"stats\",\"args\":{\"target\":\"all\"}}", "unknown target" },
		{ "{\"req\":\"\xff\"}", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_error(ask_of(bad[i].line, strlen(bad[i].line), read_view), EINVAL,
			     bad[i].why);
}

static void test_no_scheduler(void **state)
{
	const char *line = "{\"req\":\"stats\"}";

	(void)state;
	expect_error(ask_of(line, strlen(line), read_nothing), ENOENT, "nobody there");
}

/* Whatever comes is answered by an object. */
static void test_junk(void **state)
{
	const char good[] = "{\"req\":\"stats_meta\",\"args\":{\"target\":\"top\"}}";
	char line[4096];

	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		size_t len = sizeof(good) - 1;

		memcpy(line, good, sizeof(good));
		for (int change = rand() % 4 + 1; change; change--)
			line[rand() % len] = rand();
		json_decref(ask_of(line, len - (i % 3 ? 0 : rand() % len), read_nothing));
	}
	for (int i = 0; i < 2000; i++) {
		size_t len = rand() % sizeof(line);

		for (size_t at = 0; at < len; at++)
			line[at] = i % 2 ? rand() : "{[\":,]}0e"[rand() % 9];
		expect_error(ask_of(line, len, read_nothing), EINVAL, "");
	}
	memset(line, '[', sizeof(line));
	expect_error(ask_of(line, sizeof(line), read_nothing), EINVAL, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meta_describes_the_figures),
		cmocka_unit_test(test_names_for_openmetrics),
		cmocka_unit_test(test_every_counter),
		cmocka_unit_test(test_shares_are_of_the_interval_and_counters_are_totals),
		cmocka_unit_test(test_only_power_that_is_known),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_no_scheduler),
		cmocka_unit_test(test_junk),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
