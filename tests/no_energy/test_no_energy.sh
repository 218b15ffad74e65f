#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Perf does exactly what it would do if nothing that saves energy had been written: each decision, on
# the recorded machines. What it costs in a kernel: tests/vm/test_perf_cost.sh.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
with=${SCX_TOPO:-${O:-build}/scx_topo} without=${O:-build}/no_energy/scx_topo
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
compared=0 failures=0
[ -x "$without" ] || { echo "$without: not built" >&2 && exit 1; }

# run PROGRAM NAME OPTION...: what it prints, and all that happened
run() {
	local program=$1 name=$tmp/$2
	shift 2
	"$program" simulate "$@" --format json --trace "$name.trace" >"$name.out" ||
		{ echo "FAILED: simulate $*" >&2 && failures=$((failures + 1)); }
}

# same OPTION...
same() {
	run "$with" with "$@"
	run "$without" without "$@"
	compared=$((compared + 1))
	cmp -s "$tmp/with.out" "$tmp/without.out" && cmp -s "$tmp/with.trace" "$tmp/without.trace"
}

for machine in tests/fixtures/topologies/*.xml; do
	for scenario in mixed game video build; do
		same -i "$machine" -w $scenario --mode perf --duration 200ms --seed 3 && continue
		echo "FAILED: $machine, $scenario: perf differs" >&2
		failures=$((failures + 1))
	done
done
echo "$compared runs in perf compared, $failures failed"

# Or there would be nothing to compare.
if same -i tests/fixtures/topologies/01-intel-rpl-1370p-hybrid.xml -w mixed --mode powersave \
	--duration 200ms; then
	echo "FAILED: powersave saves without the part that does" >&2
	failures=$((failures + 1))
fi
[ $failures = 0 ]
