#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: a trace has each run of a task, under the kernel's own scheduler and under scx_topo
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# runs FILE NAME: the lines of a task's runs.
runs() {
	grep '"ph":"X"' "$1" | grep "\"name\":\"$2\""
}

expect_status "both schedulers" 0 "$vm" --smp "4,sockets=2,cores=2" --numa 2 --out "$out" -- '
	load --seconds 600 --hogs 6 --pipes 1 --forks 0 --pinned 0 --terminals 0 --sleepers 2 >/dev/null &
	scx_topo trace -o /out/own.json 1 || exit 1
	with-scx_topo -- scx_topo trace -o /out/topo.json 1 || exit 1
	mkdir /tmp/rapl; rapl --small-mw 2000 --big-mw 7000 /tmp/rapl >/tmp/rapl.out &
	until [ -s /tmp/rapl.out ]; do sleep 0.1; done
	mount --bind /tmp/rapl /sys/class/powercap
	scx_topo trace -o /out/power.json 1 || exit 1
	ls /sys/kernel/tracing/instances >/out/left
	cat /sys/kernel/tracing/dynamic_events >>/out/left
	su -s /bin/sh -c "scx_topo trace -o /tmp/x 1" nobody; [ $? = 77 ] || exit 1
	scx_topo trace -o /no/such/folder 0.1; [ $? = 1 ] || exit 1'
expect "nothing left behind" "" "$(cat "$out/left")"
for who in own topo; do
	file=$out/$who.json
	expect "$who: first and last line" '{"disp ]}' \
		"$(head -c 6 "$file") $(tail -n 1 "$file")"
	expect "$who: domains" 2 "$(grep -c '"name":"process_name"' "$file")"
	expect "$who: CPUs" 4 "$(grep -c '"name":"thread_name"' "$file")"
	expect "$who: arrows have two ends" "$(grep -c '"ph":"s"' "$file")" \
		"$(grep -c '"ph":"f"' "$file")"
	[ "$(grep -c '"ph":"s"' "$file")" -gt 10 ] || expect "$who: arrows" "more than 10" fewer
	# Six hogs keep four CPUs busy for a second.
	busy=$(runs "$file" load | sed 's/.*"dur":\([0-9]*\).*/\1/' | awk '{ s += $1 } END { print s / 1e6 }')
	expect "$who: busy" yes "$(awk -v s="$busy" 'BEGIN { print (s > 2.5 && s < 6) ? "yes" : s " s" }')"
done
expect "own: nothing granted" 0 "$(grep -c '"slice_us"' "$out/own.json")"
# Those of a real-time priority are not sched_ext's.
expect "topo: runs of the load without slice and deadline" 0 "$(runs "$out/topo.json" load |
	grep '"prio":120' | grep -vcE '"slice_us":[0-9]{1,5},"deadline_ns":[1-9][0-9]*,')"
# Ten a second, fewer on a slow host.
[ "$(grep -c '"name":"core, W"' "$out/power.json")" -ge 2 ] ||
	expect "readings of the cores' power" "2 and more" "$(grep ', W"' "$out/power.json")"
expect "no power without counters" 0 "$(grep -c ', W"' "$out/own.json")"
expect "the kernel's own" 1 "$(grep -c '"scheduler":"the kernel.s own"' "$out/own.json")"
expect "ours" 1 "$(grep -c '"scheduler":"scx_topo' "$out/topo.json")"
for bad in '' '-o' '-o x 0' '-o x 1s' '-o x 1 2' '--nonsense -o x'; do
	# shellcheck disable=SC2086 # several words
	expect_status "wrong usage: $bad" 2 "${O:-build}/scx_topo" trace $bad
	expect "wrong usage: $bad: lines" 1 "$(wc -l <<<"$errors")"
done
finish
