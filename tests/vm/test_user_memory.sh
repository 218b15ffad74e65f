#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: no page fault of the scheduler thread in 60 s of fork storm and memory pressure
# On trial: not seen to pass as a whole
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# What fills memory: page cache, and processes that allocate and die.
# shellcheck disable=SC2016 # for the guest's shell
expect_status "60 s under pressure" 0 "$vm" --smp 4 --memory 512 --timeout 600 \
	--file "${O:-build}/examples/edf_talk" -- '
	with-scheduler edf_talk --stats 10 -- "
	mount -o remount,size=300M /tmp
	(while :; do dd if=/dev/zero of=/tmp/fill bs=1M count=250; rm /tmp/fill; done) \
		>/dev/null 2>&1 & fill=\$!
	for i in 1 2; do
		(while :; do head -c 60m /dev/zero | tail -c 60m >/dev/null; done) & fill=\"\$fill \$!\"
	done
	load --seconds 60 --limit 20000 --forks 16 --hogs 2
	status=\$?
	kill \$fill; cat /proc/vmstat | grep -E \"^(pgscan_direct|pgscan_kswapd|compact_stall|oom_kill) \"
	exit \$status"'
echo "$output"
expect "faults of the scheduler thread" "faults 0+0" \
	"$(grep -o 'faults [0-9+]*' <<<"$output" | sort -u | tr '\n' ' ' | sed 's/ $//')"
expect "memory was short" yes "$(grep -qE '^pgscan_(direct|kswapd) [1-9]' <<<"$output" && echo yes)"
finish
