#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: libscxu's examples schedule mixed load on all kernels; no task is lost when the ring overflows
# On trial: not seen to pass as a whole
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"
examples=${O:-build}/examples

# example CPUs KERNEL NAME [OPTIONS]
example() {
	local smp=$1 kernel=$2 name=$3
	shift 3
	expect_status "$name $* on $kernel" 0 "$vm" --kernel "$kernel" --smp "$smp" \
		--file "$examples/$name" -- "with-scheduler $name --stats 5 $* -- load --seconds 5"
	echo "$output"
}

example 4 6.16 fifo
example 4 6.18 edf_talk --user-idle
example 4 7.0 rustland
example 8,sockets=2,dies=2,cores=2 7.3 topo_aware --user-idle

expect_status "the ring overflows" 0 "$vm" --smp 4 --file "${O:-build}/tests/user/misbehave" -- \
	'with-scheduler misbehave tiny 40 -- load --seconds 5 --limit 20000 --hogs 60 --pipes 20 \
		--sleepers 100'
echo "$output"
last=$(grep '^user ' <<<"$output" | tail -n 1)
expect "the ring up overflowed" yes "$(grep -qE 'shed [1-9]' <<<"$last" && echo yes)"

# 50 processes, and those of the shell that starts them; told at the latest a second after.
# shellcheck disable=SC2016 # for the guest's shell
expect_status "ends of tasks are told" 0 "$vm" --smp 2 --file "${O:-build}/tests/user/misbehave" -- \
	'with-scheduler misbehave not -- "for i in \$(seq 50); do /bin/busybox true; done; sleep 2"'
ended=$(sed -n 's/ tasks have ended//p' <<<"$output" | tail -n 1)
expect "at least 50" yes "$([ "${ended:-0}" -ge 50 ] && echo yes || echo "$ended")"
finish
