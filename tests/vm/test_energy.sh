#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: on a hybrid machine it learns which cores are cheap, heavy tasks leave small ones, modes switch
# On trial: steering in a VM, seen to work by hand only
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# By the deterministic clock, as probes need a load that is even, whatever the host does meanwhile.
on_hybrid() {
	expect_status "$1" 0 "$vm" --icount "$4" --smp 8 --file tests/vm/hybrid -- "hybrid $2 $3 $4 '$5'"
}

# says WHAT PATTERN COUNT: the output has that many lines with the pattern, or at least one
says() {
	local count
	count=$(grep -cE "$2" <<<"$output")
	[ -z "${3:-}" ] && [ "$count" -gt 0 ] && count=some
	expect "$1" "${3:-some}" "$count"
}

# Small cores that cost more than big ones for the same work: the ranking by capacity is wrong.
on_hybrid "wrong prior" 6000 5000 1 "paced --workers 4 --run-us 1200 --seconds 46"
says "counters are read" "probe: does the same work cost less"
says "ranking learned" "learned: .* kind 1 first|learned: .* P first|learned: .* big first"
on_hybrid "right prior" 2000 7000 2 "paced --workers 4 --run-us 1200 --seconds 46"
says "ranking kept" "learned: .* kind 0 first|learned: .* E first|learned: .* LITTLE first"

on_hybrid "escape and switches" 2000 7000 3 \
	"heavy --rounds 20 --limit 25 && scx_topo run --switch perf && sleep 1 &&
	scx_topo run --switch powersave && sleep 1 && heavy --rounds 5 --limit 25"
says "switched to perf" "^mode: perf" 1
says "and back" "^mode: powersave" 2
finish
