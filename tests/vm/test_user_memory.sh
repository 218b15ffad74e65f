#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: no page fault of a libscxu scheduler's thread under fork storm and memory pressure
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
seconds=${LONG:+60}
seconds=${seconds:-6}

# Hardly more than the reserve is left free, and two take and give back more than there is: the
# kernel has to look for pages all the time, to move them, and now and then to end one of the two.
# shellcheck disable=SC2016 # for the guest's shell
pressure='
	echo 32768 >/proc/sys/vm/min_free_kbytes
	mount -o remount,size=90% /tmp
	free_mib=$(awk "/^MemFree/ { print int(\$2 / 1024) }" /proc/meminfo)
	head -c $((free_mib - 90))m /dev/zero >/tmp/fill
	for i in 1 2; do
		(
			echo 1000 >/proc/self/oom_score_adj
			while :; do head -c 40m /dev/zero | tail -c 40m >/dev/null; done
		) 2>/dev/null & hungry="$hungry $!"
	done'
expect_status "$seconds s under pressure" 0 "$vm" --smp 4 --memory 512 --timeout 400 \
	--file "${O:-build}/examples/edf_talk" -- "
	$pressure
	with-scheduler edf_talk --stats 5 -- load --seconds $seconds --limit 20000 --forks 16 --hogs 2
	status=\$?
	kill \$hungry
	grep -E '^(pageoutrun|allocstall_normal|allocstall_dma32|compact_stall|oom_kill) ' /proc/vmstat
	exit \$status"
echo "$output"
expect "faults of the scheduler thread" "faults 0+0" \
	"$(grep -o 'faults [0-9+]*' <<<"$output" | sort -u | tr '\n' ' ' | sed 's/ $//')"
expect "memory was short" yes \
	"$(grep -qE '^(pageoutrun|allocstall_[a-z0-9]*) [1-9][0-9]' <<<"$output" && echo yes)"
finish
