#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: frame times taken from a trace are those that the game has noted itself
#
# The game and four hogs, traced, on the deterministic clock, which is that of the trace too. In the
# trace a frame ends where the game sleeps for the first time after the frame was due.
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
nr_frames=60
tolerance_ms=0.05

# shellcheck disable=SC2016 # for the guest
expect_status "both schedulers" 0 "$vm" --icount 1 --out "$out" \
	--file "${O:-build}/tests/bench/frames" -- '
	play() {
		scx_topo trace -o /out/$1.json 1.6 & trace=$!
		sleep 0.2
		frames --hogs 4 --frames '$nr_frames' >/out/$1.log & echo $! >/out/$1.pid
		wait $! && wait $trace
	}
	sleep 3
	play own || exit 1
	scx_topo run >/dev/null & scheduler=$!
	until [ "$(cat /sys/kernel/sched_ext/state)" = enabled ]; do sleep 0.1; done
	play topo || exit 1
	kill -INT $scheduler; wait $scheduler'

# The frames' times in ms, all but the last, after which the game goes on.
from_trace() {
	grep '"ph":"X"' "$out/$1.json" | grep "\"args\":{\"pid\":$(cat "$out/$1.pid")," |
		sed -n 's/.*"ts":\([0-9]*\),"dur":\([0-9]*\),.*"ended":"slept".*/\1 \2/p' |
		awk -v due="$(awk '$1 == "frame_first_due_us" { print $2 }' "$out/$1.log")" '
			$1 + $2 > due { print ($1 + $2 - due) / 1000; due += 1e6 / 60 }' |
		head -n $((nr_frames - 1))
}

from_log() {
	awk '/^samples frame_ms/ { for (i = 3; i < NF; i++) print $i }' "$out/$1.log"
}

for who in own topo; do
	expect "$who: frames in the log" $((nr_frames - 1)) "$(from_log $who | wc -l)"
	expect "$who: frames in the trace" $((nr_frames - 1)) "$(from_trace $who | wc -l)"
	# It may lose the CPU between looking at the clock and sleeping, so a few look longer.
	expect "$who: the same times, but for 5 of $nr_frames" yes "$(paste <(from_log $who) <(from_trace $who) |
		awk -v tolerance=$tolerance_ms '
			$2 < $1 - tolerance { shorter++ }
			$2 > $1 + tolerance { longer++ }
			END { print !shorter && longer <= 5 ? "yes" : shorter + 0 " shorter, " longer + 0 " longer" }')"
done
finish
