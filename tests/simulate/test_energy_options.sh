#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In perf the controller of energy has no say; in powersave each option of it does something.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/command.sh

simulate() {
	"$program" simulate -i tests/fixtures/topologies/01-intel-rpl-1370p-hybrid.xml "$@" 2>&1
}

for load in video game mixed; do
	same "perf without the controller, $load" "$(simulate -w $load --duration 3s)" \
		"$(simulate -w $load --duration 3s --no-energy)"
done
differ "--mode" "$(simulate -w video --duration 3s)" \
	"$(simulate -w video --duration 3s --mode powersave)"
differ "--explain" "$(simulate -w video --duration 3s --mode powersave)" \
	"$(simulate -w video --duration 3s --mode powersave --explain)"
differ "--no-energy" "$(simulate -w video --duration 60s --mode powersave)" \
	"$(simulate -w video --duration 60s --mode powersave --no-energy)"
finish
