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
tolerance_ms=0.1

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

# Lines "FRAME MS", all frames but the last, after which the game goes on. Who is late for the next
# frame does not sleep before it, so that in the trace only frames that were in time have an end.
from_trace() {
	grep '"ph":"X"' "$out/$1.json" | grep "\"args\":{\"pid\":$(cat "$out/$1.pid")," |
		sed -n 's/.*"ts":\([0-9]*\),"dur":\([0-9]*\),.*"ended":"slept".*/\1 \2/p' |
		awk -v due="$(awk '$1 == "frame_first_due_us" { print $2 }' "$out/$1.log")" \
			-v frames=$((nr_frames - 1)) '
			$1 + $2 > due {
				frame = int(($1 + $2 - due) / (1e6 / 60))
				if (frame < frames)
					print frame, ($1 + $2 - due - frame * 1e6 / 60) / 1000
			}'
}

from_log() {
	awk '/^samples frame_ms/ { for (i = 3; i < NF; i++) print i - 3, $i }' "$out/$1.log"
}

in_time() {
	from_log "$1" | awk '$2 < 1000 / 60'
}

# Compares the lines of both. The game may lose the CPU between looking at the clock and sleeping,
# or the virtual CPU its turn on the host's: then a frame looks longer in the trace, or has no end
# there. A few do.
compare() {
	join -a 1 -a 2 -e - -o 0,1.2,2.2 <(in_time "$1" | sort -k 1b,1) <(from_trace "$1" | sort -k 1b,1) |
		awk -v tolerance=$tolerance_ms -v most=$((nr_frames / 6)) '
			$3 == "-" || $3 > $2 + tolerance { longer++; next }
			$2 == "-" || $3 < $2 - tolerance { shorter++ }
			END { print !shorter && longer <= most ? "yes" : shorter + 0 " shorter, " longer + 0 " longer" }'
}

for who in own topo; do
	expect "$who: frames in the log" $((nr_frames - 1)) "$(from_log $who | wc -l)"
	expect "$who: most of them in time" yes \
		"$([ "$(in_time $who | wc -l)" -gt $((nr_frames * 2 / 3)) ] && echo yes)"
	expect "$who: the same in the trace, but for a sixth" yes "$(compare $who)"
done
finish
