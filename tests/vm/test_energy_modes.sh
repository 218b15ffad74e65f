#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: plug, profile, switches, a hang and kills take effect within a second while tasks run
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# within WHAT EPP: it took effect within a second, and EPP is what it should be then
within() {
	local line ms
	line=$(grep -m 1 "^$1: " <<<"$output")
	ms=$(sed -n 's/.*: \([0-9]*\) ms.*/\1/p' <<<"$line")
	expect "$1 within a second" yes "$([ "${ms:-99999}" -le 1000 ] && echo yes || echo "$line")"
	expect "$1: EPP" "$2" "${line##*EPP }"
}

expect_status "laptop" 0 "$vm" --icount 7 --smp 4 --timeout 600 --file tests/vm/laptop -- laptop
within unplugged power
within "profile performance" other
within "profile low-power" power
within "uevent performance" other
within "plugged in" other
within "switch powersave" power
within "switch perf" other
within "switch auto" other
within hung power
says "it went on without user space" "^meanwhile: enabled$"
says "and goes on with it" "^goes on: what the load needs$"
within killed power # by the next start it is put back:
says "EPP after a kill" "^next start: EPP other$"
within "worker killed, status 1" other
says "then the kernel schedules" "^after it: disabled$"
says "nobody was late" "^paced: 0 of "
finish
