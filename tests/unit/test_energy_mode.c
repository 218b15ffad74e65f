/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which mode holds: who decides, and when.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../energy/mode.h"

#define SECOND NSEC_PER_SEC

static struct mode_inputs on_mains(void)
{
	return (struct mode_inputs){ .wish = TOPO_MODE_AUTO,
				     .supply = { .has_battery = true, .percent = 80 } };
}

static struct mode_inputs on_battery(int percent)
{
	struct mode_inputs inputs = on_mains();

	inputs.supply.on_battery = true;
	inputs.supply.percent = percent;
	return inputs;
}

static enum topo_mode first_mode(struct mode_inputs inputs)
{
	struct mode_state state = { 0 };

	assert_true(mode_decide(&state, &inputs, SECOND));
	assert_non_null(state.why);
	return state.mode;
}

static void test_supply(void **s)
{
	(void)s;
	assert_int_equal(first_mode(on_mains()), TOPO_MODE_PERF);
	assert_int_equal(first_mode(on_battery(80)), TOPO_MODE_POWERSAVE);
}

static void test_profile_beats_supply(void **s)
{
	struct mode_inputs mains = on_mains(), battery = on_battery(10);

	(void)s;
	mains.profile = PROFILE_POWER_SAVER;
	battery.profile = PROFILE_PERFORMANCE;
	assert_int_equal(first_mode(mains), TOPO_MODE_POWERSAVE);
	assert_int_equal(first_mode(battery), TOPO_MODE_PERF);
	battery.profile = PROFILE_BALANCED;
	assert_int_equal(first_mode(battery), TOPO_MODE_POWERSAVE);
	mains.profile = PROFILE_BALANCED;
	assert_int_equal(first_mode(mains), TOPO_MODE_PERF);
}

static void test_user_beats_all(void **s)
{
	struct mode_inputs battery = on_battery(5);

	(void)s;
	battery.profile = PROFILE_POWER_SAVER;
	battery.wish = TOPO_MODE_PERF;
	assert_int_equal(first_mode(battery), TOPO_MODE_PERF);
	battery.profile = PROFILE_PERFORMANCE;
	battery.wish = TOPO_MODE_POWERSAVE;
	assert_int_equal(first_mode(battery), TOPO_MODE_POWERSAVE);
}

static void test_flap_is_ignored(void **s)
{
	struct mode_state state = { 0 };
	struct mode_inputs mains = on_mains(), battery = on_battery(80);

	(void)s;
	assert_true(mode_decide(&state, &mains, 10 * SECOND));
	assert_false(mode_decide(&state, &battery, 20 * SECOND));
	assert_int_equal(state.recheck_ns, 20 * SECOND + MODE_DEBOUNCE_NS);
	assert_false(mode_decide(&state, &mains, 20 * SECOND + MODE_DEBOUNCE_NS / 2));
	assert_int_equal(state.recheck_ns, 0);
	assert_false(mode_decide(&state, &battery, 21 * SECOND + 1));
	assert_false(mode_decide(&state, &battery, 21 * SECOND + MODE_DEBOUNCE_NS));
	assert_true(mode_decide(&state, &battery, 21 * SECOND + MODE_DEBOUNCE_NS + 1));
	assert_int_equal(state.mode, TOPO_MODE_POWERSAVE);
	assert_int_equal(state.recheck_ns, 0);
}

static void test_low_battery_says_so_until_it_is_charged(void **s)
{
	struct mode_state state = { 0 };
	struct mode_inputs inputs = on_battery(19);

	(void)s;
	mode_decide(&state, &inputs, SECOND);
	assert_string_equal(state.why, "low battery");
	inputs.supply.percent = 24;
	mode_decide(&state, &inputs, 2 * SECOND);
	assert_string_equal(state.why, "low battery");
	inputs.supply.percent = 25;
	mode_decide(&state, &inputs, 3 * SECOND);
	assert_string_equal(state.why, "on battery");
	inputs.supply.percent = 20;
	mode_decide(&state, &inputs, 4 * SECOND);
	assert_string_equal(state.why, "on battery");
	inputs.supply.percent = -1;
	mode_decide(&state, &inputs, 5 * SECOND);
	assert_string_equal(state.why, "on battery");
}

static void test_wish_takes_effect_at_once(void **s)
{
	struct mode_state state = { 0 };
	struct mode_inputs inputs = on_battery(80);

	(void)s;
	mode_decide(&state, &inputs, SECOND);
	inputs.wish = TOPO_MODE_PERF;
	assert_true(mode_decide(&state, &inputs, SECOND + 1));
	assert_int_equal(state.mode, TOPO_MODE_PERF);
	assert_false(mode_decide(&state, &inputs, SECOND + 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_supply),
		cmocka_unit_test(test_profile_beats_supply),
		cmocka_unit_test(test_user_beats_all),
		cmocka_unit_test(test_flap_is_ignored),
		cmocka_unit_test(test_low_battery_says_so_until_it_is_charged),
		cmocka_unit_test(test_wish_takes_effect_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
