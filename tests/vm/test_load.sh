#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: the load programs notice starvation and unfair shares, and nothing else, on EEVDF
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

expect_status "mixed load" 0 "$vm" -- load --seconds 5
expect "kinds of workers" 7 "$(grep -cE '^(hogs|pipes|forks|pinned|terminals|sleepers|watchers) ' <<<"$output")"
# A real-time hog leaves others a twentieth of the only CPU.
expect_status "starved by a real-time hog" 1 "$vm" --smp 1 \
	--file "$(command -v chrt)" -- \
	'chrt -f 60 timeout 4 chrt -f 50 sh -c "while :; do :; done" & load --seconds 4 --limit 500'
expect_status "nice 0 against nice 5" 0 "$vm" --smp 2 -- fair --seconds 6 0 5
expect_status "nice 0 against nice 5 that cannot compute" 1 "$vm" --smp 2 -- \
	'fair --seconds 6 0 5 & sleep 1; kill -STOP $(pidof fair | tr " " "\n" | sort -n | tail -n 1); wait $!'
expect_status "newcomers" 0 "$vm" --smp 2 -- fair --seconds 4 --new 3 0 0 0
finish
