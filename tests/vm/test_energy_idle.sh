#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: on an idle machine scx_topo is woken up less than once a second, and never without sampling
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# wakeups OPTIONS MOST: of our processes in 20 s of an idle machine
wakeups() {
	local nr
	nr=$(sed -n "s/^wakeups in 20 s with $1: //p" <<<"$output")
	expect "idle, $1: at most $2 wakeups in 20 s" yes \
		"$([ "${nr:-999}" -le "$2" ] && echo yes || echo "${nr:-none counted}")"
}

expect_status "idle" 0 "$vm" --icount 3 --smp 2 --timeout 600 --file tests/vm/idle_wakeups -- \
	idle_wakeups
wakeups "--mode powersave" 20
wakeups "--mode powersave --no-energy" 0
wakeups "--mode perf" 0
finish
