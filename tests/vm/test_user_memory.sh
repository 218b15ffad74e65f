#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: no page fault of a libscxu scheduler's thread under fork storm and memory pressure
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
seconds=${LONG:+60}
seconds=${seconds:-6}

expect_status "$seconds s under pressure" 0 "$vm" --smp 4 --memory 512 --timeout 400 \
	--file "${O:-build}/examples/edf_talk" --file tests/vm/short_of_memory -- \
	"with-scheduler edf_talk --stats 5 -- \
		short_of_memory load --seconds $seconds --limit 20000 --forks 16 --hogs 2"
echo "$output"
expect "faults of the scheduler thread" "faults 0+0" \
	"$(grep -o 'faults [0-9+]*' <<<"$output" | sort -u | tr '\n' ' ' | sed 's/ $//')"
expect "memory was short" yes \
	"$(grep -qE '^(pageoutrun|allocstall_[a-z0-9]*) [1-9][0-9]' <<<"$output" && echo yes)"
finish
