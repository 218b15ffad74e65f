/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenario files: what they mean, and that nothing else is accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "src/sim/scenario.h"

static void lines_mean_what_they_say(void **state)
{
	struct scenario s;
	char err[200];

	(void)state;
	assert_int_equal(scenario_parse("# a comment\n"
					"\n"
					"game   periodic run=4ms every=16.7ms x1 # frames\n"
					"build\tburst run=30ms..200ms sleep=0.5ms x16 nice=5\r\n"
					"pinned loop cpus=2,4-6 start=1s end=2.5s",
					"f", &s, err, sizeof(err)),
			 0);
	assert_int_equal(s.nr_workloads, 3);
	assert_string_equal(s.workloads[0].name, "game");
	assert_int_equal(s.workloads[0].kind, WORK_PERIODIC);
	assert_int_equal(s.workloads[0].every.min_ns, 16700000);
	assert_int_equal(s.workloads[0].line, 3);
	assert_int_equal(s.workloads[1].run.min_ns, 30000000);
	assert_int_equal(s.workloads[1].run.max_ns, 200000000);
	assert_int_equal(s.workloads[1].copies, 16);
	assert_int_equal(s.workloads[1].nice, 5);
	assert_int_equal(s.workloads[1].weight, 33);
	assert_int_equal(s.workloads[2].cpus[0], 0x74);
	assert_int_equal(s.workloads[2].copies, 1);
	assert_int_equal(s.workloads[2].end_ns, 2500000000);
	scenario_free(&s);
}

static void everything_else_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "", "f:1: no task in it" },
		{ "a", "f:1: a: what does it do?" },
		{ "a dance", "f:1: there is no kind of task \"dance\"" },
		{ "\n\na loop fast", "f:3: \"fast\" is neither KEY=VALUE nor xN" },
		{ "a loop run=1ms", "f:1: loop has no run=" },
		{ "a loop speed=1", "f:1: there is no key \"speed\"" },
		{ "a loop nice=1 nice=1", "f:1: nice= is given twice" },
		{ "a loop x1 x1", "f:1: the number of copies is given twice" },
		{ "a loop x0", "f:1: \"x0\": want x and a number from 1 to 100000" },
		{ "a loop nice=20", "f:1: nice=20: want a number from -20 to 19" },
		{ "a periodic run=4ms", "f:1: periodic needs every=" },
		{ "a loop end=1s start=1s", "f:1: it ends before it starts" },
		{ "a rt run=1ms sleep=1ms nice=1", "f:1: rt has no nice=" },
		{ "a kthread run=1ms sleep=1ms rebind=1ms", "f:1: kthread has no rebind=" },
		{ "a loop rebind=1", "f:1: rebind=1: want a duration with its unit, 1us or longer, "
				     "such as 4ms or 0.5ms..2ms" },
		{ "a hotplug start=1s", "f:1: hotplug needs cpus=" },
		{ "a hotplug cpus=1", "f:1: hotplug needs start=" },
		{ "a hotplug cpus=1 start=1s x2",
		  "f:1: hotplug: name the CPUs once, as in cpus=0-3" },
		{ "a hotplug cpus=each start=1s",
		  "f:1: hotplug: name the CPUs once, as in cpus=0-3" },
	};
	struct scenario s;
	char err[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(scenario_parse(bad[i][0], "f", &s, err, sizeof(err)), -22);
		assert_string_equal(err, bad[i][1]);
	}
}

static void bad_values_are_refused(void **state)
{
	static const char *const bad[] = {
		"run=4",
		"run=ms",
		"run=4 ms",
		"run=-4ms",
		"run=4.ms",
		"run=.5ms",
		"run=0ns",
		"run=999ns",
		"run=5ms..4ms",
		"run=5ms..",
		"run=1.0000001us",
		"run=4Ms",
		"run=4msx",
		"run=99999999999s",
		"run=1ms cpus=",
		"run=1ms cpus=3-1",
		"run=1ms cpus=1,",
		"run=1ms cpus=4096",
		"run=1ms cpus=a",
		"run=1ms nice=+1",
		"run=1ms nice=1.5",
		"run=1ms nice=",
		"run=1ms start=1",
		"run=1ms x1000000",
	};
	struct scenario s;
	char line[100], err[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "a burst sleep=1ms %s", bad[i]);
		assert_int_equal(scenario_parse(line, "f", &s, err, sizeof(err)), -22);
		assert_ptr_equal(strstr(err, "f:1: "), err);
	}
}

static void names_have_a_limit(void **state)
{
	struct scenario s;
	char err[200];

	(void)state;
	assert_int_equal(scenario_parse("aaaaaaaaaabbbbbbbbbbccccccccccdd loop", "f", &s, err,
					sizeof(err)),
			 -22);
	assert_int_equal(scenario_parse("aaaaaaaaaabbbbbbbbbbccccccccccd loop", "f", &s, err,
					sizeof(err)),
			 0);
	scenario_free(&s);
	assert_int_equal(scenario_parse("a\"b loop", "f", &s, err, sizeof(err)), -22);
}

static void what_is_written_parses_again(void **state)
{
	static const char text[] =
		"a chain run=1000000ns..2000000ns every=5000000ns length=3 x2 nice=-5\n"
		"b messages run=5000ns senders=2 receivers=3 x1 cpus=0,1,65 end=7ns\n"
		"c build run=1000ns sleep=1000ns jobs=9 x1 cpus=each start=5ns\n"
		"d hotplug cpus=1,2 start=0ns end=5ns\n"
		"e loop rebind=1000ns..2000ns x1\n";
	struct scenario s;
	char err[200], out[1000];

	(void)state;
	assert_int_equal(scenario_parse(text, "f", &s, err, sizeof(err)), 0);
	scenario_write(&s, out, sizeof(out));
	assert_string_equal(out, text);
	scenario_free(&s);
}

static void weights_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(scenario_weight(0), 100);
	assert_int_equal(scenario_weight(-20), 8668);
	assert_int_equal(scenario_weight(19), 1);
	assert_int_equal(scenario_weight(5), 33);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_mean_what_they_say),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(names_have_a_limit),
		cmocka_unit_test(what_is_written_parses_again),
		cmocka_unit_test(weights_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
