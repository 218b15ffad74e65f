#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: it learns within a minute that its ranking of the kinds of core is wrong; heavy tasks leave small ones
# Clock: exact
set -uo pipefail
. "$(dirname "$0")/lib/expect.sh"

# Small cores that cost more than big ones for the same work: the ranking by capacity is wrong. By
# the deterministic clock, as probes need a load that is even, whatever the host does meanwhile. Many
# seeds, and a right ranking to start from: make check-energy-seeds.
expect_status "wrong prior" 0 "$vm" --icount 1 --smp 8 --timeout 600 --file tests/vm/hybrid -- \
	"hybrid 6000 5000 1 60 'scx_topo topology; heavy --rounds 20 --limit 25'"
says "counters are read" "^probe: does the same work cost less"
says "no reading is lost" "^lost " 0
says "ranking learned in time" "^after [0-5][0-9] s: learned: .* P first$"
says "nobody was late" "^paced: 0 of "
says "topology shows watts" "^power +package [0-9.]+ W, core [0-9.]+ W, uncore [0-9.]+ W, psys "
says "and what work costs" "^cost +kind [01]: [0-9.]+ J for a second of work, confidence [0-9]+ %" 2
says "the dearer kind comes last" "^cost +kind 0: .*; used as number 2$"
says "and the active CPUs" "^active +CPUs [0-9,-]+: "
finish
