#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: who comes back from an idle CPU, as another was there first, is not sent to one again
# Clock: exact
#
# The kernel counts who came back, and who did again before it had run; at the 256th time it ends the
# scheduler. Decisions that leave the CPU open send nobody back, so all that comes back here comes
# from the kernel side's own choice of an idle CPU.
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

expect_status "short requests from half-busy CPUs" 0 "$vm" --icount 1 --smp 4 \
	--file "${O:-build}/tests/user/misbehave" --file "${O:-build}/tests/bench/requests" -- \
	with-scheduler misbehave any -- '"
	requests --workers 3 --work 300 --pause 300 --requests 300 >/dev/null &&
	cat /sys/kernel/sched_ext/root/events"'
event() {
	sed -n "s/^SCX_EV_$1 //p" <<<"$output"
}
if [ -z "$(event REENQ_REPEAT)" ]; then
	echo "this kernel does not count who comes back again"
	exit 77
fi
echo "came back: $(event REENQ_IMMED), again: $(event REENQ_REPEAT)"
[ "$(event REENQ_IMMED)" -ge 100 ] || expect "came back" "100 and more" "$(event REENQ_IMMED)"
expect "came back again" 0 "$(event REENQ_REPEAT)"
finish
