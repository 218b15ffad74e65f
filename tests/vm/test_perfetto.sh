#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: traces open in Perfetto, and a game's frame times in them are those that it has noted itself
# Clock: exact
#
# The game and four hogs, traced, on the deterministic clock, which is that of the trace too. In the
# trace a frame ends where the game sleeps for the first time after the frame was due. And the trace
# of a game in the simulator.
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

# runs_in_text NAME PID, runs_in_perfetto NAME PID: lines "START LENGTH" of the runs that ended with
# sleep, in us. Perfetto's answer comes from its own trace_processor.
runs_in_text() {
	grep '"ph":"X"' "$out/$1.json" | grep "\"args\":{\"pid\":$2," |
		sed -n 's/.*"ts":\([0-9]*\),"dur":\([0-9]*\),.*"ended":"slept".*/\1 \2/p'
}

perfetto() {
	tests/vm/perfetto/query "$out/$1.json" "$2"
}

complaints() {
	perfetto "$1" "select name, value from stats where value > 0 and severity != 'info'"
}

runs_in_perfetto() {
	perfetto "$1" "select ts / 1000, dur / 1000 from slice
		where extract_arg(arg_set_id, 'args.pid') = $2
		and extract_arg(arg_set_id, 'args.ended') = 'slept' order by ts"
}

# from_trace RUNS NAME: lines "FRAME MS", all frames but the last, after which the game goes on. Who
# is late for the next frame does not sleep before it, so that in the trace only frames that were in
# time have an end.
from_trace() {
	"$1" "$2" "$(cat "$out/$2.pid")" |
		awk -v due="$(awk '$1 == "frame_first_due_us" { print $2 }' "$out/$2.log")" \
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
	join -a 1 -a 2 -e - -o 0,1.2,2.2 <(in_time "$1" | sort -k 1b,1) <(from_trace runs_in_text "$1" | sort -k 1b,1) |
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

perfetto own "select 1" >"$out/answer" 2>&1
status=$?
[ $status != 77 ] || [ $failures != 0 ] || {
	echo "all but $(cat "$out/answer")"
	exit 77
}
expect "Perfetto opens a trace" "0 1" "$status $(cat "$out/answer")"
for who in own topo; do
	expect "$who: Perfetto complains" "" "$(complaints $who)"
	expect "$who: frames as Perfetto sees them" "$(from_trace runs_in_text $who)" \
		"$(from_trace runs_in_perfetto $who)"
	expect "$who: runs, arrows and counts, in Perfetto and in the text" \
		"$(for phase in X s C; do grep -c "\"ph\":\"$phase\"" "$out/$who.json"; done | xargs)" \
		"$(perfetto $who "select (select count(*) from slice), (select count(*) from flow),
			(select count(*) / 2 from counter)")"
	# A wait begins while the run is on that the arrow comes from.
	expect "$who: arrows from the wrong run" 0 \
		"$(perfetto $who "select count(*) from flow join slice a on slice_out = a.id
			join slice b on slice_in = b.id
			where b.ts - 1000 * extract_arg(b.arg_set_id, 'args.waited_us')
				not between a.ts and a.ts + a.dur")"
done
"${O:-build}/scx_topo" simulate -i "pack:2 l3:1 core:4 pu:1" -w game --duration 1s \
	--trace "$out/simulated.json" >"$out/report"
expect "simulated: Perfetto complains" "" "$(complaints simulated)"
expect "simulated: CPUs, and runs in Perfetto and in the text" \
	"8 $(grep -c '"ph":"X"' "$out/simulated.json")" \
	"$(perfetto simulated "select (select count(*) from thread where name like 'CPU %'),
		(select count(*) from slice)")"
finish
