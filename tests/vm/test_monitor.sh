#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: the monitor shows a running scheduler as text and JSON and to scx_stats clients, and outlives it
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

# The same for tools of the scx project. Two of them ask at once, each with an interval of its own.
out=${TMPDIR:-/tmp}/scx_topo-serve.$$
expect_status "serving" 0 "$vm" "${machine[@]}" --out "$out" -- '
	socket=/run/scx/root/stats stats="{\"req\":\"stats\",\"args\":{\"target\":\"top\"}}"
	wait_for() { until [ "$(cat /sys/kernel/sched_ext/state)" = $1 ]; do sleep 0.2; done; }
	until_there() { until [ -s $1 ]; do sleep 0.1; done; }
	until_answers() { until_there $1; until [ $(wc -l <$1) = $2 ]; do sleep 0.1; done; }
	serve() { scx_topo monitor --serve >/tmp/says & server=$!; until_there /tmp/says; }
	refused() { scx_topo monitor --serve >/tmp/refused 2>&1; echo "status $?: $(cat /tmp/refused)"; }
	scx_topo run >/dev/null & first=$!; wait_for enabled
	load --seconds 60 --hogs 4 --pipes 1 --forks 0 --pinned 0 --terminals 0 >/dev/null &
	mkdir -p ${socket%/*}; echo mine >$socket; refused; cat $socket; rm -r /run/scx
	serve; kill -9 $server; rm /tmp/says; [ -S $socket ] && echo "a dead socket"
	serve; cat /tmp/says; stat -c "%a %F" $socket ${socket%/*}; refused
	{ echo "{\"req\":\"stats_meta\"}"; echo $stats; until_answers /out/short 2; sleep 1
	  echo $stats; } | ask $socket >/out/short & short=$!
	{ echo $stats; until_there /out/long; sleep 3; echo $stats; } | ask $socket >/out/long
	wait $short
	{ echo $stats; until_there /tmp/ended; echo $stats; until_there /tmp/again; echo $stats
	  echo "$stats,"; } | ask $socket >/out/ends & ends=$!
	until_there /out/ends
	kill -INT $first; wait $first; wait_for disabled; echo >/tmp/ended
	until_answers /out/ends 2
	scx_topo run >/dev/null & second=$!; wait_for enabled; echo >/tmp/again
	wait $ends; kill -TERM $server; wait $server; echo "served: $?"
	[ -d ${socket%/*} ] && [ ! -e $socket ] && echo "no socket left"
	kill -INT $second; wait $second'
says "no socket is left alone" \
	'^status 1: scx_topo: /run/scx/root/stats is there and no socket: remove it$' 1
says "as it was" '^mine$' 1
says "a dead one is replaced" '^a dead socket$' 1
says "it says where" '^scx_topo answers at /run/scx/root/stats until Ctrl-C$' 1
says "for root alone" '^600 socket$' 1
says "its folder" '^755 directory$' 1
says "one at a time" '^status 1: scx_topo: somebody answers at /run/scx/root/stats already: .*$' 1
says "served to the end" '^served: 0$' 1
says "nothing left" '^no socket left$' 1

# value NAME LINE: of the machine's field of that name in that answer
value() {
	sed -n "$2{s/,\"domains\":.*/,/;s/.*\"$1\":\([^,]*\),.*/\1/p}" <<<"$output"
}
# at_least WHAT MINIMUM NUMBER
at_least() {
	expect "$1" yes "$(awk -v a="$2" -v b="$3" 'BEGIN { print (b != "" && b >= a) ? "yes" : "got " b }')"
}

output=$(cat "$out/short")
count "answers" '^\{"errno":0,"args":\{"resp":\{.*\}\}\}$' 3
count "a description" '^\{"errno":0,"args":\{"resp":\{"Machine":\{"name":"Machine",.*,"Domain":' 1
count "figures" '"resp":\{"time_s":[0-9.]+,"interval_s":.*"mode":"perf",.*"nr_cpus":8,' 2
count "domains" '"domains":\{"0":\{"nr_cpus":4,.*,"1":\{"nr_cpus":4,' 2
at_least "its interval" 1 "$(value interval_s 3)"
at_least "counters grow" "$(value run_switch 2)" "$(value run_switch 3)"
at_least "some are busy" 0.1 "$(value busy 3)"
output=$(cat "$out/long")
count "answers to another" '^\{"errno":0,"args":\{"resp":\{"time_s"' 2
at_least "an interval of its own" 3 "$(value interval_s 2)"
output=$(cat "$out/ends")
count "before, and again" '^\{"errno":0,"args":\{"resp":\{"time_s"' 2
count "the end" '^\{"errno":2,"args":\{"resp":"no scx_topo is scheduling this machine: ' 1
count "no JSON" '^\{"errno":22,"args":\{"resp":"end of file expected' 1
rm -rf "$out"

expect_status "nothing running" 1 "$vm" --smp 2 -- scx_topo monitor
for bad in '-n 0' '-n 3x' '-n -1' '0' '1s' '1e3' '-1' 'nan' '1 2' '--format xml' '--nonsense' \
	'--serve -n 2' '--serve --format json' '--serve 1' '--serve --serve=x'; do
	# shellcheck disable=SC2086 # several words
	expect_status "wrong usage: $bad" 2 "${O:-build}/scx_topo" monitor $bad
	expect "wrong usage: $bad: lines" 1 "$(wc -l <<<"$errors")"
done
finish
