#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: a libscxu scheduler refuses to be the second one, and leaves nothing after kill -9
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# shellcheck disable=SC2016
expect_status "a second one, and kill -9" 0 "$vm" --smp 2 --file "${O:-build}/examples/fifo" -- '
	compaction=/proc/sys/vm/compact_unevictable_allowed
	with-scheduler fifo -- "sleep 1; fifo; echo second: \$?; cat $compaction >/tmp/after;
		kill -9 \$(cat /tmp/scheduler.pid); sleep 1;
		cat /sys/kernel/sched_ext/state $compaction >>/tmp/after" 2>&1
	echo "after:" $(cat /tmp/after)
	load --seconds 2 >/dev/null && echo works'
echo "$output"
expect "the second says so, and ends" \
	"fifo: a sched_ext scheduler is running already (fifo): end it first second: 1" \
	"$(grep -B 1 '^second: ' <<<"$output" | tr '\n' ' ' | sed 's/ $//')"
expect "after kill -9, compaction is allowed again" "after: 0 disabled 1" \
	"$(grep '^after: ' <<<"$output")"
expect "and the machine works" works "$(tail -n 1 <<<"$output")"
finish
