#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: libscxu's examples schedule mixed load on all kernels; no task is lost, full rings or not
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
examples=${O:-build}/examples
seconds=${LONG:+20}
seconds=${seconds:-2}

# example CPUs KERNEL NAME [OPTIONS]
example() {
	local smp=$1 kernel=$2 name=$3
	shift 3
	expect_status "$name $* on $kernel" 0 "$vm" --kernel "$kernel" --smp "$smp" \
		--file "$examples/$name" -- \
		"with-scheduler $name --stats 5 $* -- load --seconds $seconds"
	echo "$output"
}

example 4 6.16 fifo
[ -z "${LONG:-}" ] || example 4 6.18 edf_talk --user-idle
example 4 7.0 rustland
example 8,sockets=2,dies=2,cores=2 7.3 topo_aware --user-idle

# A task that user space has decided for and that waits on in limbo is found after a second. In the
# deterministic clock nothing excuses that.
expect_status "a fork storm" 0 "$vm" --smp 4 --icount 3 --file "$examples/edf_talk" -- \
	"with-scheduler edf_talk --stats 60 -- load --seconds $seconds --limit 900 --forks 16 --hogs 2"
echo "$output"
expect "no task was forgotten, no decision late" "late 0, rescued 0" \
	"$(sed -n 's/.*\(late [0-9]*\) .*\(rescued [0-9]*\) .*/\1, \2/p' <<<"$output")"

# Then, 50 processes that end, and those of the shell that starts them; told a second after at most.
# shellcheck disable=SC2016 # for the guest's shell
expect_status "both rings overflow" 0 "$vm" --smp 4 --icount 1 \
	--file "${O:-build}/tests/user/misbehave" -- '
	with-scheduler misbehave hoard 50 -- load --seconds 2 --limit 1500 --hogs 40 --pipes 20 \
		--sleepers 60
	status=$?
	with-scheduler misbehave not -- "for i in \$(seq 50); do /bin/busybox true; done; sleep 2"
	exit $status'
echo "$output"
last=$(grep '^user ' <<<"$output" | tail -n 1)
expect "the ring up overflowed" yes "$(grep -qE 'shed [1-9]' <<<"$last" && echo yes)"
expect "the ring down overflowed" yes "$(grep -qE 'spilled [1-9]' <<<"$last" && echo yes)"
ended=$(sed -n 's/ tasks have ended//p' <<<"$output" | tail -n 1)
expect "ends of at least 50 tasks are told" yes \
	"$([ "${ended:-0}" -ge 50 ] && echo yes || echo "$ended")"
finish
