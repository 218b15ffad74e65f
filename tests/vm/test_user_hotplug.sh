#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: a libscxu scheduler starts again at hotplug, under load, and ends at Ctrl-C
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

cycles=${LONG:+10}
cycles=${cycles:-3}

# shellcheck disable=SC2016 # for the guest's shell
expect_status "$cycles offline/online cycles under load, then Ctrl-C" 0 "$vm" --smp 4 --timeout 500 \
	--file "${O:-build}/examples/edf_talk" -- '
	# A restart takes 3 s here, more where the host is busy.
	wait_for() { # until the kernel says so
		for _ in $(seq 600); do
			[ "$(cat /sys/kernel/sched_ext/state)" = "$1" ] && return
			sleep 0.1
		done
		echo "not $1 for a minute but $(cat /sys/kernel/sched_ext/state); edf_talk said:"
		tail /tmp/log
		exit 1
	}
	change() { # puts CPU 1, 2 or 3 off or online, and waits for the restart that this causes
		seq=$(cat /sys/kernel/sched_ext/enable_seq)
		echo $2 >/sys/devices/system/cpu/cpu$1/online
		for _ in $(seq 600); do
			[ "$(cat /sys/kernel/sched_ext/enable_seq)" -gt $seq ] && break
			sleep 0.1
		done
		wait_for enabled
	}
	edf_talk >/tmp/log 2>&1 & scheduler=$!
	wait_for enabled
	load --seconds 400 --watch 0 --hogs 2 --pipes 1 --forks 1 --pinned 0 --terminals 0 \
		--sleepers 2 >/dev/null & load=$!
	for i in $(seq '"$cycles"'); do
		change $((i % 3 + 1)) 0
		change $((i % 3 + 1)) 1
	done
	echo "restarts $(grep -c "starting again" /tmp/log)"
	kill -0 $load && echo "load runs"
	kill -INT $scheduler
	wait $scheduler
	echo "ended with $?"
	wait_for disabled'
echo "$output"
expect "restarted at each change" "restarts $((2 * cycles))" "$(grep ^restarts <<<"$output")"
expect "load" "load runs" "$(grep '^load runs' <<<"$output")"
expect "Ctrl-C" "ended with 0" "$(grep '^ended' <<<"$output")"

finish
