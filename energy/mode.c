/* SPDX-License-Identifier: GPL-2.0-only */
#include "mode.h"

static void debounce(struct mode_state *state, bool on_battery, u64 now_ns)
{
	state->recheck_ns = 0;
	if (!state->started || on_battery == state->on_battery) {
		state->on_battery = on_battery;
		state->since_ns = 0;
		return;
	}
	if (!state->since_ns)
		state->since_ns = now_ns;
	if (now_ns - state->since_ns < MODE_DEBOUNCE_NS) {
		state->recheck_ns = state->since_ns + MODE_DEBOUNCE_NS;
		return;
	}
	state->on_battery = on_battery;
	state->since_ns = 0;
}

/* Once low it stays low until it is clearly not, so that the mode does not change to and fro. */
static bool is_low(const struct mode_state *state, const struct supply *supply)
{
	if (!state->on_battery || supply->percent < 0)
		return false;
	return supply->percent < (state->low ? MODE_OK_PERCENT : MODE_LOW_PERCENT);
}

static enum topo_mode choose(const struct mode_state *state, const struct mode_inputs *inputs,
			     const char **why)
{
	if (inputs->wish != TOPO_MODE_AUTO) {
		*why = "asked for";
		return inputs->wish;
	}
	if (inputs->profile == PROFILE_POWER_SAVER) {
		*why = "power profile power-saver";
		return TOPO_MODE_POWERSAVE;
	}
	if (inputs->profile == PROFILE_PERFORMANCE) {
		*why = "power profile performance";
		return TOPO_MODE_PERF;
	}
	if (state->low) {
		*why = "low battery";
		return TOPO_MODE_POWERSAVE;
	}
	*why = state->on_battery ? "on battery" : "on mains";
	return state->on_battery ? TOPO_MODE_POWERSAVE : TOPO_MODE_PERF;
}

bool mode_decide(struct mode_state *state, const struct mode_inputs *inputs, u64 now_ns)
{
	bool first = !state->started;
	enum topo_mode mode;

	debounce(state, inputs->supply.on_battery, now_ns);
	state->low = is_low(state, &inputs->supply);
	state->started = true;
	mode = choose(state, inputs, &state->why);
	if (!first && mode == state->mode)
		return false;
	state->mode = mode;
	return true;
}
