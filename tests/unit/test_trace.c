/* SPDX-License-Identifier: GPL-2.0-only */
/* From the kernel's text of scheduling events to a file for Perfetto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/sched_event.h"
#include "src/trace_json.h"

static void test_switch(void **state)
{
	struct sched_event e;

	(void)state;
	assert_true(sched_event_parse(
		"      my [1] x-77    [003] d..2.  6925.569201: sched_switch: prev_comm=my [1] x "
		"prev_pid=77 prev_prio=120 prev_state=R+ ==> next_comm=a b next_pid=12 "
		"next_prio=139\n",
		&e));
	assert_int_equal(e.type, EVENT_SWITCH);
	assert_int_equal(e.cpu, 3);
	assert_int_equal(e.time_us, 6925569201ULL);
	assert_int_equal(e.prev_pid, 77);
	assert_true(e.prev_ready);
	assert_int_equal(e.pid, 12);
	assert_int_equal(e.prio, 139);
	assert_string_equal(e.comm, "a b");
	assert_true(sched_event_parse(
		"          <idle>-0       [001] d..2.     1.000002: sched_switch: "
		"prev_comm=x prev_pid=5 prev_prio=120 prev_state=S ==> next_comm=swapper/1 "
		"next_pid=0 next_prio=120\n",
		&e));
	assert_false(e.prev_ready);
	assert_int_equal(e.pid, 0);
}

static void test_waking_and_frequency(void **state)
{
	struct sched_event e;

	(void)state;
	assert_true(sched_event_parse("            sh-9 [002] d.h4. 1.000010: sched_waking: "
				      "comm=game pid=42 prio=120 target_cpu=001\n",
				      &e));
	assert_int_equal(e.type, EVENT_WAKING);
	assert_int_equal(e.cpu, 2);
	assert_int_equal(e.pid, 42);
	assert_int_equal(e.target_cpu, 1);
	assert_string_equal(e.comm, "game");
	assert_true(e.interrupt);
	assert_true(sched_event_parse("            sh-9 [002] dN.4. 1.000010: sched_waking: "
				      "comm=game pid=42 prio=120 target_cpu=001\n",
				      &e));
	assert_false(e.interrupt);
	assert_true(sched_event_parse("            sh-9 [002] d.h4. 1.000010: cpu_frequency: "
				      "state=2400000 cpu_id=7\n",
				      &e));
	assert_int_equal(e.type, EVENT_FREQUENCY);
	assert_int_equal(e.cpu, 7);
	assert_int_equal(e.khz, 2400000);
}

static void test_woken_grant_and_power(void **state)
{
	struct sched_event e;

	(void)state;
	assert_true(sched_event_parse("            sh-9 [002] d.h4. 1.000010: sched_wakeup_new: "
				      "comm=child pid=43 prio=120 target_cpu=003\n",
				      &e));
	assert_int_equal(e.type, EVENT_WOKEN);
	assert_int_equal(e.pid, 43);
	assert_int_equal(e.target_cpu, 3);
	assert_true(sched_event_parse("            sh-9 [002] d..3. 1.000010: scx_topo_grant: "
				      "(__probestub_sched_switch+0x4/0x10) pid=7 slice=20000000 "
				      "deadline=258390717\n",
				      &e));
	assert_int_equal(e.type, EVENT_GRANT);
	assert_int_equal(e.cpu, 2);
	assert_int_equal(e.pid, 7);
	assert_int_equal(e.slice_ns, 20000000);
	assert_int_equal(e.deadline_ns, 258390717);
	assert_true(sched_event_parse("            sh-9 [002] ..... 1.000010: tracing_mark_write: "
				      "scx_topo power package 3.217\n",
				      &e));
	assert_int_equal(e.type, EVENT_POWER);
	assert_string_equal(e.zone, "package");
	assert_true(e.watts > 3.2169 && e.watts < 3.2171);
}

static void test_other_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"# tracer: nop\n",
		"# x-1 [000] d 1.000000: sched_waking: comm=a pid=1 prio=1 target_cpu=000\n",
		"CPU:1 [LOST 12 EVENTS]\n",
		"x-1 [000] d 1.000000: sched_stat_wait: comm=a pid=1 delay=1 [ns]\n",
		"x-1 [000] d 1.000000: sched_wakeup: comm=a pid=1\n",
		"x-1 [000] d 1.000000: scx_topo_grant: (f+0x4/0x10) pid=7 slice=20000000\n",
		"x-1 [000] d 1.000000: tracing_mark_write: what others write\n",
		"x-1 [000] d 1.000000: sched_waking: comm=a pid=1\n",
		"x-1 [000] d 1.000000: sched_waking: \n",
		": sched_waking: comm=a pid=1 prio=1 target_cpu=000\n",
		"x-1 [000] d 1.000000: sched_switch: prev_comm=a prev_pid=1 prev_prio=1\n",
		"x-1 [000] d 1.000000: sched_switch:  ==> next_comm=a next_pid=1 next_prio=1\n",
	};
	struct sched_event e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(sched_event_parse(lines[i], &e));
}

/* Three CPUs' worth of events in two domains; the text of the file. */
static char *trace_of(const struct sched_event *events, size_t nr, unsigned long *nr_slices)
{
	const struct topo_source source = { .type = TOPO_SYNTHETIC,
					    .arg = "pack:1 l3:2 core:2 pu:1" };
	struct trace_json *json;
	struct topo *topo;
	char why[256], *text;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(topo_load(&source, &topo, why, sizeof(why)), 0);
	json = trace_json_begin(out, topo, "a \"name\"");
	assert_non_null(json);
	for (i = 0; i < nr; i++)
		trace_json_event(json, &events[i]);
	*nr_slices = trace_json_end(json);
	topo_free(topo);
	fclose(out);
	return text;
}

