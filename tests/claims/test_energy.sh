#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Powersave on the recorded hybrid machines, simulated: it saves what docs/energy.md says, against a
# model of EEVDF doing the same work, and frames are not late for it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/command.sh

table=$(DURATION=4s tests/bench/energy 8 20 30 50) || exit 1
echo "$table"

# saves MACHINE LOAD AT_MOST: the energy of powersave, of the model's
saves() {
	awk -F' *[|] *' -v machine="$1" -v load="$2 %" -v most="$3" '
		$2 == machine && $3 == load {
			found = 1
			split($6, late, " ")
			bad = $4 > most || $5 > 1.10 || late[1] > late[3]
		}
		END { exit !found || bad }' <<<"$table" ||
		bad "$1 at $2 %: more than $3 of the energy, or later frames"
}

saves 1370P 20 0.80
saves 1370P 30 0.80
saves 225U 20 0.80
saves 225U 30 0.80
saves GB10 20 0.90 # its small cores cost nearly as much for the same work
saves GB10 30 0.92
saves 1370P 50 0.79 # as work comes back from dear cores
saves 225U 50 0.81

# With clocks that schedutil sets: asking for speed is what makes it no worse than the model of EEVDF.
table=$(GOVERNOR=schedutil DURATION=4s tests/bench/energy 4 video 30) || exit 1
echo "$table"

# costs MACHINE LOAD AT_MOST: the energy of powersave, of the model's, and less than without asking
costs() {
	awk -F' *[|] *' -v machine="$1" -v load="$2" -v most="$3" '
		$2 == machine && $3 == load { found = 1; bad = $4 > most || ($4 > $8 && load != "video") }
		END { exit !found || bad }' <<<"$table" ||
		bad "$1, $2 with schedutil: more than $3 of the energy, or than without asking"
}

for machine in 1370P 225U GB10; do
	costs $machine "30 %" 1.05
	costs $machine video 1.00
done
finish
