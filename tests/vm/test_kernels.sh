#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: schedules mixed load on each kernel with 2 nodes, 4 LLCs, and threads; refuses others
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

machine=(--smp "16,sockets=2,dies=2,cores=2,threads=2" --numa 2)

for kernel in 6.16 6.18 7.0 7.3; do
	expect_status "$kernel: mixed load" 0 "$vm" --kernel $kernel "${machine[@]}" -- \
		with-scx_topo -- load --seconds 4 --limit 8000
	expect "$kernel: what it found" 1 \
		"$(grep -c 'schedules 16 CPUs: 2 nodes, 4 domains, 1 kind' <<<"$output")"
	expect "$kernel: state before and after" "sched_ext: enabled, scx_topo
sched_ext: disabled" "$(grep '^sched_ext: ' <<<"$output")"
	# What only a fallback counts must not happen in ordinary use.
	expect "$kernel: fallbacks" "" "$(grep -A9 '^fallbacks' <<<"$output")"
done

# Where it cannot schedule it says so in one line.
expect_status "damaged BTF" 77 "$vm" --kernel 7.1 -- scx_topo
expect "damaged BTF: one line" "1 BTF is damaged" \
	"$(wc -l <<<"$errors") $(grep -o 'BTF is damaged' <<<"$errors")"
expect_status "no sched_ext" 77 "$vm" --kernel 6.12 -- scx_topo
expect "no sched_ext: one line" "1 no sched_ext" \
	"$(wc -l <<<"$errors") $(grep -o 'no sched_ext' <<<"$errors")"
finish