#define SWITCH(us, on, from, ready, to, name)                                           \
	{                                                                               \
		.type = EVENT_SWITCH, .time_us = (us), .cpu = (on), .prev_pid = (from), \
		.prev_ready = (ready), .pid = (to), .comm = name, .prio = 120           \
	}

#define GRANT(us, on, who, slice, deadline)                                      \
	{                                                                        \
		.type = EVENT_GRANT, .time_us = (us), .cpu = (on), .pid = (who), \
		.slice_ns = (slice), .deadline_ns = (deadline)                   \
	}

static void test_file(void **state)
{
	static const struct sched_event events[] = {
		SWITCH(100, 0, 0, false, 10, "hog"),
		{ .type = EVENT_WAKING, .time_us = 150, .cpu = 0, .pid = 20, .target_cpu = 3 },
		SWITCH(170, 3, 0, false, 20, "ga\"me"),
		GRANT(170, 3, 20, 5000000, 77),
		SWITCH(180, 0, 10, true, 30, "other"),
		SWITCH(200, 3, 20, false, 10, "hog"),
		SWITCH(260, 3, 10, false, 0, "swapper/3"),
		{ .type = EVENT_FREQUENCY, .time_us = 270, .cpu = 1, .khz = 2400000 },
		/* Woken by CPUs that run nothing, or are interrupted: who runs there has not. */
		{ .type = EVENT_WAKING, .time_us = 271, .cpu = 3, .pid = 50, .target_cpu = 1 },
		SWITCH(272, 1, 0, false, 50, "timed"),
		{ .type = EVENT_WAKING,
		  .time_us = 273,
		  .cpu = 0,
		  .pid = 60,
		  .target_cpu = 3,
		  .interrupt = true },
		SWITCH(275, 3, 0, false, 60, "device"),
		SWITCH(280, 9, 0, false, 40, "no such CPU"),
		GRANT(280, 9, 40, 1, 1),
		{ .type = EVENT_POWER, .time_us = 280, .zone = "cor\"e", .watts = 3.25 },
	};
	unsigned long nr;
	char *text = trace_of(events, sizeof(events) / sizeof(events[0]), &nr);

	(void)state;
	assert_int_equal(nr, 6);
	/* Woken at 150 by CPU 0 of domain 0, ran at 170 on CPU 3 of domain 1, with an arrow. */
	assert_non_null(strstr(text, "\"pid\":2,\"tid\":4,\"name\":\"ga?me\",\"ts\":170,\"dur\":30,"
				     "\"args\":{\"pid\":20,\"prio\":120,\"waited_us\":20,"
				     "\"slice_us\":5000,\"deadline_ns\":77,"
				     "\"ended\":\"slept\"}}"));
	assert_non_null(strstr(text, "{\"ph\":\"s\",\"cat\":\"wake\",\"name\":\"wake\",\"id\":0,"
				     "\"pid\":1,\"tid\":1,\"ts\":150}"));
	assert_non_null(strstr(text, "\"id\":0,\"pid\":2,\"tid\":4,\"ts\":170}"));
	/* Preempted at 180, went on elsewhere at 200: it waited, but nobody woke it. */
	assert_non_null(strstr(text, "\"name\":\"hog\",\"ts\":100,\"dur\":80,\"args\":{\"pid\":10,"
				     "\"prio\":120,\"waited_us\":0,\"ended\":\"preempted\"}}"));
	assert_non_null(strstr(text, "\"name\":\"hog\",\"ts\":200,\"dur\":60,\"args\":{\"pid\":10,"
				     "\"prio\":120,\"waited_us\":20,"));
	assert_null(strstr(text, "\"id\":1,"));
	assert_non_null(strstr(text, "\"name\":\"timed\",\"ts\":272,\"dur\":8,\"args\":{\"pid\":50,"
				     "\"prio\":120,\"waited_us\":1,"));
	assert_non_null(strstr(text,
			       "\"name\":\"device\",\"ts\":275,\"dur\":5,\"args\":{\"pid\":60,"
			       "\"prio\":120,\"waited_us\":2,"));
	assert_non_null(strstr(text, "\"ts\":180,\"args\":{\"running\":1,\"waiting\":1}}"));
	assert_non_null(strstr(text, "\"name\":\"CPU 1 MHz\",\"pid\":1,\"ts\":270,\"args\":"
				     "{\"MHz\":2400}}"));
	assert_non_null(strstr(text, "\"name\":\"other\",\"ts\":180,\"dur\":100,"));
	assert_null(strstr(text, "no such CPU"));
	assert_non_null(strstr(text, "\"name\":\"cor?e, W\",\"pid\":3,\"ts\":280,\"args\":"
				     "{\"W\":3.250}}"));
	assert_non_null(strstr(text, "\"scheduler\":\"a ?name?\""));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_waking_and_frequency),
		cmocka_unit_test(test_woken_grant_and_power),
		cmocka_unit_test(test_other_lines),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
