#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: asks schedutil for speed, as each mode wants it, and other governors for nothing
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# asked HOW: how often it asked, as counted
asked() {
	sed -n "s/^  asked for a $1 clock  *//p" <<<"$output"
}

# clocks WHAT KERNEL GOVERNOR[,LATER] MODE
clocks() {
	expect_status "$1" 0 "$vm" --kernel "$2" --smp "8,sockets=1,cores=4,threads=2" --file tests/vm/clocks \
		-- clocks "$3" "$4" load --seconds 4 --limit 8000
}

for kernel in 6.16 7.3; do
	clocks "$kernel: powersave" $kernel schedutil powersave
	expect "$kernel: powersave: faster" yes "$([ "$(asked faster)" -gt 10 ] && echo yes || echo "$output")"
	expect "$kernel: powersave: slower" yes "$([ "$(asked slower)" -gt 10 ] && echo yes || echo "$output")"
done
clocks "perf" 7.3 schedutil perf
expect "perf: once for each CPU that ran" yes \
	"$([ "$(asked faster)" -ge 1 ] && [ "$(asked faster)" -le 8 ] && echo yes || echo "$output")"
expect "perf: slower" "" "$(asked slower)"
clocks "another governor" 7.3 performance powersave
expect "another governor: nothing" "" "$(asked faster)$(asked slower)"
# At its end it counts what it asked for since it looked at the machine last.
clocks "a new governor" 7.3 performance,schedutil powersave
expect "a new governor: noticed" yes \
	"$(grep -q "the governor of the clocks has changed" <<<"$output" && echo yes || echo "$output")"
expect "a new governor: faster" yes "$([ "$(asked faster)" -gt 10 ] && echo yes || echo "$output")"
clocks "a governor gone" 7.3 schedutil,performance powersave
expect "a governor gone: nothing" "" "$(asked faster)$(asked slower)"
finish
