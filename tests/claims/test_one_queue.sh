#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# On every recorded machine with more than one LLC, scx_topo moves less work between them than a global
# queue, and frames are not late for it. TOPOLOGIES names another folder of machines.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/command.sh"
topologies=${TOPOLOGIES:-$here/../fixtures/topologies}

simulate() {
	"$program" simulate "$@"
}

number() { # NAME: of the last JSON output, whole part
	tr -d '\n ' <"$tmp/out" | grep -oE "\"$1\":[0-9]+" | head -n 1 | cut -d: -f2
}

# run_busy MACHINE POLICY SEED: prints the 95th percentile of frames in us, and moves between LLCs, with
# twice as many compilers as CPUs.
run_busy() {
	simulate -i "$1" -w "$tmp/busy.scn" --duration 300ms --seed "$3" --format json --policy "$2" >"$tmp/out" ||
		bad "$2 on $1: $(tail -n 1 "$tmp/out")"
	echo "$(sed 's/.*frame_late_us/{/' "$tmp/out" | grep -o '"p95":[0-9]*' | sed -n 2p | cut -d: -f2)" \
		$(($(number node) + $(number machine)))
}

with_much_to_do() {
	local machine cpus seed p95 crossings fifo_p95 fifo_crossings
	for machine in "$topologies"/*.xml "package:2 l3:4 core:4 pu:2" "l3:2 core:2 pu:1" "numa:4 l3:2 core:3 pu:1"; do
		"$program" topology -i "$machine" --format json >"$tmp/out"
		[ "$(number llcs)" -gt 1 ] || continue
		cpus=$(number cpus)
		printf 'game periodic run=4ms every=16.7ms x%d\nbuild burst run=5ms..50ms sleep=1ms x%d nice=5\n' \
			$((cpus / 8 + 1)) $((2 * cpus)) >"$tmp/busy.scn"
		for seed in 1 2; do
			read -r p95 crossings < <(run_busy "$machine" scx_topo $seed)
			read -r fifo_p95 fifo_crossings < <(run_busy "$machine" fifo $seed)
			[ "$p95" -lt "$fifo_p95" ] ||
				bad "$machine, seed $seed: frames of $p95 us, $fifo_p95 with one queue"
			[ "$crossings" -lt "$fifo_crossings" ] ||
				bad "$machine, seed $seed: $crossings moves between LLCs, $fifo_crossings with one queue"
		done
	done
}

# shipped MACHINE POLICY: for each scenario its name, the 95th percentile of frames in us (0: it has
# none) and moves between LLCs.
shipped() {
	local scenario
	for scenario in $scenarios; do
		simulate -i "$1" -w "$scenario" --policy "$2" --duration 1s --format json >"$tmp/out" ||
			bad "$scenario with $2 on $1: $(tail -n 1 "$tmp/out")"
		echo "$scenario $(tr -d '\n ' <"$tmp/out" | sed 's/.*frame_late_us":{//' |
			grep -o '"p95":[0-9]*' | head -n 1 | cut -d: -f2) $(($(number node) + $(number machine)))"
	done
}

# The scenarios that ship leave most machines half idle, so that a global queue does well: frames must
# not take longer than there by more than two of the percentile's steps, and fewer moves are made in all.
with_little_to_do() {
	local machine scenarios="build forks game hogs light messages mixed pingpong server video"
	for machine in "$topologies"/*.xml; do
		"$program" topology -i "$machine" --format json >"$tmp/out"
		[ "$(number llcs)" -gt 1 ] || continue
		shipped "$machine" scx_topo >"$tmp/ours"
		shipped "$machine" fifo >"$tmp/fifo"
		paste -d ' ' "$tmp/ours" "$tmp/fifo" | awk '
			{ ours += $3; fifo += $6 }
			$2 > $5 * 1.032 { late = late " " $1 " " $2 " us, " $5 " with one queue;" }
			END { if (ours >= fifo) late = late " " ours " moves between LLCs, " fifo " with one queue"
			      print late; exit late != "" }' >"$tmp/worse" ||
			bad "${machine##*/}:$(cat "$tmp/worse")"
	done
}

with_much_to_do
with_little_to_do
finish
