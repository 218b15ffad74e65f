#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: a libscxu scheduler starts again at hotplug, ends at Ctrl-C and leaves nothing after kill -9
# On trial: not seen to pass as a whole
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# shellcheck disable=SC2016 # for the guest's shell
expect_status "ten offline/online cycles under load, then Ctrl-C" 0 "$vm" --smp 4 --timeout 600 \
	--file "${O:-build}/examples/edf_talk" -- '
	with-scheduler edf_talk -- "
	load --seconds 25 --limit 20000 --pinned 0 >/tmp/load.log 2>&1 & load=\$!
	for i in \$(seq 10); do
		for online in 0 1; do
			echo \$online >/sys/devices/system/cpu/cpu\$((i % 3 + 1))/online
			sleep 0.3
			for j in \$(seq 100); do
				[ \$(cat /sys/kernel/sched_ext/state) = enabled ] && break
				sleep 0.1
			done
			[ \$(cat /sys/kernel/sched_ext/state) = enabled ] || exit 1
		done
	done
	wait \$load || true # tasks of an offline CPU run elsewhere, which load reports"'
restarts=$(grep -c 'starting again' <<<"$output")
expect "restarted at each change, or at two in one" yes \
	"$([ "$restarts" -ge 10 ] && [ "$restarts" -le 20 ] && echo yes || echo "$restarts")"

# shellcheck disable=SC2016
expect_status "kill -9" 0 "$vm" --smp 2 --file "${O:-build}/examples/fifo" -- '
	compaction=/proc/sys/vm/compact_unevictable_allowed
	with-scheduler fifo -- "sleep 1; cat $compaction >/tmp/after;
		kill -9 \$(cat /tmp/scheduler.pid); sleep 1;
		cat /sys/kernel/sched_ext/state $compaction >>/tmp/after" >/dev/null 2>&1
	cat /tmp/after; load --seconds 2 >/dev/null && echo works'
expect "after it, compaction is allowed again" "0 disabled 1 works" "$(tr '\n' ' ' <<<"$output" | sed 's/ $//')"
# shellcheck disable=SC2016
expect_status "a second one" 0 "$vm" --smp 2 --file "${O:-build}/examples/fifo" -- '
	with-scheduler fifo -- "fifo 2>/tmp/err; echo \$? >/tmp/status"
	cat /tmp/err /tmp/status'
expect "says so, and ends" \
	"fifo: a sched_ext scheduler is running already (fifo): end it first 1" \
	"$(tail -n 2 <<<"$output" | tr '\n' ' ' | sed 's/ $//')"
finish
