#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: in perf the BPF programs cost at most 3 % more than without what saves energy
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

O=${O:-build}
expect_status "measured" 0 "$vm" --icount 5 --smp 4 --timeout 600 --file tests/vm/perf_cost \
	--file "$O/no_energy/scx_topo:files/no_energy" --file "$O/tests/bench/bpf_time" -- perf_cost
echo "$output"
for machine in alike hybrid; do
	expect "$machine: at most 3 % more" yes "$(awk -v machine=$machine '
		$1 == machine { cost[$2] = $3 }
		END {
			with = cost["scx_topo"]
			without = cost["no_energy"]
			if (!with || !without)
				print "not measured"
			else if (with > 1.03 * without)
				printf "%.2f %% more\n", 100 * (with / without - 1)
			else
				print "yes"
		}' <<<"$output")"
done
finish
