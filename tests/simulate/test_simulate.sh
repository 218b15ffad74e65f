#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scx_topo simulate as users see it: the same bytes for the same seed, every shipped scenario on every
# machine without a broken invariant, and clear errors.
# UPDATE=1 accepts what golden/ differs from; TOPOLOGIES names another folder of machines.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/command.sh"
topologies=${TOPOLOGIES:-$here/../fixtures/topologies}

simulate() {
	"$program" simulate "$@"
}

# golden NAME ARGUMENTS: prints what it did when it was recorded, on whatever machine that was
golden() {
	local name=$here/golden/$1
	shift
	simulate "$@" >"$tmp/out" || bad "simulate $*: status $?"
	[ "${UPDATE:-0}" = 1 ] && cp "$tmp/out" "$name"
	diff -u "$name" "$tmp/out" >&2 || bad "simulate $* does not print $name"
}

models_stay_as_they_are() {
	local laptop=$topologies/02-intel-arl-225u-lpe.xml policy
	for policy in fifo vtime fair; do
		golden "$policy.json" -i "$laptop" -w mixed --policy "$policy" --seed 7 \
			--duration 1s --format json
	done
	golden fair-schedutil.json -i "$laptop" -w mixed --policy fair --governor schedutil --seed 7 \
		--duration 1s --format json
}

seeds_decide() {
	local args=(-i "package:2 l3:2 core:2 pu:2" -w mixed --duration 500ms)
	simulate "${args[@]}" --seed 3 >"$tmp/a" && simulate "${args[@]}" --seed 3 >"$tmp/b" ||
		bad "seed 3: status $?"
	cmp -s "$tmp/a" "$tmp/b" || bad "the same seed printed something else"
	simulate "${args[@]}" --seed 4 | cmp -s - "$tmp/a" && bad "another seed printed the same"
	simulate "${args[@]}" --seed 3 --trace "$tmp/trace" >"$tmp/b"
	cmp -s "$tmp/a" "$tmp/b" || bad "tracing changed the result"
	grep -q '"ph":"X","name":"game"' "$tmp/trace" || bad "no run of the game in the trace"
	[ "$(tail -c 3 "$tmp/trace")" = ']}' ] || bad "the trace does not end"
	! grep -q '"tid":0,' "$tmp/trace" || bad "CPU 0 is a thread 0, which Perfetto draws elsewhere"
}

# Four frames need four of the eight CPUs: which of the others they may use as well decides nothing.
binding_moves_no_phases() {
	local cpus
	for cpus in 12-19 12-17; do
		echo "frame periodic run=2.6ms every=16.7ms x4 cpus=$cpus" >"$tmp/frames.scn"
		simulate -i "$topologies/01-intel-rpl-1370p-hybrid.xml" -w "$tmp/frames.scn" --policy fair \
			--duration 1s --format json >"$tmp/$cpus"
	done
	cmp -s "$tmp/12-19" "$tmp/12-17" || bad "bound to other CPUs, tasks start at other moments"
}

# In powersave only where there are kinds of core to choose from.
scenarios_hold_everywhere() {
	local machine scenario mode modes
	for machine in "$topologies"/*.xml; do
		modes=perf
		case $machine in */0[12]-[ia]*) modes="perf powersave" ;; esac
		for scenario in $(simulate --help | sed -n '/^Scenarios:/,$s/^  \([a-z]*\) .*/\1/p'); do
			for mode in $modes; do
				simulate -i "$machine" -w "$scenario" --mode "$mode" --duration 30ms \
					--format json >"$tmp/out" 2>&1 ||
					bad "$scenario on ${machine##*/} in $mode: $(tail -n 1 "$tmp/out")"
			done
		done
	done
}

# CPUs come and go: nobody runs where there is no CPU, and what was bound there goes on elsewhere.
hotplug_is_survived() {
	local machine=(-i "package:2 l3:1 core:2 pu:1") policy
	printf 'a loop x2 cpus=3\nb burst run=1ms sleep=1ms x4 rebind=2ms..9ms\nk kthread run=1ms sleep=5ms
h hotplug cpus=2-3 start=100ms end=600ms\n' >"$tmp/hotplug.scn"
	printf 'h hotplug cpus=0-3 start=1s\na loop\n' >"$tmp/all.scn"
	for policy in scx_topo fifo vtime fair; do
		simulate "${machine[@]}" -w "$tmp/hotplug.scn" --policy "$policy" --duration 1s \
			--trace "$tmp/trace" >"$tmp/out" || bad "hotplug with $policy: $(tail -n 1 "$tmp/out")"
		grep -q '^restarts  *2,' "$tmp/out" || bad "hotplug with $policy: not two restarts"
		sed -n 's/.*"name":"\([abk]\)".*"tid":\([0-9]*\),"ts":\([0-9]*\)[.].*/\1 \2 \3/p' "$tmp/trace" |
			awk '{ cpu = $2 - 1 } cpu > 1 && $3 > 100000 && $3 < 600000 { wrong++ }
			     $1 == "a" && cpu < 2 { moved++ } $1 == "k" && cpu == 3 && $3 > 600000 { back++ } END { exit wrong || !moved || !back }' ||
			bad "hotplug with $policy: somebody ran on an offline CPU, or did not run at all"
	done
	refused 1 "line 1: h: hotplug has to leave one CPU" simulate "${machine[@]}" -w "$tmp/all.scn"
}

mistakes_are_explained() {
	local machine=("-i" "package:1 core:2 pu:1")
	printf 'a loop\nb periodic run=4ms\n' >"$tmp/bad.scn"
	printf 'a loop cpus=99\n' >"$tmp/absent.scn"
	refused 2 "$tmp/bad.scn:2: periodic needs every=" simulate "${machine[@]}" -w "$tmp/bad.scn"
	refused 1 "none of its CPUs is online" simulate "${machine[@]}" -w "$tmp/absent.scn"
	refused 1 "cannot read the scenario nowhere" simulate "${machine[@]}" -w nowhere
	refused 1 "cannot read the scenario $tmp" simulate "${machine[@]}" -w "$tmp"
	refused 2 "no topology" simulate -w game
	refused 2 "no scenario" simulate "${machine[@]}"
	refused 2 "--seed 1x" simulate "${machine[@]}" -w game --seed 1x
	refused 2 "--seed -1" simulate "${machine[@]}" -w game --seed -1
	refused 2 "--mode fast" simulate "${machine[@]}" -w game --mode fast
	refused 2 "--policy cfs" simulate "${machine[@]}" -w game --policy cfs
	refused 2 "--format xml" simulate "${machine[@]}" -w game --format xml
	refused 2 "--duration 10" simulate "${machine[@]}" -w game --duration 10
	refused 2 "--governor fast" simulate "${machine[@]}" -w game --governor fast
	refused 2 "--costs arm" simulate "${machine[@]}" -w game --costs arm
	refused 2 "no option --fast" simulate "${machine[@]}" -w game --fast
	refused 2 "what is 'more'" simulate "${machine[@]}" -w game more
	refused 1 "cannot write /proc/nothing/trace" simulate "${machine[@]}" -w game --trace /proc/nothing/trace
}

models_stay_as_they_are
seeds_decide
binding_moves_no_phases
scenarios_hold_everywhere
mistakes_are_explained
hotplug_is_survived
finish
