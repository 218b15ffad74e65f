#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: the monitor shows a running scheduler as text and JSON, and outlives it
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
machine=(--smp "8,sockets=2,dies=1,cores=2,threads=2" --numa 2)

# count WHAT PATTERN WANTED: lines of the output.
count() {
	expect "$1" "$3" "$(grep -cE "$2" <<<"$output")"
}

expect_status "text" 0 "$vm" "${machine[@]}" -- with-scx_topo -- \
	'"load --seconds 30 --hogs 12 --pipes 1 --forks 0 --pinned 0 --terminals 0 >/dev/null & sleep 2; scx_topo monitor -n 3 1 | cat"'
count "one report an interval" '^scx_topo  mode perf \(.*\)  8 CPUs, 2 domains' 3
count "a line for each domain" '^domain +[01] +4 ' 6
count "nothing for a terminal" $'\033' 0
count "wake-ups and where they went" '^idle CPU found on waking, each second' 3

expect_status "JSON" 0 "$vm" "${machine[@]}" --out "${TMPDIR:-/tmp}/scx_topo-monitor.$$" -- \
	with-scx_topo --mode powersave -- '"load --seconds 30 --hogs 12 --pipes 1 --forks 0 --pinned 0 --terminals 0 >/dev/null & sleep 2
	scx_topo monitor --format json -n 2 2 >/out/lines"'
lines=$(cat "${TMPDIR:-/tmp}/scx_topo-monitor.$$/lines")
rm -rf "${TMPDIR:-/tmp}/scx_topo-monitor.$$"
output=$lines
expect "lines" 2 "$(wc -l <<<"$lines")"
count "complete objects" '^\{.*"state":"running","mode":"powersave",.*\}$' 2
count "domains" '"domains":\[\{"domain":0,"nr_cpus":4,.*\{"domain":1,"nr_cpus":4,' 2
wanted=$(grep -cE '^[[:space:]]X\([A-Z0-9_]+, "[^"]*"\)' bpf/intf.h)
[ "$wanted" -gt 30 ] || expect "counters in intf.h" "more than 30" "$wanted"
first=$(head -n 1 <<<"$lines")
first=${first#*\"counters\":\{}
for name in $(sed -nE '/define TOPO_STATS/,/BAD_POLICY/s/^[[:space:]]X\(([A-Z0-9_]+),.*/\L\1/p' bpf/intf.h); do
	case ${first%%\}*} in
	*"\"$name\":"*) ;;
	*) expect "counter $name" "in the JSON" "missing" ;;
	esac
done
busy=$(sed -n '2s/.*"active":[0-9]*,\("watts":[0-9.]*,\)\?"nr_cpus":8,"idle":[0-9]*,"waiting":[0-9]*,"busy":\([0-9.]*\),.*/\2/p' <<<"$lines")
expect "twelve hogs keep eight CPUs busy" yes "$(awk -v b="$busy" 'BEGIN { print (b > 0.4 && b <= 1) ? "yes" : "busy " b }')"

# The scheduler ends and another one starts while the monitor looks on.
expect_status "the end and the next" 0 "$vm" --smp 2 -- '
	wait_for() { until [ "$(cat /sys/kernel/sched_ext/state)" = $1 ]; do sleep 0.2; done; }
	scx_topo run >/dev/null & first=$!; wait_for enabled
	scx_topo monitor -n 6 0.5 & monitor=$!
	sleep 1.2; kill -INT $first; wait $first; wait_for disabled; sleep 1
	scx_topo run >/dev/null & second=$!; wait_for enabled
	wait $monitor; status=$?; kill -INT $second; wait $second; exit $status'
count "reports of both" '^scx_topo  mode perf' 6
count "the end, said once" '^scx_topo has ended: waiting for the next$' 1

expect_status "nothing running" 1 "$vm" --smp 2 -- scx_topo monitor
for bad in '-n 0' '-n 3x' '-n -1' '0' '1s' '1e3' '-1' 'nan' '1 2' '--format xml' '--nonsense'; do
	# shellcheck disable=SC2086 # several words
	expect_status "wrong usage: $bad" 2 "${O:-build}/scx_topo" monitor $bad
	expect "wrong usage: $bad: lines" 1 "$(wc -l <<<"$errors")"
done
finish
